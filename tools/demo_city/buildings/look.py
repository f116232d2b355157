"""What one house looks like, drawn from its style."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..mesh import Spec
from .styles import Style

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """Measures in metres, materials, and what the house has."""

    bay: float
    margin: float
    deep: float
    window: tuple[float, float]
    frame: Spec
    leaves: int
    transom: bool
    trim: Spec
    sill: Spec
    surround: bool
    hood: bool
    reveal: Spec | None
    base: Spec
    plinth: Spec
    door: Spec
    shutters: bool
    shutter: Spec
    balconies: bool
    balcony_step: int
    balcony_first: int
    railing: str
    cornice: bool
    shop: bool
    tiles: Spec


def draw_look(style: Style, colour: Colour, rng: random.Random, *, shop: bool) -> Look:
    """Draws a look for walls of `colour`; the order of the draws is the order of the lines."""
    light = rng.choice(((0.80, 0.78, 0.73), (0.70, 0.66, 0.58), (0.84, 0.84, 0.82)))
    trim_colour = (
        tuple(0.5 * (a + c) for a, c in zip(light, colour, strict=True))
        if style.wall != "brick"
        else (0.68, 0.65, 0.60)
    )
    (wmin, wmax), (hmin, hmax) = style.window
    frame = rng.choice(style.frames)
    surround = rng.random() < style.surround
    return Look(
        bay=rng.uniform(*style.bay),
        margin=rng.uniform(0.3, 0.7),
        deep=rng.uniform(0.1, 0.2),
        window=(rng.uniform(wmin, wmax), rng.uniform(hmin, hmax)),
        frame=("plain", frame, 0.45),
        leaves=3 if wmax > 1.9 else rng.choice((2, 2, 1) if wmin > 1.0 else (2,)),
        transom=hmin > 1.6 or rng.random() < 0.3,
        trim=("dirty", trim_colour, 0.8),
        sill=("dirty", (0.60, 0.59, 0.56), 0.7),
        surround=surround,
        hood=rng.random() < 0.5,
        reveal=None if style.wall == "brick" else ("dirty", trim_colour, 0.8),
        base=("stone",) if rng.random() < 0.35 else (style.wall,),
        plinth=("dirty", tuple(c * 0.62 for c in trim_colour), 0.85),
        door=(
            "dirty",
            rng.choice(
                (
                    (0.28, 0.16, 0.10),
                    (0.12, 0.20, 0.16),
                    (0.20, 0.22, 0.25),
                    (0.38, 0.10, 0.08),
                    (0.66, 0.66, 0.64),
                )
            ),
            0.45,
        ),
        shutters=rng.random() < style.shutters,
        shutter=(
            "shutter",
            rng.choice(
                (
                    (0.22, 0.32, 0.24),
                    (0.36, 0.22, 0.15),
                    (0.45, 0.48, 0.46),
                    (0.55, 0.20, 0.15),
                    (0.24, 0.30, 0.36),
                )
            ),
        ),
        balconies=rng.random() < style.balcony,
        balcony_step=rng.choice((2, 3)),
        balcony_first=rng.choice((0, 1)),
        railing=rng.choice(("bars", "bars", "glass", "wall")),
        cornice=rng.random() < style.cornice,
        shop=shop,
        tiles=("tiles", rng.choice(style.roof_colours)),
    )
