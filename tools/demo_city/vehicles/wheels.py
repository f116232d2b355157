"""Wheels: with a rim for cars, with spokes for two-wheelers."""

from __future__ import annotations

import math

from ..mesh import MeshBuilder
from .finishes import BLACK, RIM, RUBBER


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


def spoked_wheel(builder: MeshBuilder, y: float, radius: float, width: float, *, thick: float) -> None:
    """The round tyre of a two-wheeler that stands at `y`; lengths in metres."""
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
