"""Painted symbols: arrows, bicycles, a speed limit."""

from __future__ import annotations

import math

from ..text import add_text
from .brush import PAINT, Brush


def draw_limit(brush: Brush) -> None:
    """A large 30 on some narrow streets."""
    layout, plan = brush.layout, brush.layout.plan
    if (
        brush.rng.random() < 0.25
        and plan.crossings[0] > 36
        and not plan.cobbles
        and plan.lanes == 1
        and plan.median == 0
    ):
        add_text(
            brush.b,
            "30",
            lambda u, v: (layout.lane_center(0, 1) + u * 1.1, 10 + v * 3.0, PAINT),
            brush.white,
            limit=2.4,
        )


def draw_arrow(brush: Brush, s: float, d: float, kind: str) -> None:
    """An arrow for a lane: "straight" or "right"."""
    b, z, spec = brush.b, PAINT, brush.white
    b.face([(d - 0.08, s, z), (d + 0.08, s, z), (d + 0.08, s + 3.2, z), (d - 0.08, s + 3.2, z)], spec)
    if kind == "straight":
        b.face([(d - 0.4, s + 3.1, z + 0.002), (d + 0.4, s + 3.1, z + 0.002), (d, s + 5, z + 0.002)], spec)
    else:
        b.face(
            [
                (d - 0.08, s + 3.2, z),
                (d + 0.08, s + 3.05, z),
                (d + 0.45, s + 3.5, z),
                (d + 0.45, s + 3.75, z),
            ],
            spec,
        )
        b.face([(d + 0.4, s + 3.0, z), (d + 0.95, s + 3.8, z), (d + 0.4, s + 4.3, z)], spec)


def draw_bicycle(brush: Brush, s: float, d: float, sign: int) -> None:
    """A bicycle whose front looks along `sign` times the street."""
    b, z, spec = brush.b, PAINT, brush.white
    for y in (-0.55, 0.55):
        for k in range(16):
            t, u = math.tau * k / 16, math.tau * (k + 1) / 16
            b.face(
                [
                    (d + r * 1.0 * math.cos(a), s + sign * y * 1.6 + r * 1.7 * math.sin(a), z)
                    for r, a in ((0.2, t), (0.27, t), (0.27, u), (0.2, u))
                ],
                spec,
            )
    for (x0, y0), (x1, y1) in (
        ((0, -0.9), (0.3, 0.0)),
        ((0.3, 0.0), (0.3, 0.7)),
        ((0.3, 0.7), (0, -0.1)),
        ((0, 0.9), (0.35, 0.8)),
        ((0, -0.1), (0, -0.9)),
    ):
        b.face(
            [
                (d + x0 - 0.03, s + sign * y0, z),
                (d + x0 + 0.03, s + sign * y0, z),
                (d + x1 + 0.03, s + sign * y1, z),
                (d + x1 - 0.03, s + sign * y1, z),
            ],
            spec,
        )
