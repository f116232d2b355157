"""Positions along and across a street.

Street coordinates are (s, d, z): metres along the street from the camera, to the right of its middle, and up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .plan import Side, StreetPlan

KERB = 0.13
BEHIND = -45.0
SIDE_LENGTH = 75.0


@dataclass(frozen=True)
class Bend:
    """Maps street coordinates to the world: straight up to `start`, then an arc of the given curvature."""

    curve: float
    start: float = 12.0

    def at(self, s: float, d: float) -> tuple[float, float, float]:
        """Returns world x, y and the street's heading (radians clockwise from y)."""
        run = max(0.0, s - self.start)
        turn = self.curve * run
        if abs(self.curve) < 1e-9 or run == 0:
            x, y = 0.0, s
        else:
            x, y = (1 - math.cos(turn)) / self.curve, self.start + math.sin(turn) / self.curve
        return x + d * math.cos(turn), y - d * math.sin(turn), turn

    def points(self, points: np.ndarray) -> np.ndarray:
        """Bends mesh points whose x is d and whose y is s."""
        result = points.copy()
        run = np.maximum(0.0, points[:, 1] - self.start)
        turn = self.curve * run
        if abs(self.curve) > 1e-9:
            x0 = (1 - np.cos(turn)) / self.curve
            y0 = np.where(run > 0, self.start + np.sin(turn) / self.curve, points[:, 1])
        else:
            x0, y0 = np.zeros(len(points)), points[:, 1]
        result[:, 0] = x0 + points[:, 0] * np.cos(turn)
        result[:, 1] = y0 - points[:, 0] * np.sin(turn)
        return result


@dataclass(frozen=True)
class Layout:
    """Positions across the street; distances from the middle, positive outwards on each side."""

    plan: StreetPlan

    def side(self, sign: int) -> Side:
        return self.plan.right if sign > 0 else self.plan.left

    @property
    def carriage(self) -> float:
        return self.plan.median / 2 + self.plan.lanes * self.plan.lane

    def lane_center(self, lane: int, sign: int) -> float:
        return sign * (self.plan.median / 2 + (lane + 0.5) * self.plan.lane)

    def kerb(self, sign: int) -> float:
        side = self.side(sign)
        return self.carriage + side.bike + side.parking

    def front(self, sign: int) -> float:
        """The position where front gardens, or houses, begin."""
        side = self.side(sign)
        return self.kerb(sign) + side.verge + side.walk + 0.2

    def houses(self, sign: int) -> float:
        return self.front(sign) + self.side(sign).front_depth

    def crossing_half(self) -> float:
        return 4.2 if self.plan.lanes == 1 else 6.2

    def intervals(self) -> list[tuple[float, float]]:
        """The blocks between the side streets, as ranges of s."""
        half = self.crossing_half()
        edges = [BEHIND]
        for s in self.plan.crossings:
            edges += [s - half, s + half]
        edges.append(self.plan.length)
        return [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]

    def on_side_street(self, s: float, margin: float = 0.0) -> bool:
        return any(abs(s - c) < self.crossing_half() + margin for c in self.plan.crossings)
