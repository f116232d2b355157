"""A person on a bicycle or a motorcycle."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from ..mesh import MeshBuilder, Point, Spec
from .body import TOPS, Outfit, draw_outfit, head, limb, torso


@dataclass(frozen=True)
class _Seat:
    """Positions of the joints in the vehicle's coordinates; `hands` is the right one."""

    hip: Point
    neck: Point
    hands: Point
    feet: list[Point]
    helmet: Spec | None


def build_rider(rng: random.Random, *, motorcycle: bool) -> MeshBuilder:
    """Someone seated on a bicycle or a motorcycle of `vehicles`, in that vehicle's coordinates."""
    b = MeshBuilder()
    outfit = draw_outfit(rng)
    width = rng.uniform(0.37, 0.45)
    seat = _on_motorcycle(rng) if motorcycle else _on_bicycle(rng)
    hip, neck = seat.hip, seat.neck
    _legs(b, outfit, seat)
    torso(b, hip, neck, width, 0.25, outfit.top, outfit.trousers, 0.08)
    _arms(b, outfit, seat, width)
    head(
        b,
        (0, neck[1] + 0.02, neck[2]),
        outfit.skin,
        outfit.hair,
        helmet=seat.helmet,
        long_hair=rng.random() < 0.3,
        hat=None,
    )
    if rng.random() < 0.35:
        b.rounded_box(
            (0, (hip[1] + neck[1]) / 2 - 0.2, (hip[2] + neck[2]) / 2 + 0.08),
            (0.28, 0.16, 0.4),
            ("cloth", rng.choice(TOPS)),
            bevel=0.05,
        )
    return b


def _on_motorcycle(rng: random.Random) -> _Seat:
    return _Seat(
        hip=(0, -0.30, 0.93),
        neck=(0, -0.08, 1.42),
        hands=(0.31, 0.30, 1.05),
        feet=[(side * 0.22, 0.02, 0.36) for side in (-1, 1)],
        helmet=("plain", rng.choice(((0.08, 0.08, 0.08), (0.75, 0.75, 0.74), (0.5, 0.08, 0.08))), 0.15),
    )


def _on_bicycle(rng: random.Random) -> _Seat:
    turn = rng.uniform(0, math.tau)
    feet = [
        (
            side * 0.1,
            -0.08 + 0.16 * math.cos(turn + (0 if side < 0 else math.pi)),
            0.33 + 0.16 * math.sin(turn + (0 if side < 0 else math.pi)),
        )
        for side in (-1, 1)
    ]
    helmet = (
        ("plain", rng.choice(((0.8, 0.8, 0.78), (0.1, 0.1, 0.1), (0.55, 0.1, 0.1), (0.1, 0.2, 0.4))), 0.3)
        if rng.random() < 0.35
        else None
    )
    return _Seat((0, -0.26, 1.04), (0, 0.02, 1.52), (0.27, 0.18, 1.08), feet, helmet)


def _legs(b: MeshBuilder, outfit: Outfit, seat: _Seat) -> None:
    hip = seat.hip
    for side, foot in zip((-1, 1), seat.feet, strict=True):
        start = (side * 0.1, hip[1], hip[2] - 0.02)
        gap = math.dist(start, foot)
        bend = math.sqrt(max(0.01, 0.45**2 - (gap / 2) ** 2))
        knee = (side * 0.13, (start[1] + foot[1]) / 2 + bend * 0.86, (start[2] + foot[2]) / 2 + bend * 0.5)
        limb(
            b,
            [start, knee, (foot[0], foot[1] - 0.04, foot[2] + 0.06)],
            [0.095, 0.065, 0.05],
            outfit.trousers,
        )
        b.tube(
            [
                (foot[0], foot[1] - 0.1, foot[2]),
                (foot[0], foot[1], foot[2] + 0.01),
                (foot[0], foot[1] + 0.14, foot[2] - 0.005),
            ],
            [0.04, 0.048, 0.032],
            outfit.shoes,
            sides=8,
        )


def _arms(b: MeshBuilder, outfit: Outfit, seat: _Seat, width: float) -> None:
    neck, hands = seat.neck, seat.hands
    for side in (-1, 1):
        shoulder = (side * width * 0.465, neck[1], neck[2] - 0.08)
        hand = (side * hands[0], hands[1], hands[2])
        elbow = tuple(
            0.5 * (a + c) + o for a, c, o in zip(shoulder, hand, (side * 0.08, -0.05, -0.06), strict=True)
        )
        limb(b, [shoulder, elbow, hand], [0.062, 0.048, 0.038], outfit.top)
        b.ellipsoid(hand, (0.04, 0.05, 0.04), outfit.skin, sides=7, rows=5)
