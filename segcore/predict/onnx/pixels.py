"""The first steps of a network, from pixels to its first features, outside of its graph.

Every exported graph first puts the channels in front and scales the pixels. ONNX Runtime takes three passes over
float32 values for this, two of them larger than the picture; here it is one step from its bytes, with the same result.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.errors import InputError
from segcore.frames.letterbox import FILL
from segcore.predict.onnx.graph import IMAGE

_STEPS = ("Transpose", "Mul", "Add")


@dataclass(frozen=True)
class Scaling:
    """The scaling of pixels, 0..255, to features: ``scale`` times the pixel, plus ``offset``."""

    scale: np.float32
    offset: np.float32

    def features(self, picture: np.ndarray, size: tuple[int, int], rows: slice, columns: slice) -> np.ndarray:
        """Return a picture in its place in a network's input.

        Args:
            picture: uint8 RGB (h, w, 3).
            size: (height, width) of the input.
            rows, columns: part of the input for the picture, of its size; the rest is margin.

        Returns:
            float32 (1, 3, height, width).
        """
        found = np.full((1, 3, *size), FILL * self.scale + self.offset, np.float32)
        for channel, place in zip(cv2.split(picture), found[0, :, rows, columns], strict=True):
            np.multiply(channel, self.scale, out=place)
            place += self.offset
        return found


def without_scaling(model: ModelProto) -> tuple[ModelProto, Scaling]:
    """Return a copy of ``model``, whose input is what ``Scaling.features`` returns, and the scaling.

    Raises:
        InputError: the graph does not begin as those of ``segcore.predict.onnx.export``.
    """
    kept = ModelProto()
    kept.CopyFrom(model)
    graph = kept.graph
    steps: list[NodeProto] = []
    value = IMAGE
    for kind in _STEPS:
        following = [node for node in graph.node if value in node.input]
        if [node.op_type for node in following] != [kind]:
            raise InputError(
                f"The graph of {graph.name} does not begin with the scaling of pixels; export the run again with "
                "`python -m segcore export`."
            )
        steps += following
        (value,) = following[0].output
    constants = {tensor.name: tensor for tensor in graph.initializer}
    scale, offset = (np.float32(numpy_helper.to_array(constants[step.input[1]])) for step in steps[1:])
    for step in steps:
        graph.node.remove(step)
    for node in graph.node:
        node.input[:] = [IMAGE if name == value else name for name in node.input]
    graph.input[0].CopyFrom(
        helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, [1, 3, "height", "width"])
    )
    return kept, Scaling(scale, offset)
