"""Materials of furniture, and the result type of its builders."""

from __future__ import annotations

from ..mesh import MeshBuilder

Parts = dict[int, MeshBuilder]
"""The parts of an object by Cityscapes label, so that a pole and the sign on it have different labels.

Local axes: things face along -y (towards a driver who looks along +y), origin on the ground.
"""

STEEL = ("metal", (0.46, 0.47, 0.47), 0.5)
DARK = ("plain", (0.10, 0.11, 0.11), 0.5)
GREEN_BLACK = ("plain", (0.11, 0.15, 0.13), 0.5)
SIGN_RED = ("plain", (0.66, 0.05, 0.06), 0.35)
SIGN_WHITE = ("plain", (0.88, 0.88, 0.87), 0.35)
SIGN_BLUE = ("plain", (0.03, 0.20, 0.52), 0.35)
SIGN_YELLOW = ("plain", (0.92, 0.70, 0.05), 0.35)
BACK = ("metal", (0.5, 0.5, 0.5), 0.5)
