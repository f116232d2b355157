"""A trained run as a function from a picture to classes. This is where Keras comes in."""

import math
import threading
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import keras
import numpy as np

from segcore.errors import InputError, first_line
from segcore.frames.letterbox import letterbox
from segcore.models.build import build_model, sharpened
from segcore.models.layers import PIXEL_OFFSET, PIXEL_SCALE
from segcore.predict.adaptation import Adaptation
from segcore.runs.run import RECORD_FILE, WEIGHTS_FILE, Run, check_weights, is_mirrored


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a run says about one picture.

    Attributes:
        class_map: uint8 (height, width) at the picture's own size, 0..C-1.
        probabilities: float32 (rows, columns, C), as many as the picture takes of the first of the run's
            ``inference_sizes``; each pixel sums to 1.
        seconds: time that the network took, without decoding, resizing and soft-max.
    """

    class_map: np.ndarray = field(repr=False)
    probabilities: np.ndarray = field(repr=False)
    seconds: float


class Predictor:
    """A run with its weights loaded and its network compiled; safe to call from several threads.

    Args:
        run: the run.
        models: its network, built for each of ``run.inference_sizes``.
    """

    def __init__(self, run: Run, models: Sequence[keras.Model]):
        self.run = run
        self._adaptation = Adaptation(run.adaptation)
        networks = (self._adaptation.apply_to(sharpened(model, run.sharpening)) for model in models)
        self._looks = tuple(zip(run.inference_sizes, networks, strict=True))
        # The network takes all cores anyway: two calls at once would be no faster and take twice the memory.
        self._lock = threading.Lock()
        # The first call compiles; without this the first picture would seem to take seconds.
        self.logits(np.zeros((*run.inference_sizes[0], 3), np.uint8))

    def predict(self, image: np.ndarray) -> Prediction:
        """Predict a picture, uint8 (height, width, 3) RGB of any size."""
        logits, seconds = self.logits(image)
        return Prediction(classes_at(logits, image.shape[:2]), softmax(logits), seconds)

    def classify(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Return ``class_map`` and ``seconds`` of ``predict``, sparing the probabilities."""
        logits, seconds = self.logits(image)
        return classes_at(logits, image.shape[:2]), seconds

    def logits(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the logits and the seconds that the network took.

        The picture keeps its proportions: one that is not as wide for its height as the network's input gets a
        margin. The logits are float32 (rows, columns, C), those of the margin left out. A run that looks at
        pictures in several sizes gives the mean of its logits at the first of them (multi-scale inference, as in
        Chen et al. 2017, where probabilities are averaged). Every other look is at the mirror image: the less two
        looks have in common, the less they err alike, and this costs nothing.

        Raises:
            ValueError: ``image`` is not uint8 (height, width, 3).
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"expected an image uint8 (h, w, 3), received {image.dtype} {image.shape}")
        (logits, seconds), *others = (
            self._look(model, image, size, mirrored=is_mirrored(index))
            for index, (size, model) in enumerate(self._looks)
        )
        rows, columns = logits.shape[:2]
        for further, took in others:
            logits = logits + cv2.resize(further, (columns, rows))
            seconds += took
        return logits / len(self._looks), seconds

    def _look(
        self, model: keras.Model, image: np.ndarray, size: tuple[int, int], *, mirrored: bool
    ) -> tuple[np.ndarray, float]:
        boxed, (rows, columns) = letterbox(image, size)
        # OpenCV and PyTorch take no array that is read backwards.
        seen = np.ascontiguousarray(boxed[:, ::-1]) if mirrored else boxed
        across = slice(size[1] - columns.stop, size[1] - columns.start) if mirrored else columns
        with self._lock:
            self._adaptation.look_at(size, rows, across)
            start = time.perf_counter()
            # Calling the model itself would run eagerly, five times slower; this is compiled, but on PyTorch.
            logits = model.predict_on_batch(seen[np.newaxis])[0]
            seconds = time.perf_counter() - start
        if mirrored:
            logits = np.ascontiguousarray(logits[:, ::-1])
        return logits[rows, columns], seconds


def load_predictor(run: Run) -> Predictor:
    """Return the run as a function, warmed up.

    Raises:
        InputError: as ``load_model``.
    """
    return as_predictor(run, load_model(run, image_size=run.inference_sizes[0]))


def as_predictor(run: Run, model: keras.Model) -> Predictor:
    """Return as a function a network that is built as ``run`` describes, with whatever weights it has."""
    models = {tuple(model.input.shape[1:3]): model}
    for size in set(run.inference_sizes) - models.keys():
        models[size] = _build(run, size)
        models[size].set_weights(model.get_weights())
    return Predictor(run, [models[size] for size in run.inference_sizes])


def load_model(run: Run, *, image_size: tuple[int, int] | None = None) -> keras.Model:
    """Build the network that ``run.json`` describes and load its weights.

    Args:
        run: with weights.
        image_size: (height, width) of its input in pixels, both divisible by 32; by default the run's own.

    Raises:
        InputError: the run has no weights, or they are damaged, altered or do not fit the architecture.
    """
    if not run.has_network:
        raise InputError(
            f"The run {run.name} keeps its scores but not its weights; choose a run with {WEIGHTS_FILE}."
        )
    _check_normalization(run)
    try:
        check_weights(run)
    except InputError as error:
        raise InputError(f"The run {run.name} cannot be used: {error}") from error
    model = _build(run, image_size or run.input_size)
    _load_weights(model, run)
    return model


def _build(run: Run, size: tuple[int, int]) -> keras.Model:
    try:
        return build_model(run.architecture, num_classes=run.num_classes, image_size=size, **run.arguments)
    except InputError as error:
        raise InputError(f"The run {run.name} cannot be used: {error}") from error


def classes_at(logits: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the class of highest score at another size.

    The scores are interpolated, not the classes, so that borders stay smooth. One class is enlarged after the
    other: all at once would take 4 bytes times C for each pixel of a photo.

    Args:
        logits: float32 (h, w, C).
        size: (height, width) of the result.

    Returns:
        uint8 (height, width); of equal scores the lower class wins.
    """
    if logits.shape[:2] == tuple(size):
        return logits.argmax(axis=-1).astype(np.uint8)
    height, width = size
    highest = np.full(size, -np.inf, np.float32)
    classes = np.zeros(size, np.uint8)
    for index in range(logits.shape[-1]):
        scores = cv2.resize(np.ascontiguousarray(logits[..., index]), (width, height))
        np.putmask(classes, scores > highest, index)
        np.maximum(highest, scores, out=highest)
    return classes


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities over the last axis, float32 of the same shape."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    np.exp(shifted, out=shifted)
    shifted /= shifted.sum(axis=-1, keepdims=True)
    return shifted


def _load_weights(model: keras.Model, run: Run) -> None:
    try:
        # Of a file that does not fit, Keras warns a hundred times before it raises.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.load_weights(run.weights_path)
        if not all(np.isfinite(keras.ops.convert_to_numpy(variable)).all() for variable in model.weights):
            raise ValueError("it holds values that are not finite")
    # Keras and h5py raise OSError, ValueError, KeyError and RuntimeError for a file that is no such weights.
    except Exception as error:
        raise InputError(
            f"The file {run.weights_path} does not fit {run.architecture} as {RECORD_FILE} describes it "
            f"({first_line(error)}); copy the run again."
        ) from error


def _check_normalization(run: Run) -> None:
    recorded = run.record.get("normalization") or {"scale": PIXEL_SCALE, "offset": PIXEL_OFFSET}
    for name, expected in (("scale", PIXEL_SCALE), ("offset", PIXEL_OFFSET)):
        found = recorded.get(name)
        if not isinstance(found, int | float) or not math.isclose(found, expected, rel_tol=1e-4):
            raise InputError(
                f"The run {run.name} was trained with the {name} {found} of pixel values, but its network "
                f"would be built with {expected:.6g}; only runs of this project's own models can be loaded."
            )
