"""The following graph, whose batch normalisation adapts to the picture."""

import numpy as np
from onnx import ModelProto

from segcore.predict.onnx.adaptation.editor import Editor
from segcore.predict.onnx.adaptation.norms import Norm

WHOLE = 0.3
"""Excess of a layer's change over its usual change at which it uses only the statistics of the picture."""


def following(model: ModelProto, norms: list[Norm]) -> ModelProto:
    """Return the graph whose layers ``norms`` follow the picture, see ``segcore.predict.adaptation``.

    Returns:
        A model with the further inputs of ``region_weights`` for the strides of ``norms``.
    """
    editor = Editor(model)
    for norm in norms:
        _follow(editor, norm)
    return editor.finished()


def _follow(editor: Editor, norm: Norm) -> None:
    """Replace a normalisation: normalise with the stored statistics, then adapt to those of the picture."""
    node = next(each for each in editor.graph.node if each.name == norm.node.name)
    name, channels = node.name, len(norm.scale)
    final, even = node.output[0], f"{name}/even"
    node.input[1] = editor.constant(f"{name}/ones", np.ones(channels))
    node.input[2] = editor.constant(f"{name}/zeros", np.zeros(channels))
    node.output[0] = node.name = even
    with editor.after(node):
        mean, variance = _moments(editor, even, norm.stride, name)
        raised = editor.add(
            "Add", [variance, editor.constant(f"{name}/floor", norm.floor[:, None, None])], f"{name}/raised"
        )
        difference = editor.add("Log", [raised], f"{name}/difference")
        follow = _share(editor, difference, norm)
        # The variance is the weighted geometric mean of the stored one and that of the picture.
        half = editor.add("Mul", [follow, difference], f"{name}/followed")
        power = editor.add("Mul", [half, editor.constant(f"{name}/half", -0.5)], f"{name}/power")
        contrast = editor.add("Exp", [power], f"{name}/contrast")
        scale = editor.add(
            "Mul",
            [contrast, editor.constant(f"{name}/scale", norm.scale[:, None, None])],
            f"{name}/scale_now",
        )
        moved = editor.add("Mul", [follow, mean], f"{name}/moved")
        offset = editor.add("Mul", [moved, scale], f"{name}/offset")
        shift = editor.add(
            "Sub", [editor.constant(f"{name}/shift", norm.shift[:, None, None]), offset], f"{name}/shift_now"
        )
        scaled = editor.add("Mul", [even, scale], f"{name}/scaled")
        editor.add("Add", [scaled, shift], final)


def _moments(editor: Editor, name: str, stride: int, label: str) -> tuple[str, str]:
    """Add the mean and the variance (1, C, 1, 1) of features over the picture."""
    mean = editor.weighted_mean(name, stride, f"{label}/mean")
    off = editor.add("Sub", [name, mean], f"{label}/off")
    square = editor.add("Mul", [off, off], f"{label}/square")
    return mean, editor.weighted_mean(square, stride, f"{label}/variance")


def _share(editor: Editor, difference: str, norm: Norm) -> str:
    """Add the weight of the picture's statistics, 0..1, from ``difference``, the log ratio of variances."""
    name, channels = norm.node.name, len(norm.scale)
    middle = channels // 2 + 1
    highest = editor.add(
        "TopK",
        [difference, editor.whole_numbers(f"{name}/middle", [middle])],
        f"{name}/highest",
        others=[f"{name}/places"],
        axis=1,
    )
    # The median of an even number of values is the mean of the two in the middle.
    first = editor.whole_numbers(f"{name}/first", [channels - middle])
    last = editor.whole_numbers(f"{name}/last", [middle])
    axis = editor.whole_numbers(f"{name}/axis", [1])
    central = editor.add("Slice", [highest, first, last, axis], f"{name}/central")
    median = editor.add("ReduceMean", [central], f"{name}/median", axes=[1], keepdims=1)
    change = editor.add("Abs", [median], f"{name}/change")
    beyond = editor.add("Sub", [change, editor.constant(f"{name}/usual", norm.usual)], f"{name}/beyond")
    share = editor.add("Div", [beyond, editor.constant(f"{name}/whole", WHOLE)], f"{name}/share")
    bounds = [editor.constant(f"{name}/none", 0), editor.constant(f"{name}/all", 1)]
    return editor.add("Clip", [share, *bounds], f"{name}/share_of_1")
