"""Runs that somebody else made: a network in an ONNX file, or masks that are stored."""

import time
from typing import Protocol

import numpy as np

from segcore.errors import InputError
from segcore.labels import VOID
from segcore.predict.preprocessing import cut_out, network_input, network_scores
from segcore.runs.network_io import NetworkInput, NetworkOutput


class Network(Protocol):
    """What computes: ``segcore.predict.onnx.network.OnnxNetwork``, or anything that runs in its way."""

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]: ...


class ForeignNetwork:
    """A network of somebody else, fed and read as its run says.

    Args:
        network: what computes.
        input_name: of its input in the graph.
        how_in, how_out: how pictures go in and what comes out.
        num_classes: how many classes the run has.
    """

    def __init__(
        self,
        network: Network,
        *,
        input_name: str,
        how_in: NetworkInput,
        how_out: NetworkOutput,
        num_classes: int,
    ):
        self.how_in, self.how_out = how_in, how_out
        self._network, self._input_name, self._num_classes = network, input_name, num_classes

    def scores(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Show the network a picture.

        Args:
            image: uint8 RGB (height, width, 3) of any size.

        Returns:
            Of the part of the output that the picture takes: float32 (rows, columns, C), or, where the network gives
            classes, uint8 (rows, columns) with 255 for none; and the seconds that the network took.

        Raises:
            InputError: the network fails, or gives something other than the run says.
        """
        fed, region = network_input(image, self.how_in)
        start = time.perf_counter()
        (raw,) = self._network.run([self.how_out.name], {self._input_name: fed})
        seconds = time.perf_counter() - start
        try:
            values = network_scores(raw, self.how_out)
        except ValueError as error:
            raise InputError(f"The network does not give what run.json says: {error}.") from error
        values = cut_out(values, region, self.how_in.size)
        return (self._as_classes(values) if values.ndim == 2 else self._checked(values)), seconds

    def _as_classes(self, values: np.ndarray) -> np.ndarray:
        unknown = values[((values < 0) | (values >= self._num_classes)) & (values != VOID)]
        if unknown.size:
            raise InputError(
                f"The network gives the class {unknown[0]}, but the run has {self._num_classes} classes, 0 to "
                f"{self._num_classes - 1}; give the list of its classes."
            )
        return values.astype(np.uint8)

    def _checked(self, values: np.ndarray) -> np.ndarray:
        if values.shape[2] != self._num_classes:
            raise InputError(
                f"The network gives {values.shape[2]} scores a pixel, but the run has {self._num_classes} classes; "
                "give the list of its classes."
            )
        if not np.isfinite(values).all():
            raise InputError(
                "The network gives values that are not finite (NaN or infinite); check its normalisation and export."
            )
        return values
