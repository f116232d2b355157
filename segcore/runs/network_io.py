"""Input and output of a foreign network, as described in ``run.json``."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from segcore.errors import InputError

FITS = ("letterbox", "stretch")
LAYOUTS = ("NCHW", "NHWC")
CHANNELS = ("rgb", "bgr")
DTYPES = ("uint8", "int8", "float32", "float16")
OUTPUTS = ("logits", "probabilities", "classes")
LARGEST_SIDE = 4096
"""Largest side of a network's input in pixels."""


@dataclass(frozen=True)
class NetworkInput:
    """How a picture becomes the input of a network.

    Attributes:
        size: (height, width) of the input in pixels.
        fit: "letterbox" keeps the aspect ratio and fills the rest with grey; "stretch" does not keep it.
        layout: order of the axes, "NCHW" or "NHWC".
        channels: order of the colours, "rgb" or "bgr".
        dtype: of the input, one of ``DTYPES``.
        scale, offset: of each channel in the order of ``channels``. The input is ``pixel * scale + offset`` of pixels
            0..255; (1, 1, 1) and (0, 0, 0) change nothing.
        multiple: height and width must be multiples of this number if the network takes any size; None for a fixed
            size.

    Raises:
        InputError: a value is out of its range.
    """

    size: tuple[int, int]
    fit: str = "letterbox"
    layout: str = "NCHW"
    channels: str = "rgb"
    dtype: str = "float32"
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    multiple: int | None = None

    def __post_init__(self) -> None:
        _check_choice("fit", self.fit, FITS)
        _check_choice("layout", self.layout, LAYOUTS)
        _check_choice("channels", self.channels, CHANNELS)
        _check_choice("dtype", self.dtype, DTYPES)
        if len(self.size) != 2 or not all(
            _is_count(side) and 1 <= side <= LARGEST_SIDE for side in self.size
        ):
            raise InputError(
                f"The network's input has the size {_shown(list(self.size))}; expected height and width, 1 to "
                f"{LARGEST_SIDE}."
            )
        if self.multiple is not None:
            if not _is_count(self.multiple) or not 1 <= self.multiple <= 1024:
                raise InputError(f"The multiple of the sides is {self.multiple!r}; expected 1 to 1024.")
            if any(side % self.multiple for side in self.size):
                raise InputError(
                    f"The size {self.size[0]} x {self.size[1]} (height x width) does not fit the network, which takes "
                    f"multiples of {self.multiple}."
                )
        for name in ("scale", "offset"):
            values = getattr(self, name)
            if len(values) != 3 or not all(_is_finite(value) for value in values):
                raise InputError(
                    f"The {name} is {_shown(list(values))}; expected three finite numbers, one per channel."
                )
        if any(value == 0 for value in self.scale):
            raise InputError(
                "The scale has a 0, which would hide a channel; expected three numbers other than 0."
            )

    def to_json(self) -> dict:
        """Return the content of ``input`` in ``run.json``."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, content: object) -> "NetworkInput":
        """Read ``input`` of ``run.json``.

        Raises:
            InputError: a key is missing or unknown, or a value is out of its range.
        """
        return cls(**_read(content, "input", _names(cls), lists=("size", "scale", "offset")))


@dataclass(frozen=True)
class NetworkOutput:
    """The output of a network.

    Attributes:
        name: name of the output in the graph.
        kind: "logits", "probabilities" (0..1 for each class) or "classes" (a map of class indices).
        layout: order of the axes of logits and probabilities, "NCHW" or "NHWC".

    Raises:
        InputError: a value is not one of those allowed, or the name is missing.
    """

    name: str
    kind: str = "logits"
    layout: str = "NCHW"

    def __post_init__(self) -> None:
        _check_choice("output kind", self.kind, OUTPUTS)
        _check_choice("output layout", self.layout, LAYOUTS)
        if not isinstance(self.name, str) or not 0 < len(self.name) <= 200:
            raise InputError(
                "The output of the network has no name, or one of more than 200 characters; export it with a short one."
            )

    def to_json(self) -> dict:
        """Return the content of ``output`` in ``run.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: object) -> "NetworkOutput":
        """Read ``output`` of ``run.json``; raises as ``NetworkInput.from_json``."""
        return cls(**_read(content, "output", _names(cls), lists=()))


def _names(kind: type[NetworkInput | NetworkOutput]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _read(content: object, what: str, known: tuple[str, ...], *, lists: tuple[str, ...]) -> dict:
    if not isinstance(content, Mapping):
        raise InputError(f"run.json has {what} = {_shown(content)}; expected an object.")
    if unknown := sorted(content.keys() - set(known)):
        raise InputError(
            f"run.json has the unknown key {_shown(unknown[0])} in {what}; expected {', '.join(known)}."
        )
    needed = [name for name in ("size", "name") if name in known and name not in content]
    if needed:
        raise InputError(f"run.json lacks {what}.{needed[0]}.")
    for name in lists:
        if name in content and not isinstance(content[name], list | tuple):
            raise InputError(f"run.json has {what}.{name} = {_shown(content[name])}; expected a list.")
    return {name: tuple(value) if name in lists else value for name, value in content.items()}


def _shown(value: object) -> str:
    # As in the file: on one line, whatever a text holds.
    return json.dumps(value, default=str)[:60]


def _check_choice(what: str, value: object, known: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in known:
        raise InputError(f"The {what} is {str(value)[:40]!r}; expected one of {', '.join(known)}.")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
