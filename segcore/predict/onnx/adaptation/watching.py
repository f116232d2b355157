"""The watching graph, which tells whether a picture is unusual."""

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper

from segcore.predict.onnx.adaptation.editor import Editor
from segcore.predict.onnx.adaptation.norms import Norm

MOMENTS = "moments"
"""Name of the watching graph's further output."""

# Features of larger cells than this, in pixels, are not watched.
_LARGEST_WATCHED = 8
# Statistics are measured on cells that are this many pixels apart.
_SAMPLED_STRIDE = 16
# From this step on, features are computed a second time for the measured cells: a sixteenth of the work at most.
_LARGE_STEP = 4
# The graph averages features over tiles of this many pixels; sizes of views are divisible by it.
_TILE = 32
# Share of its usual change at which a layer counts as close to unusual.
_CLOSE = 0.8
# Smallest scale of a feature: with a scale of 0 its variance before the normalisation could not be computed.
_LEAST_SCALE = 1e-6


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

    def is_unusual(self, moments: np.ndarray, *, or_close: bool = False) -> bool:
        """Return whether the change of any layer is larger than its usual change.

        Args:
            moments: the graph's output ``MOMENTS``.
            or_close: whether a change close to that is enough, as a larger view of the same picture may be unusual
                then. A layer whose change is usual does not follow, so this may cost time, but changes no result.
        """
        limit = self._usual * (_CLOSE if or_close else 1)
        return bool((self.changes(moments) > limit).any())


def watching(model: ModelProto, norms: list[Norm]) -> ModelProto:
    """Return the graph that also outputs moments of the features after each layer of ``norms``.

    Maps are subsampled, so the moments are approximate and need little time. All operations on large maps are such as
    ONNX Runtime does in the memory layout of its convolutions; a change of the layout takes more time.

    Returns:
        A model with the further inputs of ``region_weights`` for ``Watch.strides``, and the further output
        ``MOMENTS``, float32 (1, 2 x sum of C of all layers, 1, 1): the means of all features, then those of their
        squares.
    """
    editor = Editor(model)
    tile = _tile(norms)
    means, squares = [], []
    for norm in norms:
        label, stride = norm.node.name, max(norm.stride, _SAMPLED_STRIDE)
        name = _sampled(editor, norm, stride // norm.stride)
        squared = editor.add("Mul", [name, name], f"{label}/squared")
        means.append(_averaged(editor, name, tile // stride, f"{label}/means"))
        squares.append(_averaged(editor, squared, tile // stride, f"{label}/squares"))
    together = editor.add("Concat", means + squares, f"{MOMENTS}/of_tiles", axis=1)
    editor.weighted_mean(together, tile, MOMENTS)
    features = sum(len(norm.scale) for norm in norms)
    editor.graph.output.append(
        helper.make_tensor_value_info(MOMENTS, TensorProto.FLOAT, [1, 2 * features, 1, 1])
    )
    return editor.finished()


def _tile(norms: list[Norm]) -> int:
    return max(_TILE, *(norm.stride for norm in norms))


def _averaged(editor: Editor, name: str, side: int, label: str) -> str:
    """Add the means of squares of ``side`` x ``side`` cells."""
    return editor.add("AveragePool", [name], label, kernel_shape=[side] * 2, strides=[side] * 2)


def _sampled(editor: Editor, norm: Norm, step: int) -> str:
    """Return the name of a layer's features at every ``step``-th row and column."""
    name = f"{norm.node.name}/sampled"
    convolution = editor.maker(norm.node)
    if step >= _LARGE_STEP and convolution is not None and convolution.op_type == "Conv":
        return _computed_again(editor, convolution, norm.node, step, name)
    _keep_layout(editor, norm)
    (final,) = norm.node.output
    if step == 1:
        return final
    # A pooling of single cells is the only operation that subsamples.
    return editor.add("MaxPool", [final], name, kernel_shape=[1, 1], strides=[step] * 2)


def _computed_again(editor: Editor, convolution: NodeProto, norm: NodeProto, step: int, name: str) -> str:
    """Add a convolution and its normalisation a second time, for every ``step``-th row and column.

    ONNX Runtime makes padding, normalisation and limits a part of the first convolution, as in the plain graph.
    """
    (strides,) = [each.ints for each in convolution.attribute if each.name == "strides"] or [(1, 1)]
    padding = editor.maker(convolution)
    with editor.after(norm):
        padded = None
        if padding is not None and padding.op_type == "Pad":
            padded = editor.add_like(padding, f"{name}/padding")
        fewer = editor.add_like(
            convolution, f"{name}/convolution", first=padded, strides=[step * each for each in strides]
        )
        return editor.add_like(norm, name, first=fewer)


def _keep_layout(editor: Editor, norm: Norm) -> None:
    """Put a convolution that changes nothing between a normalisation and its limits.

    ONNX Runtime keeps the memory layout of convolutions for limits (``Clip``) only where they are a part of a
    convolution. The convolution before cannot take them in, as its features without limits are measured.
    """
    (final,) = norm.node.output
    limits = [node for node in editor.graph.node if node.op_type == "Clip" and node.input[0] == final]
    if not limits:
        return
    channels, name = len(norm.scale), f"{norm.node.name}/same"
    ones = editor.constant(f"{name}/kernel", np.ones((channels, 1, 1, 1)))
    with editor.after(norm.node):
        editor.add("Conv", [final, ones], name, kernel_shape=[1, 1], group=channels)
    for node in limits:
        node.input[0] = name
