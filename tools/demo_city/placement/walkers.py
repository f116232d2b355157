"""People on foot: on the pavements and at the first crossing."""

from __future__ import annotations

import math

from .. import labels
from ..people.pedestrian import build_pedestrian
from ..street.layout import KERB
from .build import Build


def place_walkers(b: Build) -> None:
    """Places pedestrians; many if the frame's plan has people."""
    busy = "people" in b.frame.features
    _on_pavements(b, busy=busy)
    for c in b.plan.crossings[:1]:
        _at_crossing(b, c, busy=busy)


def _person(b: Build, s: float, d: float, *, angle: float, z: float = KERB) -> None:
    """Places a person if the place is free."""
    if b.free(s, d, 0.35):
        b.add(build_pedestrian(b.rng), b.table.instance(labels.PERSON), s, d, z=z, angle=angle)


def _on_pavements(b: Build, *, busy: bool) -> None:
    layout, rng = b.layout, b.rng
    count = rng.randint(16, 26) if busy else rng.randint(5, 10)
    for _ in range(count):
        sign = rng.choice((-1, 1))
        s = 8 + 62 * rng.random() ** 1.5
        d = sign * rng.uniform(layout.kerb(sign) + layout.side(sign).verge + 0.7, layout.front(sign) - 0.4)
        if layout.on_side_street(s, 4.5):
            continue
        angle = rng.choice((0.0, math.pi)) + rng.uniform(-0.35, 0.35)
        _person(b, s, d, angle=angle)
        if rng.random() < 0.35:
            _person(b, s + rng.uniform(-0.2, 0.2), d + sign * 0.65, angle=angle)


def _at_crossing(b: Build, c: float, *, busy: bool) -> None:
    """People who walk over the zebra before the crossing at `c`, and who wait beside it."""
    layout, rng = b.layout, b.rng
    near = c - layout.crossing_half() - 2.7
    for _ in range(rng.randint(3, 7) if busy else rng.randint(0, 2)):
        if near > 9:
            _person(
                b,
                near + rng.uniform(-1.2, 1.2),
                rng.uniform(-layout.carriage, layout.carriage),
                angle=rng.choice((-1, 1)) * math.pi / 2 + rng.uniform(-0.2, 0.2),
                z=0.0,
            )
    for sign in (-1, 1):
        for _ in range(rng.randint(0, 3) if busy else rng.randint(0, 1)):
            _person(
                b,
                near + rng.uniform(-1.8, 1.8),
                sign * (layout.kerb(sign) + rng.uniform(0.7, 2.2)),
                angle=sign * math.pi / 2 + rng.uniform(-0.4, 0.4),
            )
