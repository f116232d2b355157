"""Things on poles and along the kerb: lamps, traffic lights, signs, bins, bollards, shelters, fences and walls.

Every builder returns parts by Cityscapes label, so that a pole and the sign on it are told apart. Local axes: things
face along -y (towards a driver who looks along +y), origin on the ground.
"""

from __future__ import annotations

import math
import random

from .. import labels
from ..mesh import MeshBuilder
from ..text import add_text

Parts = dict[int, MeshBuilder]

STEEL = ("metal", (0.46, 0.47, 0.47), 0.5)
DARK = ("plain", (0.10, 0.11, 0.11), 0.5)
GREEN_BLACK = ("plain", (0.11, 0.15, 0.13), 0.5)
SIGN_RED = ("plain", (0.66, 0.05, 0.06), 0.35)
SIGN_WHITE = ("plain", (0.88, 0.88, 0.87), 0.35)
SIGN_BLUE = ("plain", (0.03, 0.20, 0.52), 0.35)
SIGN_YELLOW = ("plain", (0.92, 0.70, 0.05), 0.35)
BACK = ("metal", (0.5, 0.5, 0.5), 0.5)


def lamp(rng: random.Random, *, tall: bool, lit: bool, old: bool) -> Parts:
    """A street lamp; its small head counts as pole, as in Cityscapes."""
    b = MeshBuilder()
    bulb = ("glow", (1.0, 0.86, 0.62), 9.0) if lit else ("plain", (0.80, 0.80, 0.76), 0.2)
    if old:
        paint = GREEN_BLACK
        b.lathe(
            [
                (0.15, 0),
                (0.15, 0.25),
                (0.10, 0.35),
                (0.07, 0.8),
                (0.055, 1.0),
                (0.045, 3.5),
                (0.06, 3.6),
                (0.03, 3.7),
            ],
            (0, 0, 0),
            paint,
            sides=10,
        )
        b.lathe([(0.05, 3.7), (0.13, 3.8), (0.19, 4.25)], (0, 0, 0), bulb, sides=6)
        b.lathe([(0.22, 4.25), (0.12, 4.42), (0.03, 4.5), (0.01, 4.62)], (0, 0, 0), paint, sides=6)
        return {labels.POLE: b}
    height = rng.uniform(8.0, 9.5) if tall else rng.uniform(4.5, 6.0)
    paint = rng.choice((STEEL, ("plain", (0.25, 0.28, 0.27), 0.5)))
    reach = 1.7 if tall else 0.5
    b.tube(
        [(0, 0, 0), (0, 0, 1.2), (0, 0, 1.25), (0, 0, height - 0.6)],
        [0.09, 0.09, 0.07, 0.05],
        paint,
        sides=10,
    )
    b.tube(
        [(0, 0, height - 0.6), (reach * 0.2, 0, height - 0.1), (reach, 0, height + 0.1)],
        [0.05, 0.045, 0.035],
        paint,
        sides=8,
    )
    b.rounded_box((reach + 0.25, 0, height + 0.12), (0.7, 0.26, 0.12), paint, bevel=0.04)
    b.face(
        [
            (reach - 0.05, -0.1, height + 0.055),
            (reach - 0.05, 0.1, height + 0.055),
            (reach + 0.55, 0.1, height + 0.055),
            (reach + 0.55, -0.1, height + 0.055),
        ],
        bulb,
    )
    return {labels.POLE: b}


def _signal(b: MeshBuilder, x: float, z: float, state: str, *, y: float = -0.12, small: bool = False) -> None:
    """One signal head of three lamps (two for walkers), its lenses towards -y."""
    names = ("red", "green") if small else ("red", "amber", "green")
    step = 0.25 if small else 0.29
    tall = step * len(names) + 0.06
    b.rounded_box((x, y, z), (0.28, 0.2, tall), DARK, bevel=0.04)
    tones = {
        "red": ((0.95, 0.05, 0.03), (0.16, 0.02, 0.02)),
        "amber": ((1.0, 0.55, 0.05), (0.18, 0.10, 0.02)),
        "green": ((0.05, 0.85, 0.45), (0.02, 0.12, 0.07)),
    }
    for k, name in enumerate(names):
        zz = z + tall / 2 - 0.03 - step * (k + 0.5)
        on = name == state
        lens = ("glow", tones[name][0], 7.0) if on else ("plain", tones[name][1], 0.2)
        b.disc((x, y - 0.105, zz), 0.095, lens, axis="y", sides=14)
        visor = [
            [
                (x + 0.115 * math.cos(t), yy, zz + 0.115 * math.sin(t))
                for t in (math.pi * (j / 8 * 1.3 - 0.15) for j in range(9))
            ]
            for yy in (y - 0.1, y - 0.27)
        ]
        b.loft(visor, DARK, closed=False)


def traffic_light(rng: random.Random, *, state: str, mast: bool) -> Parts:
    """A signal post, with an arm over the lanes (towards -x) where `mast` is set."""
    pole, light = MeshBuilder(), MeshBuilder()
    paint = rng.choice((STEEL, ("plain", (0.30, 0.32, 0.32), 0.5)))
    high = 5.6 if mast else 3.5
    pole.tube([(0, 0, 0), (0, 0, high)], [0.085, 0.07], paint, sides=10)
    _signal(light, 0, 2.75, state)
    walkers = "red" if state == "green" else "green"
    _signal(light, 0.30, 2.45, walkers, y=0.0, small=True)
    if mast:
        pole.tube([(0, 0, 5.3), (-1.5, 0, 5.55), (-3.6, 0, 5.6)], [0.07, 0.06, 0.045], paint, sides=8)
        _signal(light, -3.3, 5.35, state)
    pole.box((0.0, -0.1, 1.05), (0.12, 0.1, 0.2), ("plain", (0.75, 0.6, 0.1), 0.5))
    return {labels.POLE: pole, labels.TRAFFIC_LIGHT: light}


def _ring(b: MeshBuilder, z: float, radius: float, rim: tuple, face: tuple, *, y: float = -0.05) -> None:
    b.disc((0, y, z), radius, rim, axis="y")
    b.disc((0, y - 0.004, z), radius * 0.78, face, axis="y")


def _polygon(b: MeshBuilder, points: list[tuple[float, float]], y: float, spec: tuple) -> None:
    b.face([(x, y, z) for x, z in points], spec)


def _plate(front: MeshBuilder, back: MeshBuilder, kind: str, z: float) -> None:
    y = -0.05
    if kind in ("limit", "noentry", "nopark", "roundblue"):
        back.disc((0, y + 0.012, z), 0.31, BACK, axis="y", sign=1.0)
        if kind == "limit":
            _ring(front, z, 0.31, SIGN_RED, SIGN_WHITE)
            add_text(front, "30", lambda u, v: (u * 0.36, y - 0.008, z - 0.12 + v * 0.36), DARK, limit=1.2)
        elif kind == "noentry":
            front.disc((0, y, z), 0.31, SIGN_RED, axis="y")
            _polygon(
                front,
                [(-0.22, z - 0.05), (0.22, z - 0.05), (0.22, z + 0.05), (-0.22, z + 0.05)],
                y - 0.004,
                SIGN_WHITE,
            )
        elif kind == "nopark":
            _ring(front, z, 0.31, SIGN_RED, SIGN_BLUE)
            _polygon(
                front,
                [(-0.2, z + 0.15), (0.15, z - 0.2), (0.2, z - 0.15), (-0.15, z + 0.2)],
                y - 0.008,
                SIGN_RED,
            )
        else:
            front.disc((0, y, z), 0.31, SIGN_BLUE, axis="y")
            _polygon(
                front,
                [(-0.04, z - 0.2), (0.04, z - 0.2), (0.04, z + 0.03), (-0.04, z + 0.03)],
                y - 0.004,
                SIGN_WHITE,
            )
            _polygon(front, [(-0.13, z + 0.02), (0.13, z + 0.02), (0, z + 0.2)], y - 0.004, SIGN_WHITE)
    elif kind in ("yield", "warning"):
        s = -1 if kind == "yield" else 1
        for scale, dy, spec in ((0.46, 0.0, SIGN_RED), (0.33, 0.004, SIGN_WHITE)):
            tri = [
                (-scale * 0.95, z - s * scale * 0.5),
                (scale * 0.95, z - s * scale * 0.5),
                (0, z + s * scale),
            ]
            _polygon(front, tri if s > 0 else tri[::-1], y - dy, spec)
        if kind == "warning":
            _polygon(
                front,
                [(-0.03, z - 0.1), (0.03, z - 0.1), (0.04, z + 0.16), (-0.04, z + 0.16)],
                y - 0.008,
                DARK,
            )
        tri = [(-0.44, z - s * 0.23), (0.44, z - s * 0.23), (0, z + s * 0.46)]
        _polygon(back, tri[::-1], y + 0.012, BACK)
    elif kind == "priority":
        for scale, dy, spec in ((0.40, 0.0, SIGN_WHITE), (0.30, 0.004, SIGN_YELLOW)):
            _polygon(front, [(-scale, z), (0, z - scale), (scale, z), (0, z + scale)], y - dy, spec)
        _polygon(back, [(-0.40, z), (0, z + 0.40), (0.40, z), (0, z - 0.40)], y + 0.012, BACK)
    else:
        w, h = (0.30, 0.30) if kind in ("crossing", "parking", "busstop") else (0.62, 0.24)
        spec = {
            "crossing": SIGN_BLUE,
            "parking": SIGN_BLUE,
            "busstop": ("plain", (0.10, 0.42, 0.20), 0.35),
            "direction": SIGN_YELLOW,
        }.get(kind, SIGN_WHITE)
        _polygon(front, [(-w, z - h), (w, z - h), (w, z + h), (-w, z + h)], y, spec)
        _polygon(back, [(-w, z - h), (-w, z + h), (w, z + h), (w, z - h)], y + 0.012, BACK)
        if kind == "crossing":
            _polygon(front, [(-0.24, z - 0.22), (0.24, z - 0.22), (0, z + 0.24)], y - 0.004, SIGN_WHITE)
            _polygon(
                front,
                [(-0.03, z - 0.15), (0.05, z - 0.15), (0.03, z + 0.1), (-0.03, z + 0.1)],
                y - 0.008,
                DARK,
            )
        elif kind == "parking":
            add_text(front, "P", lambda u, v: (u * 0.6, y - 0.006, z - 0.2 + v * 0.6), SIGN_WHITE, limit=1)
        elif kind == "busstop":
            front.disc((0, y - 0.004, z), 0.25, SIGN_YELLOW, axis="y")
            add_text(
                front,
                "H",
                lambda u, v: (u * 0.42, y - 0.008, z - 0.14 + v * 0.42),
                ("plain", (0.10, 0.42, 0.20), 0.35),
                limit=1,
            )
        else:
            for row, name in enumerate(("Zentrum", "Hafen")):
                add_text(
                    front,
                    name,
                    lambda u, v, row=row: (u * 0.22 - 0.05, y - 0.006, z + 0.05 - row * 0.2 + v * 0.22),
                    DARK,
                    limit=4,
                )


SIGN_KINDS = (
    "limit",
    "noentry",
    "nopark",
    "roundblue",
    "yield",
    "warning",
    "priority",
    "crossing",
    "parking",
    "busstop",
    "direction",
)


def sign(rng: random.Random, kinds: tuple[str, ...]) -> Parts:
    """One or two signs on a post; backs are `static`."""
    pole, front, back = MeshBuilder(), MeshBuilder(), MeshBuilder()
    z = 2.75
    pole.tube([(0, 0, 0), (0, 0, z + 0.3)], 0.035, STEEL, sides=8)
    for kind in kinds:
        _plate(front, back, kind, z)
        z -= 0.72
    if rng.random() < 0.35:
        _polygon(
            front, [(-0.2, z + 0.3), (0.2, z + 0.3), (0.2, z + 0.46), (-0.2, z + 0.46)], -0.05, SIGN_WHITE
        )
        _polygon(back, [(-0.2, z + 0.3), (-0.2, z + 0.46), (0.2, z + 0.46), (0.2, z + 0.3)], -0.04, BACK)
    return {labels.POLE: pole, labels.TRAFFIC_SIGN: front, labels.STATIC: back}


def bollard() -> Parts:
    b = MeshBuilder()
    b.lathe(
        [(0.06, 0), (0.055, 0.85), (0.07, 0.88), (0.05, 0.95), (0.0, 0.97)],
        (0, 0, 0),
        ("plain", (0.16, 0.17, 0.17), 0.5),
        sides=10,
    )
    b.lathe([(0.063, 0.68), (0.063, 0.76)], (0, 0, 0), SIGN_WHITE, sides=10)
    return {labels.POLE: b}


def bin_(rng: random.Random) -> Parts:
    b = MeshBuilder()
    colour = rng.choice(((0.16, 0.28, 0.17), (0.20, 0.20, 0.21), (0.12, 0.18, 0.34), (0.42, 0.42, 0.42)))
    if rng.random() < 0.5:
        b.rounded_box((0, 0, 0.55), (0.58, 0.7, 1.0), ("dirty", colour, 0.6), bevel=0.05)
        b.box((0, 0, 1.07), (0.6, 0.74, 0.06), ("dirty", tuple(c * 0.8 for c in colour), 0.6))
    else:
        b.lathe(
            [(0.18, 0.1), (0.23, 0.85), (0.24, 0.95), (0.1, 1.0), (0.0, 1.0)],
            (0, 0, 0),
            ("dirty", colour, 0.6),
            sides=12,
        )
    return {labels.STATIC: b}


def bench() -> Parts:
    b = MeshBuilder()
    wood = ("bark", (0.45, 0.33, 0.22))
    for k in range(4):
        b.box((0, -0.2 + k * 0.12, 0.45), (1.7, 0.09, 0.035), wood)
    for k in range(3):
        b.box((0, 0.27, 0.58 + k * 0.13), (1.7, 0.03, 0.09), wood)
    for x in (-0.7, 0.7):
        b.box((x, 0.0, 0.22), (0.06, 0.45, 0.44), DARK)
        b.box((x, 0.29, 0.6), (0.05, 0.03, 0.5), DARK)
    return {labels.STATIC: b}


def cabinet(rng: random.Random) -> Parts:
    b = MeshBuilder()
    b.rounded_box(
        (0, 0, 0.6), (rng.uniform(0.7, 1.3), 0.4, 1.2), ("dirty", (0.52, 0.54, 0.52), 0.6), bevel=0.03
    )
    return {labels.STATIC: b}


def shelter() -> Parts:
    """A bus shelter, open towards -y."""
    b = MeshBuilder()
    for x in (-1.9, 0.0, 1.9):
        b.box((x, 0.7, 1.2), (0.07, 0.07, 2.4), DARK)
    b.box((0, 0.1, 2.45), (4.3, 1.7, 0.12), DARK)
    b.box((0, 0.7, 1.25), (3.8, 0.02, 1.9), ("plain", (0.42, 0.47, 0.47), 0.05))
    b.box((1.95, 0.15, 1.2), (0.12, 1.15, 1.9), ("poster",))
    b.box((-0.4, 0.45, 0.48), (2.4, 0.4, 0.05), STEEL)
    return {labels.STATIC: b}


def parasol(rng: random.Random) -> Parts:
    """A café table under a parasol with two chairs."""
    b = MeshBuilder()
    cloth = (
        "dirty",
        rng.choice(((0.72, 0.68, 0.58), (0.50, 0.12, 0.12), (0.16, 0.30, 0.22), (0.78, 0.77, 0.74))),
        0.9,
    )
    b.tube([(0, 0, 0), (0, 0, 2.5)], 0.025, STEEL, sides=6)
    b.lathe([(1.35, 2.05), (1.33, 2.15), (0.0, 2.62)], (0, 0, 0), cloth, sides=8, smooth=False)
    b.lathe([(0.38, 0.72), (0.38, 0.75), (0.0, 0.75)], (0, 0, 0), ("plain", (0.6, 0.58, 0.54), 0.4), sides=14)
    for x in (-0.75, 0.75):
        b.box((x, 0, 0.45), (0.42, 0.42, 0.04), DARK)
        b.box((x * 1.25, 0, 0.70), (0.04, 0.42, 0.45), DARK)
        for dx in (-0.17, 0.17):
            for dy in (-0.17, 0.17):
                b.box((x + dx, dy, 0.22), (0.03, 0.03, 0.44), DARK)
    return {labels.STATIC: b}


def fence(length: float, kind: str, rng: random.Random) -> Parts:
    """A fence along x from 0 to `length`."""
    b = MeshBuilder()
    if kind == "bars":
        height = rng.uniform(1.2, 1.8)
        for z in (0.2, height - 0.12):
            b.box((length / 2, 0, z), (length, 0.035, 0.045), GREEN_BLACK)
        for k in range(int(length / 0.12)):
            b.box((0.06 + k * 0.12, 0, height / 2), (0.022, 0.022, height), GREEN_BLACK, open_bottom=True)
        for k in range(int(length / 2.5) + 1):
            b.box((k * 2.5, 0, height / 2 + 0.05), (0.08, 0.08, height + 0.1), GREEN_BLACK)
    elif kind == "planks":
        height = rng.uniform(1.5, 1.8)
        tone = rng.uniform(0.75, 1.15)
        for k in range(int(length / 0.14)):
            c = tone * rng.choice((0.85, 1.0, 1.1))
            b.box(
                (0.07 + k * 0.14, 0, height / 2 + rng.uniform(-0.01, 0.01)),
                (0.125, 0.025, height),
                ("bark", (0.42 * c, 0.33 * c, 0.24 * c)),
                open_bottom=True,
            )
    elif kind == "mesh":
        height = 1.9
        for k in range(int(length / 0.09)):
            b.box(
                (k * 0.09, 0, height / 2),
                (0.016, 0.016, height),
                ("plain", (0.13, 0.24, 0.17), 0.5),
                open_bottom=True,
            )
        for k in range(10):
            b.box((length / 2, 0, 0.1 + k * 0.195), (length, 0.02, 0.02), ("plain", (0.13, 0.24, 0.17), 0.5))
        for k in range(int(length / 2.5) + 1):
            b.box((k * 2.5, 0.03, height / 2), (0.06, 0.05, height), ("plain", (0.13, 0.24, 0.17), 0.5))
    else:
        for z in (0.5, 1.0):
            b.tube([(0, 0, z), (length, 0, z)], 0.025, STEEL, sides=6)
        for k in range(int(length / 1.5) + 1):
            b.tube([(k * 1.5, 0, 0), (k * 1.5, 0, 1.02)], 0.03, STEEL, sides=6)
        for k in range(int(length / 0.14)):
            b.box((k * 0.14, 0, 0.75), (0.014, 0.014, 0.5), STEEL, open_bottom=True)
    return {labels.FENCE: b}


def wall(length: float, kind: str, rng: random.Random) -> Parts:
    """A free-standing wall along x from 0 to `length`."""
    b = MeshBuilder()
    height = rng.uniform(1.3, 2.3)
    spec = {"brick": ("brick",), "stone": ("stone",)}.get(kind, ("plaster",))
    b.box((length / 2, 0, height / 2), (length, 0.3, height), spec)
    b.box((length / 2, 0, height + 0.04), (length + 0.05, 0.42, 0.09), ("dirty", (0.55, 0.54, 0.51), 0.85))
    for k in range(int(length / 4) + 1):
        b.box((min(length, k * 4.0), 0, height / 2 + 0.05), (0.42, 0.42, height + 0.1), spec)
    return {labels.WALL: b}
