"""Adaptation of ONNX graphs, see ``segcore.predict.adaptation``; it costs time only for unusual pictures.

A network that adapts to each picture takes 1.5 times as long, because its batch normalisation cannot be merged into
its convolutions; but most pictures are usual and need no adaptation. So there are two more graphs beside the plain
one. The *watching* graph is the plain graph that also returns statistics of fine features; it predicts the view of
middle size. If no layer is unusual, the plain graph predicts the other views; otherwise the *following* graph predicts
all. Light fog is unusual in the larger views and hardly ever in the smallest, and in the fine features before all
others; the features of coarse maps change more with the content of a picture than with the weather.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from segcore.errors import InputError
from segcore.predict.onnx.metadata import NORMS_KEY, read_metadata

WHOLE = 0.3
"""Excess of a layer's change over its usual change at which it uses only the statistics of the picture."""

MOMENTS = "moments"
# Features of larger cells than this, in pixels, are not watched.
_LARGEST_WATCHED = 8
# Statistics are measured on cells that are this many pixels apart.
_SAMPLED_STRIDE = 16
# From this step on, features are computed a second time for the measured cells: a sixteenth of the work at most.
_LARGE_STEP = 4
# Share of its usual change beyond which a layer is followed. Another view may be unusual where the watched one is close
# to it; a layer that is not unusual is followed by nothing, so this costs time and changes no result.
_CLOSE = 0.8
# The watching graph averages features over tiles of this many pixels; sizes of views are divisible by it.
_TILE = 32
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


def worth_watching(norms: list[Norm]) -> list[Norm]:
    """Return the layers of fine features, or all layers if there are none."""
    return [norm for norm in norms if norm.stride <= _LARGEST_WATCHED] or norms


class Watch:
    """Decides from the output of a watching graph whether a picture is unusual.

    Args:
        norms: the layers that the graph watches.
    """

    def __init__(self, norms: list[Norm]):
        self._scale = np.concatenate([np.maximum(np.abs(norm.scale), _LEAST_SCALE) for norm in norms])
        self._floor = np.concatenate([norm.floor for norm in norms])
        self._ends = np.cumsum([len(norm.scale) for norm in norms])[:-1]
        self._usual = np.array([norm.usual for norm in norms])
        self.strides = {_tile(norms)}

    def changes(self, moments: np.ndarray) -> np.ndarray:
        """Return the change of each layer, as in ``segcore.predict.adaptation.usual_changes``.

        Args:
            moments: the graph's output ``MOMENTS``.
        """
        means, squares = np.split(moments.ravel(), 2)
        # Rounding may take the variance of a feature that is nearly constant below 0.
        variances = np.maximum(squares - means**2, 0)
        differences = np.log(variances / self._scale**2 + self._floor)
        return np.array([abs(np.median(part)) for part in np.split(differences, self._ends)])

    def is_unusual(self, moments: np.ndarray) -> bool:
        """Return whether the change of any layer is larger than its usual change, or close to it."""
        return bool((self.changes(moments) > _CLOSE * self._usual).any())


def watching(model: ModelProto, norms: list[Norm]) -> ModelProto:
    """Return the graph that also outputs moments of the features after each layer of ``norms``.

    Maps are subsampled, so the moments are approximate and need little time. All operations on large maps are such as
    ONNX Runtime does in the memory layout of its convolutions; a change of the layout takes more time.

    Returns:
        A model with the further inputs of ``region_weights`` for ``Watch.strides``, and the further output
        ``MOMENTS``, float32 (1, 2 x sum of C of all layers, 1, 1): the means of all features, then those of their
        squares.
    """
    editor = _Editor(model)
    tile = _tile(norms)
    means, squares = [], []
    for norm in norms:
        label, stride = norm.node.name, max(norm.stride, _SAMPLED_STRIDE)
        name = editor.sampled(norm, stride // norm.stride)
        squared = editor.add("Mul", [name, name], f"{label}/squared")
        window = {"kernel_shape": [tile // stride] * 2, "strides": [tile // stride] * 2}
        means.append(editor.add("AveragePool", [name], f"{label}/means", **window))
        squares.append(editor.add("AveragePool", [squared], f"{label}/squares", **window))
    together = editor.add("Concat", means + squares, f"{MOMENTS}/of_tiles", axis=1)
    editor.weighted_mean(together, tile, MOMENTS)
    editor.model.graph.output.append(
        helper.make_tensor_value_info(
            MOMENTS, TensorProto.FLOAT, [1, 2 * sum(len(norm.scale) for norm in norms), 1, 1]
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


def _tile(norms: list[Norm]) -> int:
    return max(_TILE, *(norm.stride for norm in norms))


def _renamed(node: NodeProto, name: str) -> NodeProto:
    """Return a copy of a node with one output, both named ``name``."""
    copy = NodeProto()
    copy.CopyFrom(node)
    copy.name = copy.output[0] = name
    return copy


class _Editor:
    """A copy of a graph, to which nodes are added."""

    def __init__(self, model: ModelProto):
        self.model = ModelProto()
        self.model.CopyFrom(model)
        self._added: list[NodeProto] = []
        # Weights of cells, by which many nodes multiply, come first.
        self._first: list[NodeProto] = []
        self._strides: set[int] = set()
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
        # One product with the weights of all cells: products of rows would be C products of vectors.
        cells = self.add("Flatten", [name], f"{label}/cells", axis=2)
        product = self.add("MatMul", [cells, self._weights(stride)], f"{label}/product")
        return self.add("Reshape", [product, self._whole_number(f"{label}/shape", [1, -1, 1, 1])], label)

    def _weights(self, stride: int) -> str:
        """Return the name of the weights (cells, 1) of all cells of features."""
        name = f"weights{stride}"
        if stride not in self._strides:
            self._strides.add(stride)
            sides = [weights_name(axis, stride) for axis in ("rows", "columns")]
            outer = helper.make_node("Gemm", sides, [f"{name}/outer"], transA=1, transB=1)
            self._first += [outer, helper.make_node("Flatten", outer.output, [name], axis=2)]
        return name

    def moments(self, name: str, stride: int, label: str) -> tuple[str, str]:
        """Add the mean and the variance (1, C, 1, 1) of features over the picture."""
        mean = self.weighted_mean(name, stride, f"{label}/mean")
        off = self.add("Sub", [name, mean], f"{label}/off")
        square = self.add("Mul", [off, off], f"{label}/square")
        return mean, self.weighted_mean(square, stride, f"{label}/variance")

    def sampled(self, norm: Norm, step: int) -> str:
        """Return the name of a normalisation's features at every ``step``-th row and column."""
        name = f"{norm.node.name}/sampled"
        convolution = self._maker(norm.node)
        if step >= _LARGE_STEP and convolution is not None and convolution.op_type == "Conv":
            return self._computed_again(convolution, norm, step, name)
        self._keep_layout(norm)
        (final,) = norm.node.output
        if step == 1:
            return final
        # The only operation that subsamples.
        return self.add("MaxPool", [final], name, kernel_shape=[1, 1], strides=[step] * 2)

    def _computed_again(self, convolution: NodeProto, norm: Norm, step: int, name: str) -> str:
        """Add a convolution with its normalisation a second time, for every ``step``-th row and column.

        ONNX Runtime makes padding, normalisation and limits a part of the first, as in the plain graph.
        """
        again = helper.make_node("Conv", convolution.input, [f"{name}/convolution"], f"{name}/convolution")
        again.attribute.extend(each for each in convolution.attribute if each.name != "strides")
        (strides,) = [each.ints for each in convolution.attribute if each.name == "strides"] or [[1, 1]]
        again.attribute.append(helper.make_attribute("strides", [step * each for each in strides]))
        padding = self._maker(convolution)
        before = []
        if padding is not None and padding.op_type == "Pad":
            before = [_renamed(padding, f"{name}/padding")]
            again.input[0] = before[0].output[0]
        normed = _renamed(norm.node, name)
        normed.input[0] = again.output[0]
        self._places[norm.node.name] = [*before, again, normed]
        return name

    def _maker(self, node: NodeProto) -> NodeProto | None:
        """Return the node that makes the first input of ``node``."""
        return next((each for each in self.model.graph.node if node.input[0] in each.output), None)

    def _keep_layout(self, norm: Norm) -> None:
        """Put a convolution that changes nothing between a normalisation and its limits.

        ONNX Runtime keeps the memory layout of convolutions for limits (``Clip``) only where they are a part of a
        convolution. The convolution before cannot take them in, as its features without limits are measured.
        """
        (final,) = norm.node.output
        limits = [node for node in self.model.graph.node if node.op_type == "Clip" and node.input[0] == final]
        if not limits:
            return
        channels, name = len(norm.scale), f"{norm.node.name}/same"
        ones = self.constant(f"{name}/kernel", np.ones((channels, 1, 1, 1)))
        same = helper.make_node("Conv", [final, ones], [name], name=name, kernel_shape=[1, 1], group=channels)
        self._places[norm.node.name] = [same]
        for node in limits:
            node.input[0] = name

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
        nodes = self._first
        for node in graph.node:
            nodes += [node, *self._places.get(node.name, ())]
        nodes += self._added
        del graph.node[:]
        graph.node.extend(nodes)
        for stride in sorted(self._strides):
            rows, columns = (weights_name(axis, stride) for axis in ("rows", "columns"))
            graph.input.append(helper.make_tensor_value_info(rows, TensorProto.FLOAT, [1, f"rows_{stride}"]))
            graph.input.append(
                helper.make_tensor_value_info(columns, TensorProto.FLOAT, [f"columns_{stride}", 1])
            )
        return self.model
