"""A motorcycle or a scooter."""

from __future__ import annotations

from ..mesh import MeshBuilder
from .finishes import BLACK, CHROME, HEADLAMP, PAINT, PLATE, RIM, TAILLAMP
from .wheels import spoked_wheel

FORK = 0.92
"""Height of the head of the fork, in metres."""


def build_motorcycle(*, scooter: bool = False) -> MeshBuilder:
    """A motorcycle, or a scooter with leg shield; the paint takes the object's colour."""
    builder = MeshBuilder()
    r = 0.24 if scooter else 0.31
    reach = 0.62 if scooter else 0.70
    _wheels(builder, r, reach, width=0.13 if scooter else 0.14)
    _front(builder, r, reach)
    if scooter:
        _scooter_body(builder)
    else:
        _motorcycle_body(builder)
    builder.box((0, -0.95, 0.78), (0.16, 0.05, 0.08), TAILLAMP)
    builder.box((0, -1.0, 0.58), (0.18, 0.015, 0.2), PLATE)
    return builder


def _wheels(builder: MeshBuilder, r: float, reach: float, *, width: float) -> None:
    for y in (-reach, reach):
        spoked_wheel(builder, y, r, width, thick=0.055)
        builder.lathe(
            [(0.0, -0.03), (r * 0.62, -0.03), (r * 0.62, 0.03), (0.0, 0.03)],
            (0, y, r),
            RIM,
            axis="x",
            sides=14,
        )


def _front(builder: MeshBuilder, r: float, reach: float) -> None:
    """Fork, handlebar, mirrors, lamp and mudguard."""
    for x in (-0.1, 0.1):
        builder.tube([(x, reach, r), (x, reach - 0.22, FORK)], 0.028, CHROME, sides=6)
    builder.tube(
        [
            (-0.34, reach - 0.38, FORK + 0.12),
            (-0.15, reach - 0.26, FORK + 0.08),
            (0.15, reach - 0.26, FORK + 0.08),
            (0.34, reach - 0.38, FORK + 0.12),
        ],
        0.018,
        BLACK,
        sides=6,
    )
    for side in (-1, 1):
        builder.tube(
            [(side * 0.28, reach - 0.34, FORK + 0.1), (side * 0.33, reach - 0.3, FORK + 0.3)],
            0.008,
            BLACK,
            sides=4,
        )
        builder.ellipsoid(
            (side * 0.35, reach - 0.3, FORK + 0.33), (0.07, 0.025, 0.045), BLACK, sides=8, rows=5
        )
    builder.ellipsoid((0, reach - 0.14, FORK - 0.02), (0.11, 0.09, 0.11), HEADLAMP, sides=12, rows=6)
    builder.tube(
        [(0, reach + 0.2, r + 0.18), (0, reach, 2 * r + 0.05), (0, reach - 0.22, r + 0.22)],
        0.075,
        PAINT,
        sides=8,
        flatten=0.35,
    )


def _scooter_body(builder: MeshBuilder) -> None:
    builder.tube([(0, -0.75, 0.62), (0, -0.35, 0.58), (0, -0.05, 0.42)], [0.16, 0.2, 0.12], PAINT, sides=10)
    builder.box((0, 0.15, 0.28), (0.34, 0.6, 0.08), PAINT)
    builder.box((0, 0.42, 0.55), (0.42, 0.06, 0.6), PAINT)
    builder.tube(
        [(0, -0.8, 0.78), (0, -0.4, 0.8), (0, -0.1, 0.76)],
        [0.12, 0.17, 0.12],
        BLACK,
        sides=8,
        flatten=0.5,
    )


def _motorcycle_body(builder: MeshBuilder) -> None:
    builder.ellipsoid((0, 0.18, 0.80), (0.17, 0.32, 0.16), PAINT, sides=12, rows=8)
    builder.tube(
        [(0, -0.82, 0.86), (0, -0.45, 0.80), (0, -0.08, 0.78)],
        [0.09, 0.16, 0.13],
        BLACK,
        sides=8,
        flatten=0.5,
    )
    builder.tube([(0, -0.95, 0.82), (0, -0.6, 0.72), (0, -0.2, 0.66)], [0.06, 0.13, 0.13], PAINT, sides=8)
    builder.box((0, 0.08, 0.48), (0.34, 0.5, 0.36), ("metal", (0.35, 0.35, 0.36), 0.4))
    for k in range(4):
        builder.box((0, 0.1, 0.40 + k * 0.07), (0.42, 0.34, 0.02), ("metal", (0.5, 0.5, 0.5), 0.35))
    builder.tube(
        [(0.17, 0.3, 0.4), (0.2, 0.0, 0.28), (0.2, -0.85, 0.38)], [0.03, 0.035, 0.055], CHROME, sides=8
    )
    builder.tube([(0, 0.5, 0.85), (0, 0.2, 0.45), (0, -0.2, 0.32), (0, -0.7, 0.31)], 0.04, BLACK, sides=6)
