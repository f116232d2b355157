"""Keys of the metadata in model files of this project; the values are JSON."""

import json
from typing import Any

from onnx import ModelProto

WEIGHTS_KEY = "segcompare.weights"
"""Layout of weights in their file: name to [transposition of axes, whether the last two are then reversed]."""

STRIDE_KEY = "segcompare.stride"
"""Size of a cell of the output in pixels of the input, in each direction."""

NORMS_KEY = "segcompare.batch_norms"
"""The batch normalisation layers: name to the stride of their features."""

SHARPENING_KEY = "segcompare.sharpening"
"""Strength of the sharpening of logits, see ``segcore.models.layers.Sharpen``."""


def read_metadata(model: ModelProto, key: str, default: Any = None) -> Any:
    """Return the value of ``key`` in the metadata of ``model``, or ``default`` if there is none."""
    for entry in model.metadata_props:
        if entry.key == key:
            return json.loads(entry.value)
    return default


def weight_name(layer: str, place: int) -> str:
    """Return the name in a graph of a layer's variable, whose index ``place`` counts from 0."""
    return f"{layer}/weight{place}"
