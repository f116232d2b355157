"""Roofs: flat, with a gable to the street, with a ridge along it, and mansards."""

from __future__ import annotations

import random

from ..mesh import MeshBuilder, Point, Spec
from .look import Look
from .window import window

OVERHANG = 0.35
MANSARD_HEIGHT, MANSARD_INSET = 2.9, 0.9


def roof(
    b: MeshBuilder,
    kind: str,
    width: float,
    depth: float,
    eaves: float,
    look: Look,
    rng: random.Random,
    wall: Spec,
) -> None:
    """Covers a house of `width` x `depth` metres from the height `eaves` on."""
    if kind == "flat":
        _flat(b, width, depth, eaves, rng, wall)
        return
    if kind == "gable":
        chimney = _gable(b, width, depth, eaves, look, rng, wall)
    else:
        chimney = _ridge(b, width, depth, eaves, look, rng, wall, mansard=kind == "mansard")
    _chimney(b, chimney, wall)
    if rng.random() < 0.5:
        _aerial(b, chimney)


def _flat(b: MeshBuilder, width: float, depth: float, eaves: float, rng: random.Random, wall: Spec) -> None:
    b.box((width / 2, depth / 2, eaves + 0.2), (width + 0.1, depth + 0.1, 0.9), wall)
    b.box(
        (width / 2, depth / 2, eaves + 0.67),
        (width + 0.3, depth + 0.3, 0.06),
        ("metal", (0.5, 0.51, 0.52), 0.5),
    )
    b.box(
        (width * rng.uniform(0.3, 0.7), depth / 2, eaves + 1.6),
        (3.2, 3.0, 2.4),
        ("dirty", (0.55, 0.55, 0.54), 0.8),
    )


def _gable(
    b: MeshBuilder,
    width: float,
    depth: float,
    eaves: float,
    look: Look,
    rng: random.Random,
    wall: Spec,
) -> Point:
    """A roof whose gable looks to the street; returns where its chimney stands."""
    rise = min(width * 0.62, 6.5)
    ridge = eaves + rise
    for y, flip in ((0.0, False), (depth, True)):
        tri = [(0, y, eaves), (width, y, eaves), (width / 2, y, ridge)]
        b.face(tri[::-1] if flip else tri, wall)
    for x, s in ((-OVERHANG, -1), (width + OVERHANG, 1)):
        z = eaves - OVERHANG * rise / (width / 2)
        quad = [
            (x, -0.25, z),
            (width / 2, -0.25, ridge + 0.05),
            (width / 2, depth + 0.2, ridge + 0.05),
            (x, depth + 0.2, z),
        ]
        b.face(quad if s < 0 else quad[::-1], look.tiles)
        b.face(
            [
                (x, -0.25, z - 0.2),
                (width / 2, -0.25, ridge - 0.17),
                (width / 2, -0.25, ridge + 0.05),
                (x, -0.25, z),
            ],
            look.trim,
        )
    if rise > 3:
        hole = (width / 2 - 0.5, eaves + 0.5, width / 2 + 0.5, eaves + 1.8)
        window(
            b,
            lambda u, v, w: (u, -0.06 + w, v),
            hole,
            rng,
            frame=look.frame,
            wall=wall,
            deep=0.05,
            leaves=2,
            transom=False,
            dusk=0.0,
        )
    return (width / 2 + 0.9, depth * 0.4, ridge - 0.3)


def _ridge(
    b: MeshBuilder,
    width: float,
    depth: float,
    eaves: float,
    look: Look,
    rng: random.Random,
    wall: Spec,
    *,
    mansard: bool,
) -> Point:
    """A roof with its ridge along the street; returns where its chimney stands."""
    if mansard:
        _mansard_slopes(b, width, depth, eaves, look, wall)
        front, base = MANSARD_INSET, eaves + MANSARD_HEIGHT
    else:
        front, base = -OVERHANG - 0.1, eaves - 0.15
    rise = (depth / 2 - front) * (0.35 if mansard else rng.uniform(0.7, 0.95))
    ridge = base + rise
    mid = depth / 2
    for y, s in ((front, 1), (depth - front, -1)):
        quad = [
            (-0.15, y, base),
            (width + 0.15, y, base),
            (width + 0.15, mid, ridge),
            (-0.15, mid, ridge),
        ]
        b.face(quad if s > 0 else quad[::-1], look.tiles)
    for x in (0.0, width):
        b.face([(x, max(front, 0), base), (x, min(depth - front, depth), base), (x, mid, ridge - 0.05)], wall)
    b.tube(
        [(0, front - 0.02, base), (width, front - 0.02, base)],
        0.09,
        ("metal", (0.45, 0.40, 0.36), 0.5),
        sides=6,
    )
    count = max(1, int(width / 3.6))
    if rng.random() < 0.75:
        for k in range(count):
            x = width * (k + 0.5) / count
            if mansard:
                z0, z1, y0, back = eaves + 0.55, eaves + 2.1, 0.0, 1.0
            else:
                y0 = front + (mid - front) * 0.22
                z0 = base + rise * 0.22
                z1, back = z0 + 1.35, 1.9
            _dormer(b, x, y0, (z0, z1), back, look, rng)
    return (width * rng.uniform(0.2, 0.8), mid - 0.8, ridge - 0.2)


def _mansard_slopes(b: MeshBuilder, width: float, depth: float, eaves: float, look: Look, wall: Spec) -> None:
    inset, top = MANSARD_INSET, eaves + MANSARD_HEIGHT
    for y0, y1, s in ((-0.2, inset, 1), (depth + 0.2, depth - inset, -1)):
        quad = [(0, y0, eaves), (width, y0, eaves), (width, y1, top), (0, y1, top)]
        b.face(quad if s > 0 else quad[::-1], look.tiles)
    for x in (0.0, width):
        b.face([(x, -0.2, eaves), (x, depth + 0.2, eaves), (x, depth - inset, top), (x, inset, top)], wall)


def _dormer(
    b: MeshBuilder,
    x: float,
    y0: float,
    z: tuple[float, float],
    back: float,
    look: Look,
    rng: random.Random,
) -> None:
    """A window with a little roof of its own; `z` are its foot and its eaves, `back` is its depth."""
    z0, z1 = z
    b.box((x, y0 + back / 2, (z0 + z1) / 2), (1.35, back, z1 - z0), look.trim)
    window(
        b,
        lambda u, v, w: (u, y0 - 0.06 + w, v),
        (x - 0.5, z0 + 0.1, x + 0.5, z1 - 0.1),
        rng,
        frame=look.frame,
        wall=look.trim,
        deep=0.05,
        leaves=2,
        transom=False,
        dusk=0.0,
    )
    b.face(
        [
            (x - 0.85, y0 - 0.2, z1),
            (x, y0 - 0.2, z1 + 0.5),
            (x, y0 + back + 0.6, z1 + 0.5),
            (x - 0.85, y0 + back + 0.6, z1),
        ],
        look.tiles,
    )
    b.face(
        [
            (x, y0 - 0.2, z1 + 0.5),
            (x + 0.85, y0 - 0.2, z1),
            (x + 0.85, y0 + back + 0.6, z1),
            (x, y0 + back + 0.6, z1 + 0.5),
        ],
        look.tiles,
    )
    b.face([(x - 0.7, y0 - 0.07, z1), (x + 0.7, y0 - 0.07, z1), (x, y0 - 0.07, z1 + 0.45)], look.trim)


def _chimney(b: MeshBuilder, foot: Point, wall: Spec) -> None:
    x, y, z = foot
    brick: Spec = ("brick",) if wall[0] == "brick" else ("dirty", (0.48, 0.30, 0.24), 0.9)
    b.box((x, y, z + 0.3), (0.9, 0.55, 1.9), brick)
    b.box((x, y, z + 1.3), (1.05, 0.7, 0.12), ("dirty", (0.4, 0.4, 0.4), 0.9))


def _aerial(b: MeshBuilder, chimney: Point) -> None:
    x, y, z = chimney[0] + 1.2, chimney[1], chimney[2]
    b.tube([(x, y, z - 0.5), (x, y, z + 2.2)], 0.02, ("plain", (0.4, 0.4, 0.4), 0.4), sides=4)
    for k in range(4):
        b.box((x, y, z + 1.4 + 0.22 * k), (0.9 - 0.1 * k, 0.02, 0.02), ("plain", (0.45, 0.45, 0.45), 0.4))
