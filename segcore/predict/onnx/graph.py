"""An ONNX graph in the making: nodes, small constants, and weights that stay in the file of a run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.predict.onnx.metadata import WEIGHTS_KEY, weight_name

OPSET = 17
# The version of the file format that came with this operator set, which older readers take too.
_IR_VERSION = 8

IMAGE = "image"
SCORES = "scores"


@dataclass(frozen=True)
class Value:
    """Features in the graph, (1, C, H, W).

    Attributes:
        name: in the graph.
        stride: pixels of the input to a cell, each way.
        channels: C.
        repeats: how often each cell is still to be repeated each way, by ``Graph.settled``. What treats each cell by
            itself may come before that, where it has the fewer cells to treat.
    """

    name: str
    stride: int
    channels: int
    repeats: int = 1


class Graph:
    """Nodes in the order in which they compute.

    Args:
        weights_file: the name of the file that keeps the weights, beside the graph's own.
    """

    def __init__(self, weights_file: str):
        self._weights_file = weights_file
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, TensorProto] = {}
        self._layouts: dict[str, list] = {}

    def add(
        self, kind: str, inputs: Sequence[str], *, name: str, outputs: int = 1, **attributes
    ) -> list[str]:
        """Add a node of the operator ``kind`` and return the names of its outputs."""
        names = [name, *(f"{name}/{index}" for index in range(1, outputs))]
        self._nodes.append(helper.make_node(kind, inputs, names, name=name, **attributes))
        return names

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add a constant that the file of the graph holds itself, and return its name."""
        self._constants[name] = numpy_helper.from_array(value, name)
        return name

    def weight(
        self,
        layer: str,
        place: int,
        shape: Sequence[int],
        *,
        axes: Sequence[int] | None = None,
        flipped: bool = False,
    ) -> str:
        """Add a constant that is read from the file of weights, and return its name, as ``weight_name`` gives it.

        Args:
            layer: name of the layer.
            place: which of its variables.
            shape: what the graph is to see.
            axes: the order in which the graph has the axes of the variable; by default the variable's own.
            flipped: whether the last two axes then run backwards.
        """
        name = weight_name(layer, place)
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=self._weights_file)
        self._constants[name] = tensor
        if axes is not None:
            self._layouts[name] = [list(axes), flipped]
        return name

    def settled(self, value: Value) -> Value:
        """Return ``value`` with the repeats done that were put off."""
        if value.repeats == 1:
            return value
        factor = value.repeats
        scales = self.constant(f"repeat{factor}", np.array([1, 1, factor, factor], np.float32))
        (name,) = self.add(
            "Resize",
            [value.name, "", scales],
            name=f"{value.name}/repeated",
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        return Value(name, value.stride // factor, value.channels)

    def model(self, output: str, *, name: str, channels: int, metadata: dict[str, object]) -> ModelProto:
        """Return the graph as a model, from RGB float32 (1, H, W, 3) to ``output``, float32 (1, ``channels``, h, w).

        Args:
            output: name of the value that comes out, by the name ``SCORES``.
            name: of the network.
            channels: of the output.
            metadata: kept in the file, as JSON.
        """
        self.add("Identity", [output], name=SCORES)
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, [1, "height", "width", 3])],
            [helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, [1, channels, "rows", "columns"])],
            initializer=list(self._constants.values()),
        )
        model = helper.make_model(
            graph,
            producer_name="segcompare",
            ir_version=_IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        texts = {key: json.dumps(value) for key, value in metadata.items()}
        texts[WEIGHTS_KEY] = json.dumps(self._layouts, separators=(",", ":"))
        helper.set_model_props(model, texts)
        return model
