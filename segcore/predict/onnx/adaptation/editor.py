"""A copy of a graph to which nodes are added."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.predict.onnx.adaptation.region import weights_name


class Editor:
    """A copy of a graph to which nodes are added.

    Added values have the name of their node; methods that add a value return its name.

    Args:
        model: the model, which stays as it is.
    """

    def __init__(self, model: ModelProto):
        self._model = ModelProto()
        self._model.CopyFrom(model)
        # Weights of cells, by which many nodes multiply, come first.
        self._first: list[NodeProto] = []
        self._after: dict[str, list[NodeProto]] = {}
        self._last: list[NodeProto] = []
        self._added = self._last
        self._strides: set[int] = set()

    @property
    def graph(self) -> GraphProto:
        """The graph without the added nodes; its nodes may be changed."""
        return self._model.graph

    def maker(self, node: NodeProto) -> NodeProto | None:
        """Return the node of the graph that makes the first input of ``node``."""
        return next((each for each in self.graph.node if node.input[0] in each.output), None)

    @contextmanager
    def after(self, node: NodeProto) -> Iterator[None]:
        """Add nodes directly after ``node`` of the graph, which others of the graph need; else they come last."""
        self._added = self._after.setdefault(node.name, [])
        try:
            yield
        finally:
            self._added = self._last

    def add(
        self, kind: str, inputs: Sequence[str], name: str, *, others: Sequence[str] = (), **attributes
    ) -> str:
        """Add a node of the operator ``kind``; ``others`` are the names of its further outputs."""
        self._added.append(helper.make_node(kind, inputs, [name, *others], name=name, **attributes))
        return name

    def add_like(self, node: NodeProto, name: str, *, first: str | None = None, **attributes) -> str:
        """Add a copy of a node with one output, with another first input and other attributes if they are given."""
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.name = copy.output[0] = name
        if first is not None:
            copy.input[0] = first
        del copy.attribute[:]
        copy.attribute.extend(each for each in node.attribute if each.name not in attributes)
        copy.attribute.extend(helper.make_attribute(*each) for each in attributes.items())
        self._added.append(copy)
        return name

    def constant(self, name: str, value: object) -> str:
        """Add a constant, float32 of the shape of ``value``."""
        return self._constant(name, np.asarray(value, np.float32))

    def whole_numbers(self, name: str, values: list[int]) -> str:
        """Add a constant, int64 (len(values),)."""
        return self._constant(name, np.array(values, np.int64))

    def weighted_mean(self, name: str, stride: int, label: str) -> str:
        """Add the mean (1, C, 1, 1) of features over the picture without its margin.

        Args:
            name: of the features (1, C, H, W).
            stride: of the features, in pixels of the input; ``region_weights`` gives their weights.
            label: name of the mean.
        """
        # One product with the weights of all cells: products of rows would be C products of vectors.
        cells = self.add("Flatten", [name], f"{label}/cells", axis=2)
        product = self.add("MatMul", [cells, self._weights(stride)], f"{label}/product")
        return self.add("Reshape", [product, self.whole_numbers(f"{label}/shape", [1, -1, 1, 1])], label)

    def finished(self) -> ModelProto:
        """Return the model with all nodes in execution order, and with the weights of cells as inputs."""
        graph = self.graph
        nodes = list(self._first)
        for node in graph.node:
            nodes += [node, *self._after.get(node.name, ())]
        nodes += self._last
        del graph.node[:]
        graph.node.extend(nodes)
        for stride in sorted(self._strides):
            rows, columns = (weights_name(axis, stride) for axis in ("rows", "columns"))
            graph.input.append(helper.make_tensor_value_info(rows, TensorProto.FLOAT, [1, f"rows_{stride}"]))
            graph.input.append(
                helper.make_tensor_value_info(columns, TensorProto.FLOAT, [f"columns_{stride}", 1])
            )
        return self._model

    def _constant(self, name: str, value: np.ndarray) -> str:
        self.graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def _weights(self, stride: int) -> str:
        """Return the name of the weights (cells, 1) of all cells of features."""
        name = f"weights{stride}"
        if stride not in self._strides:
            self._strides.add(stride)
            sides = [weights_name(axis, stride) for axis in ("rows", "columns")]
            outer = helper.make_node("Gemm", sides, [f"{name}/outer"], transA=1, transB=1)
            self._first += [outer, helper.make_node("Flatten", outer.output, [name], axis=2)]
        return name
