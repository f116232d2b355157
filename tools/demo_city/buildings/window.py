"""A window in its reveal."""

from __future__ import annotations

import random

from ..mesh import MeshBuilder, Spec
from .surfaces import Facade, flat, opening, slab


def window(
    b: MeshBuilder,
    p: Facade,
    hole: tuple[float, float, float, float],
    rng: random.Random,
    *,
    frame: Spec,
    wall: Spec,
    deep: float,
    leaves: int,
    transom: bool,
    dusk: float,
) -> None:
    """A window in its reveal: frame, panes, and behind them a dark room, curtains or a half-lowered shutter."""
    u0, v0, u1, v1 = hole
    opening(b, p, (u0, u1), (v0, v1), deep, wall)
    lit = rng.random() < 0.35 and dusk > 0
    kind = rng.random()
    glow = dusk * rng.uniform(0.5, 1.3) if lit else 0.0
    glow = round(glow, 1)
    if lit:
        pane: Spec = ("window", rng.choice(((0.85, 0.62, 0.34), (0.80, 0.66, 0.45))), max(glow, 0.3))
    else:
        pane = (
            "window",
            rng.choice(((0.10, 0.12, 0.13), (0.16, 0.18, 0.19), (0.07, 0.08, 0.09), (0.22, 0.23, 0.23))),
        )
    flat(b, p, (u0, u1), (v0, v1), deep, pane)
    if kind < 0.34:
        cover = rng.uniform(0.2, 0.36) * (u1 - u0)
        curtain: Spec = ("curtain", rng.choice(((0.80, 0.79, 0.75), (0.70, 0.66, 0.58), (0.74, 0.75, 0.76))))
        flat(b, p, (u0, u0 + cover), (v0, v1), deep - 0.012, curtain)
        flat(b, p, (u1 - cover, u1), (v0, v1), deep - 0.012, curtain)
    elif kind < 0.52:
        flat(
            b,
            p,
            (u0, u1),
            (v0, v0 + (v1 - v0) * rng.choice((0.4, 0.5, 1.0))),
            deep - 0.012,
            ("curtain", (0.82, 0.82, 0.80)),
        )
    if kind > 0.86:
        drop = rng.choice((0.25, 0.4, 0.7, 1.0)) * (v1 - v0)
        flat(
            b,
            p,
            (u0, u1),
            (v1 - drop, v1),
            deep - 0.05,
            ("shutter", rng.choice(((0.72, 0.72, 0.70), (0.62, 0.60, 0.55), (0.78, 0.78, 0.77)))),
        )
    t, w0 = 0.065, deep - 0.035
    for u, v in (
        ((u0, u1), (v0, v0 + t)),
        ((u0, u1), (v1 - t, v1)),
        ((u0, u0 + t), (v0, v1)),
        ((u1 - t, u1), (v0, v1)),
    ):
        flat(b, p, u, v, w0, frame)
    for k in range(1, leaves):
        m = u0 + (u1 - u0) * k / leaves
        slab(b, p, (m - 0.035, m + 0.035), (v0, v1), (w0 - 0.01, deep), frame)
    if transom:
        m = v0 + (v1 - v0) * 0.68
        slab(b, p, (u0, u1), (m - 0.03, m + 0.03), (w0 - 0.008, deep), frame)
