"""A box truck."""

from __future__ import annotations

from ..mesh import MeshBuilder
from .coach import coach
from .finishes import BLACK, GLASS, HEADLAMP, HEADLAMP_LIT, PAINT, TAILLAMP, TAILLAMP_LIT, TRIM, UNDER, WHITE
from .plate import plate
from .wheels import wheel


def build_truck(*, cargo: tuple = WHITE, lit: bool = False, tarpaulin: tuple | None = None) -> MeshBuilder:
    """A box truck of about eight metres; the cab takes the object's colour."""
    builder = MeshBuilder()
    rows = [
        (0.06, 0.42),
        (0.02, 0.6),
        (0.0, 1.25),
        (0.01, 1.5),
        (0.08, 2.35),
        (0.12, 2.5),
        (0.3, 2.68),
        (0.6, 2.72),
    ]

    def material(c: int, y: float, end: int) -> tuple:
        if end > 0:
            return {0: TRIM, 1: TRIM, 2: PAINT, 3: GLASS}.get(c, PAINT)
        if c == 3 and not end and -0.45 < y < 0.62:
            return GLASS
        return TRIM if c == 0 else PAINT

    coach(
        builder,
        length=2.0,
        width=2.35,
        low=0.42,
        high=2.72,
        rows=rows,
        stations=[-0.45, 0.62],
        material=material,
        round_ends=0.5,
        center_y=3.0,
    )
    cloth = tarpaulin or cargo
    builder.rounded_box((0, -0.85, 2.3), (2.5, 5.6, 2.7), cloth, bevel=0.05)
    builder.box((0, -3.66, 2.28), (2.3, 0.03, 2.5), ("dirty", (0.72, 0.72, 0.71), 0.5))
    for x in (-0.04, 0.04):
        builder.box((x, -3.68, 2.28), (0.03, 0.03, 2.4), BLACK)
    builder.box((0, -0.85, 0.93), (2.5, 5.6, 0.1), TRIM)
    builder.box((0, -0.3, 0.72), (0.9, 7.0, 0.28), UNDER)
    for y in (-2.3, 2.75):
        for side in (-1.0, 1.0):
            wheel(builder, (side * 1.02, y, 0.47), 0.47, 0.32, side=side, spokes=8)
            builder.box((side * 1.05, y, 0.99), (0.4, 1.15, 0.06), BLACK)
    for side in (-1, 1):
        builder.box((side * 0.92, 4.0, 0.75), (0.34, 0.05, 0.2), HEADLAMP_LIT if lit else HEADLAMP)
        builder.box((side * 1.05, -3.66, 0.8), (0.36, 0.05, 0.14), TAILLAMP_LIT if lit else TAILLAMP)
        builder.box((side * 1.33, 3.75, 1.95), (0.16, 0.1, 0.5), BLACK)
        builder.box((side * 1.2, -0.9, 0.62), (0.03, 2.6, 0.45), ("dirty", (0.5, 0.5, 0.5), 0.6))
        builder.box((side * 0.9, -3.3, 0.55), (0.5, 0.04, 0.4), BLACK)
    builder.box((0, 4.0, 1.35), (1.2, 0.03, 0.12), BLACK)
    builder.box((0, -3.66, 0.58), (2.3, 0.06, 0.12), TRIM)
    plate(builder, 4.03, 0.55, forward=True)
    plate(builder, -3.7, 0.8, forward=False)
    return builder
