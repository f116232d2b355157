"""Houses along the street, along the side streets and at the end of the street."""

from __future__ import annotations

import math

from .. import labels
from ..buildings.house import build_house
from ..buildings.styles import STYLES
from ..street.layout import KERB, SIDE_LENGTH
from ..street.plan import Side
from .build import Build


def place_houses(b: Build) -> None:
    """Places all houses of a scene."""
    for sign in (-1, 1):
        side = b.layout.side(sign)
        if side.front == "park":
            continue
        spans = b.layout.intervals()
        for number, span in enumerate(spans):
            _row(b, sign, side, span, first=number == 0, last=number == len(spans) - 1)
    for c in b.plan.crossings:
        for sign in (-1, 1):
            _side_street(b, c, sign)
    _far_end(b)


def _row(b: Build, sign: int, side: Side, span: tuple[float, float], *, first: bool, last: bool) -> None:
    """The houses of one block; with `first` or `last` there is no side street before or after it."""
    rng, index = b.rng, b.table.stuff(labels.BUILDING)
    s0, s1 = span
    position = s0 + (0 if first else 3.0)
    end = s1 - (0 if last else 3.0)
    front = b.layout.houses(sign)
    while end - position > 5:
        style = rng.choice(side.styles)
        low, high = STYLES[style].width
        width = min(rng.uniform(low, high), end - position)
        if end - position - width < 6 and not side.gap:
            width = min(end - position, 30)
        depth = rng.uniform(9.5, 12.5)
        opens = (position - s0 < 3.5 and not first, end - position - width < 0.5 and not last)
        free = (True, True) if side.gap else (opens if sign < 0 else opens[::-1])
        house, colour = build_house(
            style,
            rng,
            width=width,
            depth=depth,
            dusk=b.dusk,
            sides=free,
            no_shop=side.front != "none",
            taller=int(rng.random() < 0.25),
        )
        jitter = rng.uniform(0, 0.25) if not side.gap else rng.uniform(0, 2.5)
        start = position + width if sign > 0 else position
        b.add(
            house,
            index,
            start,
            sign * (front + jitter),
            z=KERB,
            angle=-sign * math.pi / 2,
            colour=colour,
        )
        if side.gap:
            for _ in range(2):
                if rng.random() < 0.7:
                    b.tree(
                        position + width + rng.uniform(0.5, side.gap),
                        sign * (front + rng.uniform(2, 14)),
                        scale=0.8,
                    )
        position += width + (side.gap + rng.uniform(-1, 4) if side.gap else 0.0)
    if side.gap:
        for behind in range(int((s1 - s0) / 16)):
            b.tree(
                s0 + 8 + behind * 16 + rng.uniform(-4, 4),
                sign * (front + rng.uniform(16, 26)),
                scale=1.1,
            )


def _side_street(b: Build, c: float, sign: int) -> None:
    """The houses along one arm of the side street at `c`, and one that closes it."""
    for facing in (-1, 1):
        _side_row(b, c, sign, facing)
    style = b.rng.choice(b.city.styles)
    house, colour = build_house(style, b.rng, width=24.0, dusk=b.dusk, taller=1)
    b.add(
        house,
        b.table.stuff(labels.BUILDING),
        c + 12 * sign,
        sign * (SIDE_LENGTH + 8),
        z=0,
        angle=-sign * math.pi / 2,
        colour=colour,
    )


def _side_row(b: Build, c: float, sign: int, facing: int) -> None:
    """One side of a side street. Houses on the near side look along +s, those on the far side along -s."""
    layout, rng, index = b.layout, b.rng, b.table.stuff(labels.BUILDING)
    street_edge = c + facing * (layout.crossing_half() + 3.0)
    d = layout.houses(sign) + 12.8
    while d < SIDE_LENGTH - 6:
        style = rng.choice(b.city.styles if not layout.side(sign).gap else b.city.outskirts)
        width = rng.uniform(*STYLES[style].width)
        house, colour = build_house(style, rng, width=width, dusk=b.dusk)
        if facing > 0:
            b.add(
                house,
                index,
                street_edge,
                sign * d if sign > 0 else -d - width,
                z=KERB,
                colour=colour,
            )
        else:
            b.add(
                house,
                index,
                street_edge,
                sign * d + width if sign > 0 else -d,
                z=KERB,
                angle=math.pi,
                colour=colour,
            )
        d += width + rng.choice((0.0, 0.0, 3.0))
        if rng.random() < 0.4:
            b.tree(street_edge - facing * 1.2, sign * d, kind="young")


def _far_end(b: Build) -> None:
    """A row across the end of the street."""
    rng, index = b.rng, b.table.stuff(labels.BUILDING)
    position = -70.0
    while position < 70:
        style = rng.choice(b.city.styles)
        width = rng.uniform(*STYLES[style].width)
        house, colour = build_house(style, rng, width=width, dusk=b.dusk, taller=1)
        b.add(house, index, b.plan.length + 16, position, z=0, colour=colour)
        if rng.random() < 0.5:
            b.tree(b.plan.length + 9, position, z=0)
        position += width + rng.choice((0.0, 3.0))
