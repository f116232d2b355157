"""Tiny ONNX networks that give each pixel the class of the nearest colour, with all kinds of input and output."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Colours of road, sky, person and car; they differ strongly also with swapped channels.
COLORS = ((128, 64, 128), (60, 160, 250), (230, 30, 60), (0, 10, 140))
CLASSES = ("road", "sky", "person", "car")
_TYPES = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8, "int8": TensorProto.INT8}


def tiny_onnx(
    path: Path,
    *,
    colors: Sequence[Sequence[int]] = COLORS,
    layout: str = "NCHW",
    channels: str = "rgb",
    dtype: str = "float32",
    scale: Sequence[float] = (1.0, 1.0, 1.0),
    offset: Sequence[float] = (0.0, 0.0, 0.0),
    output: str = "logits",
    output_layout: str = "NCHW",
    stride: int = 1,
    size: tuple[int, int] | None = None,
    opset: int = 17,
) -> Path:
    """Write a network whose input is ``pixel * scale + offset`` of pixels 0..255, channels in the order ``channels``.

    Args:
        path: of the file.
        colors: RGB, 0..255, one per class.
        layout, channels, dtype, scale, offset: of the input.
        output: logits, probabilities or classes.
        output_layout: of logits and probabilities.
        stride: of the output; each cell uses the mean of its pixels.
        size: (height, width) of the input; None for a free side.
        opset: of the operators.
    """
    wanted = np.array(colors, np.float64)[:, ::-1] if channels == "bgr" else np.array(colors, np.float64)
    scale, offset = np.array(scale, np.float64), np.array(offset, np.float64)
    # For the nearest colour c to a pixel x, 2 x c - c c is the largest.
    weights = 2 * wanted / scale
    bias = -(wanted**2).sum(1) - (2 * wanted * offset / scale).sum(1)
    constants = [
        numpy_helper.from_array((weights / 1000).astype(np.float32)[:, :, None, None], "weights"),
        numpy_helper.from_array((bias / 1000).astype(np.float32), "bias"),
    ]
    nodes, last = [], "image"

    def add(kind: str, *more: str, **attributes) -> None:
        nonlocal last
        nodes.append(helper.make_node(kind, [last, *more], [f"{kind}_{len(nodes)}"], **attributes))
        last = nodes[-1].output[0]

    if dtype != "float32":
        add("Cast", to=TensorProto.FLOAT)
    if layout == "NHWC":
        add("Transpose", perm=[0, 3, 1, 2])
    if stride > 1:
        add("AveragePool", kernel_shape=[stride] * 2, strides=[stride] * 2)
    add("Conv", "weights", "bias")
    if output == "probabilities":
        add("Softmax", axis=1)
    if output == "classes":
        add("ArgMax", axis=1, keepdims=0)
    elif output_layout == "NHWC":
        add("Transpose", perm=[0, 2, 3, 1])
    nodes[-1].output[0] = "scores"
    sides = list(size) if size else ["height", "width"]
    shape = [1, 3, *sides] if layout == "NCHW" else [1, *sides, 3]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", _TYPES[dtype], shape)],
        [
            helper.make_tensor_value_info(
                "scores", TensorProto.INT64 if output == "classes" else TensorProto.FLOAT, None
            )
        ],
        initializer=constants,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), path)
    return path


def stripes(
    size: tuple[int, int] = (64, 96), *, colors: Sequence[Sequence[int]] = COLORS
) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture of vertical stripes, uint8 (h, w, 3), and the class of each pixel, uint8 (h, w)."""
    classes = np.broadcast_to(np.arange(size[1]) * len(colors) // size[1], size).astype(np.uint8)
    return np.array(colors, np.uint8)[classes], classes
