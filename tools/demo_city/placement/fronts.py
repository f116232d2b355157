"""Gardens and parks: fences, walls and hedges along the pavement, and the plants behind them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .. import labels, vegetation
from ..furniture.barriers import fence, wall
from ..furniture.finishes import STEEL
from ..mesh import MeshBuilder
from ..street.layout import KERB
from ..street.plan import Side
from .build import Build
from .greenery import bush, tuft


@dataclass(frozen=True)
class _Front:
    """One side of the street: `d` is where its gardens begin, in street coordinates."""

    sign: int
    side: Side
    d: float
    wall_kind: str
    fence_kind: str
    wall_colour: tuple[float, float, float]


def place_fronts(b: Build) -> None:
    """Places the front gardens and parks of a scene."""
    grass = tuft(b)
    for sign in (-1, 1):
        side = b.layout.side(sign)
        if side.front == "none":
            continue
        front = _draw_front(b, sign, side)
        for number, (s0, s1) in enumerate(b.layout.intervals()):
            _edge(b, front, max(s0 + (4 if number else 0), -18), min(s1 - 4, 130))
            _garden(b, front, max(s0 + 3, -10), min(s1, 120))
            _blades(b, front, grass, s0, s1)


def _draw_front(b: Build, sign: int, side: Side) -> _Front:
    wall_kind, fence_kind = b.rng.choice(b.city.walls), b.rng.choice(b.city.fences)
    wall_colour = b.rng.choice(
        ((0.55, 0.33, 0.26), (0.66, 0.62, 0.54), (0.58, 0.56, 0.52))
        if wall_kind != "brick"
        else ((0.50, 0.28, 0.21), (0.44, 0.25, 0.2))
    )
    return _Front(sign, side, sign * b.layout.front(sign), wall_kind, fence_kind, wall_colour)


def _edge(b: Build, front: _Front, s: float, end: float) -> None:
    """Fences, walls and hedges along the pavement from `s` to `end`."""
    rng, sign, d = b.rng, front.sign, front.d
    turn = math.pi / 2 if sign < 0 else -math.pi / 2
    while s < end - 3:
        length = min(rng.uniform(8, 15), end - s)
        kind = _edge_kind(b, front)
        start = s if sign < 0 else s + length
        if kind == "fence":
            _fence(b, front, s, start, length, turn)
        elif kind == "wall":
            b.add_parts(wall(length, front.wall_kind, rng), start, d, angle=turn, colour=front.wall_colour)
        elif kind == "hedge":
            hedge = vegetation.build_hedge(length, rng.uniform(0.9, 1.9), 0.8, f"{b.key}/{s:.1f}", b.library)
            b.add(hedge, b.table.stuff(labels.VEGETATION), start, d + sign * 0.3, z=KERB, angle=turn)
        s += length + rng.choice((0.0, 0.0, 1.2, 3.0))


def _edge_kind(b: Build, front: _Front) -> str:
    """Draws the kind of border of the next part of a garden or a park."""
    kind = front.side.front
    if kind == "park":
        return b.rng.choice(
            (
                "hedge",
                "fence" if "fence" in b.frame.features else "hedge",
                "wall" if "wall" in b.frame.features else "open",
            )
        )
    if kind in ("fence", "wall") and b.rng.random() < 0.1:
        return "hedge"
    return kind


def _fence(b: Build, front: _Front, s: float, start: float, length: float, turn: float) -> None:
    """A fence, whose gaps are filled in the ground truth, perhaps with a hedge behind it."""
    rng, d = b.rng, front.d
    b.add_parts(fence(length, front.fence_kind, rng), start, d, angle=turn)
    if front.fence_kind != "planks":
        panel = MeshBuilder()
        panel.box((length / 2, 0, 0.55), (length, 0.01, 1.1), STEEL)
        b.outline(b.add(panel, b.table.stuff(labels.FENCE), start, d, z=KERB, angle=turn))
    if rng.random() < 0.5:
        hedge = vegetation.build_hedge(length, rng.uniform(0.8, 1.4), 0.6, f"{b.key}/{s:.1f}", b.library)
        b.add(hedge, b.table.stuff(labels.VEGETATION), start, d + front.sign * 0.6, z=KERB, angle=turn)


def _garden(b: Build, front: _Front, place: float, end: float) -> None:
    """Bushes and small trees in a garden, large trees in a park."""
    rng, d, sign, depth = b.rng, front.d, front.sign, front.side.front_depth
    while place < end:
        if front.side.front == "park":
            for _ in range(2):
                b.tree(place + rng.uniform(-3, 3), d + sign * rng.uniform(2.5, 34), scale=1.05)
        elif depth > 3 and rng.random() < 0.6:
            b.add(
                bush(b),
                b.table.stuff(labels.VEGETATION),
                place,
                d + sign * rng.uniform(1.3, depth - 0.8),
                z=KERB,
                angle=rng.uniform(0, 6),
                scale=rng.uniform(0.6, 1.3),
            )
            if rng.random() < 0.45:
                b.tree(place + 2, d + sign * rng.uniform(1.8, depth - 0.5), scale=0.62)
        place += rng.uniform(4.5, 8)


def _blades(b: Build, front: _Front, grass, s0: float, s1: float) -> None:
    """Blades of grass at the near edge."""
    for s in range(int(max(s0, 0)), int(min(s1, 34)), 2):
        for k in range(2):
            b.add(
                grass,
                b.table.stuff(labels.TERRAIN),
                s + b.rng.uniform(-1, 1),
                front.d + front.sign * (0.8 + k),
                z=KERB,
                angle=b.rng.uniform(0, 6),
            )
