"""Street lamps."""

from __future__ import annotations

import random

from .. import labels
from ..mesh import MeshBuilder, Spec
from .finishes import GREEN_BLACK, STEEL, Parts


def lamp(rng: random.Random, *, tall: bool, lit: bool, old: bool) -> Parts:
    """A street lamp; its small head counts as pole, as in Cityscapes."""
    bulb = ("glow", (1.0, 0.86, 0.62), 9.0) if lit else ("plain", (0.80, 0.80, 0.76), 0.2)
    return {labels.POLE: _old(bulb) if old else _modern(bulb, rng, tall=tall)}


def _old(bulb: Spec) -> MeshBuilder:
    """A lantern on an iron post."""
    b = MeshBuilder()
    b.lathe(
        [
            (0.15, 0),
            (0.15, 0.25),
            (0.10, 0.35),
            (0.07, 0.8),
            (0.055, 1.0),
            (0.045, 3.5),
            (0.06, 3.6),
            (0.03, 3.7),
        ],
        (0, 0, 0),
        GREEN_BLACK,
        sides=10,
    )
    b.lathe([(0.05, 3.7), (0.13, 3.8), (0.19, 4.25)], (0, 0, 0), bulb, sides=6)
    b.lathe([(0.22, 4.25), (0.12, 4.42), (0.03, 4.5), (0.01, 4.62)], (0, 0, 0), GREEN_BLACK, sides=6)
    return b


def _modern(bulb: Spec, rng: random.Random, *, tall: bool) -> MeshBuilder:
    """A flat head on a bent arm."""
    b = MeshBuilder()
    height = rng.uniform(8.0, 9.5) if tall else rng.uniform(4.5, 6.0)
    paint = rng.choice((STEEL, ("plain", (0.25, 0.28, 0.27), 0.5)))
    reach = 1.7 if tall else 0.5
    b.tube(
        [(0, 0, 0), (0, 0, 1.2), (0, 0, 1.25), (0, 0, height - 0.6)],
        [0.09, 0.09, 0.07, 0.05],
        paint,
        sides=10,
    )
    b.tube(
        [(0, 0, height - 0.6), (reach * 0.2, 0, height - 0.1), (reach, 0, height + 0.1)],
        [0.05, 0.045, 0.035],
        paint,
        sides=8,
    )
    b.rounded_box((reach + 0.25, 0, height + 0.12), (0.7, 0.26, 0.12), paint, bevel=0.04)
    b.face(
        [
            (reach - 0.05, -0.1, height + 0.055),
            (reach - 0.05, 0.1, height + 0.055),
            (reach + 0.55, 0.1, height + 0.055),
            (reach + 0.55, -0.1, height + 0.055),
        ],
        bulb,
    )
    return b
