"""What a model file of ours says about itself, as JSON under these keys of its metadata."""

import json
from typing import Any

from onnx import ModelProto

WEIGHTS_KEY = "segcompare.weights"
"""How weights lie in their file: name to [order of the axes, whether the last two then run backwards]."""

STRIDE_KEY = "segcompare.stride"
"""Pixels of the input to a cell of the output, each way."""

NORMS_KEY = "segcompare.batch_norms"
"""The layers of batch normalisation: name to the stride of what they normalise."""

SHARPENING_KEY = "segcompare.sharpening"
"""How much the logits are sharpened, see ``segcore.models.layers.Sharpen``."""


def read_metadata(model: ModelProto, key: str, default: Any = None) -> Any:
    """Return what ``model`` has under ``key``, or ``default``."""
    for entry in model.metadata_props:
        if entry.key == key:
            return json.loads(entry.value)
    return default


def weight_name(layer: str, place: int) -> str:
    """Return what a graph calls one of a layer's variables, counted from 0."""
    return f"{layer}/weight{place}"
