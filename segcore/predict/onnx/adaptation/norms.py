"""The layers of a network that adapt to a picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, numpy_helper

from segcore.errors import InputError
from segcore.predict.onnx.metadata import NORMS_KEY, read_metadata


@dataclass(frozen=True)
class Norm:
    """A batch normalisation to adapt.

    Attributes:
        node: a copy of its node in the graph.
        stride: of its features, in pixels of the input.
        scale, shift, mean, variance: float32 (C,), its stored parameters.
        epsilon: added to the variance.
        usual: its usual change.
    """

    node: NodeProto
    stride: int
    scale: np.ndarray
    shift: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    epsilon: float
    usual: float

    @property
    def floor(self) -> np.ndarray:
        """``epsilon`` as a share of the stored variance, float32 (C,)."""
        return (self.epsilon / (self.variance + self.epsilon)).astype(np.float32)


def find_norms(model: ModelProto, usual: Mapping[str, float]) -> list[Norm]:
    """Return the layers to adapt, in the order of the graph.

    Args:
        model: exported by ``segcore.predict.onnx.export``, with its weights.
        usual: usual change of each layer to adapt, by name.

    Raises:
        InputError: a layer to adapt is not a batch normalisation of the network.
    """
    strides = read_metadata(model, NORMS_KEY, {})
    if unknown := sorted(usual.keys() - strides.keys()):
        raise InputError(
            f"The adaptation names the layer {unknown[0]}, which is not a batch normalisation of "
            f"{model.graph.name}; measure it again with `python -m segcore adapt`."
        )
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    norms = []
    for node in model.graph.node:
        if node.name in usual:
            scale, shift, mean, variance = (numpy_helper.to_array(constants[name]) for name in node.input[1:])
            epsilon = next(each.f for each in node.attribute if each.name == "epsilon")
            # A part of the model would keep all of it in memory, with its weights.
            own = NodeProto()
            own.CopyFrom(node)
            norm = Norm(
                own,
                strides[node.name],
                scale,
                shift,
                mean,
                variance,
                epsilon=epsilon,
                usual=usual[node.name],
            )
            norms.append(norm)
    return norms
