"""Fences of four kinds, and free-standing walls."""

from __future__ import annotations

import random
from collections.abc import Callable

from .. import labels
from ..mesh import MeshBuilder
from .finishes import GREEN_BLACK, STEEL, Parts

MESH_GREEN = ("plain", (0.13, 0.24, 0.17), 0.5)


def fence(length: float, kind: str, rng: random.Random) -> Parts:
    """A fence along x from 0 to `length`."""
    b = MeshBuilder()
    _FENCES[kind](b, length, rng)
    return {labels.FENCE: b}


def _bars(b: MeshBuilder, length: float, rng: random.Random) -> None:
    height = rng.uniform(1.2, 1.8)
    for z in (0.2, height - 0.12):
        b.box((length / 2, 0, z), (length, 0.035, 0.045), GREEN_BLACK)
    for k in range(int(length / 0.12)):
        b.box((0.06 + k * 0.12, 0, height / 2), (0.022, 0.022, height), GREEN_BLACK, open_bottom=True)
    for k in range(int(length / 2.5) + 1):
        b.box((k * 2.5, 0, height / 2 + 0.05), (0.08, 0.08, height + 0.1), GREEN_BLACK)


def _planks(b: MeshBuilder, length: float, rng: random.Random) -> None:
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


def _mesh(b: MeshBuilder, length: float, rng: random.Random) -> None:
    height = 1.9
    for k in range(int(length / 0.09)):
        b.box((k * 0.09, 0, height / 2), (0.016, 0.016, height), MESH_GREEN, open_bottom=True)
    for k in range(10):
        b.box((length / 2, 0, 0.1 + k * 0.195), (length, 0.02, 0.02), MESH_GREEN)
    for k in range(int(length / 2.5) + 1):
        b.box((k * 2.5, 0.03, height / 2), (0.06, 0.05, height), MESH_GREEN)


def _rail(b: MeshBuilder, length: float, rng: random.Random) -> None:
    for z in (0.5, 1.0):
        b.tube([(0, 0, z), (length, 0, z)], 0.025, STEEL, sides=6)
    for k in range(int(length / 1.5) + 1):
        b.tube([(k * 1.5, 0, 0), (k * 1.5, 0, 1.02)], 0.03, STEEL, sides=6)
    for k in range(int(length / 0.14)):
        b.box((k * 0.14, 0, 0.75), (0.014, 0.014, 0.5), STEEL, open_bottom=True)


_FENCES: dict[str, Callable[[MeshBuilder, float, random.Random], None]] = {
    "bars": _bars,
    "planks": _planks,
    "mesh": _mesh,
    "rail": _rail,
}


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
