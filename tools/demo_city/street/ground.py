"""The surfaces of a street: carriageway, kerbs, pavements, verges and lawns, by label."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from itertools import pairwise

from .. import labels
from ..cities import City
from ..mesh import MeshBuilder, Spec
from .layout import BEHIND, KERB, SIDE_LENGTH, Layout
from .surfaces import strip

KERB_STONE = ("slabs", (0.58, 0.58, 0.56), 1.0, 1.0, 0.012)
COBBLES = ("slabs", (0.36, 0.35, 0.34), 0.14, 0.11, 0.012)
PAVINGS = (
    ("slabs", (0.50, 0.49, 0.47), 0.35, 0.35),
    ("slabs", (0.46, 0.45, 0.44), 0.6, 0.4),
    ("slabs", (0.48, 0.44, 0.41), 0.22, 0.11),
    ("slabs", (0.52, 0.50, 0.47), 0.5, 0.5),
)
LAWNS = ((0.27, 0.34, 0.13), (0.30, 0.35, 0.16), (0.24, 0.33, 0.12))


@dataclass(frozen=True)
class _Ground:
    """The meshes under construction and their materials."""

    layout: Layout
    surface: Spec
    paving: Spec
    lawn: Spec
    road: MeshBuilder = field(default_factory=MeshBuilder)
    walks: MeshBuilder = field(default_factory=MeshBuilder)
    grass: MeshBuilder = field(default_factory=MeshBuilder)


@dataclass(frozen=True)
class _Block:
    """The ground between two side streets on one side; `round0` and `round1` are True for round corners."""

    sign: int
    s0: float
    s1: float
    round0: bool
    round1: bool


def build_ground(layout: Layout, city: City, rng: random.Random) -> list[tuple[MeshBuilder, int]]:
    """Returns the ground meshes with their labels, in street coordinates (x is d, y is s)."""
    tone = rng.uniform(0.88, 1.08)
    surface = ("asphalt", tuple(round(c * tone, 3) for c in city.asphalt))
    g = _Ground(layout, surface, paving=rng.choice(PAVINGS), lawn=("grass", rng.choice(LAWNS)))
    _carriageway(g)
    spans = layout.intervals()
    for sign in (-1, 1):
        for index, (s0, s1) in enumerate(spans):
            block = _Block(sign, s0, s1, round0=index > 0, round1=index < len(spans) - 1)
            _pavement(g, block)
            _lawns(g, block, rng)
    if layout.plan.median_kind == "grass":
        _median(g)
    return [(g.road, labels.ROAD), (g.walks, labels.SIDEWALK), (g.grass, labels.TERRAIN)]


def _carriageway(g: _Ground) -> None:
    plan = g.layout.plan
    far = plan.length + 60
    edge = (
        g.layout.carriage + max(plan.left.bike + plan.left.parking, plan.right.bike + plan.right.parking) + 6
    )
    strip(g.road, BEHIND - 10, far, -edge, edge, 0.0, COBBLES if plan.cobbles else g.surface)
    for sign in (-1, 1):
        a, b = sorted((sign * edge, sign * 160))
        strip(g.road, BEHIND - 10, far, a, b, -0.004, g.surface, step=6.0)


def _pavement(g: _Ground, block: _Block) -> None:
    """The kerb round a block and the paving inside it."""
    sign, d0 = block.sign, g.layout.kerb(block.sign)
    outer = _outline(block, d0, SIDE_LENGTH, 0.0)
    inner = _outline(block, d0, SIDE_LENGTH, 0.16)
    for (p, q), (pi, qi) in zip(pairwise(outer), pairwise(inner), strict=True):
        low = [(sign * p[0], p[1], -0.02), (sign * q[0], q[1], -0.02)]
        high = [(sign * p[0], p[1], KERB), (sign * q[0], q[1], KERB)]
        top = [(sign * pi[0], pi[1], KERB), (sign * qi[0], qi[1], KERB)]
        first, second = [low[0], low[1], high[1], high[0]], [high[0], high[1], top[1], top[0]]
        g.walks.face(first if sign < 0 else first[::-1], KERB_STONE)
        g.walks.face(second if sign < 0 else second[::-1], KERB_STONE)
    face = [(sign * d, s, KERB) for d, s in inner]
    g.walks.face(face if sign < 0 else face[::-1], g.paving)


def _outline(block: _Block, d0: float, d1: float, inset: float) -> list[tuple[float, float]]:
    """The edge of a block as (d, s) with d measured outwards, from its far corner round by the street to the other."""
    s0, s1 = block.s0, block.s1
    radius = 5.0
    points: list[tuple[float, float]] = []
    if block.round0:
        points += [(d1, s0 + inset)]
        points += [
            (d0 + radius - (radius - inset) * math.sin(t), s0 + radius - (radius - inset) * math.cos(t))
            for t in (math.pi / 2 * k / 8 for k in range(9))
        ]
    else:
        points += [(d1, s0), (d0 + inset, s0)]
    start, end = points[-1][1], (s1 - radius if block.round1 else s1)
    steps = max(1, int((end - start) / 4))
    points += [(d0 + inset, start + (end - start) * k / steps) for k in range(1, steps + 1)]
    if block.round1:
        points += [
            (d0 + radius - (radius - inset) * math.cos(t), s1 - radius + (radius - inset) * math.sin(t))
            for t in (math.pi / 2 * k / 8 for k in range(1, 9))
        ]
        points += [(d1, s1 - inset)]
    else:
        points += [(d1, s1)]
    return points


def _lawns(g: _Ground, block: _Block, rng: random.Random) -> None:
    """Verge, front gardens and the ground behind the houses."""
    layout, sign, s0, s1 = g.layout, block.sign, block.s0, block.s1
    side, d0 = layout.side(sign), layout.kerb(sign)
    margin0, margin1 = (6.5 if block.round0 else 0.0), (6.5 if block.round1 else 0.0)
    if side.verge and s1 - s0 > 16:
        a, b = sorted((sign * (d0 + 0.2), sign * (d0 + 0.2 + side.verge)))
        start = s0 + margin0
        while start < s1 - margin1 - 3:
            end = min(start + rng.uniform(9, 22), s1 - margin1)
            strip(g.grass, start, end, a, b, KERB + 0.02, g.lawn)
            start = end + rng.uniform(1.5, 3.5)
    if side.front != "none":
        a, b = sorted((sign * layout.front(sign), sign * (layout.houses(sign) + 0.6)))
        strip(
            g.grass,
            s0 + (3.2 if block.round0 else 0),
            s1 - (3.2 if block.round1 else 0),
            a,
            b,
            KERB + 0.015,
            g.lawn,
        )
    back = layout.houses(sign) + (7 if side.gap else 9)
    a, b = sorted((sign * back, sign * SIDE_LENGTH))
    strip(g.grass, s0 + 12 * block.round0, s1 - 12 * block.round1, a, b, KERB + 0.02, g.lawn)


def _median(g: _Ground) -> None:
    """The planted strip between the carriageways."""
    half = g.layout.plan.median / 2
    for s0, s1 in g.layout.intervals():
        a, b = s0 + 2.5, s1 - 2.5
        for sign in (-1, 1):
            x, y = sorted((sign * (half - 0.2), sign * half))
            strip(g.walks, a, b, x, y, KERB, KERB_STONE)
            count = max(1, int((b - a) / 4))
            for k in range(count):
                p, q = a + (b - a) * k / count, a + (b - a) * (k + 1) / count
                g.walks.face(
                    [
                        (sign * half, p, 0),
                        (sign * half, q, 0),
                        (sign * half, q, KERB),
                        (sign * half, p, KERB),
                    ],
                    KERB_STONE,
                )
        for end in (a, b):
            g.walks.face([(-half, end, 0), (half, end, 0), (half, end, KERB), (-half, end, KERB)], KERB_STONE)
        strip(g.grass, a, b, -half + 0.2, half - 0.2, KERB + 0.02, g.lawn)
