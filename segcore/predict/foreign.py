"""The network of somebody else, in an ONNX file, fed and read as its run says."""

import time

import numpy as np

from segcore.errors import InputError
from segcore.frames.images import resize_mask
from segcore.labels import VOID
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.preprocessing import Region, network_input, network_scores
from segcore.predict.views import View
from segcore.runs.network_io import NetworkInput, NetworkOutput

# Below it a probability has no logarithm to speak of.
_LEAST_PROBABILITY = 1e-7


class _Foreign:
    """A network that is shown one view of a picture; safe to call from several threads.

    Args:
        network: what computes.
        how_in, how_out: how pictures go in and what comes out.
        num_classes: how many classes the run has.
    """

    def __init__(self, network: OnnxNetwork, how_in: NetworkInput, how_out: NetworkOutput, num_classes: int):
        self._network, self._how_in, self._how_out, self._num_classes = network, how_in, how_out, num_classes

    def _shown(self, image: np.ndarray) -> tuple[np.ndarray, Region, float]:
        """Return the output for a picture, the rows and columns of the input that it took, and the seconds."""
        fed, region = network_input(image, self._how_in)
        start = time.perf_counter()
        (raw,) = self._network.run([self._how_out.name], {self._network.input_name: fed})
        seconds = time.perf_counter() - start
        try:
            return network_scores(raw, self._how_out), region, seconds
        except ValueError as error:
            raise InputError(f"The network does not give what run.json says: {error}.") from error


class ForeignNetwork(_Foreign):
    """A foreign network that gives scores of each class."""

    def views(self, image: np.ndarray) -> tuple[list[View], float]:
        """Show the network a picture, uint8 RGB (height, width, 3) of any size.

        Returns:
            One view, and the seconds that the network took.

        Raises:
            InputError: the network fails, or gives something other than the run says.
        """
        scores, (rows, columns), seconds = self._shown(image)
        if len(scores) != self._num_classes:
            raise InputError(
                f"The network gives {len(scores)} scores a pixel, but the run has {self._num_classes} classes; "
                "give the list of its classes."
            )
        if not np.isfinite(scores).all():
            raise InputError(
                "The network gives values that are not finite (NaN or infinite); check its normalisation and export."
            )
        if self._how_out.kind == "probabilities":
            # Their logarithms are logits: the soft-max of these gives them back.
            scores = np.log(np.maximum(scores, _LEAST_PROBABILITY))
        return [View(scores, self._how_in.size, rows, columns)], seconds


class ForeignClassifier(_Foreign):
    """A foreign network that gives a class for each pixel and no scores."""

    def classes(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Show the network a picture, uint8 RGB (height, width, 3) of any size.

        Returns:
            uint8 (height, width), 255 for no class; and the seconds that the network took.

        Raises:
            InputError: the network fails, or gives something other than the run says.
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
