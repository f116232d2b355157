"""A builder of ONNX graphs: nodes, small constants, and references to weights in the file of a run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.predict.onnx.metadata import WEIGHTS_KEY, weight_name

OPSET = 17
# The version of the file format that belongs to this operator set; older readers accept it too.
_IR_VERSION = 8

IMAGE = "image"
SCORES = "scores"


@dataclass(frozen=True)
class Value:
    """Features in the graph, (1, C, H, W).

    Attributes:
        name: in the graph.
        stride: size of a cell in pixels of the input, in each direction.
        channels: C.
        repeats: factor of a nearest-neighbour upsampling that ``Graph.settled`` still has to do. Operations on single
            cells come before it, because there are fewer cells then.
    """

    name: str
    stride: int
    channels: int
    repeats: int = 1


class Graph:
    """An ONNX graph; its nodes are in execution order.

    Args:
        weights_file: name of the file of weights, in the folder of the graph's file.
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
        """Add a constant that is stored in the graph's file, and return its name."""
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
        """Add a constant that is stored in the file of weights, and return its name, see ``weight_name``.

        Args:
            layer: name of the layer.
            place: index of the variable in the layer.
            shape: in the graph.
            axes: transposition of the variable's axes for the graph; default: none.
            flipped: whether the last two axes are reversed after the transposition.
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
        """Return ``value`` after the upsampling in ``value.repeats``."""
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
            output: name of the value that becomes the output ``SCORES``.
            name: of the network.
            channels: of the output.
            metadata: stored in the file as JSON.
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
