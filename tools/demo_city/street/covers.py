"""Covers in the carriageway: manhole covers, drains, repaired patches."""

from __future__ import annotations

import math

import numpy as np

from .brush import PAINT, Brush
from .surfaces import strip


def draw_manholes(brush: Brush) -> None:
    """Seven round covers anywhere on the lanes."""
    b, rng, z = brush.b, brush.rng, PAINT
    for _ in range(7):
        s, d = rng.uniform(5, 60), rng.uniform(-brush.layout.carriage, brush.layout.carriage)
        iron = ("metal", (0.22, 0.22, 0.22), 0.55)
        ring = [
            (d + 0.34 * math.cos(t), s + 0.34 * math.sin(t), z - 0.002)
            for t in (math.tau * k / 20 for k in range(20))
        ]
        b.face(ring, ("plain", (0.12, 0.12, 0.12), 0.9))
        for k in range(-3, 4):
            w = math.sqrt(max(0.0, 0.3**2 - (k * 0.085) ** 2))
            b.face(
                [
                    (d - w, s + k * 0.085 - 0.03, z),
                    (d + w, s + k * 0.085 - 0.03, z),
                    (d + w, s + k * 0.085 + 0.03, z),
                    (d - w, s + k * 0.085 + 0.03, z),
                ],
                iron,
            )


def draw_drains(brush: Brush) -> None:
    """Gratings along the kerbs."""
    b, z = brush.b, PAINT
    for sign in (-1, 1):
        for s in np.arange(-6, 80, 17.0):
            d = sign * (brush.layout.kerb(sign) - 0.28)
            if brush.clear(float(s)):
                for k in range(6):
                    b.face(
                        [
                            (d - 0.2, s + k * 0.075, z),
                            (d + 0.2, s + k * 0.075, z),
                            (d + 0.2, s + k * 0.075 + 0.04, z),
                            (d - 0.2, s + k * 0.075 + 0.04, z),
                        ],
                        ("metal", (0.2, 0.2, 0.2), 0.5),
                    )


def draw_patches(brush: Brush) -> None:
    """Repaired asphalt."""
    layout, rng, plan = brush.layout, brush.rng, brush.layout.plan
    for _ in range(rng.randint(1, 4)):
        s, d = (
            rng.uniform(6, 45),
            layout.lane_center(rng.randrange(plan.lanes), rng.choice((-1, 1))) + rng.uniform(-0.8, 0.8),
        )
        tone = rng.choice((0.28, 0.33, 0.46))
        w, length = rng.uniform(0.4, 1.3), rng.uniform(1.5, 9)
        if not plan.cobbles:
            strip(brush.b, s, s + length, d - w, d + w, 0.003, ("asphalt", (tone, tone, tone)))
