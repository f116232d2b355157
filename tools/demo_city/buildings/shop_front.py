"""The ground floor of a shop: glass, a door, lettering, an awning."""

from __future__ import annotations

import random

from ..mesh import MeshBuilder, Spec
from ..text import add_text
from .surfaces import Facade, flat, opening, slab

SHOP_NAMES = (
    "BÄCKEREI",
    "APOTHEKE",
    "CAFÉ LUMA",
    "BUCHHANDLUNG",
    "FRISEUR",
    "OPTIK BRAND",
    "BLUMEN",
    "FAHRRAD WERK",
    "MODEHAUS",
    "KIOSK",
    "TRATTORIA",
    "REISEBÜRO",
    "SCHUHE",
    "DROGERIE",
    "IMBISS",
    "UHREN",
    "WEINLADEN",
    "COPY SHOP",
    "SPARBANK",
    "HOTEL STERN",
    "GALERIE",
    "SPIELWAREN",
    "TEEHAUS",
    "MARKT 24",
    "NORDKAUF",
    "FOTO LENZ",
    "KÜCHEN",
    "SALON MIRA",
    "PAPETERIE",
    "BISTRO",
)
SIGN_COLOURS = (
    (0.10, 0.13, 0.20),
    (0.45, 0.08, 0.08),
    (0.08, 0.25, 0.16),
    (0.75, 0.73, 0.68),
    (0.16, 0.16, 0.17),
    (0.62, 0.44, 0.10),
    (0.20, 0.30, 0.48),
    (0.30, 0.13, 0.22),
    (0.82, 0.82, 0.80),
    (0.10, 0.36, 0.40),
)
AWNINGS = (
    (0.48, 0.10, 0.10),
    (0.12, 0.28, 0.18),
    (0.60, 0.55, 0.44),
    (0.14, 0.20, 0.36),
    (0.62, 0.38, 0.10),
    (0.35, 0.35, 0.36),
)


def shop_front(
    b: MeshBuilder,
    p: Facade,
    u: tuple[float, float],
    height: float,
    rng: random.Random,
    *,
    wall: Spec,
    dusk: float,
) -> None:
    """A ground floor of glass with a door, a sign and perhaps an awning."""
    u0, u1 = u
    trim: Spec = (
        "plain",
        rng.choice(
            (
                (0.14, 0.14, 0.15),
                (0.30, 0.31, 0.32),
                (0.72, 0.72, 0.70),
                (0.24, 0.15, 0.10),
                (0.10, 0.20, 0.17),
            )
        ),
        0.45,
    )
    pillar = 0.35
    top = min(height - 0.75, 2.9)
    flat(b, p, (u0, u0 + pillar), (0, height), 0, wall)
    flat(b, p, (u1 - pillar, u1), (0, height), 0, wall)
    flat(b, p, (u0 + pillar, u1 - pillar), (top, height), 0, wall)
    glass = (u0 + pillar, u1 - pillar)
    opening(b, p, glass, (0, top), 0.3, trim)
    _panes(b, p, glass, top, rng, trim=trim, dusk=dusk)
    _sign(b, p, glass, top, rng, dusk=dusk)
    if rng.random() < 0.4:
        _awning(b, p, glass, top, rng)
    if rng.random() < 0.35:
        x = u0 + 0.15
        slab(
            b,
            p,
            (x - 0.05, x + 0.05),
            (top + 0.7, top + 1.5),
            (-0.95, -0.1),
            ("plain", rng.choice(SIGN_COLOURS), 0.4),
        )


def _panes(
    b: MeshBuilder,
    p: Facade,
    glass: tuple[float, float],
    top: float,
    rng: random.Random,
    *,
    trim: Spec,
    dusk: float,
) -> None:
    """Shop windows, one of them a door."""
    a0, a1 = glass
    panes = max(1, round((a1 - a0) / 1.7))
    door = rng.randrange(panes)
    step = (a1 - a0) / panes
    strength = 0.35 + 1.6 * dusk
    for k in range(panes):
        x0, x1 = a0 + k * step, a0 + (k + 1) * step
        foot = 0.05 if k == door else 0.45
        deep = 0.55 if k == door else 0.3
        if foot > 0.1:
            slab(b, p, (x0, x1), (0, foot), (0.22, 0.3), trim)
        flat(b, p, (x0, x1), (foot, top), deep, ("shop", strength))
        slab(b, p, (x0 - 0.035, x0 + 0.035), (0, top), (0.22, 0.3), trim)
        flat(b, p, (x0, x1), (top - 0.12, top), 0.27, trim)
        if k == door:
            slab(b, p, (x0 + 0.1, x0 + 0.17), (0, 2.2), (deep - 0.06, deep), trim)
            slab(b, p, (x1 - 0.17, x1 - 0.1), (0, 2.2), (deep - 0.06, deep), trim)
            slab(b, p, (x0, x1), (2.15, 2.25), (deep - 0.06, deep), trim)
            slab(
                b, p, (x1 - 0.32, x1 - 0.28), (0.8, 1.4), (deep - 0.12, deep), ("metal", (0.7, 0.7, 0.7), 0.3)
            )
        elif rng.random() < 0.25:
            size = rng.uniform(0.5, 0.8)
            flat(b, p, (x0 + 0.2, x0 + 0.2 + size), (1.0, 1.0 + size * 1.3), deep - 0.01, ("poster",))


def _sign(
    b: MeshBuilder, p: Facade, glass: tuple[float, float], top: float, rng: random.Random, *, dusk: float
) -> None:
    a0, a1 = glass
    colour = rng.choice(SIGN_COLOURS)
    sign: Spec = ("plain", colour, 0.5)
    letters: Spec = (
        ("glow", (0.92, 0.90, 0.84), 0.15 + dusk) if sum(colour) < 1.6 else ("plain", (0.12, 0.12, 0.14), 0.5)
    )
    slab(b, p, (a0 - 0.1, a1 + 0.1), (top + 0.06, top + 0.6), (-0.08, 0), sign)
    name = rng.choice(SHOP_NAMES)
    size = 0.4
    add_text(
        b,
        name,
        lambda x, y: p((a0 + a1) / 2 + x * size, top + 0.19 + y * size, -0.09),
        letters,
        limit=(a1 - a0) * 0.92 / size,
    )


def _awning(b: MeshBuilder, p: Facade, glass: tuple[float, float], top: float, rng: random.Random) -> None:
    a0, a1 = glass
    stripes = rng.choice(AWNINGS)
    count = max(2, round((a1 - a0) / 0.45))
    reach, low = rng.uniform(1.0, 1.5), top - 0.35
    for k in range(count):
        x0, x1 = a0 + (a1 - a0) * k / count, a0 + (a1 - a0) * (k + 1) / count
        cloth: Spec = ("dirty", stripes if k % 2 or sum(stripes) > 1.2 else (0.78, 0.76, 0.70), 0.9)
        b.face(
            [p(x0, low, -reach), p(x1, low, -reach), p(x1, top + 0.1, -0.02), p(x0, top + 0.1, -0.02)],
            cloth,
        )
        flat(b, p, (x0, x1), (low - 0.2, low), -reach, cloth)
    for x in (a0, a1):
        b.face([p(x, low, -reach), p(x, top + 0.1, -0.02), p(x, low, -0.02)], ("dirty", stripes, 0.9))
