"""Everything on the carriageway with the label road: paint, rails, covers, cycle lanes."""

from __future__ import annotations

import random

from ..cities import City
from ..mesh import MeshBuilder
from .brush import Brush
from .covers import draw_drains, draw_manholes, draw_patches
from .crossings import draw_crossing
from .layout import Layout
from .lines import draw_lines
from .rails import draw_rails
from .symbols import draw_limit


def build_markings(layout: Layout, city: City, rng: random.Random) -> MeshBuilder:
    """All paint and covers on the carriageway, in street coordinates (x is d, y is s)."""
    plan = layout.plan
    wear = rng.choice((0.25, 0.5, 0.75))
    white = ("marking", (0.80, 0.80, 0.78), wear)
    zebra = ("marking", (0.80, 0.62, 0.12), wear) if city.yellow_zebra else white
    brush = Brush(MeshBuilder(), layout, rng, white, zebra)
    if not plan.cobbles:
        draw_lines(brush)
    for c in plan.crossings:
        draw_crossing(brush, c)
    if plan.median_kind == "tram":
        draw_rails(brush)
    draw_manholes(brush)
    draw_drains(brush)
    draw_patches(brush)
    draw_limit(brush)
    return brush.b
