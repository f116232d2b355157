"""Traffic lights."""

from __future__ import annotations

import math
import random

from .. import labels
from ..mesh import MeshBuilder
from .finishes import DARK, STEEL, Parts


def traffic_light(rng: random.Random, *, state: str, mast: bool) -> Parts:
    """A signal post, with an arm over the lanes (towards -x) where `mast` is set."""
    pole, light = MeshBuilder(), MeshBuilder()
    paint = rng.choice((STEEL, ("plain", (0.30, 0.32, 0.32), 0.5)))
    high = 5.6 if mast else 3.5
    pole.tube([(0, 0, 0), (0, 0, high)], [0.085, 0.07], paint, sides=10)
    _signal(light, 0, 2.75, state)
    walkers = "red" if state == "green" else "green"
    _signal(light, 0.30, 2.45, walkers, y=0.0, small=True)
    if mast:
        pole.tube([(0, 0, 5.3), (-1.5, 0, 5.55), (-3.6, 0, 5.6)], [0.07, 0.06, 0.045], paint, sides=8)
        _signal(light, -3.3, 5.35, state)
    pole.box((0.0, -0.1, 1.05), (0.12, 0.1, 0.2), ("plain", (0.75, 0.6, 0.1), 0.5))
    return {labels.POLE: pole, labels.TRAFFIC_LIGHT: light}


def _signal(b: MeshBuilder, x: float, z: float, state: str, *, y: float = -0.12, small: bool = False) -> None:
    """One signal head of three lamps (two for walkers), its lenses towards -y."""
    names = ("red", "green") if small else ("red", "amber", "green")
    step = 0.25 if small else 0.29
    tall = step * len(names) + 0.06
    b.rounded_box((x, y, z), (0.28, 0.2, tall), DARK, bevel=0.04)
    tones = {
        "red": ((0.95, 0.05, 0.03), (0.16, 0.02, 0.02)),
        "amber": ((1.0, 0.55, 0.05), (0.18, 0.10, 0.02)),
        "green": ((0.05, 0.85, 0.45), (0.02, 0.12, 0.07)),
    }
    for k, name in enumerate(names):
        zz = z + tall / 2 - 0.03 - step * (k + 0.5)
        on = name == state
        lens = ("glow", tones[name][0], 7.0) if on else ("plain", tones[name][1], 0.2)
        b.disc((x, y - 0.105, zz), 0.095, lens, axis="y", sides=14)
        visor = [
            [
                (x + 0.115 * math.cos(t), yy, zz + 0.115 * math.sin(t))
                for t in (math.pi * (j / 8 * 1.3 - 0.15) for j in range(9))
            ]
            for yy in (y - 0.1, y - 0.27)
        ]
        b.loft(visor, DARK, closed=False)
