"""A tiny ONNX network that predicts the streets of ``makers`` correctly, but not with swapped colour channels."""

from pathlib import Path

from makers import CLASS_NAMES
from tiny_onnx import tiny_onnx

_COLORS = {
    "road": (128, 64, 128),
    "sidewalk": (190, 120, 180),
    "building": (90, 85, 80),
    "pole": (150, 150, 150),
    "vegetation": (80, 120, 50),
    "sky": (120, 170, 220),
    "person": (200, 60, 70),
    "car": (30, 40, 140),
}
SIZE = (64, 128)
"""(height, width) of the frames of ``make_cityscapes``."""


def street_onnx(path: Path, **settings) -> Path:
    """Write a network with the 19 Cityscapes classes; ``settings`` are arguments of ``tiny_onnx``."""
    # Classes that are not in the streets get colours far from those of the streets.
    colors = [_COLORS.get(name, (255, 255, place)) for place, name in enumerate(CLASS_NAMES)]
    return tiny_onnx(path, colors=colors, **settings)
