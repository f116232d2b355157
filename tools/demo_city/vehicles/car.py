"""Passenger cars and vans: a skin over cross sections that follow a side profile.

Local axes of all vehicles: x to the right, y forward, z up, origin on the ground under the middle. Windows, lamps
and door gaps are faces of the skin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..mesh import MeshBuilder, Point, Spec, smooth_curve
from .car_shapes import CAR_SHAPES, CarShape
from .finishes import (
    BLACK,
    CHROME,
    GLASS,
    HEADLAMP,
    HEADLAMP_LIT,
    PAINT,
    TAILLAMP,
    TAILLAMP_LIT,
    TRIM,
    UNDER,
)
from .plate import plate
from .wheels import wheel


def build_car(kind: str, *, lit: bool = False, braking: bool = False) -> MeshBuilder:
    """Builds one of `CAR_SHAPES`; the paint takes the object's colour."""
    shape = CAR_SHAPES[kind]
    lamps = _Lamps(HEADLAMP_LIT if lit else HEADLAMP, TAILLAMP_LIT if lit or braking else TAILLAMP)
    stations = _stations(shape)
    sections = [_section(kind, shape, f) for f in stations]
    rings = [ring for ring, _ in sections]
    builder = MeshBuilder()
    _skin(builder, kind, shape, stations, rings, [house for _, house in sections], lamps)
    _ends(builder, rings, lamps)
    _bumpers(builder, kind, shape)
    _running_gear(builder, kind, shape)
    _flanks(builder, kind, shape)
    return builder


@dataclass(frozen=True)
class _Lamps:
    """Materials of the lamps."""

    front: Spec
    rear: Spec


def _stations(shape: CarShape) -> list[float]:
    """The positions of cross sections, as fractions of the length counted from the tail."""
    cuts = {
        0.0,
        0.004,
        0.012,
        0.03,
        0.055,
        0.085,
        0.12,
        0.94,
        0.965,
        0.985,
        0.996,
        1.0,
        shape.cowl,
        shape.header,
        shape.roof_end,
        shape.glass_end,
        shape.side_glass_end,
    }
    cuts |= {k / 26 for k in range(1, 26)}
    for axle in shape.axles:
        cuts |= {axle + math.cos(math.pi * k / 10) * shape.arch / shape.length for k in range(11)}
    for door in shape.doors:
        cuts |= {door - 0.004 / shape.length, door + 0.004 / shape.length}
        cuts |= {door - 0.05 / shape.length * 2, door + 0.05 / shape.length * 2}
    stations = sorted(cuts)
    return [s for i, s in enumerate(stations) if i == 0 or s - stations[i - 1] > 0.0012]


def _section(kind: str, shape: CarShape, f: float) -> tuple[list[Point], float]:
    """The cross section at the fraction `f` of the length, and how much cabin it has (0..1)."""
    length, half = shape.length, shape.width / 2
    y = (f - 0.5) * length
    top = smooth_curve(shape.top, f)
    ends = min(f, 1 - f) * length
    taper = 1.0 - (0.16 if f > 0.5 else 0.09) * max(0.0, 1 - ends / (0.62 if f > 0.5 else 0.42)) ** 2
    taper -= 0.05 * max(0.0, 1 - ends / 0.06) ** 2
    bottom = shape.clearance + 0.10 * max(0.0, 1 - ends / 0.5)
    for axle in shape.axle_ys:
        if abs(y - axle) < shape.arch:
            bottom = max(bottom, shape.wheel + math.sqrt(max(shape.arch**2 - (y - axle) ** 2, 0.0)))
    belt = min(shape.belt + 0.03 * (0.6 - f), top - 0.07)
    glass_top = max(belt + 0.015, top - 0.075)
    house = max(0.0, min(1.0, (glass_top - belt - 0.03) / 0.42))
    w = half * taper
    lean = 0.10 if kind == "van" else 0.185
    upper = w - 0.045 - lean * house
    low = max(bottom + 0.03, min(0.42, belt - 0.25))
    mid = max(low + 0.02, min(belt - 0.20, 0.66 if kind != "van" else 0.85))
    if bottom > mid - 0.03:
        mid = bottom + 0.03
        low = bottom + 0.015
    shoulder = max(mid + 0.02, belt - 0.045)
    crown = top - 0.012
    right = [
        (w * 0.955, y, bottom),
        (w * 0.985, y, low),
        (w, y, mid),
        (w * 0.985, y, shoulder),
        (w - 0.04, y, belt),
        (upper, y, glass_top),
        (upper - 0.07, y, (glass_top + crown) / 2 + 0.018),
        (upper * 0.55, y, top - 0.002),
        (0.0, y, top + 0.008),
    ]
    return [*right, *[(-x, yy, z) for x, yy, z in reversed(right[:-1])]], house


def _skin(
    builder: MeshBuilder,
    kind: str,
    shape: CarShape,
    stations: list[float],
    rings: list[list[Point]],
    houses: list[float],
    lamps: _Lamps,
) -> None:
    length = shape.length
    pillars = [shape.doors[0] - 0.24, *shape.doors[1:]] if kind == "van" else [shape.doors[1]]
    last = len(rings[0]) - 2

    def material(row: int, column: int) -> Spec:
        c = min(column, last - column)
        f = (stations[row] + stations[row + 1]) / 2
        house = min(houses[row], houses[row + 1])
        if c == 0 and (f > 0.97 or f < 0.03):
            return TRIM
        if c <= 3 and any(abs(f - d) < 0.0041 / length for d in shape.doors):
            return BLACK
        if c == 2 and 0.935 < f < 0.992:
            return lamps.front
        if c == 2 and f < (0.055 if kind != "van" else 0.012):
            return lamps.rear
        if c == 3 and f < 0.03 and kind in ("suv", "estate", "minivan", "hatchback", "city"):
            return lamps.rear
        if c == 4:
            if shape.side_glass_end < f < shape.cowl - 0.02 and house > 0.1:
                if any(abs(f - p) < 0.09 / length for p in pillars):
                    return BLACK
                return GLASS
            return PAINT
        if c >= 6:
            if shape.header < f < shape.cowl:
                return GLASS
            if shape.rear_windows and shape.glass_end < f < shape.roof_end:
                return GLASS
        return PAINT

    builder.loft([r[::-1] for r in rings], lambda r, c: material(r, last - c), closed=False)


def _ends(builder: MeshBuilder, rings: list[list[Point]], lamps: _Lamps) -> None:
    """Closes the skin at the tail and at the nose, with lamps and a grille."""
    for row, forward in ((0, False), (len(rings) - 1, True)):
        ring = rings[row]
        count = len(ring)
        for c in range(count // 2):
            (rx, y, z0), (_, _, z1) = ring[c], ring[c + 1]
            rx1 = ring[c + 1][0]
            if c == 0:
                parts = [(-1.0, 1.0, TRIM)]
            elif c == 1:
                parts = [(-1.0, -0.55, PAINT), (-0.55, 0.55, BLACK if forward else PAINT), (0.55, 1.0, PAINT)]
            elif c == 2:
                lamp = lamps.front if forward else lamps.rear
                parts = [(-1.0, -0.62, lamp), (-0.62, 0.62, BLACK if forward else PAINT), (0.62, 1.0, lamp)]
            else:
                parts = [(-1.0, 1.0, PAINT)]
            for a, b, spec in parts:
                quad = [(a * rx, y, z0), (b * rx, y, z0), (b * rx1, y, z1), (a * rx1, y, z1)]
                builder.face(quad[::-1] if forward else quad, spec)


def _bumpers(builder: MeshBuilder, kind: str, shape: CarShape) -> None:
    nose, tail = shape.length / 2, -shape.length / 2
    builder.box((0, nose + 0.005, 0.47 if kind != "suv" else 0.56), (0.9, 0.02, 0.015), CHROME)
    plate(builder, nose + 0.012, shape.clearance + 0.24, forward=True)
    plate(
        builder,
        tail - 0.012,
        0.78 if kind in ("hatchback", "estate", "minivan") else (0.88 if kind == "suv" else 0.58),
        forward=False,
    )


def _running_gear(builder: MeshBuilder, kind: str, shape: CarShape) -> None:
    half = shape.width / 2
    builder.box((0, 0, shape.clearance + 0.14), (shape.width * 0.78, shape.length * 0.94, 0.18), UNDER)
    for axle in shape.axle_ys:
        builder.box((0, axle, shape.wheel + 0.08), (shape.width * 0.84, shape.arch * 1.9, 0.5), UNDER)
        for side in (-1.0, 1.0):
            wheel(
                builder,
                (side * (half - 0.115), axle, shape.wheel),
                shape.wheel,
                0.205,
                side=side,
                spokes=5 if kind in ("sedan", "suv") else 7,
            )


def _flanks(builder: MeshBuilder, kind: str, shape: CarShape) -> None:
    """Mirrors, door handles and the moulding along the doors."""
    length, half = shape.length, shape.width / 2
    mirror_y = (shape.cowl - 0.5 - 0.075) * length
    for side in (-1, 1):
        builder.ellipsoid(
            (side * (half + 0.075), mirror_y, shape.belt + 0.07), (0.11, 0.055, 0.075), PAINT, sides=8, rows=6
        )
        builder.box((side * half * 0.99, mirror_y, shape.belt + 0.02), (0.09, 0.04, 0.03), BLACK)
        for door in shape.doors:
            if door != shape.doors[0] or len(shape.doors) == 1 or kind != "van":
                builder.box(
                    (
                        side * (half - 0.002),
                        (door - 0.5) * length - 0.30 + 0.42 * (door > 0.5) - 0.2,
                        shape.belt - 0.13,
                    ),
                    (0.03, 0.16, 0.025),
                    TRIM if kind == "van" else PAINT,
                )
        builder.box((side * (half - 0.0), (0.49 - 0.5) * length, 0.36), (0.02, length * 0.42, 0.05), TRIM)
