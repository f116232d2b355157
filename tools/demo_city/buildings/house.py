"""A whole house: walls with openings, party walls and a roof.

Local axes: the street front lies along x from 0 to `width` at y = 0 and looks along -y; the house reaches back to
y = depth.
"""

from __future__ import annotations

import random

from ..mesh import MeshBuilder, Spec
from .facade import facade
from .look import draw_look
from .roof import roof
from .styles import STYLES
from .surfaces import Facade


def build_house(
    style_name: str,
    rng: random.Random,
    *,
    width: float,
    depth: float = 11.0,
    dusk: float = 0.0,
    sides: tuple[bool, bool] = (False, False),
    taller: int = 0,
    no_shop: bool = False,
) -> tuple[MeshBuilder, tuple[float, float, float]]:
    """Builds a house and returns it with the colour its walls take; `sides` tells which flanks stand free."""
    style = STYLES[style_name]
    b = MeshBuilder()
    colour = tuple(max(0.0, min(1.0, c + rng.uniform(-0.04, 0.04))) for c in rng.choice(style.colours))
    shop = rng.random() < style.shop and not no_shop
    storeys = rng.randint(*style.storeys) + taller
    height = rng.uniform(*style.storey_height)
    levels = [0.0, rng.uniform(3.7, 4.2) if shop else height + 0.3]
    for _ in range(storeys - 1):
        levels.append(levels[-1] + height)
    look = draw_look(style, colour, rng, shop=shop)
    walls: list[tuple[Facade, float, bool]] = [(lambda u, v, w: (u, w, v), width, True)]
    if sides[1]:
        walls.append((lambda u, v, w: (width - w, u, v), depth, False))
    if sides[0]:
        walls.append((lambda u, v, w: (w, depth - u, v), depth, False))
    for p, length, street in walls:
        facade(b, p, length, levels, style, look, rng, street=street, dusk=dusk)
    wall: Spec = (style.wall,)
    eaves = levels[-1]
    for free, x in ((sides[0], 0.0), (sides[1], width)):
        if not free:
            b.face([(x, 0, 0), (x, depth, 0), (x, depth, eaves), (x, 0, eaves)], wall)
    b.face([(width, depth, 0), (0, depth, 0), (0, depth, eaves), (width, depth, eaves)], wall)
    roof(b, rng.choice(style.roof), width, depth, eaves, look, rng, wall)
    if rng.random() < 0.7:
        x = rng.choice((0.12, width - 0.12))
        b.tube([(x, -0.1, 0.1), (x, -0.1, eaves - 0.3)], 0.05, ("metal", (0.46, 0.44, 0.42), 0.5), sides=6)
    return b, colour
