"""Lines along the street: lanes, cycle lanes, parking places."""

from __future__ import annotations

from .brush import ABOVE, PAINT, Brush
from .layout import BEHIND
from .surfaces import strip
from .symbols import draw_bicycle

DASH = 3.0


def draw_lines(brush: Brush) -> None:
    """Draws all lines along the street."""
    plan = brush.layout.plan
    _middle(brush)
    for sign in (-1, 1):
        for lane in range(1, plan.lanes):
            brush.line(sign * (plan.median / 2 + lane * plan.lane), dash=DASH, gap=5.0)
        if brush.layout.side(sign).bike:
            _cycle_lane(brush, sign)
        if brush.layout.side(sign).parking:
            _parking(brush, sign)


def _middle(brush: Brush) -> None:
    plan = brush.layout.plan
    if plan.median_kind == "none":
        if plan.lanes > 1:
            brush.line(-0.1, dash=DASH, gap=0.0)
            brush.line(0.1, dash=DASH, gap=0.0)
        elif plan.lane > 3.0:
            brush.line(0.0, dash=DASH, gap=brush.rng.choice((4.5, 6.0)))
    elif plan.median_kind == "tram":
        for sign in (-1, 1):
            brush.line(sign * plan.median / 2, dash=DASH, gap=0.0)


def _cycle_lane(brush: Brush, sign: int) -> None:
    layout = brush.layout
    bike = layout.side(sign).bike
    brush.line(sign * layout.carriage, dash=1.0, gap=1.0)
    if brush.rng.random() < 0.5:
        red = ("asphalt", (0.47, 0.27, 0.23))
        for s0, s1 in layout.intervals():
            x, y = sorted((sign * (layout.carriage + 0.08), sign * (layout.carriage + bike)))
            strip(brush.b, s0, s1, x, y, PAINT - 0.003, red)
    for s in (13.0, 48.0):
        if brush.clear(s):
            draw_bicycle(brush, s, sign * (layout.carriage + bike / 2), sign)


def _parking(brush: Brush, sign: int) -> None:
    layout = brush.layout
    inner, outer = layout.kerb(sign) - layout.side(sign).parking, layout.kerb(sign)
    brush.line(sign * inner, dash=1.0, gap=brush.rng.choice((0.0, 4.6)), width=0.1)
    s = BEHIND
    while s < layout.plan.length:
        if brush.clear(s):
            x, y = sorted((sign * inner, sign * outer))
            strip(brush.b, s, s + 0.1, x, y, ABOVE, brush.white)
        s += 5.6
