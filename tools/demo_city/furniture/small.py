"""Small things on the pavement: bollards, bins, benches, cabinets, shelters, café tables."""

from __future__ import annotations

import random

from .. import labels
from ..mesh import MeshBuilder
from .finishes import DARK, SIGN_WHITE, STEEL, Parts


def bollard() -> Parts:
    b = MeshBuilder()
    b.lathe(
        [(0.06, 0), (0.055, 0.85), (0.07, 0.88), (0.05, 0.95), (0.0, 0.97)],
        (0, 0, 0),
        ("plain", (0.16, 0.17, 0.17), 0.5),
        sides=10,
    )
    b.lathe([(0.063, 0.68), (0.063, 0.76)], (0, 0, 0), SIGN_WHITE, sides=10)
    return {labels.POLE: b}


def bin_(rng: random.Random) -> Parts:
    b = MeshBuilder()
    colour = rng.choice(((0.16, 0.28, 0.17), (0.20, 0.20, 0.21), (0.12, 0.18, 0.34), (0.42, 0.42, 0.42)))
    if rng.random() < 0.5:
        b.rounded_box((0, 0, 0.55), (0.58, 0.7, 1.0), ("dirty", colour, 0.6), bevel=0.05)
        b.box((0, 0, 1.07), (0.6, 0.74, 0.06), ("dirty", tuple(c * 0.8 for c in colour), 0.6))
    else:
        b.lathe(
            [(0.18, 0.1), (0.23, 0.85), (0.24, 0.95), (0.1, 1.0), (0.0, 1.0)],
            (0, 0, 0),
            ("dirty", colour, 0.6),
            sides=12,
        )
    return {labels.STATIC: b}


def bench() -> Parts:
    b = MeshBuilder()
    wood = ("bark", (0.45, 0.33, 0.22))
    for k in range(4):
        b.box((0, -0.2 + k * 0.12, 0.45), (1.7, 0.09, 0.035), wood)
    for k in range(3):
        b.box((0, 0.27, 0.58 + k * 0.13), (1.7, 0.03, 0.09), wood)
    for x in (-0.7, 0.7):
        b.box((x, 0.0, 0.22), (0.06, 0.45, 0.44), DARK)
        b.box((x, 0.29, 0.6), (0.05, 0.03, 0.5), DARK)
    return {labels.STATIC: b}


def cabinet(rng: random.Random) -> Parts:
    b = MeshBuilder()
    b.rounded_box(
        (0, 0, 0.6), (rng.uniform(0.7, 1.3), 0.4, 1.2), ("dirty", (0.52, 0.54, 0.52), 0.6), bevel=0.03
    )
    return {labels.STATIC: b}


def shelter() -> Parts:
    """A bus shelter, open towards -y."""
    b = MeshBuilder()
    for x in (-1.9, 0.0, 1.9):
        b.box((x, 0.7, 1.2), (0.07, 0.07, 2.4), DARK)
    b.box((0, 0.1, 2.45), (4.3, 1.7, 0.12), DARK)
    b.box((0, 0.7, 1.25), (3.8, 0.02, 1.9), ("plain", (0.42, 0.47, 0.47), 0.05))
    b.box((1.95, 0.15, 1.2), (0.12, 1.15, 1.9), ("poster",))
    b.box((-0.4, 0.45, 0.48), (2.4, 0.4, 0.05), STEEL)
    return {labels.STATIC: b}


def parasol(rng: random.Random) -> Parts:
    """A café table under a parasol with two chairs."""
    b = MeshBuilder()
    cloth = (
        "dirty",
        rng.choice(((0.72, 0.68, 0.58), (0.50, 0.12, 0.12), (0.16, 0.30, 0.22), (0.78, 0.77, 0.74))),
        0.9,
    )
    b.tube([(0, 0, 0), (0, 0, 2.5)], 0.025, STEEL, sides=6)
    b.lathe([(1.35, 2.05), (1.33, 2.15), (0.0, 2.62)], (0, 0, 0), cloth, sides=8, smooth=False)
    b.lathe([(0.38, 0.72), (0.38, 0.75), (0.0, 0.75)], (0, 0, 0), ("plain", (0.6, 0.58, 0.54), 0.4), sides=14)
    for x in (-0.75, 0.75):
        b.box((x, 0, 0.45), (0.42, 0.42, 0.04), DARK)
        b.box((x * 1.25, 0, 0.70), (0.04, 0.42, 0.45), DARK)
        for dx in (-0.17, 0.17):
            for dy in (-0.17, 0.17):
                b.box((x + dx, dy, 0.22), (0.03, 0.03, 0.44), DARK)
    return {labels.STATIC: b}
