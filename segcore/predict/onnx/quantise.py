"""Quantisation of a network to 8 bits: smaller and faster, but every feature is rounded."""

import tempfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from segcore.errors import InputError
from segcore.frames.letterbox import letterbox
from segcore.predict.onnx.graph import IMAGE

# The layers after the logits stay in float32: a step of 8 bits is too large for the difference of two cells.
_LEFT_ALONE = ("sharpen", "restore")


def quantise(model: ModelProto, images: Iterable[np.ndarray], *, size: tuple[int, int]) -> ModelProto:
    """Return the network ``model``, quantised from float32 to 8 bits.

    This is ONNX Runtime's static quantisation in the QDQ format with min-max ranges over all pictures. Weights are
    signed, with one scale per output channel; features are unsigned, with one scale per feature map.

    Args:
        model: of this project, with its weights.
        images: uint8 RGB (height, width, 3) of any sizes, similar to those of the training; at least one, two dozen
            are enough.
        size: (height, width) in pixels of the network's input, both divisible by 32.

    Returns:
        A model with the same input and output, with its weights.

    Raises:
        InputError: there is no picture.
    """
    images = iter(images)
    first = next(images, None)
    if first is None:
        raise InputError("There is no picture for measuring the range of features; give at least one.")
    with tempfile.TemporaryDirectory() as folder:
        whole, folded, small = (Path(folder) / f"{name}.onnx" for name in ("whole", "folded", "small"))
        onnx.save(model, whole)
        # Merges batch normalisation into the convolutions, so that both are rounded once.
        quant_pre_process(whole, folded, skip_symbolic_shape=True)
        alone = [node.name for node in onnx.load(folded).graph.node if node.name.startswith(_LEFT_ALONE)]
        quantize_static(
            folded,
            small,
            _Frames(chain([first], images), size),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=alone,
        )
        found = onnx.load(small)
    onnx.helper.set_model_props(found, {entry.key: entry.value for entry in model.metadata_props})
    return found


class _Frames(CalibrationDataReader):
    """Passes pictures to ONNX Runtime, one at a time."""

    def __init__(self, images: Iterable[np.ndarray], size: tuple[int, int]):
        self._inputs = ({IMAGE: letterbox(image, size)[0][np.newaxis]} for image in images)

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self._inputs, None)
