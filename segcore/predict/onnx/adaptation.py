"""Adaptation of ONNX graphs, see ``segcore.predict.adaptation``; it costs time only for unusual pictures.

A network that adapts to each picture takes 1.5 times as long, because its batch normalisation cannot be merged into
its convolutions; but most pictures are usual and need no adaptation. So there are two more graphs beside the plain
one. The *watching* graph is the plain graph that also returns the variances of features; it predicts the smallest
view. If no layer is unusual, the plain graph predicts the other views; otherwise the *following* graph predicts all.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.errors import InputError
from segcore.predict.onnx.metadata import NORMS_KEY, read_metadata

WHOLE = 0.3
"""Excess of a layer's change over its usual change at which it uses only the statistics of the picture."""

VARIANCES = "variances"
# Variances are measured on cells of at least this many pixels in each direction: larger maps are subsampled.
_WATCHED_STRIDE = 8
# Smallest scale of a feature: with a scale of 0 its variance before the normalisation could not be computed.
_LEAST_SCALE = 1e-6


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


def weights_name(axis: str, cells: int) -> str:
    """Return the name of the graph's input with weights of cells, ``cells`` pixels each, along "rows" or "columns"."""
    return f"{axis}{cells}"


def region_weights(
    size: tuple[int, int], rows: slice, columns: slice, strides: Set[int]
) -> dict[str, np.ndarray]:
    """Return the weights of rows and columns of features, their overlap with the picture, as inputs of a graph.

    Args:
        size: (height, width) of the input.
        rows, columns: part of the input that the picture covers; the rest is margin.
        strides: of the features, in pixels of the input.

    Returns:
        By ``weights_name``: for rows float32 (1, rows), for columns float32 (columns, 1), each with sum 1.
    """
    found = {}
    for stride in strides:
        shares = (_covered(side, stride, part) for side, part in zip(size, (rows, columns), strict=True))
        found[weights_name("rows", stride)] = next(shares)[np.newaxis]
        found[weights_name("columns", stride)] = next(shares)[:, np.newaxis]
    return found


def _covered(side: int, stride: int, part: slice) -> np.ndarray:
    first = np.arange(0, side, stride, dtype=np.float32)
    covered = np.minimum(first + stride, part.stop) - np.maximum(first, part.start)
    covered = np.clip(covered, 0, None)
    return covered / covered.sum()


class Watch:
    """Decides from the output of a watching graph whether a picture is unusual.

    Args:
        norms: from ``find_norms``.
    """

    def __init__(self, norms: list[Norm]):
        self._scale = np.concatenate([np.maximum(np.abs(norm.scale), _LEAST_SCALE) for norm in norms])
        self._floor = np.concatenate([norm.floor for norm in norms])
        self._ends = np.cumsum([len(norm.scale) for norm in norms])[:-1]
        self._usual = np.array([norm.usual for norm in norms])
        self.strides = {_watched_stride(norm) for norm in norms}

    def changes(self, variances: np.ndarray) -> np.ndarray:
        """Return the change of each layer, as in ``segcore.predict.adaptation.usual_changes``.

        Args:
            variances: the graph's output ``VARIANCES``.
        """
        differences = np.log(variances.ravel() / self._scale**2 + self._floor)
        return np.array([abs(np.median(part)) for part in np.split(differences, self._ends)])

    def is_unusual(self, variances: np.ndarray) -> bool:
        """Return whether the change of any layer is larger than its usual change."""
        return bool((self.changes(variances) > self._usual).any())


def watching(model: ModelProto, norms: list[Norm]) -> ModelProto:
    """Return the graph that also outputs the variances of the features after each layer of ``norms``.

    Large maps are subsampled, so the variances are approximate and need little time.

    Returns:
        A model with the further inputs of ``region_weights`` for ``Watch.strides``, and the further output
        ``VARIANCES``, float32 (1, sum of C of all layers, 1, 1).
    """
    editor = _Editor(model)
    found = []
    for norm in norms:
        name, stride = norm.node.output[0], _watched_stride(norm)
        step = stride // norm.stride
        if step > 1:
            # The only operation that subsamples and keeps the memory layout of the convolutions.
            name = editor.add(
                "MaxPool", [name], f"{norm.node.name}/fewer", kernel_shape=[1, 1], strides=[step, step]
            )
        found.append(editor.moments(name, stride, f"{norm.node.name}/watched")[1])
    editor.add("Concat", found, VARIANCES, axis=1)
    editor.model.graph.output.append(
        helper.make_tensor_value_info(
            VARIANCES, TensorProto.FLOAT, [1, sum(len(norm.scale) for norm in norms), 1, 1]
        )
    )
    return editor.finished()


def following(model: ModelProto, norms: list[Norm]) -> ModelProto:
    """Return the graph whose layers ``norms`` follow the picture, see ``segcore.predict.adaptation``.

    Returns:
        A model with the further inputs of ``region_weights`` for the strides of ``norms``.
    """
    editor = _Editor(model)
    for norm in norms:
        editor.follow(norm)
    return editor.finished()


def _watched_stride(norm: Norm) -> int:
    return max(norm.stride, _WATCHED_STRIDE)


class _Editor:
    """A copy of a graph, to which nodes are added."""

    def __init__(self, model: ModelProto):
        self.model = ModelProto()
        self.model.CopyFrom(model)
        self._added: list[NodeProto] = []
        self._inputs: set[tuple[str, int]] = set()
        # A node that is added after another must also come after it in the file.
        self._places: dict[str, list[NodeProto]] = {}

    def add(self, kind: str, inputs: list[str], name: str, **attributes) -> str:
        self._added.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: object) -> str:
        self.model.graph.initializer.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def weighted_mean(self, name: str, stride: int, label: str) -> str:
        """Add the mean (1, C, 1, 1) of features over the picture without its margin."""
        self._inputs.add(("rows", stride))
        self._inputs.add(("columns", stride))
        across = self.add("MatMul", [name, weights_name("columns", stride)], f"{label}/across")
        return self.add("MatMul", [weights_name("rows", stride), across], label)

    def moments(self, name: str, stride: int, label: str) -> tuple[str, str]:
        """Add the mean and the variance (1, C, 1, 1) of features over the picture."""
        mean = self.weighted_mean(name, stride, f"{label}/mean")
        off = self.add("Sub", [name, mean], f"{label}/off")
        square = self.add("Mul", [off, off], f"{label}/square")
        return mean, self.weighted_mean(square, stride, f"{label}/variance")

    def follow(self, norm: Norm) -> None:
        """Replace a normalisation: normalise with the stored statistics, then adapt to those of the picture."""
        node = next(each for each in self.model.graph.node if each.name == norm.node.name)
        name, channels, before = node.name, len(norm.scale), len(self._added)
        final, even = node.output[0], f"{name}/even"
        node.input[1] = self.constant(f"{name}/ones", np.ones(channels))
        node.input[2] = self.constant(f"{name}/zeros", np.zeros(channels))
        node.output[0] = node.name = even
        mean, variance = self.moments(even, norm.stride, name)
        raised = self.add(
            "Add", [variance, self.constant(f"{name}/floor", norm.floor[:, None, None])], f"{name}/raised"
        )
        difference = self.add("Log", [raised], f"{name}/difference")
        follow = self._share(difference, norm)
        # The variance is the weighted geometric mean of the stored one and that of the picture.
        half = self.add("Mul", [follow, difference], f"{name}/followed")
        power = self.add("Mul", [half, self.constant(f"{name}/half", -0.5)], f"{name}/power")
        contrast = self.add("Exp", [power], f"{name}/contrast")
        scale = self.add(
            "Mul", [contrast, self.constant(f"{name}/scale", norm.scale[:, None, None])], f"{name}/scale_now"
        )
        moved = self.add("Mul", [follow, mean], f"{name}/moved")
        offset = self.add("Mul", [moved, scale], f"{name}/offset")
        shift = self.add(
            "Sub", [self.constant(f"{name}/shift", norm.shift[:, None, None]), offset], f"{name}/shift_now"
        )
        scaled = self.add("Mul", [even, scale], f"{name}/scaled")
        self.add("Add", [scaled, shift], final)
        self._places[even] = self._added[before:]
        del self._added[before:]

    def _share(self, difference: str, norm: Norm) -> str:
        """Add the weight of the picture's statistics, 0..1, from ``difference``, the log ratio of variances."""
        name, channels = norm.node.name, len(norm.scale)
        middle = channels // 2 + 1
        self._added.append(
            helper.make_node(
                "TopK",
                [difference, self._whole_number(f"{name}/middle", [middle])],
                [f"{name}/highest", f"{name}/places"],
                name=f"{name}/highest",
                axis=1,
            )
        )
        # The median of an even number of values is the mean of the two in the middle.
        first = self._whole_number(f"{name}/first", [channels - middle])
        last = self._whole_number(f"{name}/last", [middle])
        axis = self._whole_number(f"{name}/axis", [1])
        central = self.add("Slice", [f"{name}/highest", first, last, axis], f"{name}/central")
        median = self.add("ReduceMean", [central], f"{name}/median", axes=[1], keepdims=1)
        change = self.add("Abs", [median], f"{name}/change")
        beyond = self.add("Sub", [change, self.constant(f"{name}/usual", norm.usual)], f"{name}/beyond")
        share = self.add("Div", [beyond, self.constant(f"{name}/whole", WHOLE)], f"{name}/share")
        bounds = [self.constant(f"{name}/none", 0), self.constant(f"{name}/all", 1)]
        return self.add("Clip", [share, *bounds], f"{name}/share_of_1")

    def _whole_number(self, name: str, value: list[int]) -> str:
        self.model.graph.initializer.append(numpy_helper.from_array(np.array(value, np.int64), name))
        return name

    def finished(self) -> ModelProto:
        """Return the model with all nodes in execution order."""
        graph = self.model.graph
        nodes = []
        for node in graph.node:
            nodes += [node, *self._places.get(node.name, ())]
        nodes += self._added
        del graph.node[:]
        graph.node.extend(nodes)
        for axis, stride in sorted(self._inputs):
            shape: list[str | int | None] = (
                [1, f"{axis}_{stride}"] if axis == "rows" else [f"{axis}_{stride}", 1]
            )
            name = weights_name(axis, stride)
            graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return self.model
