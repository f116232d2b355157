"""Tram rails in the carriageway."""

from __future__ import annotations

from .brush import PAINT, Brush
from .layout import BEHIND
from .surfaces import strip

TRACKS = (-1.6, 1.6)
"""The middles of the two tracks, in metres from the middle of the street."""


def draw_rails(brush: Brush) -> None:
    """Draws both tracks, each perhaps on a paved bed."""
    b, length = brush.b, brush.layout.plan.length
    steel = ("metal", (0.42, 0.41, 0.40), 0.25)
    groove = ("plain", (0.06, 0.06, 0.06), 0.8)
    bed = ("slabs", (0.40, 0.39, 0.38), 1.2, 0.8, 0.015)
    for center in TRACKS:
        if brush.rng.random() < 0.6:
            strip(b, BEHIND, length, center - 1.3, center + 1.3, PAINT - 0.004, bed)
        for rail in (-0.72, 0.72):
            d = center + rail
            strip(b, BEHIND, length, d - 0.035, d + 0.035, PAINT + 0.003, steel)
            strip(b, BEHIND, length, d + 0.035 - 0.005, d + 0.075, PAINT + 0.001, groove)
