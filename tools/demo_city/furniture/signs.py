"""Traffic signs: a post with plates; one function for each kind of plate."""

from __future__ import annotations

import random
from collections.abc import Callable

from .. import labels
from ..mesh import MeshBuilder, Spec
from ..text import add_text
from .finishes import (
    BACK,
    DARK,
    SIGN_BLUE,
    SIGN_RED,
    SIGN_WHITE,
    SIGN_YELLOW,
    STEEL,
    Parts,
)

SIGN_GREEN = ("plain", (0.10, 0.42, 0.20), 0.35)
Y = -0.05
"""Position of plates in front of the middle of their post; paint is 4 mm in front of a plate."""


def sign(rng: random.Random, kinds: tuple[str, ...]) -> Parts:
    """One or two signs on a post; backs are `static`."""
    pole, front, back = MeshBuilder(), MeshBuilder(), MeshBuilder()
    z = 2.75
    pole.tube([(0, 0, 0), (0, 0, z + 0.3)], 0.035, STEEL, sides=8)
    for kind in kinds:
        _PLATES[kind](front, back, z)
        z -= 0.72
    if rng.random() < 0.35:
        _polygon(
            front, [(-0.2, z + 0.3), (0.2, z + 0.3), (0.2, z + 0.46), (-0.2, z + 0.46)], -0.05, SIGN_WHITE
        )
        _polygon(back, [(-0.2, z + 0.3), (-0.2, z + 0.46), (0.2, z + 0.46), (0.2, z + 0.3)], -0.04, BACK)
    return {labels.POLE: pole, labels.TRAFFIC_SIGN: front, labels.STATIC: back}


def _polygon(b: MeshBuilder, points: list[tuple[float, float]], y: float, spec: Spec) -> None:
    b.face([(x, y, z) for x, z in points], spec)


def _disc(front: MeshBuilder, back: MeshBuilder, z: float, rim: Spec, face: Spec | None = None) -> None:
    """A round plate; with `face`, an inner disc inside the rim."""
    back.disc((0, Y + 0.012, z), 0.31, BACK, axis="y", sign=1.0)
    front.disc((0, Y, z), 0.31, rim, axis="y")
    if face is not None:
        front.disc((0, Y - 0.004, z), 0.31 * 0.78, face, axis="y")


def _limit(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _disc(front, back, z, SIGN_RED, SIGN_WHITE)
    add_text(front, "30", lambda u, v: (u * 0.36, Y - 0.008, z - 0.12 + v * 0.36), DARK, limit=1.2)


def _no_entry(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _disc(front, back, z, SIGN_RED)
    _polygon(
        front,
        [(-0.22, z - 0.05), (0.22, z - 0.05), (0.22, z + 0.05), (-0.22, z + 0.05)],
        Y - 0.004,
        SIGN_WHITE,
    )


def _no_parking(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _disc(front, back, z, SIGN_RED, SIGN_BLUE)
    _polygon(
        front,
        [(-0.2, z + 0.15), (0.15, z - 0.2), (0.2, z - 0.15), (-0.15, z + 0.2)],
        Y - 0.008,
        SIGN_RED,
    )


def _straight_on(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _disc(front, back, z, SIGN_BLUE)
    _polygon(
        front,
        [(-0.04, z - 0.2), (0.04, z - 0.2), (0.04, z + 0.03), (-0.04, z + 0.03)],
        Y - 0.004,
        SIGN_WHITE,
    )
    _polygon(front, [(-0.13, z + 0.02), (0.13, z + 0.02), (0, z + 0.2)], Y - 0.004, SIGN_WHITE)


def _triangle(front: MeshBuilder, z: float, s: int) -> None:
    """A white triangle with a red rim; it points up where `s` is 1."""
    for scale, dy, spec in ((0.46, 0.0, SIGN_RED), (0.33, 0.004, SIGN_WHITE)):
        tri = [
            (-scale * 0.95, z - s * scale * 0.5),
            (scale * 0.95, z - s * scale * 0.5),
            (0, z + s * scale),
        ]
        _polygon(front, tri if s > 0 else tri[::-1], Y - dy, spec)


def _triangle_back(back: MeshBuilder, z: float, s: int) -> None:
    tri = [(-0.44, z - s * 0.23), (0.44, z - s * 0.23), (0, z + s * 0.46)]
    _polygon(back, tri[::-1], Y + 0.012, BACK)


def _give_way(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _triangle(front, z, -1)
    _triangle_back(back, z, -1)


def _warning(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _triangle(front, z, 1)
    _polygon(
        front,
        [(-0.03, z - 0.1), (0.03, z - 0.1), (0.04, z + 0.16), (-0.04, z + 0.16)],
        Y - 0.008,
        DARK,
    )
    _triangle_back(back, z, 1)


def _priority(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    for scale, dy, spec in ((0.40, 0.0, SIGN_WHITE), (0.30, 0.004, SIGN_YELLOW)):
        _polygon(front, [(-scale, z), (0, z - scale), (scale, z), (0, z + scale)], Y - dy, spec)
    _polygon(back, [(-0.40, z), (0, z + 0.40), (0.40, z), (0, z - 0.40)], Y + 0.012, BACK)


def _board(front: MeshBuilder, back: MeshBuilder, z: float, half: tuple[float, float], spec: Spec) -> None:
    """A rectangular plate of half sizes (width, height) in metres."""
    w, h = half
    _polygon(front, [(-w, z - h), (w, z - h), (w, z + h), (-w, z + h)], Y, spec)
    _polygon(back, [(-w, z - h), (-w, z + h), (w, z + h), (w, z - h)], Y + 0.012, BACK)


def _crossing(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _board(front, back, z, (0.30, 0.30), SIGN_BLUE)
    _polygon(front, [(-0.24, z - 0.22), (0.24, z - 0.22), (0, z + 0.24)], Y - 0.004, SIGN_WHITE)
    _polygon(
        front,
        [(-0.03, z - 0.15), (0.05, z - 0.15), (0.03, z + 0.1), (-0.03, z + 0.1)],
        Y - 0.008,
        DARK,
    )


def _parking(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _board(front, back, z, (0.30, 0.30), SIGN_BLUE)
    add_text(front, "P", lambda u, v: (u * 0.6, Y - 0.006, z - 0.2 + v * 0.6), SIGN_WHITE, limit=1)


def _bus_stop(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _board(front, back, z, (0.30, 0.30), SIGN_GREEN)
    front.disc((0, Y - 0.004, z), 0.25, SIGN_YELLOW, axis="y")
    add_text(front, "H", lambda u, v: (u * 0.42, Y - 0.008, z - 0.14 + v * 0.42), SIGN_GREEN, limit=1)


def _direction(front: MeshBuilder, back: MeshBuilder, z: float) -> None:
    _board(front, back, z, (0.62, 0.24), SIGN_YELLOW)
    for row, name in enumerate(("Zentrum", "Hafen")):
        add_text(
            front,
            name,
            lambda u, v, row=row: (u * 0.22 - 0.05, Y - 0.006, z + 0.05 - row * 0.2 + v * 0.22),
            DARK,
            limit=4,
        )


_PLATES: dict[str, Callable[[MeshBuilder, MeshBuilder, float], None]] = {
    "limit": _limit,
    "noentry": _no_entry,
    "nopark": _no_parking,
    "roundblue": _straight_on,
    "yield": _give_way,
    "warning": _warning,
    "priority": _priority,
    "crossing": _crossing,
    "parking": _parking,
    "busstop": _bus_stop,
    "direction": _direction,
}
SIGN_KINDS = tuple(_PLATES)
