"""A tram."""

from __future__ import annotations

from ..mesh import MeshBuilder
from .coach import coach
from .finishes import BLACK, GLASS, HEADLAMP, HEADLAMP_LIT, PAINT, TAILLAMP, TAILLAMP_LIT, TRIM, UNDER, WHITE


def build_tram(*, sections: int = 3, lit: bool = False) -> MeshBuilder:
    """A low-floor tram of short sections with bellows and a pantograph; the paint takes the object's colour."""
    builder = MeshBuilder()
    part, gap, width, high = 8.4, 0.55, 2.4, 3.35
    total = sections * part + (sections - 1) * gap
    for k in range(sections):
        center = -total / 2 + part / 2 + k * (part + gap)
        rows = [
            (0.02, 0.25),
            (0.0, 0.55),
            (0.0, 1.0),
            (0.02, 1.08),
            (0.06, 2.5),
            (0.07, 2.62),
            (0.12, 2.95),
            (0.3, 3.2),
            (0.75, 3.35),
        ]
        posts = [-2.8, -0.9, 0.9, 2.8]
        stations = [y for p in posts for y in (p - 0.06, p + 0.06)]

        def material(c: int, y: float, end: int, k: int = k, posts: list[float] = posts) -> tuple:
            outer = (end > 0 and k == sections - 1) or (end < 0 and k == 0)
            if end and outer:
                return {0: BLACK, 3: GLASS, 4: BLACK, 5: BLACK}.get(c, PAINT)
            if end:
                return BLACK
            if c >= 7:
                return ("dirty", (0.45, 0.46, 0.47), 0.6)
            if abs(y) < 0.85 and 1 <= c <= 4:
                return GLASS
            if c in (3, 4):
                return BLACK if any(abs(y - p) < 0.061 for p in posts) or c == 4 else GLASS
            return WHITE if c in (2, 5) else (TRIM if c == 0 else PAINT)

        coach(
            builder,
            length=part,
            width=width,
            low=0.25,
            high=high,
            rows=rows,
            stations=stations,
            material=material,
            round_ends=0.7 if k in (0, sections - 1) else 0.1,
            center_y=center,
        )
        builder.box((0, center, 3.42), (1.5, 3.4, 0.3), ("dirty", (0.5, 0.51, 0.52), 0.6))
        builder.box((0, center, 0.22), (2.1, 2.2, 0.4), UNDER)
        if k:
            builder.box((0, center - part / 2 - gap / 2, 1.75), (2.1, gap, 2.7), BLACK)
    nose = total / 2
    for side in (-1, 1):
        builder.box((side * 0.85, nose + 0.0, 0.82), (0.34, 0.05, 0.13), HEADLAMP_LIT if lit else HEADLAMP)
        builder.box((side * 0.9, -nose, 0.82), (0.28, 0.05, 0.13), TAILLAMP_LIT if lit else TAILLAMP)
    builder.box((0, nose + 0.01, 2.78), (1.3, 0.05, 0.24), BLACK)
    for k in range(6):
        builder.box(
            (-0.45 + k * 0.17, nose + 0.04, 2.78), (0.1, 0.02, 0.13), ("glow", (1.0, 0.62, 0.12), 1.6)
        )
    for side in (-1, 1):
        builder.tube(
            [(side * 0.5, -0.8, 3.55), (side * 0.45, 0.6, 4.3), (side * 0.4, -0.5, 5.2)], 0.03, BLACK, sides=5
        )
    builder.box((0, -0.5, 5.22), (1.6, 0.12, 0.05), BLACK)
    return builder
