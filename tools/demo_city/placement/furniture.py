"""Lamps, signs, small things, traffic lights and the wires of the tram."""

from __future__ import annotations

import math

from .. import labels
from ..furniture.finishes import DARK, STEEL
from ..furniture.lamp import lamp
from ..furniture.signs import SIGN_KINDS
from ..furniture.signs import sign as sign_post
from ..furniture.small import bench, bin_, bollard, cabinet, parasol, shelter
from ..furniture.traffic_light import traffic_light
from ..mesh import MeshBuilder
from ..street.layout import BEHIND, KERB
from ..street.rails import TRACKS
from .build import Build


def place_furniture(b: Build) -> None:
    """Places all objects along the kerb."""
    for sign in (-1, 1):
        _lamps(b, sign)
        _signs(b, sign)
        for _ in range(9):
            _small_thing(b, sign)
    _bus_stop(b)
    if "light" in b.frame.features:
        for number, c in enumerate(b.plan.crossings):
            _traffic_lights(b, c, first=number == 0)
    if b.plan.median_kind == "tram":
        _wires(b)


def _kerb_line(b: Build, sign: int) -> float:
    """The position of posts, in metres from the middle of the street."""
    return b.layout.kerb(sign) + 0.45


def _lamps(b: Build, sign: int) -> None:
    layout, rng, plan = b.layout, b.rng, b.plan
    d = _kerb_line(b, sign)
    phase = rng.uniform(0, 12)
    s = -10 + phase
    step = 26 if not b.city.old_lamps else 21
    while s < plan.length - 4:
        if not layout.on_side_street(s, 3.0) and (plan.lanes > 1 or sign > 0 or b.city.old_lamps):
            parts = lamp(
                rng,
                tall=plan.lanes > 1 or plan.median > 0,
                lit=b.lit,
                old=b.city.old_lamps and plan.median == 0,
            )
            b.add_parts(parts, s, sign * d, angle=math.pi if sign > 0 else 0.0)
            b.busy.append((s, sign * d, 0.4))
        s += step


def _signs(b: Build, sign: int) -> None:
    rng, d = b.rng, _kerb_line(b, sign)
    s = rng.uniform(7, 15)
    while s < 110:
        if not b.layout.on_side_street(s, 4.0):
            kinds = tuple(rng.sample(SIGN_KINDS, rng.choice((1, 1, 2))))
            away = sign < 0 and rng.random() < 0.55
            b.add_parts(
                sign_post(rng, kinds),
                s,
                sign * (d + 0.1),
                angle=math.pi if away else rng.uniform(-0.15, 0.15),
            )
        s += rng.uniform(11, 24)


def _small_thing(b: Build, sign: int) -> None:
    """Tries once to place a bin, a bench, a cabinet, a row of bollards or café tables."""
    layout, rng, d = b.layout, b.rng, _kerb_line(b, sign)
    s = rng.uniform(6, 75)
    if layout.on_side_street(s, 5.0):
        return
    item = rng.random()
    turn = -math.pi / 2 if sign > 0 else math.pi / 2
    place, front = d + 0.2, layout.front(sign)
    if item < 0.22:
        if b.free(s, sign * place, 0.6):
            b.add_parts(bin_(rng), s, sign * place, angle=turn)
    elif item < 0.34 and layout.side(sign).walk > 2.5:
        if b.free(s, sign * (front - 0.7), 1.1):
            b.add_parts(bench(), s, sign * (front - 0.7), angle=turn)
    elif item < 0.46:
        if b.free(s, sign * (front - 0.5), 0.8):
            b.add_parts(cabinet(rng), s, sign * (front - 0.4), angle=turn)
    elif item < 0.72:
        for k in range(rng.randint(3, 7)):
            if not layout.on_side_street(s + k * 1.8, 5.0):
                b.add_parts(bollard(), s + k * 1.8, sign * (d - 0.05))
    elif layout.side(sign).front == "none" and layout.side(sign).walk > 3:
        for k in range(rng.randint(1, 3)):
            if b.free(s + 2.9 * k, sign * (front - 1.5), 1.2):
                b.add_parts(parasol(rng), s + 2.9 * k, sign * (front - 1.5))


def _bus_stop(b: Build) -> None:
    if "bus" in b.frame.features or b.rng.random() < 0.3:
        s = b.rng.uniform(26, 50)
        if not b.layout.on_side_street(s, 6):
            b.add_parts(shelter(), s, b.layout.front(1) - 1.2, angle=-math.pi / 2)


def _traffic_lights(b: Build, c: float, *, first: bool) -> None:
    """The lights of the crossing at `c`; only the first may have an arm over the lanes."""
    layout, rng, plan = b.layout, b.rng, b.plan
    half = layout.crossing_half()
    state = rng.choice(("red", "green", "amber"))
    near, far = c - half - 5.2, c + half + 4.6
    mast = plan.lanes > 1 or rng.random() < 0.4
    right, left = layout.kerb(1), -layout.kerb(-1)
    places = [
        (state, mast and first, near, right + 0.5, 0.0),
        (state, False, far, right + 0.5, 0.0),
        (state, False, far, left - 0.5, 0.0),
    ]
    if plan.median_kind == "grass":
        places.append((state, False, near - 0.6, 0.6, 0.0))
    places += [
        ("red" if state == "green" else "green", False, near + 3, left - 0.6, math.pi / 2),
        (state, False, far - 3.2, left - 1.2, math.pi),
    ]
    for shows, arm, s, d, angle in places:
        b.add_parts(traffic_light(rng, state=shows, mast=arm), s, d, angle=angle)


def _wires(b: Build) -> None:
    """Masts and overhead wires of the tram; the wires are too thin to be annotated."""
    layout, plan = b.layout, b.plan
    wire = MeshBuilder()
    for s in range(int(BEHIND) + 5, int(plan.length), 24):
        if layout.on_side_street(s, 2.0):
            continue
        mast = MeshBuilder()
        mast.tube([(0, 0, 0), (0, 0, 7.2)], [0.12, 0.09], STEEL, sides=10)
        for sign in (-1, 1):
            d = sign * (layout.kerb(sign) + 0.35)
            b.add(mast, b.table.stuff(labels.POLE), s, d, z=KERB)
            wire.tube([(d, s, 7.1), (0, s, 6.0)], 0.012, DARK, sides=3)
    for d in TRACKS:
        points = [
            (d, s, 5.75 + 0.18 * abs(math.sin(math.pi * (s - BEHIND - 5) / 24 + math.pi / 2)))
            for s in range(int(BEHIND), int(plan.length), 4)
        ]
        wire.tube(points, 0.012, DARK, sides=3)
    b.hidden.append(
        b.link(
            wire.to_mesh("wires", b.library, bend=b.bend.points),
            b.table.stuff(labels.STATIC),
            (0, 0, 0),
            0.0,
        )
    )
