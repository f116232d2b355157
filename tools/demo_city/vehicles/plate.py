"""The licence plate."""

from __future__ import annotations

from ..mesh import MeshBuilder
from .finishes import BLACK, BLUE, PLATE


def plate(builder: MeshBuilder, y: float, z: float, *, forward: bool) -> None:
    """A licence plate; it belongs to the car in the ground truth."""
    s = 1 if forward else -1
    builder.box((0, y, z), (0.52, 0.02, 0.115), PLATE)
    builder.box((-0.235 * s, y + s * 0.004, z), (0.045, 0.02, 0.11), BLUE)
    for k in range(7):
        if k != 2:
            builder.box(((-0.16 + k * 0.055) * s, y + s * 0.004, z), (0.032, 0.018, 0.07), BLACK)
