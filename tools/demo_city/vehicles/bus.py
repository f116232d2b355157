"""A city bus."""

from __future__ import annotations

from ..mesh import MeshBuilder
from .coach import coach
from .finishes import BLACK, GLASS, HEADLAMP, HEADLAMP_LIT, PAINT, TAILLAMP, TAILLAMP_LIT, TRIM, UNDER, WHITE
from .plate import plate
from .wheels import wheel


def build_bus(*, second: tuple = WHITE, lit: bool = False) -> MeshBuilder:
    """A twelve-metre city bus with low windows; the paint takes the object's colour."""
    builder = MeshBuilder()
    length, width, high = 12.0, 2.55, 3.05
    rows = [
        (0.03, 0.32),
        (0.0, 0.5),
        (0.0, 0.95),
        (0.01, 1.02),
        (0.05, 2.35),
        (0.06, 2.45),
        (0.09, 2.78),
        (0.25, 2.97),
        (0.7, 3.05),
    ]
    doors = [(4.1, 5.4), (-0.7, 0.7)]
    posts = [-5.2, -3.7, -2.2, -0.75, 0.75, 2.2, 3.7, 5.45]
    stations = (
        [y for p in posts for y in (p - 0.05, p + 0.05)]
        + [y for d in doors for y in d]
        + [-4.4, -3.3, 2.4, 3.5]
    )

    def material(c: int, y: float, end: int) -> tuple:
        if end > 0:
            return {0: BLACK, 1: PAINT, 2: PAINT, 3: GLASS, 4: BLACK, 5: BLACK}.get(c, PAINT)
        if end < 0:
            return {0: BLACK, 3: GLASS, 4: BLACK}.get(c, PAINT)
        if c >= 7:
            return WHITE
        if any(a < y < b for a, b in doors) and 1 <= c <= 4:
            return GLASS
        if c in (3, 4) and abs(y) < 5.9:
            return BLACK if any(abs(y - p) < 0.051 for p in posts) or c == 4 else GLASS
        return second if c == 2 else (TRIM if c == 0 else PAINT)

    coach(
        builder,
        length=length,
        width=width,
        low=0.32,
        high=high,
        rows=rows,
        stations=stations,
        material=material,
    )
    for y in (-3.35, 2.9):
        builder.box((0, y, 0.5), (width + 0.01, 1.15, 0.75), UNDER)
        for side in (-1.0, 1.0):
            wheel(builder, (side * (width / 2 - 0.14), y, 0.48), 0.48, 0.28, side=side, spokes=8)
    for side in (-1, 1):
        builder.box((side * 1.0, 6.0, 0.72), (0.36, 0.04, 0.16), HEADLAMP_LIT if lit else HEADLAMP)
        builder.box((side * 1.08, -6.0, 0.9), (0.16, 0.04, 0.4), TAILLAMP_LIT if lit else TAILLAMP)
        builder.box((side * 1.42, 6.05, 2.3), (0.16, 0.1, 0.42), BLACK)
        builder.box((side * 1.3, 6.02, 2.55), (0.26, 0.04, 0.04), BLACK)
        builder.box((side * 0.35, 6.01, 1.2), (0.9, 0.015, 0.025), BLACK)
    builder.box((0, 6.0, 2.6), (1.7, 0.06, 0.26), BLACK)
    for k in range(9):
        builder.box(
            (-0.62 + k * 0.155, 6.03, 2.6),
            (0.09 if k % 4 else 0.02, 0.02, 0.13),
            ("glow", (1.0, 0.62, 0.12), 1.6),
        )
    builder.box((0, -1.5, 3.1), (1.6, 2.6, 0.22), WHITE)
    plate(builder, 6.03, 0.5, forward=True)
    plate(builder, -6.03, 0.6, forward=False)
    return builder
