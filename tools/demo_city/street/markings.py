"""The ground of a scene: carriageway, kerbs, pavements, verges and everything painted on the road.

Street coordinates are (s, d, z): metres along the street from the camera, to the right of its middle, and up.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .. import labels
from ..cities import City, Side, StreetPlan
from ..mesh import MeshBuilder
from ..text import add_text

KERB = 0.13
BEHIND = -45.0
SIDE_LENGTH = 75.0


@dataclass(frozen=True)
class Bend:
    """Maps street coordinates to the world: straight up to `start`, then an arc of the given curvature."""

    curve: float
    start: float = 12.0

    def at(self, s: float, d: float) -> tuple[float, float, float]:
        """Returns world x, y and the street's heading (radians clockwise from y)."""
        run = max(0.0, s - self.start)
        turn = self.curve * run
        if abs(self.curve) < 1e-9 or run == 0:
            x, y = 0.0, s
        else:
            x, y = (1 - math.cos(turn)) / self.curve, self.start + math.sin(turn) / self.curve
        return x + d * math.cos(turn), y - d * math.sin(turn), turn

    def points(self, points: np.ndarray) -> np.ndarray:
        """Bends mesh points whose x is d and whose y is s."""
        result = points.copy()
        run = np.maximum(0.0, points[:, 1] - self.start)
        turn = self.curve * run
        if abs(self.curve) > 1e-9:
            x0 = (1 - np.cos(turn)) / self.curve
            y0 = np.where(run > 0, self.start + np.sin(turn) / self.curve, points[:, 1])
        else:
            x0, y0 = np.zeros(len(points)), points[:, 1]
        result[:, 0] = x0 + points[:, 0] * np.cos(turn)
        result[:, 1] = y0 - points[:, 0] * np.sin(turn)
        return result


@dataclass(frozen=True)
class Layout:
    """Where things are across the street; distances from the middle, positive outwards on each side."""

    plan: StreetPlan

    def side(self, sign: int) -> Side:
        return self.plan.right if sign > 0 else self.plan.left

    @property
    def carriage(self) -> float:
        return self.plan.median / 2 + self.plan.lanes * self.plan.lane

    def lane_center(self, lane: int, sign: int) -> float:
        return sign * (self.plan.median / 2 + (lane + 0.5) * self.plan.lane)

    def kerb(self, sign: int) -> float:
        side = self.side(sign)
        return self.carriage + side.bike + side.parking

    def front(self, sign: int) -> float:
        """Where the front gardens, or the houses, begin."""
        side = self.side(sign)
        return self.kerb(sign) + side.verge + side.walk + 0.2

    def houses(self, sign: int) -> float:
        return self.front(sign) + self.side(sign).front_depth

    def crossing_half(self) -> float:
        return 4.2 if self.plan.lanes == 1 else 6.2

    def intervals(self) -> list[tuple[float, float]]:
        """The blocks between the side streets, as ranges of s."""
        half = self.crossing_half()
        edges = [BEHIND]
        for s in self.plan.crossings:
            edges += [s - half, s + half]
        edges.append(self.plan.length)
        return [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]

    def on_side_street(self, s: float, margin: float = 0.0) -> bool:
        return any(abs(s - c) < self.crossing_half() + margin for c in self.plan.crossings)


def _outline(
    s0: float, s1: float, d0: float, d1: float, inset: float, round0: bool, round1: bool
) -> list[tuple[float, float]]:
    """The edge of a block as (d, s) with d measured outwards, from its far corner round by the street to the other."""
    radius = 5.0
    points: list[tuple[float, float]] = []
    if round0:
        points += [(d1, s0 + inset)]
        points += [
            (d0 + radius - (radius - inset) * math.sin(t), s0 + radius - (radius - inset) * math.cos(t))
            for t in (math.pi / 2 * k / 8 for k in range(9))
        ]
    else:
        points += [(d1, s0), (d0 + inset, s0)]
    start, end = points[-1][1], (s1 - radius if round1 else s1)
    steps = max(1, int((end - start) / 4))
    points += [(d0 + inset, start + (end - start) * k / steps) for k in range(1, steps + 1)]
    if round1:
        points += [
            (d0 + radius - (radius - inset) * math.cos(t), s1 - radius + (radius - inset) * math.sin(t))
            for t in (math.pi / 2 * k / 8 for k in range(1, 9))
        ]
        points += [(d1, s1 - inset)]
    else:
        points += [(d1, s1)]
    return points


def _strip(
    b: MeshBuilder, s0: float, s1: float, d0: float, d1: float, z: float, spec: tuple, *, step: float = 4.0
) -> None:
    count = max(1, math.ceil((s1 - s0) / step))
    for k in range(count):
        a, c = s0 + (s1 - s0) * k / count, s0 + (s1 - s0) * (k + 1) / count
        b.face([(d0, a, z), (d1, a, z), (d1, c, z), (d0, c, z)], spec)


def build_ground(layout: Layout, city: City, rng: random.Random) -> list[tuple[MeshBuilder, int]]:
    """Returns the ground meshes with their labels, in street coordinates (x is d, y is s)."""
    plan = layout.plan
    road, walks, grass = MeshBuilder(), MeshBuilder(), MeshBuilder()
    tone = rng.uniform(0.88, 1.08)
    surface = ("asphalt", tuple(round(c * tone, 3) for c in city.asphalt))
    cobbles = ("slabs", (0.36, 0.35, 0.34), 0.14, 0.11, 0.012)
    far = plan.length + 60
    edge = layout.carriage + max(plan.left.bike + plan.left.parking, plan.right.bike + plan.right.parking) + 6
    _strip(road, BEHIND - 10, far, -edge, edge, 0.0, cobbles if plan.cobbles else surface)
    for sign in (-1, 1):
        a, b = sorted((sign * edge, sign * 160))
        _strip(road, BEHIND - 10, far, a, b, -0.004, surface, step=6.0)
    paving = rng.choice(
        (
            ("slabs", (0.50, 0.49, 0.47), 0.35, 0.35),
            ("slabs", (0.46, 0.45, 0.44), 0.6, 0.4),
            ("slabs", (0.48, 0.44, 0.41), 0.22, 0.11),
            ("slabs", (0.52, 0.50, 0.47), 0.5, 0.5),
        )
    )
    kerb_stone = ("slabs", (0.58, 0.58, 0.56), 1.0, 1.0, 0.012)
    lawn = ("grass", rng.choice(((0.27, 0.34, 0.13), (0.30, 0.35, 0.16), (0.24, 0.33, 0.12))))
    for sign in (-1, 1):
        side = layout.side(sign)
        for index, (s0, s1) in enumerate(layout.intervals()):
            round0, round1 = index > 0, index < len(layout.intervals()) - 1
            d0, d1 = layout.kerb(sign), SIDE_LENGTH
            outer = _outline(s0, s1, d0, d1, 0.0, round0, round1)
            inner = _outline(s0, s1, d0, d1, 0.16, round0, round1)
            for (p, q), (pi, qi) in zip(pairwise(outer), pairwise(inner), strict=True):
                low = [(sign * p[0], p[1], -0.02), (sign * q[0], q[1], -0.02)]
                high = [(sign * p[0], p[1], KERB), (sign * q[0], q[1], KERB)]
                top = [(sign * pi[0], pi[1], KERB), (sign * qi[0], qi[1], KERB)]
                first, second = [low[0], low[1], high[1], high[0]], [high[0], high[1], top[1], top[0]]
                walks.face(first if sign < 0 else first[::-1], kerb_stone)
                walks.face(second if sign < 0 else second[::-1], kerb_stone)
            face = [(sign * d, s, KERB) for d, s in inner]
            walks.face(face if sign < 0 else face[::-1], paving)
            margin0, margin1 = (6.5 if round0 else 0.0), (6.5 if round1 else 0.0)
            if side.verge and s1 - s0 > 16:
                a, b = sorted((sign * (d0 + 0.2), sign * (d0 + 0.2 + side.verge)))
                start = s0 + margin0
                while start < s1 - margin1 - 3:
                    end = min(start + rng.uniform(9, 22), s1 - margin1)
                    _strip(grass, start, end, a, b, KERB + 0.02, lawn)
                    start = end + rng.uniform(1.5, 3.5)
            if side.front != "none":
                a, b = sorted((sign * layout.front(sign), sign * (layout.houses(sign) + 0.6)))
                _strip(
                    grass, s0 + (3.2 if round0 else 0), s1 - (3.2 if round1 else 0), a, b, KERB + 0.015, lawn
                )
            back = layout.houses(sign) + (7 if side.gap else 9)
            a, b = sorted((sign * back, sign * SIDE_LENGTH))
            _strip(grass, s0 + 12 * round0, s1 - 12 * round1, a, b, KERB + 0.02, lawn)
    if plan.median_kind == "grass":
        half = plan.median / 2
        for s0, s1 in layout.intervals():
            a, b = s0 + 2.5, s1 - 2.5
            for sign in (-1, 1):
                x, y = sorted((sign * (half - 0.2), sign * half))
                _strip(walks, a, b, x, y, KERB, kerb_stone)
                count = max(1, int((b - a) / 4))
                for k in range(count):
                    p, q = a + (b - a) * k / count, a + (b - a) * (k + 1) / count
                    walks.face(
                        [
                            (sign * half, p, 0),
                            (sign * half, q, 0),
                            (sign * half, q, KERB),
                            (sign * half, p, KERB),
                        ],
                        kerb_stone,
                    )
            for end in (a, b):
                walks.face(
                    [(-half, end, 0), (half, end, 0), (half, end, KERB), (-half, end, KERB)], kerb_stone
                )
            _strip(grass, a, b, -half + 0.2, half - 0.2, KERB + 0.02, lawn)
    return [(road, labels.ROAD), (walks, labels.SIDEWALK), (grass, labels.TERRAIN)]


def build_markings(layout: Layout, city: City, rng: random.Random) -> MeshBuilder:
    """Everything on the carriageway that is still road: paint, rails, covers, cycle lanes."""
    b = MeshBuilder()
    plan = layout.plan
    wear = rng.choice((0.25, 0.5, 0.75))
    white = ("marking", (0.80, 0.80, 0.78), wear)
    zebra_paint = ("marking", (0.80, 0.62, 0.12), wear) if city.yellow_zebra else white
    z = 0.006
    # Paint across other paint lies on top, or the two flicker black.
    above = z + 0.002
    half_cross = layout.crossing_half()

    def clear(s: float) -> bool:
        return not layout.on_side_street(s, 4.8)

    def line(d: float, *, dash: float, gap: float, width: float = 0.13) -> None:
        s = BEHIND
        while s < plan.length:
            if clear(s) and clear(s + dash):
                _strip(b, s, s + dash, d - width / 2, d + width / 2, z, white)
            s += dash + gap

    phase = 3.0
    if not plan.cobbles:
        if plan.median_kind == "none":
            if plan.lanes > 1:
                line(-0.1, dash=phase, gap=0.0)
                line(0.1, dash=phase, gap=0.0)
            elif plan.lane > 3.0:
                line(0.0, dash=phase, gap=rng.choice((4.5, 6.0)))
        elif plan.median_kind == "tram":
            for sign in (-1, 1):
                line(sign * plan.median / 2, dash=phase, gap=0.0)
        for sign in (-1, 1):
            for lane in range(1, plan.lanes):
                line(sign * (plan.median / 2 + lane * plan.lane), dash=phase, gap=5.0)
            side = layout.side(sign)
            if side.bike:
                line(sign * layout.carriage, dash=1.0, gap=1.0)
                if rng.random() < 0.5:
                    red = ("asphalt", (0.47, 0.27, 0.23))
                    for s0, s1 in layout.intervals():
                        x, y = sorted((sign * (layout.carriage + 0.08), sign * (layout.carriage + side.bike)))
                        _strip(b, s0, s1, x, y, z - 0.003, red)
                for s in (13.0, 48.0):
                    if clear(s):
                        _bicycle_symbol(b, s, sign * (layout.carriage + side.bike / 2), z, white, sign)
            if side.parking:
                inner, outer = layout.kerb(sign) - side.parking, layout.kerb(sign)
                line(sign * inner, dash=1.0, gap=rng.choice((0.0, 4.6)), width=0.1)
                s = BEHIND
                while s < plan.length:
                    if clear(s):
                        x, y = sorted((sign * inner, sign * outer))
                        _strip(b, s, s + 0.1, x, y, above, white)
                    s += 5.6
    for c in plan.crossings:
        near, far = c - half_cross - 4.2, c + half_cross + 1.2
        for s in (near, far):
            edge = layout.carriage + min(plan.left.bike, plan.right.bike)
            count = int(2 * edge / 1.0)
            for k in range(count):
                d = -edge + 0.25 + k * 1.0
                if plan.median_kind == "tram" and abs(d + 0.25) < plan.median / 2 - 0.2:
                    continue
                if plan.median_kind == "grass" and abs(d + 0.25) < plan.median / 2 + 0.2:
                    continue
                b.face([(d, s, z), (d + 0.5, s, z), (d + 0.5, s + 3.0, z), (d, s + 3.0, z)], zebra_paint)
        lane0, lane1 = plan.median / 2 + 0.15, layout.carriage - 0.1
        b.face(
            [
                (lane0, near - 1.4, above),
                (lane1, near - 1.4, above),
                (lane1, near - 0.95, above),
                (lane0, near - 0.95, above),
            ],
            white,
        )
        b.face(
            [
                (-lane1, far + 3.9, above),
                (-lane0, far + 3.9, above),
                (-lane0, far + 4.35, above),
                (-lane1, far + 4.35, above),
            ],
            white,
        )
        for sign in (-1, 1):
            mouth = layout.kerb(sign) + 1.4
            count = int(2 * half_cross / 1.0)
            for k in range(count):
                s = c - half_cross + 0.3 + k
                x, y = sorted((sign * mouth, sign * (mouth + 3.0)))
                b.face([(x, s, z), (y, s, z), (y, s + 0.5, z), (x, s + 0.5, z)], zebra_paint)
            d = mouth + 6
            while d < SIDE_LENGTH:
                x, y = sorted((sign * d, sign * (d + 3)))
                b.face([(x, c - 0.06, z), (y, c - 0.06, z), (y, c + 0.06, z), (x, c + 0.06, z)], white)
                d += 8
        for lane in range(plan.lanes):
            if near - 13 > 4 and not plan.cobbles:
                _arrow(
                    b, near - 12, layout.lane_center(lane, 1), z, white, "straight" if lane == 0 else "right"
                )
    if plan.median_kind == "tram":
        steel = ("metal", (0.42, 0.41, 0.40), 0.25)
        groove = ("plain", (0.06, 0.06, 0.06), 0.8)
        bed = ("slabs", (0.40, 0.39, 0.38), 1.2, 0.8, 0.015)
        for center in (-1.6, 1.6):
            if rng.random() < 0.6:
                _strip(b, BEHIND, plan.length, center - 1.3, center + 1.3, z - 0.004, bed)
            for rail in (-0.72, 0.72):
                d = center + rail
                _strip(b, BEHIND, plan.length, d - 0.035, d + 0.035, z + 0.003, steel)
                _strip(b, BEHIND, plan.length, d + 0.035 - 0.005, d + 0.075, z + 0.001, groove)
    for _ in range(7):
        s, d = rng.uniform(5, 60), rng.uniform(-layout.carriage, layout.carriage)
        iron = ("metal", (0.22, 0.22, 0.22), 0.55)
        ring = [
            (d + 0.34 * math.cos(t), s + 0.34 * math.sin(t), z - 0.002)
            for t in (math.tau * k / 20 for k in range(20))
        ]
        b.face(ring, ("plain", (0.12, 0.12, 0.12), 0.9))
        for k in range(-3, 4):
            w = math.sqrt(max(0.0, 0.3**2 - (k * 0.085) ** 2))
            b.face(
                [
                    (d - w, s + k * 0.085 - 0.03, z),
                    (d + w, s + k * 0.085 - 0.03, z),
                    (d + w, s + k * 0.085 + 0.03, z),
                    (d - w, s + k * 0.085 + 0.03, z),
                ],
                iron,
            )
    for sign in (-1, 1):
        for s in np.arange(-6, 80, 17.0):
            d = sign * (layout.kerb(sign) - 0.28)
            if clear(float(s)):
                for k in range(6):
                    b.face(
                        [
                            (d - 0.2, s + k * 0.075, z),
                            (d + 0.2, s + k * 0.075, z),
                            (d + 0.2, s + k * 0.075 + 0.04, z),
                            (d - 0.2, s + k * 0.075 + 0.04, z),
                        ],
                        ("metal", (0.2, 0.2, 0.2), 0.5),
                    )
    for _ in range(rng.randint(1, 4)):
        s, d = (
            rng.uniform(6, 45),
            layout.lane_center(rng.randrange(plan.lanes), rng.choice((-1, 1))) + rng.uniform(-0.8, 0.8),
        )
        tone = rng.choice((0.28, 0.33, 0.46))
        w, length = rng.uniform(0.4, 1.3), rng.uniform(1.5, 9)
        if not plan.cobbles:
            _strip(b, s, s + length, d - w, d + w, 0.003, ("asphalt", (tone, tone, tone)))
    if (
        rng.random() < 0.25
        and plan.crossings[0] > 36
        and not plan.cobbles
        and plan.lanes == 1
        and plan.median == 0
    ):
        add_text(
            b, "30", lambda u, v: (layout.lane_center(0, 1) + u * 1.1, 10 + v * 3.0, z), white, limit=2.4
        )
    return b


def _arrow(b: MeshBuilder, s: float, d: float, z: float, spec: tuple, kind: str) -> None:
    b.face([(d - 0.08, s, z), (d + 0.08, s, z), (d + 0.08, s + 3.2, z), (d - 0.08, s + 3.2, z)], spec)
    if kind == "straight":
        b.face([(d - 0.4, s + 3.1, z + 0.002), (d + 0.4, s + 3.1, z + 0.002), (d, s + 5, z + 0.002)], spec)
    else:
        b.face(
            [
                (d - 0.08, s + 3.2, z),
                (d + 0.08, s + 3.05, z),
                (d + 0.45, s + 3.5, z),
                (d + 0.45, s + 3.75, z),
            ],
            spec,
        )
        b.face([(d + 0.4, s + 3.0, z), (d + 0.95, s + 3.8, z), (d + 0.4, s + 4.3, z)], spec)


def _bicycle_symbol(b: MeshBuilder, s: float, d: float, z: float, spec: tuple, sign: int) -> None:
    for y in (-0.55, 0.55):
        for k in range(16):
            t, u = math.tau * k / 16, math.tau * (k + 1) / 16
            b.face(
                [
                    (d + r * 1.0 * math.cos(a), s + sign * y * 1.6 + r * 1.7 * math.sin(a), z)
                    for r, a in ((0.2, t), (0.27, t), (0.27, u), (0.2, u))
                ],
                spec,
            )
    for (x0, y0), (x1, y1) in (
        ((0, -0.9), (0.3, 0.0)),
        ((0.3, 0.0), (0.3, 0.7)),
        ((0.3, 0.7), (0, -0.1)),
        ((0, 0.9), (0.35, 0.8)),
        ((0, -0.1), (0, -0.9)),
    ):
        b.face(
            [
                (d + x0 - 0.03, s + sign * y0, z),
                (d + x0 + 0.03, s + sign * y0, z),
                (d + x1 + 0.03, s + sign * y1, z),
                (d + x1 - 0.03, s + sign * y1, z),
            ],
            spec,
        )
