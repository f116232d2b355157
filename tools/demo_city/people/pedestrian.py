"""People on foot and on two wheels: tapered limbs in a pose, clothes, hair, bags.

Local axes: y is where the person looks, z is up; the origin is on the ground.
"""

from __future__ import annotations

import math
import random

from ..mesh import MeshBuilder

SKINS = ((0.76, 0.58, 0.48), (0.68, 0.49, 0.39), (0.80, 0.64, 0.54), (0.45, 0.31, 0.23), (0.30, 0.20, 0.15))
HAIRS = (
    (0.10, 0.07, 0.05),
    (0.22, 0.14, 0.08),
    (0.45, 0.33, 0.18),
    (0.05, 0.05, 0.05),
    (0.55, 0.53, 0.50),
    (0.35, 0.18, 0.10),
)
TOPS = (
    (0.10, 0.11, 0.14),
    (0.16, 0.18, 0.24),
    (0.62, 0.61, 0.58),
    (0.45, 0.12, 0.12),
    (0.20, 0.28, 0.42),
    (0.33, 0.34, 0.30),
    (0.72, 0.70, 0.64),
    (0.15, 0.15, 0.15),
    (0.36, 0.24, 0.17),
    (0.55, 0.42, 0.20),
    (0.24, 0.36, 0.30),
    (0.60, 0.30, 0.34),
    (0.80, 0.79, 0.77),
    (0.28, 0.20, 0.34),
)
TROUSERS = (
    (0.14, 0.17, 0.25),
    (0.10, 0.10, 0.11),
    (0.20, 0.25, 0.35),
    (0.38, 0.34, 0.27),
    (0.24, 0.24, 0.25),
    (0.52, 0.48, 0.40),
    (0.09, 0.10, 0.13),
)
SHOES = ((0.08, 0.07, 0.07), (0.30, 0.20, 0.13), (0.75, 0.75, 0.74), (0.15, 0.15, 0.17))


def _limb(b: MeshBuilder, points: list[tuple[float, float, float]], radii: list[float], spec: tuple) -> None:
    """A limb of three joints, rounded by points in between."""
    (a, m, c), (ra, rm, rc) = points, radii

    def between(p: tuple, q: tuple, t: float) -> tuple[float, float, float]:
        return tuple(x + (y - x) * t for x, y in zip(p, q, strict=True))

    path = [
        a,
        between(a, m, 0.35),
        between(a, m, 0.9),
        between(m, c, 0.1),
        between(m, c, 0.35),
        between(m, c, 0.8),
        c,
    ]
    b.tube(path, [ra, ra * 1.02, rm * 1.02, rm, rm * 1.05, rc * 1.1, rc], spec, sides=9)


def _torso(
    b: MeshBuilder,
    hip: tuple[float, float, float],
    neck: tuple[float, float, float],
    width: float,
    depth: float,
    spec: tuple,
    lower: tuple,
    hem: float,
) -> None:
    rows = (
        (-hem, 0.98, 1.0),
        (0.0, 0.96, 1.0),
        (0.22, 0.86, 0.92),
        (0.5, 0.93, 1.02),
        (0.75, 1.02, 1.03),
        (0.9, 1.0, 0.86),
        (0.97, 0.85, 0.72),
        (1.03, 0.38, 0.5),
    )
    rings = []
    for t, sx, sy in rows:
        cy = hip[1] + (neck[1] - hip[1]) * t
        cz = hip[2] + (neck[2] - hip[2]) * t
        cx = hip[0] + (neck[0] - hip[0]) * t
        rings.append(
            [
                (
                    cx + width / 2 * sx * _super(math.cos(k * math.tau / 14)),
                    cy + depth / 2 * sy * math.sin(k * math.tau / 14),
                    cz,
                )
                for k in range(14)
            ]
        )
    b.loft(rings, spec, cap_start=True, cap_end=True)
    b.ellipsoid((hip[0], hip[1], hip[2] - 0.03), (width * 0.47, depth * 0.5, 0.13), lower, sides=12, rows=6)


def _super(value: float) -> float:
    return math.copysign(abs(value) ** 0.8, value)


def _head(
    b: MeshBuilder,
    neck: tuple[float, float, float],
    skin: tuple,
    hair: tuple,
    rng: random.Random,
    *,
    helmet: tuple | None,
    long_hair: bool,
    hat: tuple | None,
) -> None:
    x, y, z = neck
    b.tube([(x, y, z - 0.04), (x, y + 0.015, z + 0.09)], [0.07, 0.06], skin, sides=9)
    c = (x, y + 0.03, z + 0.165)
    b.ellipsoid(c, (0.076, 0.098, 0.122), skin, sides=14, rows=10)
    b.ellipsoid((c[0], c[1] + 0.098, c[2] - 0.015), (0.014, 0.02, 0.022), skin, sides=6, rows=4)
    if helmet:
        b.ellipsoid((c[0], c[1] - 0.01, c[2] + 0.04), (0.115, 0.145, 0.115), helmet, sides=14, rows=8)
        return
    if hat:
        b.ellipsoid((c[0], c[1] - 0.008, c[2] + 0.05), (0.09, 0.112, 0.095), hat, sides=12, rows=8)
        b.box((c[0], c[1] + 0.11, c[2] + 0.06), (0.13, 0.1, 0.015), hat)
        return
    b.ellipsoid((c[0], c[1] - 0.022, c[2] + 0.032), (0.086, 0.098, 0.108), hair, sides=12, rows=8)
    if long_hair:
        b.ellipsoid((c[0], c[1] - 0.065, c[2] - 0.1), (0.082, 0.055, 0.17), hair, sides=10, rows=8)


def build_pedestrian(rng: random.Random) -> MeshBuilder:
    """Someone walking, standing or waiting, 1.0 to 1.9 m tall."""
    b = MeshBuilder()
    skin = ("plain", rng.choice(SKINS), 0.6)
    hair = ("cloth", rng.choice(HAIRS))
    top, trousers = ("cloth", rng.choice(TOPS)), ("cloth", rng.choice(TROUSERS))
    shoes = ("plain", rng.choice(SHOES), 0.6)
    woman = rng.random() < 0.5
    walking = rng.random() < 0.72
    stride = rng.uniform(0.22, 0.36) * rng.choice((-1, 1)) if walking else rng.uniform(-0.05, 0.05)
    width = rng.uniform(0.36, 0.41) if woman else rng.uniform(0.41, 0.48)
    depth = rng.uniform(0.21, 0.30)
    hip_z, neck_z = 0.93, 1.46
    lean = 0.03 if walking else 0.0
    skirt = woman and rng.random() < 0.3
    coat = rng.random() < 0.3
    for side in (-1, 1):
        swing = stride * side
        hip = (side * width * 0.24, 0, hip_z)
        lift = 0.13 * max(0.0, -swing) / 0.36
        ankle = (side * width * 0.22, swing, 0.09 + lift)
        knee = (side * width * 0.24, swing * 0.42 + 0.05 + 0.05 * (swing < 0), 0.50 + lift * 0.25)
        legs = skin if skirt else trousers
        _limb(b, [hip, knee, ankle], [0.092, 0.062, 0.042 if skirt else 0.058], legs)
        b.tube(
            [
                (ankle[0], ankle[1] - 0.07, 0.045 + lift * 1.3),
                (ankle[0], ankle[1] + 0.03, 0.05 + lift),
                (ankle[0], ankle[1] + 0.17, 0.035 + lift * 0.5),
            ],
            [0.045, 0.052, 0.035],
            shoes,
            sides=8,
        )
    if skirt:
        b.lathe(
            [(0.25, 0.5), (0.21, 0.75), (width * 0.46, 1.0)], (0, 0, 0), ("cloth", rng.choice(TOPS)), sides=14
        )
    _torso(
        b,
        (0, 0, hip_z),
        (0, lean, neck_z),
        width,
        depth,
        top,
        trousers if not skirt else top,
        0.75 if coat else rng.uniform(0.05, 0.2),
    )
    sleeves = top if rng.random() < 0.7 else skin
    phone = not walking and rng.random() < 0.4
    for side in (-1, 1):
        swing = -stride * side * 0.75
        shoulder = (side * width * 0.465, lean, neck_z - 0.07)
        elbow = (side * (width * 0.53 + 0.02), swing * 0.35 - 0.03, 1.13)
        hand = (side * (width * 0.50 + 0.02), swing + 0.07, 0.90)
        if phone and side == 1:
            elbow, hand = (side * width * 0.62, 0.05, 1.14), (side * 0.12, 0.30, 1.22)
        _limb(b, [shoulder, elbow, hand], [0.06, 0.046, 0.036], top if sleeves == top else skin)
        if sleeves != top:
            b.tube(
                [shoulder, tuple(a + (c - a) * 0.55 for a, c in zip(shoulder, elbow, strict=True))],
                [0.068, 0.06],
                top,
                sides=8,
            )
        b.ellipsoid((hand[0], hand[1] + 0.01, hand[2] - 0.04), (0.03, 0.042, 0.06), skin, sides=7, rows=5)
    _head(
        b,
        (0, lean, neck_z),
        skin,
        hair,
        rng,
        helmet=None,
        long_hair=woman and rng.random() < 0.7,
        hat=("cloth", rng.choice(TOPS)) if rng.random() < 0.12 else None,
    )
    kind = rng.random()
    bag = ("cloth", rng.choice(TOPS + TROUSERS))
    if kind < 0.22:
        b.rounded_box((0, lean - depth / 2 - 0.08, 1.22), (0.29, 0.17, 0.42), bag, bevel=0.05)
    elif kind < 0.38:
        b.rounded_box((width * 0.62 + 0.06, stride * 0.3, 0.80), (0.12, 0.34, 0.27), bag, bevel=0.03)
        b.tube(
            [(width * 0.5, 0, neck_z - 0.03), (width * 0.62 + 0.06, stride * 0.3, 0.92)], 0.012, bag, sides=4
        )
    elif kind < 0.48:
        b.box(
            (-(width * 0.62 + 0.06), -stride * 0.6, 0.68),
            (0.1, 0.3, 0.34),
            ("plain", (0.78, 0.76, 0.70), 0.7),
        )
    size = 0.66 if rng.random() < 0.08 else rng.uniform(0.93, 1.09)
    b.transform(lambda points: points * size)
    return b


def build_rider(rng: random.Random, *, motorcycle: bool) -> MeshBuilder:
    """Someone seated on a bicycle or a motorcycle of `vehicles`, in that vehicle's coordinates."""
    b = MeshBuilder()
    skin = ("plain", rng.choice(SKINS), 0.6)
    hair = ("cloth", rng.choice(HAIRS))
    top = ("cloth", rng.choice(TOPS))
    trousers = ("cloth", rng.choice(TROUSERS))
    shoes = ("plain", rng.choice(SHOES), 0.6)
    width = rng.uniform(0.37, 0.45)
    if motorcycle:
        hip, neck, hands = (0, -0.30, 0.93), (0, -0.08, 1.42), (0.31, 0.30, 1.05)
        feet = [(side * 0.22, 0.02, 0.36) for side in (-1, 1)]
        helmet = ("plain", rng.choice(((0.08, 0.08, 0.08), (0.75, 0.75, 0.74), (0.5, 0.08, 0.08))), 0.15)
    else:
        hip, neck, hands = (0, -0.26, 1.04), (0, 0.02, 1.52), (0.27, 0.18, 1.08)
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
    for side, foot in zip((-1, 1), feet, strict=True):
        start = (side * 0.1, hip[1], hip[2] - 0.02)
        gap = math.dist(start, foot)
        bend = math.sqrt(max(0.01, 0.45**2 - (gap / 2) ** 2))
        knee = (side * 0.13, (start[1] + foot[1]) / 2 + bend * 0.86, (start[2] + foot[2]) / 2 + bend * 0.5)
        _limb(b, [start, knee, (foot[0], foot[1] - 0.04, foot[2] + 0.06)], [0.095, 0.065, 0.05], trousers)
        b.tube(
            [
                (foot[0], foot[1] - 0.1, foot[2]),
                (foot[0], foot[1], foot[2] + 0.01),
                (foot[0], foot[1] + 0.14, foot[2] - 0.005),
            ],
            [0.04, 0.048, 0.032],
            shoes,
            sides=8,
        )
    _torso(b, hip, neck, width, 0.25, top, trousers, 0.08)
    for side in (-1, 1):
        shoulder = (side * width * 0.465, neck[1], neck[2] - 0.08)
        hand = (side * hands[0], hands[1], hands[2])
        elbow = tuple(
            0.5 * (a + c) + o for a, c, o in zip(shoulder, hand, (side * 0.08, -0.05, -0.06), strict=True)
        )
        _limb(b, [shoulder, elbow, hand], [0.062, 0.048, 0.038], top)
        b.ellipsoid(hand, (0.04, 0.05, 0.04), skin, sides=7, rows=5)
    _head(
        b,
        (0, neck[1] + 0.02, neck[2]),
        skin,
        hair,
        rng,
        helmet=helmet,
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
