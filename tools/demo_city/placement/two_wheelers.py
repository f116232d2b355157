"""Bicycles and motorcycles, ridden and parked."""

from __future__ import annotations

import math

from .. import labels
from ..people.rider import build_rider
from ..street.layout import KERB
from ..vehicles.bicycle import build_bicycle, build_wheel_discs
from ..vehicles.motorcycle import build_motorcycle
from .build import Build
from .lanes import Lanes, heading


def place_motorcycles(b: Build, lanes: Lanes) -> None:
    """Perhaps one motorcycle that rides towards the camera, and up to three that are parked on the pavement."""
    layout, rng = b.layout, b.rng
    if rng.random() < 0.5:
        lane = lanes.all[0]
        s = rng.uniform(12, 22)
        if lanes.claim(lane, s, 2.5):
            _two_wheeler(b, s, lane[0], angle=math.pi, motorcycle=True, ridden=True)
    count = rng.randint(1, 3)
    sign = rng.choice((-1, 1))
    start = rng.uniform(10, 18)
    for c in b.plan.crossings:
        if abs(start - c) < layout.crossing_half():
            start = c + layout.crossing_half() + 5.5
    for k in range(count):
        s = start + k * 1.1
        d = sign * (layout.kerb(sign) + 0.9)
        if b.free(s, d, 0.5) or k == 0:
            _two_wheeler(
                b,
                s,
                d,
                angle=math.pi / 2 * sign + 0.4 + rng.uniform(-0.2, 0.2),
                motorcycle=True,
                ridden=False,
                z=KERB,
            )


def place_riders(b: Build, lanes: Lanes) -> None:
    """Up to three people on bicycles, on the cycle lane or at the edge of the carriageway."""
    layout, rng, plan = b.layout, b.rng, b.plan
    for k in range(rng.randint(1, 3)):
        sign = rng.choice((1, 1, -1))
        side = layout.side(sign)
        d = layout.carriage + side.bike / 2 if side.bike else layout.carriage - 0.7
        s = rng.uniform(10, 30) if k == 0 else rng.uniform(14, 55)
        if b.free(s, sign * d, 1.0):
            _two_wheeler(
                b,
                s,
                sign * d,
                angle=heading(sign) + rng.uniform(-0.06, 0.06),
                motorcycle=False,
                ridden=True,
            )
            lanes.take((layout.lane_center(plan.lanes - 1, sign), sign), s, 3.0)


def place_bicycle_stand(b: Build) -> None:
    """A row of parked bicycles on the pavement."""
    layout, rng = b.layout, b.rng
    sign = rng.choice((-1, 1))
    start = rng.uniform(9, 24)
    for k in range(rng.randint(3, 8)):
        s = start + 0.65 * k
        d = sign * (layout.kerb(sign) + 1.1)
        if not layout.on_side_street(s, 5) and b.free(s, d, 0.3):
            _two_wheeler(
                b,
                s,
                d,
                angle=math.pi / 2 + rng.uniform(-0.12, 0.12),
                motorcycle=False,
                ridden=False,
                z=KERB,
            )


def _two_wheeler(
    b: Build, s: float, d: float, *, angle: float, motorcycle: bool, ridden: bool, z: float = 0.0
) -> None:
    rng = b.rng
    if motorcycle:
        scooter = rng.random() < 0.45
        mesh = b.cached(("motorcycle", scooter), lambda: build_motorcycle(scooter=scooter))
        index = b.table.instance(labels.MOTORCYCLE)
    else:
        basket = rng.random() < 0.3
        mesh = b.cached(("bicycle", basket), lambda: build_bicycle(basket=basket))
        index = b.table.instance(labels.BICYCLE)
    colour = rng.choice(
        (
            (0.08, 0.08, 0.09),
            (0.45, 0.08, 0.08),
            (0.10, 0.18, 0.36),
            (0.62, 0.63, 0.63),
            (0.12, 0.28, 0.2),
            (0.75, 0.74, 0.70),
        )
    )
    item = b.add(mesh, index, s, d, z=z, angle=angle, colour=colour)
    if not motorcycle:
        discs = b.cached(("wheels",), build_wheel_discs)
        b.outline(b.add(discs, index, s, d, z=z, angle=angle))
    if ridden:
        b.add(
            build_rider(rng, motorcycle=motorcycle),
            b.table.instance(labels.RIDER),
            s,
            d,
            z=z,
            angle=angle,
        )
    else:
        item.rotation_euler[1] = 0.14
