"""A bicycle."""

from __future__ import annotations

import math

from ..mesh import MeshBuilder
from .finishes import BLACK, CHROME, HEADLAMP, RIM, TAILLAMP
from .wheels import spoked_wheel


def build_bicycle(*, basket: bool = False) -> MeshBuilder:
    """A city bicycle; the frame takes the object's colour."""
    builder = MeshBuilder()
    frame = ("tinted", 0.35)
    r = 0.34
    for y in (-0.52, 0.54):
        spoked_wheel(builder, y, r, 0.045, thick=0.022)
        builder.lathe([(r - 0.045, -0.01), (r - 0.045, 0.01)], (0, y, r), RIM, axis="x", sides=24)
        for k in range(9):
            t = math.pi * k / 9
            dy, dz = math.cos(t) * (r - 0.05), math.sin(t) * (r - 0.05)
            builder.tube([(0, y - dy, r - dz), (0, y + dy, r + dz)], 0.0025, CHROME, sides=3, cap=False)
        arc = [
            (0, y - (r + 0.03) * math.cos(t), r + (r + 0.03) * math.sin(t))
            for t in (math.pi * k / 9 for k in range(1 if y < 0 else 3, 9))
        ]
        builder.tube(arc, 0.026, BLACK, sides=5, flatten=0.4)
    crank, seat, head = (0, -0.08, 0.30), (0, -0.24, 0.84), (0, 0.38, 0.86)
    for a, b, size in (
        (crank, seat, 0.019),
        (crank, (0, 0.42, 0.68), 0.023),
        ((0, -0.19, 0.66), head, 0.018),
        ((0, 0.43, 0.66), head, 0.022),
    ):
        builder.tube([a, b], size, frame, sides=6)
    for x in (-0.05, 0.05):
        builder.tube([crank, (x, -0.52, r)], 0.011, frame, sides=5)
        builder.tube([(0, -0.21, 0.72), (x, -0.52, r)], 0.010, frame, sides=5)
        builder.tube([(0, 0.43, 0.68), (x, 0.54, r)], 0.013, frame, sides=5)
    builder.tube([(0, 0.38, 0.86), (0, 0.34, 1.02)], 0.014, CHROME, sides=5)
    builder.tube(
        [(-0.29, 0.16, 1.03), (-0.22, 0.28, 1.05), (0, 0.34, 1.03), (0.22, 0.28, 1.05), (0.29, 0.16, 1.03)],
        0.013,
        BLACK,
        sides=5,
    )
    builder.tube([seat, (0, -0.26, 0.95)], 0.013, CHROME, sides=5)
    builder.tube(
        [(0, -0.40, 0.97), (0, -0.28, 0.97), (0, -0.10, 0.96)],
        [0.09, 0.07, 0.025],
        BLACK,
        sides=8,
        flatten=0.4,
    )
    builder.lathe(
        [(0.0, -0.01), (0.09, -0.01), (0.09, 0.01), (0.0, 0.01)],
        (0.04, -0.08, 0.30),
        CHROME,
        axis="x",
        sides=12,
    )
    builder.box((0.1, -0.02, 0.16), (0.09, 0.09, 0.02), BLACK)
    builder.box((-0.1, -0.14, 0.44), (0.09, 0.09, 0.02), BLACK)
    builder.box((0, -0.52, 0.74), (0.13, 0.36, 0.02), BLACK)
    builder.box((0, -0.72, 0.66), (0.05, 0.03, 0.05), TAILLAMP)
    builder.ellipsoid((0, 0.47, 0.84), (0.035, 0.035, 0.035), HEADLAMP, sides=8, rows=5)
    if basket:
        for z in (0.86, 0.95, 1.04):
            builder.box((0, 0.56, z), (0.36, 0.28, 0.02), ("plain", (0.33, 0.24, 0.14), 0.8))
        builder.box((0, 0.56, 0.93), (0.32, 0.24, 0.2), ("plain", (0.27, 0.2, 0.12), 0.9))
    return builder


def build_wheel_discs() -> MeshBuilder:
    """The filled wheels of a bicycle: annotators draw the outline of a wheel, without the gaps between spokes."""
    builder = MeshBuilder()
    for y in (-0.52, 0.54):
        builder.disc((0.0, y, 0.34), 0.34, BLACK, axis="x", sides=20)
    return builder
