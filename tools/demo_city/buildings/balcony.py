"""A balcony."""

from __future__ import annotations

import random

from ..mesh import MeshBuilder, Spec
from .surfaces import Facade, flat, slab


def balcony(
    b: MeshBuilder,
    p: Facade,
    u: tuple[float, float],
    level: float,
    rng: random.Random,
    *,
    railing: str,
    colour: Spec,
) -> None:
    """A slab with a railing of bars, of glass or of masonry."""
    u0, u1 = u
    reach = 1.1
    slab(b, p, (u0, u1), (level - 0.16, level), (-reach, 0), ("dirty", (0.62, 0.61, 0.58), 0.8))
    steel: Spec = ("plain", rng.choice(((0.14, 0.14, 0.15), (0.35, 0.36, 0.37))), 0.5)
    if railing == "bars":
        for v in (level + 0.08, level + 0.95):
            slab(b, p, (u0, u1), (v, v + 0.04), (-reach, -reach + 0.04), steel)
            for x in (u0, u1 - 0.04):
                slab(b, p, (x, x + 0.04), (v, v + 0.04), (-reach, 0), steel)
        for k in range(int((u1 - u0) / 0.13) + 1):
            x = u0 + 0.13 * k
            flat(b, p, (x, x + 0.022), (level + 0.08, level + 0.95), -reach + 0.02, steel)
    else:
        panel: Spec = ("plain", (0.52, 0.58, 0.58), 0.08) if railing == "glass" else colour
        slab(b, p, (u0, u1), (level + 0.04, level + 0.95), (-reach, -reach + 0.05), panel)
        for x in (u0, u1 - 0.05):
            slab(b, p, (x, x + 0.05), (level + 0.04, level + 0.95), (-reach + 0.05, 0), panel)
        slab(b, p, (u0, u1), (level + 0.95, level + 1.0), (-reach - 0.02, -reach + 0.07), steel)
    if rng.random() < 0.4:
        for k in range(int((u1 - u0) / 0.18)):
            x = u0 + 0.18 * k + 0.1
            hue = rng.choice(((0.55, 0.12, 0.16), (0.20, 0.34, 0.12), (0.70, 0.35, 0.45), (0.24, 0.38, 0.15)))
            c = p(x, level + 0.98 + rng.uniform(0, 0.08), -reach - 0.08)
            b.ellipsoid(c, (0.12, 0.12, 0.12), ("grass", hue), sides=6, rows=4)
