"""Vehicles that drive, wait or are parked on the carriageway."""

from __future__ import annotations

import math

from .. import labels
from ..street.rails import TRACKS
from ..vehicles.bus import build_bus
from ..vehicles.tram import build_tram
from ..vehicles.truck import build_truck
from .build import Build
from .cars import LANE_CARS, PARKED_CARS, place_car
from .lanes import Lanes, heading
from .two_wheelers import place_bicycle_stand, place_motorcycles, place_riders


def place_traffic(b: Build) -> None:
    """Places all vehicles: first those of the frame's plan, then cars in the remaining places."""
    wants = b.frame.features
    lanes = Lanes(b.layout)
    if "train" in wants or "train_far" in wants:
        _tram(b)
    for kind in ("bus", "truck"):
        if kind in wants:
            _large(b, lanes, kind)
    if "motorcycle" in wants:
        place_motorcycles(b, lanes)
    if "rider" in wants:
        place_riders(b, lanes)
    if "bicycles" in wants or b.rng.random() < 0.45:
        place_bicycle_stand(b)
    jam = "light" in wants
    _lane_cars(b, lanes, jam=jam)
    for c in b.plan.crossings:
        _side_street_cars(b, c, jam=jam)
    for sign in (-1, 1):
        if b.layout.side(sign).parking:
            _parked_cars(b, sign)


def _tram(b: Build) -> None:
    """A tram on its track, or without a track, one that crosses the street far ahead."""
    rng, plan = b.rng, b.plan
    if plan.median_kind == "tram":
        left, right = TRACKS
        track, sign = rng.choice(((left, -1), (left, -1), (right, 1)))
        s = rng.uniform(30, 44) if sign < 0 else rng.uniform(32, 46)
        b.add(
            build_tram(sections=rng.choice((2, 3)), lit=b.lit),
            b.table.instance(labels.TRAIN),
            s,
            track,
            angle=heading(sign),
            colour=b.city.tram,
        )
    elif plan.crossings:
        c = plan.crossings[0]
        b.add(
            build_tram(sections=2, lit=b.lit),
            b.table.instance(labels.TRAIN),
            c + 1.5,
            rng.choice((-14.0, 15.0)),
            angle=math.pi / 2,
            colour=b.city.tram,
        )


def _large(b: Build, lanes: Lanes, kind: str) -> None:
    """A bus or a truck in a lane, or beside the oncoming lanes if no lane has room."""
    layout, rng = b.layout, b.rng
    label = labels.BUS if kind == "bus" else labels.TRUCK
    if kind == "bus":
        mesh = build_bus(lit=b.lit)
        colour = b.city.bus
    else:
        tarpaulin = rng.choice(
            (
                None,
                ("dirty", (0.20, 0.32, 0.48), 0.7),
                ("dirty", (0.52, 0.14, 0.12), 0.7),
                ("dirty", (0.72, 0.70, 0.64), 0.7),
            )
        )
        mesh = build_truck(lit=b.lit, tarpaulin=tarpaulin)
        colour = rng.choice(((0.75, 0.75, 0.74), (0.45, 0.08, 0.08), (0.10, 0.22, 0.42), (0.70, 0.52, 0.08)))
    for _ in range(12):
        lane = rng.choice(lanes.all)
        s = rng.uniform(19, 44)
        if lanes.claim(lane, s, 12.5 if kind == "bus" else 8.5) and not (
            layout.on_side_street(s, 2.0) and "light" in b.frame.features
        ):
            b.add(
                mesh,
                b.table.instance(label),
                s,
                lane[0],
                angle=heading(lane[1]) + rng.uniform(-0.02, 0.02),
                colour=colour,
            )
            return
    b.add(
        mesh,
        b.table.instance(label),
        rng.uniform(20, 28),
        -layout.carriage + 1.5,
        angle=math.pi,
        colour=colour,
    )


def _lane_cars(b: Build, lanes: Lanes, *, jam: bool) -> None:
    """Cars in the lanes; in a jam they keep clear of the side streets and many brake."""
    layout, rng, plan = b.layout, b.rng, b.plan
    for lane in lanes.all:
        s = rng.uniform(16, 36) if lane[0] == lanes.own else rng.uniform(11, 28)
        while s < plan.length - 10:
            if (
                not layout.on_side_street(s, 7.0 if jam else 0.0)
                and rng.random() < 0.75 * b.frame.density
                and lanes.claim(lane, s, 4.8)
            ):
                place_car(
                    b,
                    s,
                    lane[0] + rng.uniform(-0.15, 0.15),
                    angle=heading(lane[1]),
                    braking=jam and rng.random() < 0.6,
                    kinds=LANE_CARS,
                )
            s += rng.uniform(9, 32)


def _side_street_cars(b: Build, c: float, *, jam: bool) -> None:
    layout, rng = b.layout, b.rng
    for sign in (-1, 1):
        d = layout.kerb(sign) + (8 if jam else 5)
        while d < 60:
            if rng.random() < 0.6:
                place_car(b, c - sign * 1.8, sign * d, angle=sign * math.pi / 2, braking=jam)
            d += rng.uniform(5.5, 16)
        if jam and rng.random() < 0.35:
            place_car(b, c + 1.8, sign * rng.uniform(0, 5), angle=-math.pi / 2)


def _parked_cars(b: Build, sign: int) -> None:
    layout, rng = b.layout, b.rng
    s = rng.uniform(7.5, 13.0)
    d = layout.kerb(sign) - layout.side(sign).parking / 2
    while s < b.plan.length - 6:
        if not layout.on_side_street(s, 8.0) and rng.random() < 0.66:
            place_car(
                b,
                s,
                sign * d,
                angle=heading(sign) if rng.random() < 0.9 else heading(-sign),
                parked=True,
                kinds=PARKED_CARS,
            )
        s += rng.uniform(5.3, 6.4)
