"""Adaptation of networks that are ONNX graphs, see ``segcore.predict.adaptation``: only where it changes something.

A network that follows each picture takes half as long again, as its batch normalisation cannot become part of its
convolutions, although most pictures are usual and followed by nothing. So there are two graphs beside the plain one.
The *watching* one is the plain one that also gives out how the features are spread; it sees a picture once, where
that costs least. Where it finds no layer to be unusual, the plain graph has the answer; where it does, the
*following* one.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.errors import InputError
from segcore.predict.onnx.metadata import NORMS_KEY, read_metadata

WHOLE = 0.3
"""By how much a layer's change goes beyond what is usual where it takes the picture's own statistics wholly."""

VARIANCES = "variances"
# Spread is watched on cells of at least so many pixels each way: the larger maps are read in steps.
_WATCHED_STRIDE = 8
# Stands for the scale of a feature that its normalisation takes away, whose spread cannot be told any more.
_LEAST_SCALE = 1e-6


@dataclass(frozen=True)
class Norm:
    """A batch normalisation to follow or watch.

    Attributes:
        node: in the graph.
        stride: of what it normalises, in pixels of the input.
        scale, shift, mean, variance: float32 (C,), its kept numbers.
        epsilon: added to a variance.
        usual: the usual change.
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
        """``epsilon`` as a share of the kept variance, float32 (C,)."""
        return (self.epsilon / (self.variance + self.epsilon)).astype(np.float32)


def find_norms(model: ModelProto, usual: Mapping[str, float]) -> list[Norm]:
    """Return the layers that follow pictures, in the order of the graph.

    Args:
        model: exported by ``segcore.predict.onnx.export``, with its weights.
        usual: the usual change of each layer that follows, by its name.

    Raises:
        InputError: a layer to follow is no batch normalisation of the network.
    """
    strides = read_metadata(model, NORMS_KEY, {})
    if unknown := sorted(usual.keys() - strides.keys()):
        raise InputError(
            f"The adaptation names the layer {unknown[0]}, which is no batch normalisation of "
            f"{model.graph.name}; measure it anew by `python -m segcore adapt`."
        )
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    norms = []
    for node in model.graph.node:
        if node.name in usual:
            scale, shift, mean, variance = (numpy_helper.to_array(constants[name]) for name in node.input[1:])
            epsilon = next(each.f for each in node.attribute if each.name == "epsilon")
            norm = Norm(
                node,
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
    """Return the input of a graph that weighs the cells, ``cells`` pixels each, along "rows" or "columns"."""
    return f"{axis}{cells}"


def region_weights(
    size: tuple[int, int], rows: slice, columns: slice, strides: Set[int]
) -> dict[str, np.ndarray]:
    """Return how much of each row and column of features lies on the picture, for the inputs of a graph.

    Args:
        size: (height, width) of the input.
        rows, columns: of the input that the picture takes; what lies beside them is margin.
        strides: pixels to a row or column of features.

    Returns:
        By ``weights_name``: of rows float32 (1, rows), of columns float32 (columns, 1), each summing to 1.
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
    """What reads from a watching graph whether a picture is unusual.

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
            variances: what the graph gives out by the name ``VARIANCES``.
        """
        differences = np.log(variances.ravel() / self._scale**2 + self._floor)
        return np.array([abs(np.median(part)) for part in np.split(differences, self._ends)])

    def is_unusual(self, variances: np.ndarray) -> bool:
        """Tell whether any layer's change goes beyond what is usual."""
        return bool((self.changes(variances) > self._usual).any())


def watching(model: ModelProto, norms: list[Norm]) -> ModelProto:
    """Return the graph that gives out, beside its scores, the variance of what each layer of ``norms`` returns.

    Large maps are read in steps, so that the variances are close to the true ones and cost little.

    Returns:
        Its further inputs are those of ``region_weights`` for ``Watch.strides``; its further output is ``VARIANCES``,
        float32 (1, C of all layers together, 1, 1).
    """
    editor = _Editor(model)
    found = []
    for norm in norms:
        name, stride = norm.node.output[0], _watched_stride(norm)
        step = stride // norm.stride
        if step > 1:
            # The one operation that leaves out cells and keeps the layout in which convolutions compute.
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
    """Return the graph in which the layers of ``norms`` follow the picture, as ``segcore.predict.adaptation`` has it.

    Returns:
        Its further inputs are those of ``region_weights`` for the strides of ``norms``.
    """
    editor = _Editor(model)
    for norm in norms:
        editor.follow(norm)
    return editor.finished()


def _watched_stride(norm: Norm) -> int:
    return max(norm.stride, _WATCHED_STRIDE)


class _Editor:
    """A copy of a graph that grows."""

    def __init__(self, model: ModelProto):
        self.model = ModelProto()
        self.model.CopyFrom(model)
        self._added: list[NodeProto] = []
        self._inputs: set[tuple[str, int]] = set()
        # What is added behind a node must also stand behind it in the file.
        self._places: dict[str, list[NodeProto]] = {}

    def add(self, kind: str, inputs: list[str], name: str, **attributes) -> str:
        self._added.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: object) -> str:
        self.model.graph.initializer.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def weighted_mean(self, name: str, stride: int, label: str) -> str:
        """Add the mean (1, C, 1, 1) of features over the picture, what lies beside it left out."""
        self._inputs.add(("rows", stride))
        self._inputs.add(("columns", stride))
        across = self.add("MatMul", [name, weights_name("columns", stride)], f"{label}/across")
        return self.add("MatMul", [weights_name("rows", stride), across], label)

    def moments(self, name: str, stride: int, label: str) -> tuple[str, str]:
        """Add mean and variance (1, C, 1, 1) of features over the picture."""
        mean = self.weighted_mean(name, stride, f"{label}/mean")
        off = self.add("Sub", [name, mean], f"{label}/off")
        square = self.add("Mul", [off, off], f"{label}/square")
        return mean, self.weighted_mean(square, stride, f"{label}/variance")

    def follow(self, norm: Norm) -> None:
        """Let a normalisation give out features of mean 0 and variance 1 by the kept numbers, which then follow."""
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
        # In between, the variance is the weighted geometric mean of both.
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
        """Add how far the layer follows, 0..1, from how each feature's variance differs."""
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
        # Of an even number the median is the mean of the two in the middle.
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
        """Return the model with all nodes in the order in which they compute."""
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
