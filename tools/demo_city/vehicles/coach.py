"""The body of a long vehicle: a bus, a section of a tram, the cab of a truck."""

from __future__ import annotations

from ..mesh import MeshBuilder
from .finishes import UNDER


def coach(
    builder: MeshBuilder,
    *,
    length: float,
    width: float,
    low: float,
    high: float,
    rows: list[tuple[float, float]],
    stations: list[float],
    material,
    round_ends: float = 0.25,
    center_y: float = 0.0,
) -> None:
    """A rounded box body: `rows` are (inset, height) of the section, `material(column, y, end)` names each face."""
    half = width / 2
    section = [(half - inset, z) for inset, z in rows]
    rings = []
    ys = sorted(
        set(stations)
        | {
            -length / 2,
            -length / 2 + 0.06,
            -length / 2 + 0.2,
            length / 2 - 0.2,
            length / 2 - 0.06,
            length / 2,
        }
    )
    for y in ys:
        end = max(0.0, 1 - (length / 2 - abs(y)) / 0.2)
        shrink = round_ends * 0.35 * end**2
        right = [(x - shrink, y + center_y, min(z, high - 0.12 * end**2)) for x, z in section]
        rings.append([*right, *[(-x, yy, z) for x, yy, z in reversed(right)]])
    last = len(rings[0]) - 2
    builder.loft(
        [r[::-1] for r in rings],
        lambda r, c: material(min(last - c, c), (ys[r] + ys[r + 1]) / 2, 0),
        closed=False,
    )
    for ring, sign in ((rings[0], -1), (rings[-1], 1)):
        for c in range(len(section) - 1):
            quad = [
                (-ring[c][0], ring[c][1], ring[c][2]),
                ring[c],
                ring[c + 1],
                (-ring[c + 1][0], ring[c + 1][1], ring[c + 1][2]),
            ]
            builder.face(quad if sign < 0 else quad[::-1], material(c, ring[c][1] - center_y, sign))
    builder.box((0, center_y, (low + 0.3) / 2 + 0.12), (width * 0.9, length * 0.96, 0.3), UNDER)
