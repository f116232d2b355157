"""A pedestrian."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..mesh import MeshBuilder
from .body import TOPS, TROUSERS, Outfit, draw_outfit, head, limb, torso

HIP, NECK = 0.93, 1.46
"""Heights in metres of a person who is 1.75 m tall."""


@dataclass(frozen=True)
class _Stance:
    """Build and posture of a person; `stride` is the distance of a foot in front of the hip, in metres."""

    woman: bool
    walking: bool
    stride: float
    width: float
    depth: float
    skirt: bool
    coat: bool

    @property
    def lean(self) -> float:
        return 0.03 if self.walking else 0.0


def build_pedestrian(rng: random.Random) -> MeshBuilder:
    """Someone walking, standing or waiting, 1.0 to 1.9 m tall."""
    b = MeshBuilder()
    outfit = draw_outfit(rng)
    stance = _draw_stance(rng)
    _legs(b, outfit, stance)
    _clothes(b, outfit, stance, rng)
    _arms(b, outfit, stance, rng)
    head(
        b,
        (0, stance.lean, NECK),
        outfit.skin,
        outfit.hair,
        helmet=None,
        long_hair=stance.woman and rng.random() < 0.7,
        hat=("cloth", rng.choice(TOPS)) if rng.random() < 0.12 else None,
    )
    _bag(b, stance, rng)
    size = 0.66 if rng.random() < 0.08 else rng.uniform(0.93, 1.09)
    b.transform(lambda points: points * size)
    return b


def _draw_stance(rng: random.Random) -> _Stance:
    woman = rng.random() < 0.5
    walking = rng.random() < 0.72
    return _Stance(
        woman,
        walking,
        stride=rng.uniform(0.22, 0.36) * rng.choice((-1, 1)) if walking else rng.uniform(-0.05, 0.05),
        width=rng.uniform(0.36, 0.41) if woman else rng.uniform(0.41, 0.48),
        depth=rng.uniform(0.21, 0.30),
        skirt=woman and rng.random() < 0.3,
        coat=rng.random() < 0.3,
    )


def _legs(b: MeshBuilder, outfit: Outfit, stance: _Stance) -> None:
    width = stance.width
    for side in (-1, 1):
        swing = stance.stride * side
        hip = (side * width * 0.24, 0, HIP)
        lift = 0.13 * max(0.0, -swing) / 0.36
        ankle = (side * width * 0.22, swing, 0.09 + lift)
        knee = (side * width * 0.24, swing * 0.42 + 0.05 + 0.05 * (swing < 0), 0.50 + lift * 0.25)
        legs = outfit.skin if stance.skirt else outfit.trousers
        limb(b, [hip, knee, ankle], [0.092, 0.062, 0.042 if stance.skirt else 0.058], legs)
        b.tube(
            [
                (ankle[0], ankle[1] - 0.07, 0.045 + lift * 1.3),
                (ankle[0], ankle[1] + 0.03, 0.05 + lift),
                (ankle[0], ankle[1] + 0.17, 0.035 + lift * 0.5),
            ],
            [0.045, 0.052, 0.035],
            outfit.shoes,
            sides=8,
        )


def _clothes(b: MeshBuilder, outfit: Outfit, stance: _Stance, rng: random.Random) -> None:
    width = stance.width
    if stance.skirt:
        b.lathe(
            [(0.25, 0.5), (0.21, 0.75), (width * 0.46, 1.0)], (0, 0, 0), ("cloth", rng.choice(TOPS)), sides=14
        )
    torso(
        b,
        (0, 0, HIP),
        (0, stance.lean, NECK),
        width,
        stance.depth,
        outfit.top,
        outfit.trousers if not stance.skirt else outfit.top,
        0.75 if stance.coat else rng.uniform(0.05, 0.2),
    )


def _arms(b: MeshBuilder, outfit: Outfit, stance: _Stance, rng: random.Random) -> None:
    """Arms in long or short sleeves, perhaps with a telephone in view."""
    width = stance.width
    sleeves = outfit.top if rng.random() < 0.7 else outfit.skin
    phone = not stance.walking and rng.random() < 0.4
    for side in (-1, 1):
        swing = -stance.stride * side * 0.75
        shoulder = (side * width * 0.465, stance.lean, NECK - 0.07)
        elbow = (side * (width * 0.53 + 0.02), swing * 0.35 - 0.03, 1.13)
        hand = (side * (width * 0.50 + 0.02), swing + 0.07, 0.90)
        if phone and side == 1:
            elbow, hand = (side * width * 0.62, 0.05, 1.14), (side * 0.12, 0.30, 1.22)
        limb(b, [shoulder, elbow, hand], [0.06, 0.046, 0.036], sleeves)
        if sleeves != outfit.top:
            b.tube(
                [shoulder, tuple(a + (c - a) * 0.55 for a, c in zip(shoulder, elbow, strict=True))],
                [0.068, 0.06],
                outfit.top,
                sides=8,
            )
        b.ellipsoid(
            (hand[0], hand[1] + 0.01, hand[2] - 0.04), (0.03, 0.042, 0.06), outfit.skin, sides=7, rows=5
        )


def _bag(b: MeshBuilder, stance: _Stance, rng: random.Random) -> None:
    """A rucksack, a shoulder bag, a carrier bag or, most often, nothing."""
    width, stride = stance.width, stance.stride
    kind = rng.random()
    bag = ("cloth", rng.choice(TOPS + TROUSERS))
    if kind < 0.22:
        b.rounded_box((0, stance.lean - stance.depth / 2 - 0.08, 1.22), (0.29, 0.17, 0.42), bag, bevel=0.05)
    elif kind < 0.38:
        b.rounded_box((width * 0.62 + 0.06, stride * 0.3, 0.80), (0.12, 0.34, 0.27), bag, bevel=0.03)
        b.tube(
            [(width * 0.5, 0, NECK - 0.03), (width * 0.62 + 0.06, stride * 0.3, 0.92)], 0.012, bag, sides=4
        )
    elif kind < 0.48:
        b.box(
            (-(width * 0.62 + 0.06), -stride * 0.6, 0.68),
            (0.1, 0.3, 0.34),
            ("plain", (0.78, 0.76, 0.70), 0.7),
        )
