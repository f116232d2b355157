"""The lanes of a street and the vehicles in them."""

from __future__ import annotations

import math

from ..street.layout import Layout

Lane = tuple[float, int]
"""The middle of a lane in metres right of the street's middle, and the sign of its direction."""


def heading(sign: int) -> float:
    """The angle of a vehicle that drives along `sign` times the street, in radians."""
    return 0.0 if sign > 0 else math.pi


class Lanes:
    """All lanes of a street; `own` is the middle of the one that the camera drives in."""

    def __init__(self, layout: Layout) -> None:
        plan = layout.plan
        self.all: list[Lane] = [
            (layout.lane_center(k, sign), sign) for sign in (-1, 1) for k in range(plan.lanes)
        ]
        self.own = layout.lane_center(plan.lanes - 1, 1)
        self._used: dict[Lane, list[tuple[float, float]]] = {lane: [] for lane in self.all}

    def take(self, lane: Lane, s: float, length: float) -> None:
        """Records a vehicle of `length` metres at `s`."""
        self._used[lane].append((s, length))

    def claim(self, lane: Lane, s: float, length: float) -> bool:
        """Reserves a place; returns False if it is taken or too near to the camera."""
        if any(abs(s - a) < (length + c) / 2 + 2.5 for a, c in self._used[lane]) or (
            lane[0] == self.own and s - length / 2 < 11
        ):
            return False
        self.take(lane, s, length)
        return True
