"""Predictors: a run as a function from a picture to classes, for each kind of run."""

from typing import Protocol

import numpy as np

from segcore.errors import InputError
from segcore.predict.foreign import ForeignClassifier, ForeignNetwork
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.onnx.run_network import load_network as load_onnx_network
from segcore.predict.prediction import Classified, Prediction, Predictor
from segcore.predict.stored_masks import StoredMasks
from segcore.predict.views import View, classes_and_confidence, likeliest_classes, mean_logits
from segcore.runs.run import MODEL_FILE, WEIGHTS_FILE, Run, check_weights
from segcore.system.quiet import quiet_import


class Network(Protocol):
    """A network that predicts pictures: one of this project in ONNX Runtime or Keras, or a foreign one."""

    def views(self, image: np.ndarray) -> tuple[list[View], float]: ...


class NetworkPredictor:
    """A run with a network; safe to call from several threads.

    Args:
        run: the run.
        network: its network.
    """

    def __init__(self, run: Run, network: Network):
        self.run = run
        self._network = network

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        """Predict a picture, uint8 RGB (height, width, 3) of any size; ``frame_id`` is ignored."""
        views, seconds = self._views(image)
        return Prediction(likeliest_classes(views, image.shape[:2]), tuple(views), seconds)

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        """Return ``class_map`` and ``seconds`` of ``predict``."""
        views, seconds = self._views(image)
        return likeliest_classes(views, image.shape[:2]), seconds

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str = "") -> Classified:
        """Return ``class_map``, the probability of each pixel's class and ``seconds`` of ``predict``."""
        views, seconds = self._views(image)
        return Classified(*classes_and_confidence(views, image.shape[:2]), seconds, views[0].seconds)

    def logits(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the mean logits of all views, float32 (rows, columns, C), and the time of the network in seconds.

        The picture keeps its aspect ratio: if it differs from that of the network's input, the input has a margin,
        which is not part of the result. The mean is at the size of the first view (multi-scale inference, as in Chen
        et al. 2017, where probabilities are averaged).
        """
        views, seconds = self._views(image)
        return mean_logits(views), seconds

    def _views(self, image: np.ndarray) -> tuple[list[View], float]:
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"expected an image uint8 (h, w, 3), received {image.dtype} {image.shape}")
        return self._network.views(image)


class ClassPredictor:
    """A run with a foreign network that gives only classes; safe to call from several threads."""

    def __init__(self, run: Run, network: ForeignClassifier):
        self.run = run
        self._network = network

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        """Predict a picture, uint8 RGB (height, width, 3) of any size; there are no probabilities."""
        class_map, seconds = self._network.classes(image)
        return Prediction(class_map, (), seconds)

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        """Return ``class_map`` and ``seconds`` of ``predict``."""
        return self._network.classes(image)

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str = "") -> Classified:
        """Return the result of ``classify``, with None for the confidence."""
        class_map, seconds = self._network.classes(image)
        return Classified(class_map, None, seconds, seconds)


def foreign_predictor(run: Run, network: OnnxNetwork) -> Predictor:
    """Return the predictor of a run of kind "onnx" with ``network``, which need not come from the run's folder."""
    said = (network, run.network_input, run.network_output, run.num_classes)
    if run.network_output.kind == "classes":
        return ClassPredictor(run, ForeignClassifier(*said))
    return NetworkPredictor(run, ForeignNetwork(*said))


def load_predictor(run: Run) -> Predictor:
    """Return the predictor of a run.

    A run with a ``model.onnx`` uses ONNX Runtime; a network of this project without this file uses Keras.

    Raises:
        InputError: the run has no network and no masks, or they are damaged, changed or do not fit ``run.json``.
    """
    if run.has_masks:
        return StoredMasks(run)
    if not run.has_network:
        raise InputError(
            f"The run {run.name} keeps its scores but not its weights; choose a run with "
            f"{WEIGHTS_FILE} or {MODEL_FILE}."
        )
    try:
        check_weights(run)
    except InputError as error:
        raise InputError(f"The run {run.name} cannot be used: {error}") from error
    if run.kind == "onnx":
        return foreign_predictor(run, OnnxNetwork(run.weights_path.read_bytes))
    if run.starts_quickly:
        return NetworkPredictor(run, load_onnx_network(run))
    with quiet_import():
        from segcore.predict.keras_network import load_network
    return NetworkPredictor(run, load_network(run))
