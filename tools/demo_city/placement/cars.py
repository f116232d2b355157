"""One car."""

from __future__ import annotations

from .. import labels
from ..vehicles.car import build_car
from ..vehicles.car_shapes import CAR_COLOURS
from .build import Build

# All entries have the same probability: a kind that is listed twice is twice as frequent.
CARS = ("hatchback", "sedan", "estate", "suv", "minivan", "city", "hatchback", "estate")
LANE_CARS = ("hatchback", "sedan", "estate", "suv", "minivan", "city", "van", "hatchback", "sedan")
PARKED_CARS = ("hatchback", "sedan", "estate", "suv", "minivan", "city", "van", "hatchback", "estate", "suv")


def place_car(
    b: Build,
    s: float,
    d: float,
    *,
    angle: float,
    kinds: tuple[str, ...] = CARS,
    braking: bool = False,
    parked: bool = False,
) -> None:
    kind = b.rng.choice(kinds)
    lit = b.lit and not parked
    mesh = b.cached(("car", kind, lit, braking), lambda: build_car(kind, lit=lit, braking=braking))
    colour = tuple(max(0.0, c + b.rng.uniform(-0.015, 0.015)) for c in b.rng.choice(CAR_COLOURS))
    if kind == "van":
        colour = b.rng.choice(
            (
                (0.85, 0.85, 0.84),
                (0.80, 0.62, 0.08),
                (0.25, 0.27, 0.30),
                (0.12, 0.24, 0.45),
                (0.85, 0.85, 0.84),
            )
        )
    b.add(
        mesh,
        b.table.instance(labels.CAR),
        s,
        d,
        angle=angle + b.rng.uniform(-0.02, 0.02),
        colour=colour,
        scale=b.rng.uniform(0.97, 1.04),
    )
