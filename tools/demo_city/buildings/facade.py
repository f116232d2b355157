"""One wall of a house, storey by storey."""

from __future__ import annotations

import random

from ..mesh import MeshBuilder, Spec
from .balcony import balcony
from .look import Look
from .shop_front import shop_front
from .styles import Style
from .surfaces import Facade, flat, opening, slab, surround_wall
from .window import window

Cell = tuple[float, float, float, float]
"""A part of a wall, (u0, v0, u1, v1) in metres."""


def facade(
    b: MeshBuilder,
    p: Facade,
    width: float,
    levels: list[float],
    style: Style,
    look: Look,
    rng: random.Random,
    *,
    street: bool,
    dusk: float,
) -> None:
    """Draws one wall from its storeys; `levels` are the heights of the floors and of the eaves."""
    wall: Spec = (style.wall,)
    margin = look.margin
    bays = max(1, int((width - 2 * margin) / look.bay))
    pitch = (width - 2 * margin) / bays
    balcony_bays = (
        [k for k in range(bays) if look.balconies and k % look.balcony_step == look.balcony_first]
        if street
        else []
    )
    entrance = rng.randrange(bays)
    for storey in range(len(levels) - 1):
        low, high = levels[storey], levels[storey + 1]
        flat(b, p, (0, margin), (low, high), 0, wall)
        flat(b, p, (width - margin, width), (low, high), 0, wall)
        if storey == 0 and street and look.shop:
            _shop_fronts(b, p, width, high - low, look, rng, dusk=dusk)
            slab(b, p, (0, width), (high - 0.12, high + 0.06), (-0.12, 0), look.trim)
            continue
        for k in range(bays):
            cell = (margin + k * pitch, low, margin + (k + 1) * pitch, high)
            if storey == 0 and street and k == entrance:
                _entrance(b, p, cell, wall, look)
            else:
                _bay(b, p, cell, pitch, storey, wall, look, rng, balconied=k in balcony_bays, dusk=dusk)
        if style.bands and storey > 0:
            slab(b, p, (0, width), (low - 0.45, low + 0.4), (-0.06, 0), look.trim)
        elif look.cornice and street and storey in (1, len(levels) - 2):
            slab(b, p, (0, width), (low - 0.08, low + 0.1), (-0.1, 0), look.trim)
    _plinth_and_eaves(b, p, width, levels[-1], look)


def _shop_fronts(
    b: MeshBuilder,
    p: Facade,
    width: float,
    height: float,
    look: Look,
    rng: random.Random,
    *,
    dusk: float,
) -> None:
    margin = look.margin
    fronts = max(1, round(width / 7.5))
    for k in range(fronts):
        shop_front(
            b,
            p,
            (
                margin + (width - 2 * margin) * k / fronts,
                margin + (width - 2 * margin) * (k + 1) / fronts,
            ),
            height,
            rng,
            wall=look.base,
            dusk=dusk,
        )


def _entrance(b: MeshBuilder, p: Facade, cell: Cell, wall: Spec, look: Look) -> None:
    """The house door with its frame and step."""
    center = (cell[0] + cell[2]) / 2
    hole = (center - 0.6, 0.15, center + 0.6, 2.45)
    surround_wall(b, p, cell, hole, wall)
    opening(b, p, (hole[0], hole[2]), (hole[1], hole[3]), 0.3, look.trim)
    flat(b, p, (hole[0], hole[2]), (hole[1], hole[3]), 0.3, look.door)
    flat(b, p, (hole[0] + 0.2, hole[2] - 0.2), (1.2, 2.2), 0.285, ("window", (0.16, 0.18, 0.19)))
    slab(b, p, (hole[0] - 0.14, hole[0]), (0, hole[3] + 0.14), (-0.05, 0), look.trim)
    slab(b, p, (hole[2], hole[2] + 0.14), (0, hole[3] + 0.14), (-0.05, 0), look.trim)
    slab(b, p, (hole[0] - 0.2, hole[2] + 0.2), (hole[3], hole[3] + 0.18), (-0.16, 0), look.trim)
    slab(b, p, (hole[0] - 0.1, hole[2] + 0.1), (0, 0.15), (-0.35, 0.3), ("dirty", (0.55, 0.54, 0.51), 0.8))


def _bay(
    b: MeshBuilder,
    p: Facade,
    cell: Cell,
    pitch: float,
    storey: int,
    wall: Spec,
    look: Look,
    rng: random.Random,
    *,
    balconied: bool,
    dusk: float,
) -> None:
    """One window with what belongs to it: surround, sill, shutters, balcony."""
    _, low, _, high = cell
    center = (cell[0] + cell[2]) / 2
    w, h = look.window
    w = min(w, pitch - 0.3)
    h = min(h, high - low - 0.75)
    sill = low + max(0.5, min(0.95, (high - low - h) * 0.55))
    if balconied and storey > 0:
        sill, h = low + 0.06, min(2.25, high - low - 0.5)
        w = min(pitch - 0.25, max(w, 1.5))
    hole = (center - w / 2, sill, center + w / 2, sill + h)
    surround_wall(b, p, cell, hole, wall)
    window(
        b,
        p,
        hole,
        rng,
        frame=look.frame,
        wall=look.reveal or wall,
        deep=look.deep,
        leaves=look.leaves,
        transom=look.transom,
        dusk=dusk,
    )
    if look.surround:
        _surround(b, p, hole, look, hood=look.hood and storey in (1, 2))
    slab(b, p, (hole[0] - 0.1, hole[2] + 0.1), (sill - 0.07, sill), (-0.11, 0), look.sill)
    if look.shutters and storey > 0 and not balconied and pitch - w > 0.9:
        for side in (hole[0] - w / 2 + 0.02, hole[2] + 0.02):
            slab(b, p, (side, side + w / 2 - 0.06), (sill, sill + h), (-0.05, 0), look.shutter)
    if balconied and storey > 0:
        balcony(b, p, (cell[0] + 0.05, cell[2] - 0.05), low, rng, railing=look.railing, colour=wall)


def _surround(b: MeshBuilder, p: Facade, hole: Cell, look: Look, *, hood: bool) -> None:
    u0, v0, u1, v1 = hole
    t = 0.13
    for u, v in (
        ((u0 - t, u0), (v0, v1)),
        ((u1, u1 + t), (v0, v1)),
        ((u0 - t, u1 + t), (v1, v1 + t)),
    ):
        slab(b, p, u, v, (-0.04, 0), look.trim)
    if hood:
        slab(b, p, (u0 - 0.25, u1 + 0.25), (v1 + 0.2, v1 + 0.32), (-0.2, 0), look.trim)


def _plinth_and_eaves(b: MeshBuilder, p: Facade, width: float, top: float, look: Look) -> None:
    slab(b, p, (0, width), (0, 0.5), (-0.03, 0), look.plinth)
    slab(b, p, (0, width), (top - 0.35, top), (-0.3 if look.cornice else -0.12, 0), look.trim)
    if look.cornice:
        slab(b, p, (0, width), (top - 0.55, top - 0.35), (-0.15, 0), look.trim)
