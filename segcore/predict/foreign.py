"""A foreign network in an ONNX file; its run describes input and output."""

import time

import numpy as np

from segcore.errors import InputError
from segcore.frames.images import resize_mask
from segcore.labels import VOID
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.preprocessing import Region, network_input, network_scores
from segcore.predict.views import View
from segcore.runs.network_io import NetworkInput, NetworkOutput

# Smaller probabilities are raised to this one, so that logarithms are finite.
_LEAST_PROBABILITY = 1e-7


class _Foreign:
    """A foreign network that predicts one view of a picture; safe to call from several threads.

    Args:
        network: the network in ONNX Runtime.
        how_in, how_out: descriptions of its input and output.
        num_classes: number of classes of the run.
    """

    def __init__(self, network: OnnxNetwork, how_in: NetworkInput, how_out: NetworkOutput, num_classes: int):
        self._network, self._how_in, self._how_out, self._num_classes = network, how_in, how_out, num_classes

    def _shown(self, image: np.ndarray) -> tuple[np.ndarray, Region, float]:
        """Return the output for a picture, the rows and columns of the input that it covered, and the seconds."""
        fed, region = network_input(image, self._how_in)
        start = time.perf_counter()
        (raw,) = self._network.run([self._how_out.name], {self._network.input_name: fed})
        seconds = time.perf_counter() - start
        try:
            return network_scores(raw, self._how_out), region, seconds
        except ValueError as error:
            raise InputError(f"The network's output does not fit run.json: {error}.") from error


class ForeignNetwork(_Foreign):
    """A foreign network whose output is a score of each class for each pixel."""

    def views(self, image: np.ndarray) -> tuple[list[View], float]:
        """Predict a picture, uint8 RGB (height, width, 3) of any size.

        Returns:
            One view, and the time of the network in seconds.

        Raises:
            InputError: the network fails, or its output does not fit the run's description.
        """
        scores, (rows, columns), seconds = self._shown(image)
        if len(scores) != self._num_classes:
            raise InputError(
                f"The network gives {len(scores)} scores per pixel, but the run has {self._num_classes} classes; "
                "give the list of its classes."
            )
        if not np.isfinite(scores).all():
            raise InputError(
                "The network gives values that are not finite (NaN or infinite); check its normalisation and export."
            )
        if self._how_out.kind == "probabilities":
            # Logarithms of probabilities are logits: their soft-max is the probabilities.
            scores = np.log(np.maximum(scores, _LEAST_PROBABILITY))
        return [View(scores, self._how_in.size, rows, columns, seconds=seconds)], seconds


class ForeignClassifier(_Foreign):
    """A foreign network whose output is a class for each pixel, without scores."""

    def classes(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Predict a picture, uint8 RGB (height, width, 3) of any size.

        Returns:
            uint8 (height, width), 255 for no class; and the time of the network in seconds.

        Raises:
            InputError: the network fails, or its output does not fit the run's description.
        """
        values, region, seconds = self._shown(image)
        unknown = values[((values < 0) | (values >= self._num_classes)) & (values != VOID)]
        if unknown.size:
            raise InputError(
                f"The network gives the class {unknown[0]}, but the run has {self._num_classes} classes, 0 to "
                f"{self._num_classes - 1}; give the list of its classes."
            )
        whole = resize_mask(values.astype(np.uint8), self._how_in.size)
        return resize_mask(np.ascontiguousarray(whole[region]), image.shape[:2]), seconds
