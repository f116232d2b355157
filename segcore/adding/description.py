"""Description of a foreign network's input and output, from its file, the user's options and one trial run.

If a necessary setting is unknown, an error names the option that gives it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from segcore.adding.inspection import NetworkFacts, Output
from segcore.errors import InputError
from segcore.predict.preprocessing import are_whole
from segcore.runs.network_io import LARGEST_SIDE, LAYOUTS, NetworkInput, NetworkOutput

_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PRESETS: dict[str, tuple[float | Sequence[float], float | Sequence[float]]] = {
    # Mean and standard deviation of pixels 0..1, in the order red, green, blue.
    "imagenet": _IMAGENET,
    "minus-one-to-one": (0.5, 0.5),
    "zero-to-one": (0.0, 1.0),
    "raw": (0.0, 1 / 255),
}
"""Usual normalisations of pixels. ImageNet's mean and deviation are those of torchvision's pretrained networks."""

FALLBACK_SIZE = (512, 1024)
"""Default (height, width) in pixels of the input of a network that takes any size."""

# Sides are multiples of this for a network that takes any size: most encoders halve the resolution five times.
_MULTIPLE = 32
# Offset that is added to pixels 0..255 for inputs of 8-bit integers.
_AS_STORED = {"uint8": 0.0, "int8": -128.0}
_PROBE_SIZE = (128, 256)
_EXPECTED = "expected a score of each class for each pixel, or a map of class numbers, with a batch of 1"
# No mean of pixels 0..1 is larger; those of bytes usually are.
_LARGEST_MEAN = 10
# Probabilities in float16 may be slightly above 1.
_ROUNDING = 1e-2

Run = Callable[[np.ndarray, Sequence[str]], list[np.ndarray]]
"""Runs the network on an input and returns the outputs of these names."""


@dataclass(frozen=True)
class Options:
    """The user's settings for a network; None means that the file decides.

    ``mean`` and ``std`` are for pixels 0..``pixel_range`` (1 or 255), one number or three in the order of ``channels``.
    The input is ``(pixel - mean) / std * factor``.
    """

    size: tuple[int, int] | None = None
    fit: str | None = None
    preset: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    pixel_range: float = 1.0
    factor: float = 1.0
    channels: str = "rgb"
    layout: str | None = None
    output: str | None = None
    output_kind: str | None = None
    output_layout: str | None = None
    multiple: int | None = None


def describe_input(facts: NetworkFacts, options: Options) -> NetworkInput:
    """Return the description of the network's input.

    Raises:
        InputError: neither the file nor ``options`` gives a necessary setting, or they contradict each other.
    """
    layout = _layout(facts, options)
    size, multiple = _size(facts.sides(layout), options)
    scale, offset = normalisation(facts.dtype, options, quantisation=facts.quantisation)
    return NetworkInput(
        size=size,
        fit=options.fit or usual_fit(facts.sides(layout)),
        layout=layout,
        channels=options.channels,
        dtype=facts.dtype,
        scale=scale,
        offset=offset,
        multiple=multiple,
    )


def usual_fit(sides: tuple[int | None, int | None]) -> str:
    """Return the default fit of pictures, from the (height, width) that the file fixes."""
    # For a square input, networks are trained with stretched pictures, not with grey bars on half of the input.
    return "stretch" if sides[0] is not None and sides[0] == sides[1] else "letterbox"


def read_number(text: str) -> float:
    """Return the finite number in ``text``, which may be a fraction such as 1/255.

    Raises:
        InputError: it is not a finite number.
    """
    top, mark, bottom = text.partition("/")
    try:
        value = float(top) / float(bottom) if mark else float(top)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"{text[:40]!r} is not a number.") from error
    if not np.isfinite(value):
        raise InputError(f"{text[:40]!r} is not a finite number.")
    return value


def normalisation(
    dtype: str, options: Options, *, quantisation: tuple[float, float] | None = None
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return scale and offset of each channel, for pixels 0..255, from a preset or from mean and deviation.

    Args:
        dtype: of the input.
        options: the user's settings.
        quantisation: scale and zero point of a quantised input. The options then hold for the dequantised values.
            Without options such an input takes the pixels unchanged, or shifted to -128..127 for int8.

    Raises:
        InputError: a preset and a mean or deviation are given, or neither of them for an input that is not 8-bit
            integers; or a deviation is 0.
    """
    given = options.mean is not None or options.std is not None
    if options.preset is not None and given:
        raise InputError("--preset and --mean or --std are given; choose one of them.")
    if options.preset is None and not given:
        if dtype in _AS_STORED:
            return (1.0, 1.0, 1.0), (_AS_STORED[dtype],) * 3
        raise InputError(
            "The file does not say how pixels were normalised in training; give --preset "
            f"{'|'.join(PRESETS)}, or --mean and --std."
        )
    if options.preset is not None:
        if options.preset not in PRESETS:
            raise InputError(f"There is no preset {options.preset!r}; choose one of {', '.join(PRESETS)}.")
        mean, std = (_three(values) for values in PRESETS[options.preset])
        if options.channels == "bgr":
            mean, std = mean[::-1], std[::-1]
        pixel_range = 1.0
    else:
        mean = _three(options.mean if options.mean is not None else 0.0)
        std = _three(options.std if options.std is not None else 1.0)
        pixel_range = options.pixel_range
    if not (np.isfinite(mean).all() and np.isfinite(std).all() and np.isfinite(options.factor)):
        raise InputError("--mean, --std and --factor must be finite numbers.")
    if pixel_range == 1 and np.abs(mean).max() > _LARGEST_MEAN:
        raise InputError(
            f"The mean is {mean[np.abs(mean).argmax()]:g}, but the pixels are 0..1; choose the range 0..255 "
            "(--range 255) if it is a mean of bytes."
        )
    if not std.all() or not options.factor:
        raise InputError("--std and --factor must not be 0; give other numbers.")
    scale = options.factor / std / (255.0 / pixel_range)
    offset = -mean * options.factor / std
    if quantisation is not None:
        step, zero = quantisation
        scale, offset = scale / step, offset / step + zero
    # Rounded, so that the preset for raw pixels has a scale of exactly 1.
    return _in_ten_digits(scale), _in_ten_digits(offset + 0.0)


def _in_ten_digits(values: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = (float(f"{value:.10g}") for value in values)
    return red, green, blue


def probe_size(how: NetworkInput) -> tuple[int, int]:
    """Return a small (height, width) with different sides for a trial run, or the network's fixed size."""
    if how.multiple is None:
        return how.size
    multiple = how.multiple
    height, width = (max(1, round(side / multiple)) * multiple for side in _PROBE_SIZE)
    return height, width


def describe_output(
    facts: NetworkFacts, options: Options, raw: dict[str, np.ndarray], size: tuple[int, int]
) -> tuple[NetworkOutput, int | None]:
    """Return the description of the output, and its number of classes, or None if unknown.

    The number of classes of a class map is known if the file gives the number of inputs of its ArgMax.

    Args:
        facts: of the network.
        options: the user's settings.
        raw: the outputs for one picture, by name.
        size: (height, width) of the input for these outputs.

    Raises:
        InputError: no output can be scores or classes of pixels, several outputs can, or the axes are ambiguous.
    """
    output = _chosen(facts.outputs, options, raw)
    values = raw[output.name]
    if not _are_numbers(values):
        raise InputError(f"The output {output.name!r} is no array of numbers; {_EXPECTED}.")
    if not np.isfinite(values).all():
        raise InputError(
            f"The output {output.name!r} has values that are not finite (NaN or infinite) for a grey picture; check "
            "the normalisation and the export."
        )
    kind = options.output_kind or _kind(output, values)
    if kind == "classes":
        if not are_whole(values):
            raise InputError(
                f"The output {output.name!r} has the shape {values.shape} and values that are not whole numbers, so it "
                f"is no map of classes; {_EXPECTED}."
            )
        return NetworkOutput(output.name, "classes"), output.classes
    if values.ndim != 4:
        raise InputError(
            f"The output {output.name!r} has the shape {values.shape}; scores need four axes: batch, classes and sides."
        )
    layout = options.output_layout or _output_layout(output.name, values.shape, size)
    classes = values.shape[1] if layout == "NCHW" else values.shape[3]
    if kind is None:
        kind = "probabilities" if _are_probabilities(values, 1 if layout == "NCHW" else 3) else "logits"
    elif kind == "probabilities" and not (values.min() >= 0 and values.max() <= 1 + _ROUNDING):
        raise InputError(
            f"The output {output.name!r} has values from {values.min():g} to {values.max():g}, so they are no "
            "probabilities; choose --output-kind logits."
        )
    return NetworkOutput(output.name, kind, layout), classes


def _layout(facts: NetworkFacts, options: Options) -> str:
    if options.layout is not None:
        axis = 1 if options.layout == "NCHW" else 3
        if facts.input_shape[axis] != 3:
            raise InputError(
                f"--layout is {options.layout}, but the input has no three channels there; try the other."
            )
        return options.layout
    if facts.layout is None:
        raise InputError(f"The input can be read in two ways; choose --layout {' or '.join(LAYOUTS)}.")
    return facts.layout


def _size(sides: tuple[int | None, int | None], options: Options) -> tuple[tuple[int, int], int | None]:
    height, width = sides
    if height is not None and width is not None:
        if options.size is not None and options.size != (height, width):
            raise InputError(
                f"--size is {options.size[0]}x{options.size[1]}, but the network takes {height}x{width} "
                "(height x width) only; omit --size or export the network with free sides."
            )
        return (height, width), None
    multiple = options.multiple or _MULTIPLE
    size = options.size or (height or FALLBACK_SIZE[0], width or FALLBACK_SIZE[1])
    if any(side not in (None, chosen) for side, chosen in zip(sides, size, strict=True)):
        raise InputError(
            f"--size is {size[0]}x{size[1]}, but one side of the network's input is fixed at {height or width}."
        )
    if max(size) > LARGEST_SIDE:
        raise InputError(f"--size is {size[0]}x{size[1]}; expected sides of at most {LARGEST_SIDE} pixels.")
    return size, multiple if all(side % multiple == 0 for side in size) else 1


def _chosen(outputs: Sequence[Output], options: Options, raw: dict[str, np.ndarray]) -> Output:
    if options.output is not None:
        found = [output for output in outputs if output.name == options.output]
        if not found:
            names = ", ".join(output.name for output in outputs[:10])
            raise InputError(f"The network has no output {options.output!r}; choose one of {names}.")
        return found[0]
    likely = [output for output in outputs if _could_be_pixels(raw[output.name])]
    if len(likely) == 1:
        return likely[0]
    if not likely:
        shapes = "; ".join(f"{output.name} {_shape_in_words(raw[output.name])}" for output in outputs[:5])
        raise InputError(f"No output of the network can be read as a segmentation ({shapes}); {_EXPECTED}.")
    named = ", ".join(f"{output.name} {raw[output.name].shape}" for output in likely[:6])
    raise InputError(
        f"The network has {len(likely)} outputs that could be scores or classes ({named}); choose one with --output."
    )


def _are_numbers(values: object) -> bool:
    # ONNX Runtime returns lists for sequences, and arrays of objects for texts.
    return isinstance(values, np.ndarray) and values.dtype.kind in "biuf" and values.size > 0


def _shape_in_words(values: object) -> str:
    return str(values.shape) if isinstance(values, np.ndarray) else "no array"


def _could_be_pixels(values: np.ndarray) -> bool:
    return (
        _are_numbers(values)
        and values.ndim in (3, 4)
        and values.shape[0] == 1
        and min(sorted(values.shape)[-2:]) > 4
    )


def _kind(output: Output, values: np.ndarray) -> str | None:
    """Return the kind of an output if its type or its last operator shows it; None for logits or probabilities."""
    if (
        output.made_by == "ArgMax"
        or values.ndim == 3
        or (values.ndim == 4 and 1 in (values.shape[1], values.shape[3]))
    ):
        return "classes"
    return "probabilities" if output.made_by == "Softmax" else None


def _output_layout(name: str, shape: tuple[int, ...], size: tuple[int, int]) -> str:
    # Height and width of an output are those of the input, divided by about the same factor.
    def mismatch(rows: int, columns: int) -> float:
        return abs(np.log((size[0] / rows) / (size[1] / columns)))

    first, last = mismatch(*shape[2:]), mismatch(*shape[1:3])
    if abs(first - last) < 0.05:
        raise InputError(
            f"The output {name!r} has the shape {shape}, which can be read in two ways; choose --output-layout "
            f"{' or '.join(LAYOUTS)}."
        )
    return "NCHW" if first < last else "NHWC"


def _are_probabilities(values: np.ndarray, axis: int) -> bool:
    values = values.astype(np.float64)
    return bool(values.min() >= 0 and np.allclose(values.sum(axis=axis), 1, atol=_ROUNDING))


def _three(values: float | Sequence[float]) -> np.ndarray:
    array = np.atleast_1d(np.asarray(values, np.float64))
    if array.shape not in ((1,), (3,)):
        raise InputError(f"{len(array)} numbers are given; expected one, or three (one per channel).")
    return np.broadcast_to(array, (3,))
