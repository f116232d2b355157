"""House by house: facades with recessed windows, shop fronts, balconies, cornices and roofs.

Local axes: the street front lies along x from 0 to `width` at y = 0 and looks along -y; the house reaches back to
y = depth. A facade is drawn in (u, v, w): metres along the wall, up, and into the wall.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ..mesh import MeshBuilder, Point, Spec
from ..text import add_text

Facade = Callable[[float, float, float], Point]

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


@dataclass(frozen=True)
class Style:
    """How the houses of one kind look; lengths in metres, colours sRGB."""

    wall: str
    colours: tuple[tuple[float, float, float], ...]
    storeys: tuple[int, int]
    bay: tuple[float, float]
    window: tuple[tuple[float, float], tuple[float, float]]
    frames: tuple[tuple[float, float, float], ...]
    roof: tuple[str, ...]
    roof_colours: tuple[tuple[float, float, float], ...]
    shop: float
    surround: float = 0.0
    shutters: float = 0.0
    balcony: float = 0.0
    cornice: float = 0.0
    storey_height: tuple[float, float] = (2.9, 3.3)
    width: tuple[float, float] = (9.0, 16.0)
    bands: bool = False


TILE_RED = ((0.42, 0.20, 0.13), (0.48, 0.25, 0.17), (0.36, 0.18, 0.13), (0.33, 0.24, 0.20))
SLATE = ((0.20, 0.21, 0.23), (0.25, 0.25, 0.27), (0.23, 0.20, 0.19))
WHITE_FRAMES = ((0.84, 0.84, 0.82), (0.80, 0.79, 0.75), (0.36, 0.24, 0.15), (0.86, 0.86, 0.85))
DARK_FRAMES = ((0.16, 0.17, 0.18), (0.30, 0.31, 0.32), (0.75, 0.75, 0.74), (0.12, 0.15, 0.17))

STYLES: dict[str, Style] = {
    "oldtown": Style(
        "plaster",
        (
            (0.78, 0.70, 0.55),
            (0.74, 0.61, 0.46),
            (0.80, 0.76, 0.68),
            (0.66, 0.52, 0.42),
            (0.62, 0.66, 0.62),
            (0.74, 0.67, 0.50),
            (0.70, 0.48, 0.38),
            (0.83, 0.81, 0.76),
            (0.58, 0.60, 0.64),
            (0.72, 0.70, 0.58),
        ),
        (2, 4),
        (2.1, 2.7),
        ((0.95, 1.15), (1.45, 1.7)),
        WHITE_FRAMES,
        ("ridge", "ridge", "gable", "mansard"),
        TILE_RED,
        0.5,
        surround=0.75,
        shutters=0.35,
        cornice=0.6,
        width=(7.0, 13.0),
    ),
    "grand": Style(
        "plaster",
        (
            (0.80, 0.77, 0.70),
            (0.76, 0.71, 0.60),
            (0.72, 0.72, 0.70),
            (0.70, 0.63, 0.50),
            (0.82, 0.80, 0.77),
            (0.62, 0.56, 0.48),
        ),
        (4, 5),
        (2.4, 3.0),
        ((1.1, 1.3), (1.9, 2.2)),
        WHITE_FRAMES,
        ("mansard", "ridge"),
        SLATE,
        0.65,
        surround=1.0,
        balcony=0.4,
        cornice=1.0,
        storey_height=(3.4, 3.8),
        width=(12.0, 20.0),
    ),
    "brick": Style(
        "brick",
        (
            (0.50, 0.27, 0.20),
            (0.45, 0.23, 0.18),
            (0.55, 0.34, 0.25),
            (0.40, 0.22, 0.18),
            (0.58, 0.40, 0.30),
            (0.34, 0.22, 0.19),
        ),
        (3, 4),
        (2.2, 3.0),
        ((1.2, 1.6), (1.5, 1.8)),
        WHITE_FRAMES,
        ("gable", "ridge", "ridge", "flat"),
        SLATE + TILE_RED[:1],
        0.35,
        surround=0.2,
        balcony=0.15,
        cornice=0.4,
        width=(7.0, 14.0),
    ),
    "row": Style(
        "brick",
        ((0.52, 0.30, 0.22), (0.60, 0.46, 0.36), (0.46, 0.26, 0.21), (0.66, 0.60, 0.52)),
        (2, 3),
        (2.4, 3.0),
        ((1.3, 1.7), (1.3, 1.6)),
        WHITE_FRAMES,
        ("ridge", "gable"),
        TILE_RED + SLATE,
        0.05,
        width=(6.0, 9.0),
    ),
    "villa": Style(
        "plaster",
        ((0.82, 0.80, 0.75), (0.78, 0.74, 0.62), (0.80, 0.78, 0.76), (0.70, 0.66, 0.60), (0.76, 0.62, 0.50)),
        (2, 3),
        (2.6, 3.4),
        ((1.2, 1.6), (1.3, 1.5)),
        WHITE_FRAMES,
        ("ridge", "gable"),
        TILE_RED,
        0.0,
        shutters=0.3,
        balcony=0.25,
        width=(9.0, 13.0),
    ),
    "postwar": Style(
        "plaster",
        (
            (0.76, 0.74, 0.68),
            (0.68, 0.66, 0.60),
            (0.70, 0.65, 0.52),
            (0.62, 0.62, 0.60),
            (0.72, 0.62, 0.52),
            (0.66, 0.69, 0.68),
        ),
        (4, 5),
        (2.8, 3.5),
        ((1.5, 1.9), (1.35, 1.5)),
        WHITE_FRAMES,
        ("ridge", "flat", "ridge"),
        TILE_RED + SLATE,
        0.45,
        balcony=0.45,
        cornice=0.2,
        storey_height=(2.8, 3.0),
        width=(12.0, 20.0),
    ),
    "concrete": Style(
        "concrete",
        ((0.66, 0.66, 0.64), (0.58, 0.58, 0.57), (0.72, 0.70, 0.66), (0.60, 0.56, 0.50)),
        (5, 7),
        (2.8, 3.6),
        ((1.8, 2.4), (1.6, 1.9)),
        DARK_FRAMES,
        ("flat",),
        SLATE,
        0.5,
        balcony=0.3,
        storey_height=(3.0, 3.4),
        width=(16.0, 26.0),
    ),
    "office": Style(
        "concrete",
        ((0.72, 0.72, 0.71), (0.50, 0.52, 0.54), (0.62, 0.60, 0.56), (0.44, 0.40, 0.37)),
        (5, 7),
        (2.6, 3.2),
        ((2.3, 2.8), (1.8, 2.1)),
        DARK_FRAMES,
        ("flat",),
        SLATE,
        0.6,
        storey_height=(3.4, 3.7),
        width=(18.0, 30.0),
        bands=True,
    ),
    "sandstone": Style(
        "stone",
        ((0.70, 0.60, 0.46), (0.64, 0.56, 0.46), (0.58, 0.54, 0.48)),
        (3, 4),
        (2.4, 3.0),
        ((1.1, 1.3), (1.8, 2.1)),
        WHITE_FRAMES,
        ("mansard", "ridge"),
        SLATE,
        0.4,
        surround=1.0,
        cornice=1.0,
        balcony=0.2,
        storey_height=(3.4, 3.8),
        width=(12.0, 20.0),
    ),
}


def slab(
    b: MeshBuilder,
    p: Facade,
    u: tuple[float, float],
    v: tuple[float, float],
    w: tuple[float, float],
    spec: Spec,
) -> None:
    """A box on the facade between the given (u, v, w) ranges; the side that touches the wall is left out."""
    (u0, u1), (v0, v1), (w0, w1) = u, v, w
    b.face([p(u0, v0, w0), p(u1, v0, w0), p(u1, v1, w0), p(u0, v1, w0)], spec)
    b.face([p(u0, v1, w0), p(u1, v1, w0), p(u1, v1, w1), p(u0, v1, w1)], spec)
    b.face([p(u0, v0, w1), p(u1, v0, w1), p(u1, v0, w0), p(u0, v0, w0)], spec)
    b.face([p(u0, v0, w1), p(u0, v0, w0), p(u0, v1, w0), p(u0, v1, w1)], spec)
    b.face([p(u1, v0, w0), p(u1, v0, w1), p(u1, v1, w1), p(u1, v1, w0)], spec)


def flat(
    b: MeshBuilder, p: Facade, u: tuple[float, float], v: tuple[float, float], w: float, spec: Spec
) -> None:
    """A rectangle parallel to the wall."""
    b.face([p(u[0], v[0], w), p(u[1], v[0], w), p(u[1], v[1], w), p(u[0], v[1], w)], spec)


def opening(
    b: MeshBuilder, p: Facade, u: tuple[float, float], v: tuple[float, float], deep: float, spec: Spec
) -> None:
    """The four reveals of a hole in the wall."""
    (u0, u1), (v0, v1) = u, v
    b.face([p(u0, v0, 0), p(u1, v0, 0), p(u1, v0, deep), p(u0, v0, deep)], spec)
    b.face([p(u0, v1, deep), p(u1, v1, deep), p(u1, v1, 0), p(u0, v1, 0)], spec)
    b.face([p(u0, v0, 0), p(u0, v0, deep), p(u0, v1, deep), p(u0, v1, 0)], spec)
    b.face([p(u1, v0, deep), p(u1, v0, 0), p(u1, v1, 0), p(u1, v1, deep)], spec)


def surround_wall(
    b: MeshBuilder,
    p: Facade,
    cell: tuple[float, float, float, float],
    hole: tuple[float, float, float, float],
    spec: Spec,
) -> None:
    """The wall of one cell (u0, v0, u1, v1) around its hole."""
    u0, v0, u1, v1 = cell
    a0, b0, a1, b1 = hole
    flat(b, p, (u0, u1), (v0, b0), 0, spec)
    flat(b, p, (u0, u1), (b1, v1), 0, spec)
    flat(b, p, (u0, a0), (b0, b1), 0, spec)
    flat(b, p, (a1, u1), (b0, b1), 0, spec)


def window(
    b: MeshBuilder,
    p: Facade,
    hole: tuple[float, float, float, float],
    rng: random.Random,
    *,
    frame: Spec,
    wall: Spec,
    deep: float,
    leaves: int,
    transom: bool,
    dusk: float,
) -> None:
    """A window in its reveal: frame, panes, and behind them a dark room, curtains or a half-lowered shutter."""
    u0, v0, u1, v1 = hole
    opening(b, p, (u0, u1), (v0, v1), deep, wall)
    lit = rng.random() < 0.35 and dusk > 0
    kind = rng.random()
    glow = dusk * rng.uniform(0.5, 1.3) if lit else 0.0
    glow = round(glow, 1)
    if lit:
        pane: Spec = ("window", rng.choice(((0.85, 0.62, 0.34), (0.80, 0.66, 0.45))), max(glow, 0.3))
    else:
        pane = (
            "window",
            rng.choice(((0.10, 0.12, 0.13), (0.16, 0.18, 0.19), (0.07, 0.08, 0.09), (0.22, 0.23, 0.23))),
        )
    flat(b, p, (u0, u1), (v0, v1), deep, pane)
    if kind < 0.34:
        cover = rng.uniform(0.2, 0.36) * (u1 - u0)
        curtain: Spec = ("curtain", rng.choice(((0.80, 0.79, 0.75), (0.70, 0.66, 0.58), (0.74, 0.75, 0.76))))
        flat(b, p, (u0, u0 + cover), (v0, v1), deep - 0.012, curtain)
        flat(b, p, (u1 - cover, u1), (v0, v1), deep - 0.012, curtain)
    elif kind < 0.52:
        flat(
            b,
            p,
            (u0, u1),
            (v0, v0 + (v1 - v0) * rng.choice((0.4, 0.5, 1.0))),
            deep - 0.012,
            ("curtain", (0.82, 0.82, 0.80)),
        )
    if kind > 0.86:
        drop = rng.choice((0.25, 0.4, 0.7, 1.0)) * (v1 - v0)
        flat(
            b,
            p,
            (u0, u1),
            (v1 - drop, v1),
            deep - 0.05,
            ("shutter", rng.choice(((0.72, 0.72, 0.70), (0.62, 0.60, 0.55), (0.78, 0.78, 0.77)))),
        )
    t, w0 = 0.065, deep - 0.035
    for u, v in (
        ((u0, u1), (v0, v0 + t)),
        ((u0, u1), (v1 - t, v1)),
        ((u0, u0 + t), (v0, v1)),
        ((u1 - t, u1), (v0, v1)),
    ):
        flat(b, p, u, v, w0, frame)
    for k in range(1, leaves):
        m = u0 + (u1 - u0) * k / leaves
        slab(b, p, (m - 0.035, m + 0.035), (v0, v1), (w0 - 0.01, deep), frame)
    if transom:
        m = v0 + (v1 - v0) * 0.68
        slab(b, p, (u0, u1), (m - 0.03, m + 0.03), (w0 - 0.008, deep), frame)


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
    a0, a1 = u0 + pillar, u1 - pillar
    opening(b, p, (a0, a1), (0, top), 0.3, trim)
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
    if rng.random() < 0.4:
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


def balcony(
    b: MeshBuilder,
    p: Facade,
    u: tuple[float, float],
    level: float,
    rng: random.Random,
    *,
    railing: str,
    colour: Spec,
) -> None:
    """A slab with a railing of bars, of glass or of masonry."""
    u0, u1 = u
    reach = 1.1
    slab(b, p, (u0, u1), (level - 0.16, level), (-reach, 0), ("dirty", (0.62, 0.61, 0.58), 0.8))
    steel: Spec = ("plain", rng.choice(((0.14, 0.14, 0.15), (0.35, 0.36, 0.37))), 0.5)
    if railing == "bars":
        for v in (level + 0.08, level + 0.95):
            slab(b, p, (u0, u1), (v, v + 0.04), (-reach, -reach + 0.04), steel)
            for x in (u0, u1 - 0.04):
                slab(b, p, (x, x + 0.04), (v, v + 0.04), (-reach, 0), steel)
        for k in range(int((u1 - u0) / 0.13) + 1):
            x = u0 + 0.13 * k
            flat(b, p, (x, x + 0.022), (level + 0.08, level + 0.95), -reach + 0.02, steel)
    else:
        panel: Spec = ("plain", (0.52, 0.58, 0.58), 0.08) if railing == "glass" else colour
        slab(b, p, (u0, u1), (level + 0.04, level + 0.95), (-reach, -reach + 0.05), panel)
        for x in (u0, u1 - 0.05):
            slab(b, p, (x, x + 0.05), (level + 0.04, level + 0.95), (-reach + 0.05, 0), panel)
        slab(b, p, (u0, u1), (level + 0.95, level + 1.0), (-reach - 0.02, -reach + 0.07), steel)
    if rng.random() < 0.4:
        for k in range(int((u1 - u0) / 0.18)):
            x = u0 + 0.18 * k + 0.1
            hue = rng.choice(((0.55, 0.12, 0.16), (0.20, 0.34, 0.12), (0.70, 0.35, 0.45), (0.24, 0.38, 0.15)))
            c = p(x, level + 0.98 + rng.uniform(0, 0.08), -reach - 0.08)
            b.ellipsoid(c, (0.12, 0.12, 0.12), ("grass", hue), sides=6, rows=4)


def facade(
    b: MeshBuilder,
    p: Facade,
    width: float,
    levels: list[float],
    style: Style,
    look: dict,
    rng: random.Random,
    *,
    street: bool,
    dusk: float,
) -> None:
    """Draws one wall from its storeys; `levels` are the heights of the floors and of the eaves."""
    wall: Spec = (style.wall,)
    base: Spec = look["base"]
    margin = look["margin"]
    bays = max(1, int((width - 2 * margin) / look["bay"]))
    pitch = (width - 2 * margin) / bays
    deep = look["deep"]
    balcony_bays = (
        [k for k in range(bays) if look["balconies"] and k % look["balcony_step"] == look["balcony_first"]]
        if street
        else []
    )
    entrance = rng.randrange(bays)
    for storey in range(len(levels) - 1):
        low, high = levels[storey], levels[storey + 1]
        flat(b, p, (0, margin), (low, high), 0, wall)
        flat(b, p, (width - margin, width), (low, high), 0, wall)
        if storey == 0 and street and look["shop"]:
            fronts = max(1, round(width / 7.5))
            for k in range(fronts):
                shop_front(
                    b,
                    p,
                    (
                        margin + (width - 2 * margin) * k / fronts,
                        margin + (width - 2 * margin) * (k + 1) / fronts,
                    ),
                    high - low,
                    rng,
                    wall=base,
                    dusk=dusk,
                )
            slab(b, p, (0, width), (high - 0.12, high + 0.06), (-0.12, 0), look["trim"])
            continue
        for k in range(bays):
            cell = (margin + k * pitch, low, margin + (k + 1) * pitch, high)
            center = (cell[0] + cell[2]) / 2
            if storey == 0 and street and k == entrance:
                hole = (center - 0.6, 0.15, center + 0.6, 2.45)
                surround_wall(b, p, cell, hole, wall)
                opening(b, p, (hole[0], hole[2]), (hole[1], hole[3]), 0.3, look["trim"])
                flat(b, p, (hole[0], hole[2]), (hole[1], hole[3]), 0.3, look["door"])
                flat(b, p, (hole[0] + 0.2, hole[2] - 0.2), (1.2, 2.2), 0.285, ("window", (0.16, 0.18, 0.19)))
                slab(b, p, (hole[0] - 0.14, hole[0]), (0, hole[3] + 0.14), (-0.05, 0), look["trim"])
                slab(b, p, (hole[2], hole[2] + 0.14), (0, hole[3] + 0.14), (-0.05, 0), look["trim"])
                slab(
                    b, p, (hole[0] - 0.2, hole[2] + 0.2), (hole[3], hole[3] + 0.18), (-0.16, 0), look["trim"]
                )
                slab(
                    b,
                    p,
                    (hole[0] - 0.1, hole[2] + 0.1),
                    (0, 0.15),
                    (-0.35, 0.3),
                    ("dirty", (0.55, 0.54, 0.51), 0.8),
                )
                continue
            w, h = look["window"]
            w = min(w, pitch - 0.3)
            h = min(h, high - low - 0.75)
            sill = low + max(0.5, min(0.95, (high - low - h) * 0.55))
            if k in balcony_bays and storey > 0:
                sill, h = low + 0.06, min(2.25, high - low - 0.5)
                w = min(pitch - 0.25, max(w, 1.5))
            hole = (center - w / 2, sill, center + w / 2, sill + h)
            surround_wall(b, p, cell, hole, wall)
            window(
                b,
                p,
                hole,
                rng,
                frame=look["frame"],
                wall=look["reveal"] or wall,
                deep=deep,
                leaves=look["leaves"],
                transom=look["transom"],
                dusk=dusk,
            )
            if look["surround"]:
                t = 0.13
                for u, v in (
                    ((hole[0] - t, hole[0]), (sill, sill + h)),
                    ((hole[2], hole[2] + t), (sill, sill + h)),
                    ((hole[0] - t, hole[2] + t), (sill + h, sill + h + t)),
                ):
                    slab(b, p, u, v, (-0.04, 0), look["trim"])
                if look["hood"] and storey in (1, 2):
                    slab(
                        b,
                        p,
                        (hole[0] - 0.25, hole[2] + 0.25),
                        (sill + h + 0.2, sill + h + 0.32),
                        (-0.2, 0),
                        look["trim"],
                    )
            slab(b, p, (hole[0] - 0.1, hole[2] + 0.1), (sill - 0.07, sill), (-0.11, 0), look["sill"])
            if look["shutters"] and storey > 0 and k not in balcony_bays and pitch - w > 0.9:
                for side in (hole[0] - w / 2 + 0.02, hole[2] + 0.02):
                    slab(
                        b, p, (side, side + w / 2 - 0.06), (sill, sill + h), (-0.05, 0), look["shutter_spec"]
                    )
            if k in balcony_bays and storey > 0:
                balcony(
                    b, p, (cell[0] + 0.05, cell[2] - 0.05), low, rng, railing=look["railing"], colour=wall
                )
        if style.bands and storey > 0:
            slab(b, p, (0, width), (low - 0.45, low + 0.4), (-0.06, 0), look["trim"])
        elif look["cornice"] and street and storey in (1, len(levels) - 2):
            slab(b, p, (0, width), (low - 0.08, low + 0.1), (-0.1, 0), look["trim"])
    slab(b, p, (0, width), (0, 0.5), (-0.03, 0), look["plinth"])
    top = levels[-1]
    slab(b, p, (0, width), (top - 0.35, top), (-0.3 if look["cornice"] else -0.12, 0), look["trim"])
    if look["cornice"]:
        slab(b, p, (0, width), (top - 0.55, top - 0.35), (-0.15, 0), look["trim"])


def _roof(
    b: MeshBuilder,
    kind: str,
    width: float,
    depth: float,
    eaves: float,
    look: dict,
    rng: random.Random,
    wall: Spec,
) -> None:
    tiles: Spec = look["tiles"]
    if kind == "flat":
        b.box((width / 2, depth / 2, eaves + 0.2), (width + 0.1, depth + 0.1, 0.9), wall)
        b.box(
            (width / 2, depth / 2, eaves + 0.67),
            (width + 0.3, depth + 0.3, 0.06),
            ("metal", (0.5, 0.51, 0.52), 0.5),
        )
        b.box(
            (width * rng.uniform(0.3, 0.7), depth / 2, eaves + 1.6),
            (3.2, 3.0, 2.4),
            ("dirty", (0.55, 0.55, 0.54), 0.8),
        )
        return
    over = 0.35
    if kind == "gable":
        rise = min(width * 0.62, 6.5)
        ridge = eaves + rise
        for y, flip in ((0.0, False), (depth, True)):
            tri = [(0, y, eaves), (width, y, eaves), (width / 2, y, ridge)]
            b.face(tri[::-1] if flip else tri, wall)
        for x, s in ((-over, -1), (width + over, 1)):
            z = eaves - over * rise / (width / 2)
            quad = [
                (x, -0.25, z),
                (width / 2, -0.25, ridge + 0.05),
                (width / 2, depth + 0.2, ridge + 0.05),
                (x, depth + 0.2, z),
            ]
            b.face(quad if s < 0 else quad[::-1], tiles)
            b.face(
                [
                    (x, -0.25, z - 0.2),
                    (width / 2, -0.25, ridge - 0.17),
                    (width / 2, -0.25, ridge + 0.05),
                    (x, -0.25, z),
                ],
                look["trim"],
            )
        if rise > 3:
            hole = (width / 2 - 0.5, eaves + 0.5, width / 2 + 0.5, eaves + 1.8)
            window(
                b,
                lambda u, v, w: (u, -0.06 + w, v),
                hole,
                rng,
                frame=look["frame"],
                wall=wall,
                deep=0.05,
                leaves=2,
                transom=False,
                dusk=0.0,
            )
        chimney = (width / 2 + 0.9, depth * 0.4, ridge - 0.3)
    else:
        first = 0.0
        if kind == "mansard":
            first, inset = 2.9, 0.9
            for y0, y1, s in ((-0.2, inset, 1), (depth + 0.2, depth - inset, -1)):
                quad = [
                    (0, y0, eaves),
                    (width, y0, eaves),
                    (width, y1, eaves + first),
                    (0, y1, eaves + first),
                ]
                b.face(quad if s > 0 else quad[::-1], tiles)
            for x in (0.0, width):
                b.face(
                    [
                        (x, -0.2, eaves),
                        (x, depth + 0.2, eaves),
                        (x, depth - inset, eaves + first),
                        (x, inset, eaves + first),
                    ],
                    wall,
                )
            front, base = inset, eaves + first
        else:
            front, base = -over - 0.1, eaves - 0.15
        rise = (depth / 2 - front) * (0.35 if kind == "mansard" else rng.uniform(0.7, 0.95))
        ridge = base + rise
        mid = depth / 2
        for y, s in ((front, 1), (depth - front, -1)):
            quad = [
                (-0.15, y, base),
                (width + 0.15, y, base),
                (width + 0.15, mid, ridge),
                (-0.15, mid, ridge),
            ]
            b.face(quad if s > 0 else quad[::-1], tiles)
        for x in (0.0, width):
            b.face(
                [(x, max(front, 0), base), (x, min(depth - front, depth), base), (x, mid, ridge - 0.05)], wall
            )
        b.tube(
            [(0, front - 0.02, base), (width, front - 0.02, base)],
            0.09,
            ("metal", (0.45, 0.40, 0.36), 0.5),
            sides=6,
        )
        count = max(1, int(width / 3.6))
        if rng.random() < 0.75:
            for k in range(count):
                x = width * (k + 0.5) / count
                if kind == "mansard":
                    z0, z1, y0, back = eaves + 0.55, eaves + 2.1, 0.0, 1.0
                else:
                    y0 = front + (mid - front) * 0.22
                    z0 = base + rise * 0.22
                    z1, back = z0 + 1.35, 1.9
                b.box((x, y0 + back / 2, (z0 + z1) / 2), (1.35, back, z1 - z0), look["trim"])
                window(
                    b,
                    lambda u, v, w, y0=y0: (u, y0 - 0.06 + w, v),
                    (x - 0.5, z0 + 0.1, x + 0.5, z1 - 0.1),
                    rng,
                    frame=look["frame"],
                    wall=look["trim"],
                    deep=0.05,
                    leaves=2,
                    transom=False,
                    dusk=0.0,
                )
                b.face(
                    [
                        (x - 0.85, y0 - 0.2, z1),
                        (x, y0 - 0.2, z1 + 0.5),
                        (x, y0 + back + 0.6, z1 + 0.5),
                        (x - 0.85, y0 + back + 0.6, z1),
                    ],
                    tiles,
                )
                b.face(
                    [
                        (x, y0 - 0.2, z1 + 0.5),
                        (x + 0.85, y0 - 0.2, z1),
                        (x + 0.85, y0 + back + 0.6, z1),
                        (x, y0 + back + 0.6, z1 + 0.5),
                    ],
                    tiles,
                )
                b.face(
                    [(x - 0.7, y0 - 0.07, z1), (x + 0.7, y0 - 0.07, z1), (x, y0 - 0.07, z1 + 0.45)],
                    look["trim"],
                )
        chimney = (width * rng.uniform(0.2, 0.8), mid - 0.8, ridge - 0.2)
    b.box(
        (chimney[0], chimney[1], chimney[2] + 0.3),
        (0.9, 0.55, 1.9),
        ("brick",) if wall[0] == "brick" else ("dirty", (0.48, 0.30, 0.24), 0.9),
    )
    b.box((chimney[0], chimney[1], chimney[2] + 1.3), (1.05, 0.7, 0.12), ("dirty", (0.4, 0.4, 0.4), 0.9))
    if rng.random() < 0.5:
        x, y, z = chimney[0] + 1.2, chimney[1], chimney[2]
        b.tube([(x, y, z - 0.5), (x, y, z + 2.2)], 0.02, ("plain", (0.4, 0.4, 0.4), 0.4), sides=4)
        for k in range(4):
            b.box((x, y, z + 1.4 + 0.22 * k), (0.9 - 0.1 * k, 0.02, 0.02), ("plain", (0.45, 0.45, 0.45), 0.4))


def build_house(
    style_name: str,
    rng: random.Random,
    *,
    width: float,
    depth: float = 11.0,
    dusk: float = 0.0,
    sides: tuple[bool, bool] = (False, False),
    taller: int = 0,
    no_shop: bool = False,
) -> tuple[MeshBuilder, tuple[float, float, float]]:
    """Builds a house and returns it with the colour its walls take; `sides` tells which flanks stand free."""
    style = STYLES[style_name]
    b = MeshBuilder()
    colour = tuple(max(0.0, min(1.0, c + rng.uniform(-0.04, 0.04))) for c in rng.choice(style.colours))
    shop = rng.random() < style.shop and not no_shop
    storeys = rng.randint(*style.storeys) + taller
    height = rng.uniform(*style.storey_height)
    levels = [0.0, rng.uniform(3.7, 4.2) if shop else height + 0.3]
    for _ in range(storeys - 1):
        levels.append(levels[-1] + height)
    light = rng.choice(((0.80, 0.78, 0.73), (0.70, 0.66, 0.58), (0.84, 0.84, 0.82)))
    trim_colour = (
        tuple(0.5 * (a + c) for a, c in zip(light, colour, strict=True))
        if style.wall != "brick"
        else (0.68, 0.65, 0.60)
    )
    (wmin, wmax), (hmin, hmax) = style.window
    frame = rng.choice(style.frames)
    surround = rng.random() < style.surround
    look = {
        "bay": rng.uniform(*style.bay),
        "margin": rng.uniform(0.3, 0.7),
        "deep": rng.uniform(0.1, 0.2),
        "window": (rng.uniform(wmin, wmax), rng.uniform(hmin, hmax)),
        "frame": ("plain", frame, 0.45),
        "leaves": 3 if wmax > 1.9 else rng.choice((2, 2, 1) if wmin > 1.0 else (2,)),
        "transom": hmin > 1.6 or rng.random() < 0.3,
        "trim": ("dirty", trim_colour, 0.8),
        "sill": ("dirty", (0.60, 0.59, 0.56), 0.7),
        "surround": surround,
        "hood": rng.random() < 0.5,
        "reveal": None if style.wall == "brick" else ("dirty", trim_colour, 0.8),
        "base": ("stone",) if rng.random() < 0.35 else (style.wall,),
        "plinth": ("dirty", tuple(c * 0.62 for c in trim_colour), 0.85),
        "door": (
            "dirty",
            rng.choice(
                (
                    (0.28, 0.16, 0.10),
                    (0.12, 0.20, 0.16),
                    (0.20, 0.22, 0.25),
                    (0.38, 0.10, 0.08),
                    (0.66, 0.66, 0.64),
                )
            ),
            0.45,
        ),
        "shutters": rng.random() < style.shutters,
        "shutter_spec": (
            "shutter",
            rng.choice(
                (
                    (0.22, 0.32, 0.24),
                    (0.36, 0.22, 0.15),
                    (0.45, 0.48, 0.46),
                    (0.55, 0.20, 0.15),
                    (0.24, 0.30, 0.36),
                )
            ),
        ),
        "balconies": rng.random() < style.balcony,
        "balcony_step": rng.choice((2, 3)),
        "balcony_first": rng.choice((0, 1)),
        "railing": rng.choice(("bars", "bars", "glass", "wall")),
        "cornice": rng.random() < style.cornice,
        "shop": shop,
        "tiles": ("tiles", rng.choice(style.roof_colours)),
    }
    walls: list[tuple[Facade, float, bool]] = [(lambda u, v, w: (u, w, v), width, True)]
    if sides[1]:
        walls.append((lambda u, v, w: (width - w, u, v), depth, False))
    if sides[0]:
        walls.append((lambda u, v, w: (w, depth - u, v), depth, False))
    for p, length, street in walls:
        facade(b, p, length, levels, style, look, rng, street=street, dusk=dusk)
    wall: Spec = (style.wall,)
    eaves = levels[-1]
    for free, x in ((sides[0], 0.0), (sides[1], width)):
        if not free:
            b.face([(x, 0, 0), (x, depth, 0), (x, depth, eaves), (x, 0, eaves)], wall)
    b.face([(width, depth, 0), (0, depth, 0), (0, depth, eaves), (width, depth, eaves)], wall)
    _roof(b, rng.choice(style.roof), width, depth, eaves, look, rng, wall)
    if rng.random() < 0.7:
        x = rng.choice((0.12, width - 0.12))
        b.tube([(x, -0.1, 0.1), (x, -0.1, eaves - 0.3)], 0.05, ("metal", (0.46, 0.44, 0.42), 0.5), sides=6)
    return b, colour
