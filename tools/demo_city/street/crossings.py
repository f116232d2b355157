"""Paint at crossings with side streets: zebras, stop lines, arrows."""

from __future__ import annotations

from .brush import ABOVE, PAINT, Brush
from .layout import SIDE_LENGTH
from .symbols import draw_arrow


def draw_crossing(brush: Brush, c: float) -> None:
    """Draws the crossing whose middle is `c` metres ahead."""
    half = brush.layout.crossing_half()
    near, far = c - half - 4.2, c + half + 1.2
    for s in (near, far):
        _zebra(brush, s)
    _stop_lines(brush, near, far)
    for sign in (-1, 1):
        _side_street(brush, c, sign)
    plan = brush.layout.plan
    for lane in range(plan.lanes):
        if near - 13 > 4 and not plan.cobbles:
            draw_arrow(
                brush, near - 12, brush.layout.lane_center(lane, 1), "straight" if lane == 0 else "right"
            )


def _zebra(brush: Brush, s: float) -> None:
    """A zebra over the street from `s` on, three metres deep."""
    plan, z = brush.layout.plan, PAINT
    edge = brush.layout.carriage + min(plan.left.bike, plan.right.bike)
    count = int(2 * edge / 1.0)
    for k in range(count):
        d = -edge + 0.25 + k * 1.0
        if plan.median_kind == "tram" and abs(d + 0.25) < plan.median / 2 - 0.2:
            continue
        if plan.median_kind == "grass" and abs(d + 0.25) < plan.median / 2 + 0.2:
            continue
        brush.b.face([(d, s, z), (d + 0.5, s, z), (d + 0.5, s + 3.0, z), (d, s + 3.0, z)], brush.zebra)


def _stop_lines(brush: Brush, near: float, far: float) -> None:
    lane0, lane1 = brush.layout.plan.median / 2 + 0.15, brush.layout.carriage - 0.1
    brush.b.face(
        [
            (lane0, near - 1.4, ABOVE),
            (lane1, near - 1.4, ABOVE),
            (lane1, near - 0.95, ABOVE),
            (lane0, near - 0.95, ABOVE),
        ],
        brush.white,
    )
    brush.b.face(
        [
            (-lane1, far + 3.9, ABOVE),
            (-lane0, far + 3.9, ABOVE),
            (-lane0, far + 4.35, ABOVE),
            (-lane1, far + 4.35, ABOVE),
        ],
        brush.white,
    )


def _side_street(brush: Brush, c: float, sign: int) -> None:
    """The zebra and the middle line of one arm of the side street."""
    half, z = brush.layout.crossing_half(), PAINT
    mouth = brush.layout.kerb(sign) + 1.4
    count = int(2 * half / 1.0)
    for k in range(count):
        s = c - half + 0.3 + k
        x, y = sorted((sign * mouth, sign * (mouth + 3.0)))
        brush.b.face([(x, s, z), (y, s, z), (y, s + 0.5, z), (x, s + 0.5, z)], brush.zebra)
    d = mouth + 6
    while d < SIDE_LENGTH:
        x, y = sorted((sign * d, sign * (d + 3)))
        brush.b.face([(x, c - 0.06, z), (y, c - 0.06, z), (y, c + 0.06, z), (x, c + 0.06, z)], brush.white)
        d += 8
