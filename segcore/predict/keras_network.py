"""A run's network in Keras, for continued training and for prediction without a ``model.onnx``."""

import math
import threading
import time
import warnings
from collections.abc import Sequence

import keras
import numpy as np

from segcore.errors import InputError, first_line
from segcore.frames.letterbox import letterbox
from segcore.models.build import build_model, sharpened
from segcore.models.layers import PIXEL_OFFSET, PIXEL_SCALE
from segcore.predict.adaptation import Adaptation
from segcore.predict.predictor import NetworkPredictor
from segcore.predict.views import View
from segcore.runs.record import OwnRecord
from segcore.runs.run import RECORD_FILE, WEIGHTS_FILE, Run, check_weights, is_mirrored


class KerasNetwork:
    """A run's network, built for each of its views and compiled; safe to call from several threads.

    Args:
        run: the run.
        models: the network, built for each of ``run.inference_sizes``.
    """

    def __init__(self, run: Run, models: Sequence[keras.Model]):
        self._adaptation = Adaptation(run.adaptation)
        networks = (self._adaptation.apply_to(sharpened(model, run.sharpening)) for model in models)
        self._views = tuple(zip(run.inference_sizes, networks, strict=True))
        # One call uses all cores: two calls at once would not be faster, and would take twice the memory.
        self._lock = threading.Lock()
        # The first call compiles the network; do this now, so that the time of the first picture is right.
        self.views(np.zeros((*run.inference_sizes[0], 3), np.uint8))

    def views(self, image: np.ndarray) -> tuple[list[View], float]:
        """Predict each view of a picture, uint8 RGB (height, width, 3) of any size.

        Every second view is mirrored: the more two views differ, the less they make the same errors, and mirroring
        costs no time.

        Returns:
            The logits of each view, and the time of the network in seconds.
        """
        views, seconds = [], 0.0
        for index, (size, model) in enumerate(self._views):
            view, took = self._view(model, image, size, mirrored=is_mirrored(index))
            views.append(view)
            seconds += took
        return views, seconds

    def _view(
        self, model: keras.Model, image: np.ndarray, size: tuple[int, int], *, mirrored: bool
    ) -> tuple[View, float]:
        boxed, (rows, columns) = letterbox(image, size)
        # OpenCV and PyTorch do not take arrays with negative strides.
        seen = np.ascontiguousarray(boxed[:, ::-1]) if mirrored else boxed
        across = slice(size[1] - columns.stop, size[1] - columns.start) if mirrored else columns
        with self._lock:
            self._adaptation.look_at(size, rows, across)
            start = time.perf_counter()
            # predict_on_batch is compiled, except on PyTorch; calling the model runs eagerly, five times slower.
            logits = model.predict_on_batch(seen[np.newaxis])[0]
            seconds = time.perf_counter() - start
        return View(
            np.ascontiguousarray(logits.transpose(2, 0, 1)), size, rows, columns, mirrored, seconds
        ), seconds


def load_network(run: Run) -> KerasNetwork:
    """Build the network of a run for each of its views and load its weights.

    Raises:
        InputError: as ``load_model``.
    """
    return _network(run, load_model(run, image_size=run.inference_sizes[0]))


def as_predictor(run: Run, model: keras.Model) -> NetworkPredictor:
    """Return a predictor with ``model``, a network as ``run`` describes it, and its current weights."""
    return NetworkPredictor(run, _network(run, model))


def _network(run: Run, model: keras.Model) -> KerasNetwork:
    models = {tuple(model.input.shape[1:3]): model}
    for size in set(run.inference_sizes) - models.keys():
        models[size] = _build(run, size)
        models[size].set_weights(model.get_weights())
    return KerasNetwork(run, [models[size] for size in run.inference_sizes])


def load_model(run: Run, *, image_size: tuple[int, int] | None = None) -> keras.Model:
    """Build the network that ``run.json`` describes and load its weights.

    Args:
        run: with weights.
        image_size: (height, width) of its input in pixels, both divisible by 32; default: the run's input size.

    Raises:
        InputError: the run has no weights, or they are damaged, changed or do not fit the architecture.
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
    model = _build(run, image_size or run.network_size)
    _load_weights(model, run)
    return model


def _build(run: Run, size: tuple[int, int]) -> keras.Model:
    try:
        return build_model(run.architecture, num_classes=run.num_classes, image_size=size, **run.arguments)
    except InputError as error:
        raise InputError(f"The run {run.name} cannot be used: {error}") from error


def _load_weights(model: keras.Model, run: Run) -> None:
    try:
        # For a file that does not fit, Keras shows a hundred warnings before it raises an exception.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.load_weights(run.weights_path)
        if not all(np.isfinite(keras.ops.convert_to_numpy(variable)).all() for variable in model.weights):
            raise ValueError("it holds values that are not finite")
    # Keras and h5py raise OSError, ValueError, KeyError and RuntimeError for a wrong file.
    except Exception as error:
        raise InputError(
            f"The file {run.weights_path} does not fit {run.architecture} as {RECORD_FILE} describes it "
            f"({first_line(error)}); copy the run again."
        ) from error


def _check_normalization(run: Run) -> None:
    told = run.record.normalization if isinstance(run.record, OwnRecord) else None
    recorded = told or {"scale": PIXEL_SCALE, "offset": PIXEL_OFFSET}
    for name, expected in (("scale", PIXEL_SCALE), ("offset", PIXEL_OFFSET)):
        found = recorded.get(name)
        if not isinstance(found, int | float) or not math.isclose(found, expected, rel_tol=1e-4):
            raise InputError(
                f"The run {run.name} was trained with the {name} {found} of pixel values, but the network of this "
                f"project has {expected:.6g}; only runs of this project's own models can be loaded."
            )
