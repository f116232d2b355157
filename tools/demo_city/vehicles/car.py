"""Cars, vans, trucks, buses, trams, motorcycles and bicycles, each as one mesh.

Local axes: x to the right, y forward, z up, origin on the ground under the middle. A passenger car is a skin over
cross sections that follow a side profile, so that windows, lamps and door gaps are faces of that skin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..mesh import MeshBuilder, smooth_curve

PAINT = ("carpaint",)
GLASS = ("carglass",)
BLACK = ("plain", (0.06, 0.06, 0.065), 0.5)
RUBBER = ("plain", (0.05, 0.05, 0.052), 0.85)
UNDER = ("plain", (0.02, 0.02, 0.02), 0.9)
TRIM = ("plain", (0.13, 0.13, 0.135), 0.55)
CHROME = ("metal", (0.75, 0.75, 0.76), 0.18)
RIM = ("metal", (0.58, 0.59, 0.60), 0.3)
PLATE = ("plain", (0.86, 0.86, 0.83), 0.4)
BLUE = ("plain", (0.05, 0.15, 0.5), 0.4)
HEADLAMP = ("plain", (0.78, 0.80, 0.82), 0.06, 0.5)
HEADLAMP_LIT = ("glow", (1.0, 0.97, 0.88), 14.0)
TAILLAMP = ("plain", (0.42, 0.03, 0.03), 0.12)
TAILLAMP_LIT = ("glow", (0.95, 0.06, 0.03), 3.0)
WHITE = ("dirty", (0.86, 0.86, 0.84), 0.45)


@dataclass(frozen=True)
class CarShape:
    """A car's side view: heights in metres at fractions of the length counted from the tail."""

    length: float
    width: float
    top: tuple[tuple[float, float], ...]
    belt: float
    cowl: float
    header: float
    roof_end: float
    glass_end: float
    wheel: float = 0.32
    axles: tuple[float, float] = (0.17, 0.815)
    clearance: float = 0.2
    doors: tuple[float, ...] = (0.645, 0.415)
    side_glass_end: float = 0.16
    rear_windows: bool = True


CAR_SHAPES: dict[str, CarShape] = {
    "hatchback": CarShape(
        4.05,
        1.76,
        (
            (0.0, 0.78),
            (0.012, 0.97),
            (0.03, 1.06),
            (0.11, 1.38),
            (0.28, 1.475),
            (0.45, 1.48),
            (0.57, 1.42),
            (0.745, 1.02),
            (0.86, 0.90),
            (0.95, 0.76),
            (1.0, 0.56),
        ),
        0.92,
        0.745,
        0.575,
        0.13,
        0.04,
        side_glass_end=0.13,
    ),
    "sedan": CarShape(
        4.65,
        1.80,
        (
            (0.0, 0.72),
            (0.01, 0.93),
            (0.05, 1.01),
            (0.14, 1.06),
            (0.30, 1.39),
            (0.42, 1.45),
            (0.52, 1.44),
            (0.60, 1.37),
            (0.745, 0.99),
            (0.87, 0.88),
            (0.96, 0.73),
            (1.0, 0.54),
        ),
        0.92,
        0.74,
        0.60,
        0.31,
        0.15,
        side_glass_end=0.22,
        doors=(0.65, 0.43),
        axles=(0.20, 0.82),
    ),
    "estate": CarShape(
        4.70,
        1.80,
        (
            (0.0, 0.76),
            (0.01, 0.98),
            (0.03, 1.08),
            (0.085, 1.36),
            (0.17, 1.45),
            (0.42, 1.49),
            (0.53, 1.46),
            (0.61, 1.38),
            (0.755, 1.0),
            (0.87, 0.89),
            (0.96, 0.74),
            (1.0, 0.55),
        ),
        0.93,
        0.755,
        0.605,
        0.10,
        0.035,
        side_glass_end=0.09,
        doors=(0.66, 0.45),
        axles=(0.20, 0.82),
    ),
    "suv": CarShape(
        4.45,
        1.86,
        (
            (0.0, 0.85),
            (0.01, 1.10),
            (0.03, 1.20),
            (0.09, 1.52),
            (0.22, 1.65),
            (0.43, 1.68),
            (0.54, 1.63),
            (0.73, 1.17),
            (0.86, 1.05),
            (0.95, 0.92),
            (1.0, 0.66),
        ),
        1.05,
        0.735,
        0.555,
        0.11,
        0.035,
        wheel=0.365,
        clearance=0.26,
        side_glass_end=0.10,
    ),
    "minivan": CarShape(
        4.35,
        1.80,
        (
            (0.0, 0.82),
            (0.01, 1.02),
            (0.025, 1.12),
            (0.075, 1.52),
            (0.2, 1.64),
            (0.43, 1.66),
            (0.58, 1.56),
            (0.80, 1.06),
            (0.90, 0.92),
            (0.97, 0.76),
            (1.0, 0.60),
        ),
        0.97,
        0.80,
        0.60,
        0.09,
        0.03,
        side_glass_end=0.08,
        doors=(0.68, 0.44),
        axles=(0.18, 0.82),
    ),
    "city": CarShape(
        3.5,
        1.66,
        (
            (0.0, 0.80),
            (0.014, 0.98),
            (0.03, 1.08),
            (0.09, 1.40),
            (0.28, 1.50),
            (0.45, 1.51),
            (0.58, 1.44),
            (0.79, 1.03),
            (0.90, 0.90),
            (0.965, 0.76),
            (1.0, 0.58),
        ),
        0.93,
        0.79,
        0.585,
        0.105,
        0.035,
        wheel=0.29,
        axles=(0.155, 0.83),
        doors=(0.675, 0.40),
        side_glass_end=0.12,
    ),
    "van": CarShape(
        5.3,
        1.98,
        (
            (0.0, 1.0),
            (0.006, 1.85),
            (0.015, 2.15),
            (0.06, 2.28),
            (0.4, 2.33),
            (0.66, 2.32),
            (0.73, 2.22),
            (0.88, 1.32),
            (0.955, 1.12),
            (0.985, 0.95),
            (1.0, 0.64),
        ),
        1.16,
        0.885,
        0.735,
        0.03,
        0.012,
        wheel=0.34,
        axles=(0.20, 0.84),
        doors=(0.80, 0.62),
        side_glass_end=0.64,
        clearance=0.28,
        rear_windows=False,
    ),
}

CAR_COLOURS = (
    (0.05, 0.05, 0.055),
    (0.09, 0.095, 0.10),
    (0.55, 0.56, 0.57),
    (0.62, 0.63, 0.64),
    (0.36, 0.37, 0.39),
    (0.86, 0.86, 0.85),
    (0.80, 0.80, 0.79),
    (0.08, 0.12, 0.24),
    (0.10, 0.18, 0.36),
    (0.45, 0.06, 0.07),
    (0.33, 0.05, 0.06),
    (0.22, 0.24, 0.26),
    (0.07, 0.15, 0.13),
    (0.40, 0.36, 0.30),
    (0.16, 0.27, 0.42),
    (0.24, 0.16, 0.11),
    (0.03, 0.03, 0.035),
    (0.60, 0.44, 0.10),
)


def wheel(
    builder: MeshBuilder,
    center: tuple[float, float, float],
    radius: float,
    width: float,
    *,
    side: float,
    spokes: int = 5,
) -> None:
    """A tyre and a rim; `side` is +1 where the outer face looks along +x."""
    w = width / 2
    rim = radius * 0.66
    profile = [
        (rim, -w),
        (radius * 0.94, -w),
        (radius, -w * 0.6),
        (radius, w * 0.6),
        (radius * 0.94, w),
        (rim, w),
        (rim * 0.96, w * 0.4),
    ]
    if side < 0:
        profile = [(r, -h) for r, h in reversed(profile)]
        profile = profile[::-1]
    rows = [
        [
            (center[0] + h, center[1] + r * math.cos(t), center[2] + r * math.sin(t))
            for t in (2 * math.pi * k / 20 for k in range(20))
        ]
        for r, h in profile
    ]
    builder.loft(rows, lambda r, c: RUBBER if r < 5 else RIM)
    face_x = center[0] + side * w * 0.45
    ring = [
        (face_x, center[1] + rim * 0.96 * math.cos(t), center[2] + rim * 0.96 * math.sin(t))
        for t in (2 * math.pi * k / 20 for k in range(20))
    ]
    builder.face(ring if side > 0 else ring[::-1], BLACK)
    out = center[0] + side * w * 0.75
    for k in range(spokes):
        t = 2 * math.pi * k / spokes + 0.3
        a, b = 0.30, 0.17
        spoke = [
            (out, center[1] + radius * 0.1 * math.cos(t - 1.2), center[2] + radius * 0.1 * math.sin(t - 1.2)),
            (out - side * w * 0.2, center[1] + rim * math.cos(t - b), center[2] + rim * math.sin(t - b)),
            (
                out - side * w * 0.2,
                center[1] + rim * math.cos(t + b + a * 0.3),
                center[2] + rim * math.sin(t + b + a * 0.3),
            ),
            (out, center[1] + radius * 0.1 * math.cos(t + 1.2), center[2] + radius * 0.1 * math.sin(t + 1.2)),
        ]
        builder.face(spoke if side > 0 else spoke[::-1], RIM)
    hub = [
        (out + side * 0.005, center[1] + radius * 0.17 * math.cos(t), center[2] + radius * 0.17 * math.sin(t))
        for t in (2 * math.pi * k / 10 for k in range(10))
    ]
    builder.face(hub if side > 0 else hub[::-1], RIM)


def plate(builder: MeshBuilder, y: float, z: float, *, forward: bool) -> None:
    """A licence plate; it belongs to the car in the ground truth."""
    s = 1 if forward else -1
    builder.box((0, y, z), (0.52, 0.02, 0.115), PLATE)
    builder.box((-0.235 * s, y + s * 0.004, z), (0.045, 0.02, 0.11), BLUE)
    for k in range(7):
        if k != 2:
            builder.box(((-0.16 + k * 0.055) * s, y + s * 0.004, z), (0.032, 0.018, 0.07), BLACK)


def build_car(kind: str, *, lit: bool = False, braking: bool = False) -> MeshBuilder:
    """Builds one of `CAR_SHAPES`; the paint takes the object's colour."""
    shape = CAR_SHAPES[kind]
    length, half = shape.length, shape.width / 2
    axles = [(a - 0.5) * length for a in shape.axles]
    arch = shape.wheel + 0.055
    front_lamp = HEADLAMP_LIT if lit else HEADLAMP
    rear_lamp = TAILLAMP_LIT if lit or braking else TAILLAMP

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
        cuts |= {axle + math.cos(math.pi * k / 10) * arch / length for k in range(11)}
    for door in shape.doors:
        cuts |= {door - 0.004 / length, door + 0.004 / length}
        cuts |= {door - 0.05 / length * 2, door + 0.05 / length * 2}
    stations = sorted(cuts)
    stations = [s for i, s in enumerate(stations) if i == 0 or s - stations[i - 1] > 0.0012]
    pillars = [shape.doors[0] - 0.24, *shape.doors[1:]] if kind == "van" else [shape.doors[1]]

    rings, info = [], []
    for f in stations:
        y = (f - 0.5) * length
        top = smooth_curve(shape.top, f)
        ends = min(f, 1 - f) * length
        taper = 1.0 - (0.16 if f > 0.5 else 0.09) * max(0.0, 1 - ends / (0.62 if f > 0.5 else 0.42)) ** 2
        taper -= 0.05 * max(0.0, 1 - ends / 0.06) ** 2
        bottom = shape.clearance + 0.10 * max(0.0, 1 - ends / 0.5)
        for axle in axles:
            if abs(y - axle) < arch:
                bottom = max(bottom, shape.wheel + math.sqrt(max(arch**2 - (y - axle) ** 2, 0.0)))
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
        rings.append([*right, *[(-x, yy, z) for x, yy, z in reversed(right[:-1])]])
        info.append((f, house))

    last = len(rings[0]) - 2

    def material(row: int, column: int) -> tuple | None:
        c = min(column, last - column)
        f = (stations[row] + stations[row + 1]) / 2
        house = min(info[row][1], info[row + 1][1])
        if c == 0 and (f > 0.97 or f < 0.03):
            return TRIM
        if c <= 3 and any(abs(f - d) < 0.0041 / length for d in shape.doors):
            return BLACK
        if c == 2 and 0.935 < f < 0.992:
            return front_lamp
        if c == 2 and f < (0.055 if kind != "van" else 0.012):
            return rear_lamp
        if c == 3 and f < 0.03 and kind in ("suv", "estate", "minivan", "hatchback", "city"):
            return rear_lamp
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

    builder = MeshBuilder()
    builder.loft([r[::-1] for r in rings], lambda r, c: material(r, last - c), closed=False)

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
                lamp = front_lamp if forward else rear_lamp
                parts = [(-1.0, -0.62, lamp), (-0.62, 0.62, BLACK if forward else PAINT), (0.62, 1.0, lamp)]
            else:
                parts = [(-1.0, 1.0, PAINT)]
            for a, b, spec in parts:
                quad = [(a * rx, y, z0), (b * rx, y, z0), (b * rx1, y, z1), (a * rx1, y, z1)]
                builder.face(quad[::-1] if forward else quad, spec)

    nose, tail = length / 2, -length / 2
    builder.box((0, nose + 0.005, 0.47 if kind != "suv" else 0.56), (0.9, 0.02, 0.015), CHROME)
    plate(builder, nose + 0.012, shape.clearance + 0.24, forward=True)
    plate(
        builder,
        tail - 0.012,
        0.78 if kind in ("hatchback", "estate", "minivan") else (0.88 if kind == "suv" else 0.58),
        forward=False,
    )
    builder.box((0, 0, shape.clearance + 0.14), (shape.width * 0.78, length * 0.94, 0.18), UNDER)
    for axle in axles:
        builder.box((0, axle, shape.wheel + 0.08), (shape.width * 0.84, arch * 1.9, 0.5), UNDER)
        for side in (-1.0, 1.0):
            wheel(
                builder,
                (side * (half - 0.115), axle, shape.wheel),
                shape.wheel,
                0.205,
                side=side,
                spokes=5 if kind in ("sedan", "suv") else 7,
            )
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
    return builder


def _coach(
    builder: MeshBuilder,
    *,
    length: float,
    width: float,
    low: float,
    high: float,
    rows: list[tuple[float, float]],
    stations: list[float],
    material,
    round_ends: float = 0.25,
    center_y: float = 0.0,
) -> None:
    """A rounded box body: `rows` are (inset, height) of the section, `material(column, y, end)` names each face."""
    half = width / 2
    section = [(half - inset, z) for inset, z in rows]
    rings = []
    ys = sorted(
        set(stations)
        | {
            -length / 2,
            -length / 2 + 0.06,
            -length / 2 + 0.2,
            length / 2 - 0.2,
            length / 2 - 0.06,
            length / 2,
        }
    )
    for y in ys:
        end = max(0.0, 1 - (length / 2 - abs(y)) / 0.2)
        shrink = round_ends * 0.35 * end**2
        right = [(x - shrink, y + center_y, min(z, high - 0.12 * end**2)) for x, z in section]
        rings.append([*right, *[(-x, yy, z) for x, yy, z in reversed(right)]])
    last = len(rings[0]) - 2
    builder.loft(
        [r[::-1] for r in rings],
        lambda r, c: material(min(last - c, c), (ys[r] + ys[r + 1]) / 2, 0),
        closed=False,
    )
    for ring, sign in ((rings[0], -1), (rings[-1], 1)):
        for c in range(len(section) - 1):
            quad = [
                (-ring[c][0], ring[c][1], ring[c][2]),
                ring[c],
                ring[c + 1],
                (-ring[c + 1][0], ring[c + 1][1], ring[c + 1][2]),
            ]
            builder.face(quad if sign < 0 else quad[::-1], material(c, ring[c][1] - center_y, sign))
    builder.box((0, center_y, (low + 0.3) / 2 + 0.12), (width * 0.9, length * 0.96, 0.3), UNDER)


def build_bus(*, second: tuple = WHITE, lit: bool = False, sign: str = "") -> MeshBuilder:
    """A twelve-metre city bus with low windows; the paint takes the object's colour."""
    builder = MeshBuilder()
    length, width, high = 12.0, 2.55, 3.05
    rows = [
        (0.03, 0.32),
        (0.0, 0.5),
        (0.0, 0.95),
        (0.01, 1.02),
        (0.05, 2.35),
        (0.06, 2.45),
        (0.09, 2.78),
        (0.25, 2.97),
        (0.7, 3.05),
    ]
    doors = [(4.1, 5.4), (-0.7, 0.7)]
    posts = [-5.2, -3.7, -2.2, -0.75, 0.75, 2.2, 3.7, 5.45]
    stations = (
        [y for p in posts for y in (p - 0.05, p + 0.05)]
        + [y for d in doors for y in d]
        + [-4.4, -3.3, 2.4, 3.5]
    )

    def material(c: int, y: float, end: int) -> tuple:
        if end > 0:
            return {0: BLACK, 1: PAINT, 2: PAINT, 3: GLASS, 4: BLACK, 5: BLACK}.get(c, PAINT)
        if end < 0:
            return {0: BLACK, 3: GLASS, 4: BLACK}.get(c, PAINT)
        if c >= 7:
            return WHITE
        if any(a < y < b for a, b in doors) and 1 <= c <= 4:
            return GLASS
        if c in (3, 4) and abs(y) < 5.9:
            return BLACK if any(abs(y - p) < 0.051 for p in posts) or c == 4 else GLASS
        return second if c == 2 else (TRIM if c == 0 else PAINT)

    _coach(
        builder,
        length=length,
        width=width,
        low=0.32,
        high=high,
        rows=rows,
        stations=stations,
        material=material,
    )
    for y in (-3.35, 2.9):
        builder.box((0, y, 0.5), (width + 0.01, 1.15, 0.75), UNDER)
        for side in (-1.0, 1.0):
            wheel(builder, (side * (width / 2 - 0.14), y, 0.48), 0.48, 0.28, side=side, spokes=8)
    for side in (-1, 1):
        builder.box((side * 1.0, 6.0, 0.72), (0.36, 0.04, 0.16), HEADLAMP_LIT if lit else HEADLAMP)
        builder.box((side * 1.08, -6.0, 0.9), (0.16, 0.04, 0.4), TAILLAMP_LIT if lit else TAILLAMP)
        builder.box((side * 1.42, 6.05, 2.3), (0.16, 0.1, 0.42), BLACK)
        builder.box((side * 1.3, 6.02, 2.55), (0.26, 0.04, 0.04), BLACK)
        builder.box((side * 0.35, 6.01, 1.2), (0.9, 0.015, 0.025), BLACK)
    builder.box((0, 6.0, 2.6), (1.7, 0.06, 0.26), BLACK)
    for k in range(9):
        builder.box(
            (-0.62 + k * 0.155, 6.03, 2.6),
            (0.09 if k % 4 else 0.02, 0.02, 0.13),
            ("glow", (1.0, 0.62, 0.12), 1.6),
        )
    builder.box((0, -1.5, 3.1), (1.6, 2.6, 0.22), WHITE)
    plate(builder, 6.03, 0.5, forward=True)
    plate(builder, -6.03, 0.6, forward=False)
    return builder


def build_tram(*, sections: int = 3, lit: bool = False) -> MeshBuilder:
    """A low-floor tram of short sections with bellows and a pantograph; the paint takes the object's colour."""
    builder = MeshBuilder()
    part, gap, width, high = 8.4, 0.55, 2.4, 3.35
    total = sections * part + (sections - 1) * gap
    for k in range(sections):
        center = -total / 2 + part / 2 + k * (part + gap)
        rows = [
            (0.02, 0.25),
            (0.0, 0.55),
            (0.0, 1.0),
            (0.02, 1.08),
            (0.06, 2.5),
            (0.07, 2.62),
            (0.12, 2.95),
            (0.3, 3.2),
            (0.75, 3.35),
        ]
        posts = [-2.8, -0.9, 0.9, 2.8]
        stations = [y for p in posts for y in (p - 0.06, p + 0.06)]

        def material(c: int, y: float, end: int, k: int = k, posts: list[float] = posts) -> tuple:
            outer = (end > 0 and k == sections - 1) or (end < 0 and k == 0)
            if end and outer:
                return {0: BLACK, 3: GLASS, 4: BLACK, 5: BLACK}.get(c, PAINT)
            if end:
                return BLACK
            if c >= 7:
                return ("dirty", (0.45, 0.46, 0.47), 0.6)
            if abs(y) < 0.85 and 1 <= c <= 4:
                return GLASS
            if c in (3, 4):
                return BLACK if any(abs(y - p) < 0.061 for p in posts) or c == 4 else GLASS
            return WHITE if c in (2, 5) else (TRIM if c == 0 else PAINT)

        _coach(
            builder,
            length=part,
            width=width,
            low=0.25,
            high=high,
            rows=rows,
            stations=stations,
            material=material,
            round_ends=0.7 if k in (0, sections - 1) else 0.1,
            center_y=center,
        )
        builder.box((0, center, 3.42), (1.5, 3.4, 0.3), ("dirty", (0.5, 0.51, 0.52), 0.6))
        builder.box((0, center, 0.22), (2.1, 2.2, 0.4), UNDER)
        if k:
            builder.box((0, center - part / 2 - gap / 2, 1.75), (2.1, gap, 2.7), BLACK)
    nose = total / 2
    for side in (-1, 1):
        builder.box((side * 0.85, nose + 0.0, 0.82), (0.34, 0.05, 0.13), HEADLAMP_LIT if lit else HEADLAMP)
        builder.box((side * 0.9, -nose, 0.82), (0.28, 0.05, 0.13), TAILLAMP_LIT if lit else TAILLAMP)
    builder.box((0, nose + 0.01, 2.78), (1.3, 0.05, 0.24), BLACK)
    for k in range(6):
        builder.box(
            (-0.45 + k * 0.17, nose + 0.04, 2.78), (0.1, 0.02, 0.13), ("glow", (1.0, 0.62, 0.12), 1.6)
        )
    for side in (-1, 1):
        builder.tube(
            [(side * 0.5, -0.8, 3.55), (side * 0.45, 0.6, 4.3), (side * 0.4, -0.5, 5.2)], 0.03, BLACK, sides=5
        )
    builder.box((0, -0.5, 5.22), (1.6, 0.12, 0.05), BLACK)
    return builder


def build_truck(*, cargo: tuple = WHITE, lit: bool = False, tarpaulin: tuple | None = None) -> MeshBuilder:
    """A box truck of about eight metres; the cab takes the object's colour."""
    builder = MeshBuilder()
    rows = [
        (0.06, 0.42),
        (0.02, 0.6),
        (0.0, 1.25),
        (0.01, 1.5),
        (0.08, 2.35),
        (0.12, 2.5),
        (0.3, 2.68),
        (0.6, 2.72),
    ]

    def material(c: int, y: float, end: int) -> tuple:
        if end > 0:
            return {0: TRIM, 1: TRIM, 2: PAINT, 3: GLASS}.get(c, PAINT)
        if c == 3 and not end and -0.45 < y < 0.62:
            return GLASS
        return TRIM if c == 0 else PAINT

    _coach(
        builder,
        length=2.0,
        width=2.35,
        low=0.42,
        high=2.72,
        rows=rows,
        stations=[-0.45, 0.62],
        material=material,
        round_ends=0.5,
        center_y=3.0,
    )
    cloth = tarpaulin or cargo
    builder.rounded_box((0, -0.85, 2.3), (2.5, 5.6, 2.7), cloth, bevel=0.05)
    builder.box((0, -3.66, 2.28), (2.3, 0.03, 2.5), ("dirty", (0.72, 0.72, 0.71), 0.5))
    for x in (-0.04, 0.04):
        builder.box((x, -3.68, 2.28), (0.03, 0.03, 2.4), BLACK)
    builder.box((0, -0.85, 0.93), (2.5, 5.6, 0.1), TRIM)
    builder.box((0, -0.3, 0.72), (0.9, 7.0, 0.28), UNDER)
    for y in (-2.3, 2.75):
        for side in (-1.0, 1.0):
            wheel(builder, (side * 1.02, y, 0.47), 0.47, 0.32, side=side, spokes=8)
            builder.box((side * 1.05, y, 0.99), (0.4, 1.15, 0.06), BLACK)
    for side in (-1, 1):
        builder.box((side * 0.92, 4.0, 0.75), (0.34, 0.05, 0.2), HEADLAMP_LIT if lit else HEADLAMP)
        builder.box((side * 1.05, -3.66, 0.8), (0.36, 0.05, 0.14), TAILLAMP_LIT if lit else TAILLAMP)
        builder.box((side * 1.33, 3.75, 1.95), (0.16, 0.1, 0.5), BLACK)
        builder.box((side * 1.2, -0.9, 0.62), (0.03, 2.6, 0.45), ("dirty", (0.5, 0.5, 0.5), 0.6))
        builder.box((side * 0.9, -3.3, 0.55), (0.5, 0.04, 0.4), BLACK)
    builder.box((0, 4.0, 1.35), (1.2, 0.03, 0.12), BLACK)
    builder.box((0, -3.66, 0.58), (2.3, 0.06, 0.12), TRIM)
    plate(builder, 4.03, 0.55, forward=True)
    plate(builder, -3.7, 0.8, forward=False)
    return builder


def build_motorcycle(*, scooter: bool = False) -> MeshBuilder:
    """A motorcycle, or a scooter with leg shield; the paint takes the object's colour."""
    builder = MeshBuilder()
    r = 0.24 if scooter else 0.31
    reach = 0.62 if scooter else 0.70
    for y in (-reach, reach):
        _spoked_wheel(builder, y, r, 0.13 if scooter else 0.14, thick=0.055)
        builder.lathe(
            [(0.0, -0.03), (r * 0.62, -0.03), (r * 0.62, 0.03), (0.0, 0.03)],
            (0, y, r),
            RIM,
            axis="x",
            sides=14,
        )
    fork = 0.92
    for x in (-0.1, 0.1):
        builder.tube([(x, reach, r), (x, reach - 0.22, fork)], 0.028, CHROME, sides=6)
    builder.tube(
        [
            (-0.34, reach - 0.38, fork + 0.12),
            (-0.15, reach - 0.26, fork + 0.08),
            (0.15, reach - 0.26, fork + 0.08),
            (0.34, reach - 0.38, fork + 0.12),
        ],
        0.018,
        BLACK,
        sides=6,
    )
    for side in (-1, 1):
        builder.tube(
            [(side * 0.28, reach - 0.34, fork + 0.1), (side * 0.33, reach - 0.3, fork + 0.3)],
            0.008,
            BLACK,
            sides=4,
        )
        builder.ellipsoid(
            (side * 0.35, reach - 0.3, fork + 0.33), (0.07, 0.025, 0.045), BLACK, sides=8, rows=5
        )
    builder.ellipsoid((0, reach - 0.14, fork - 0.02), (0.11, 0.09, 0.11), HEADLAMP, sides=12, rows=6)
    builder.tube(
        [(0, reach + 0.2, r + 0.18), (0, reach, 2 * r + 0.05), (0, reach - 0.22, r + 0.22)],
        0.075,
        PAINT,
        sides=8,
        flatten=0.35,
    )
    if scooter:
        builder.tube(
            [(0, -0.75, 0.62), (0, -0.35, 0.58), (0, -0.05, 0.42)], [0.16, 0.2, 0.12], PAINT, sides=10
        )
        builder.box((0, 0.15, 0.28), (0.34, 0.6, 0.08), PAINT)
        builder.box((0, 0.42, 0.55), (0.42, 0.06, 0.6), PAINT)
        builder.tube(
            [(0, -0.8, 0.78), (0, -0.4, 0.8), (0, -0.1, 0.76)],
            [0.12, 0.17, 0.12],
            BLACK,
            sides=8,
            flatten=0.5,
        )
    else:
        builder.ellipsoid((0, 0.18, 0.80), (0.17, 0.32, 0.16), PAINT, sides=12, rows=8)
        builder.tube(
            [(0, -0.82, 0.86), (0, -0.45, 0.80), (0, -0.08, 0.78)],
            [0.09, 0.16, 0.13],
            BLACK,
            sides=8,
            flatten=0.5,
        )
        builder.tube([(0, -0.95, 0.82), (0, -0.6, 0.72), (0, -0.2, 0.66)], [0.06, 0.13, 0.13], PAINT, sides=8)
        builder.box((0, 0.08, 0.48), (0.34, 0.5, 0.36), ("metal", (0.35, 0.35, 0.36), 0.4))
        for k in range(4):
            builder.box((0, 0.1, 0.40 + k * 0.07), (0.42, 0.34, 0.02), ("metal", (0.5, 0.5, 0.5), 0.35))
        builder.tube(
            [(0.17, 0.3, 0.4), (0.2, 0.0, 0.28), (0.2, -0.85, 0.38)], [0.03, 0.035, 0.055], CHROME, sides=8
        )
        builder.tube([(0, 0.5, 0.85), (0, 0.2, 0.45), (0, -0.2, 0.32), (0, -0.7, 0.31)], 0.04, BLACK, sides=6)
    builder.box((0, -0.95, 0.78), (0.16, 0.05, 0.08), TAILLAMP)
    builder.box((0, -1.0, 0.58), (0.18, 0.015, 0.2), PLATE)
    return builder


def _spoked_wheel(builder: MeshBuilder, y: float, radius: float, width: float, *, thick: float) -> None:
    rings = []
    for k in range(28):
        t = 2 * math.pi * k / 28
        ring = []
        for j in range(6):
            s = 2 * math.pi * j / 6
            rr = radius - thick + thick * math.cos(s)
            ring.append((width / 2 * math.sin(s), y + rr * math.cos(t), radius + rr * math.sin(t)))
        rings.append(ring)
    builder.loft([*rings, rings[0]], RUBBER)


def build_bicycle(*, basket: bool = False) -> MeshBuilder:
    """A city bicycle; the frame takes the object's colour."""
    builder = MeshBuilder()
    frame = ("tinted", 0.35)
    r = 0.34
    for y in (-0.52, 0.54):
        _spoked_wheel(builder, y, r, 0.045, thick=0.022)
        builder.lathe([(r - 0.045, -0.01), (r - 0.045, 0.01)], (0, y, r), RIM, axis="x", sides=24)
        for k in range(9):
            t = math.pi * k / 9
            dy, dz = math.cos(t) * (r - 0.05), math.sin(t) * (r - 0.05)
            builder.tube([(0, y - dy, r - dz), (0, y + dy, r + dz)], 0.0025, CHROME, sides=3, cap=False)
        arc = [
            (0, y - (r + 0.03) * math.cos(t), r + (r + 0.03) * math.sin(t))
            for t in (math.pi * k / 9 for k in range(1 if y < 0 else 3, 9))
        ]
        builder.tube(arc, 0.026, BLACK, sides=5, flatten=0.4)
    crank, seat, head = (0, -0.08, 0.30), (0, -0.24, 0.84), (0, 0.38, 0.86)
    for a, b, size in (
        (crank, seat, 0.019),
        (crank, (0, 0.42, 0.68), 0.023),
        ((0, -0.19, 0.66), head, 0.018),
        ((0, 0.43, 0.66), head, 0.022),
    ):
        builder.tube([a, b], size, frame, sides=6)
    for x in (-0.05, 0.05):
        builder.tube([crank, (x, -0.52, r)], 0.011, frame, sides=5)
        builder.tube([(0, -0.21, 0.72), (x, -0.52, r)], 0.010, frame, sides=5)
        builder.tube([(0, 0.43, 0.68), (x, 0.54, r)], 0.013, frame, sides=5)
    builder.tube([(0, 0.38, 0.86), (0, 0.34, 1.02)], 0.014, CHROME, sides=5)
    builder.tube(
        [(-0.29, 0.16, 1.03), (-0.22, 0.28, 1.05), (0, 0.34, 1.03), (0.22, 0.28, 1.05), (0.29, 0.16, 1.03)],
        0.013,
        BLACK,
        sides=5,
    )
    builder.tube([seat, (0, -0.26, 0.95)], 0.013, CHROME, sides=5)
    builder.tube(
        [(0, -0.40, 0.97), (0, -0.28, 0.97), (0, -0.10, 0.96)],
        [0.09, 0.07, 0.025],
        BLACK,
        sides=8,
        flatten=0.4,
    )
    builder.lathe(
        [(0.0, -0.01), (0.09, -0.01), (0.09, 0.01), (0.0, 0.01)],
        (0.04, -0.08, 0.30),
        CHROME,
        axis="x",
        sides=12,
    )
    builder.box((0.1, -0.02, 0.16), (0.09, 0.09, 0.02), BLACK)
    builder.box((-0.1, -0.14, 0.44), (0.09, 0.09, 0.02), BLACK)
    builder.box((0, -0.52, 0.74), (0.13, 0.36, 0.02), BLACK)
    builder.box((0, -0.72, 0.66), (0.05, 0.03, 0.05), TAILLAMP)
    builder.ellipsoid((0, 0.47, 0.84), (0.035, 0.035, 0.035), HEADLAMP, sides=8, rows=5)
    if basket:
        for z in (0.86, 0.95, 1.04):
            builder.box((0, 0.56, z), (0.36, 0.28, 0.02), ("plain", (0.33, 0.24, 0.14), 0.8))
        builder.box((0, 0.56, 0.93), (0.32, 0.24, 0.2), ("plain", (0.27, 0.2, 0.12), 0.9))
    return builder


def build_wheel_discs() -> MeshBuilder:
    """The filled wheels of a bicycle: annotators draw round a wheel, not between its spokes."""
    builder = MeshBuilder()
    for y in (-0.52, 0.54):
        builder.disc((0.0, y, 0.34), 0.34, BLACK, axis="x", sides=20)
    return builder


def build_bonnet() -> MeshBuilder:
    """The camera car's own bonnet, seen from behind the windscreen; the camera stands at the origin of y."""
    builder = MeshBuilder()
    rings = []
    for k in range(15):
        f = k / 14
        y = 1.15 + 1.05 * f
        ring = []
        for j in range(25):
            u = j / 12 - 1
            half = 0.86 - 0.10 * f**3
            edge = 1 - abs(u) ** 5
            z = 0.985 - 0.10 * f**1.7 - 0.035 * u * u - 0.14 * max(0.0, f - 0.93) * 8 - 0.06 * (1 - edge)
            z += 0.012 * math.exp(-(((abs(u) - 0.62) / 0.06) ** 2))
            ring.append((u * half, y, z))
        rings.append(ring)
    lacquer = ("plain", (0.17, 0.18, 0.18), 0.3)
    builder.loft(rings, lacquer, closed=False)
    builder.loft([[(x, y, z - 0.3) for x, y, z in rings[-1]], rings[-1]], lacquer, closed=False)
    return builder
