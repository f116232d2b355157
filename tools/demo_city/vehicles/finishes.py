"""Materials of vehicles, as names of `materials.library`."""

from __future__ import annotations

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
