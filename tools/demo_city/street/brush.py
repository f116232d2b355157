"""The brush that draws everything on the carriageway."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..mesh import MeshBuilder, Spec
from .layout import BEHIND, Layout
from .surfaces import strip

PAINT = 0.006
"""Height of paint over the asphalt, in metres."""
ABOVE = PAINT + 0.002
"""Height of paint that crosses other paint; at the same height, renderings would have black artefacts."""


@dataclass(frozen=True)
class Brush:
    """The mesh that collects the paint of a street, and its paints."""

    b: MeshBuilder
    layout: Layout
    rng: random.Random
    white: Spec
    zebra: Spec

    def clear(self, s: float) -> bool:
        """Returns whether paint along the street is allowed here, outside the crossings."""
        return not self.layout.on_side_street(s, 4.8)

    def line(self, d: float, *, dash: float, gap: float, width: float = 0.13) -> None:
        """A line along the whole street; `gap` 0 makes it solid."""
        s = BEHIND
        while s < self.layout.plan.length:
            if self.clear(s) and self.clear(s + dash):
                strip(self.b, s, s + dash, d - width / 2, d + width / 2, PAINT, self.white)
            s += dash + gap
