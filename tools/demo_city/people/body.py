"""Parts of a body, and the colours of people and their clothes.

Local axes of all people: y is where the person looks, z is up; the origin is on the ground.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from ..mesh import MeshBuilder, Point, Spec

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


@dataclass(frozen=True)
class Outfit:
    """Materials of a person."""

    skin: Spec
    hair: Spec
    top: Spec
    trousers: Spec
    shoes: Spec


def draw_outfit(rng: random.Random) -> Outfit:
    """Draws the look of a person; the order of the draws is the order of the lines."""
    return Outfit(
        skin=("plain", rng.choice(SKINS), 0.6),
        hair=("cloth", rng.choice(HAIRS)),
        top=("cloth", rng.choice(TOPS)),
        trousers=("cloth", rng.choice(TROUSERS)),
        shoes=("plain", rng.choice(SHOES), 0.6),
    )


def limb(b: MeshBuilder, points: list[Point], radii: list[float], spec: Spec) -> None:
    """A limb of three joints, rounded by points in between."""
    (a, m, c), (ra, rm, rc) = points, radii

    def between(p: tuple, q: tuple, t: float) -> Point:
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


def torso(
    b: MeshBuilder,
    hip: Point,
    neck: Point,
    width: float,
    depth: float,
    spec: Spec,
    lower: Spec,
    hem: float,
) -> None:
    """Trunk and hips; `hem` is how far the garment hangs below the hip, as a share of the trunk's length."""
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


def head(
    b: MeshBuilder,
    neck: Point,
    skin: Spec,
    hair: Spec,
    *,
    helmet: Spec | None,
    long_hair: bool,
    hat: Spec | None,
) -> None:
    """Neck and head; a helmet or a hat covers the hair."""
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
