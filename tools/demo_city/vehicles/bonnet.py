"""The camera car's own bonnet."""

from __future__ import annotations

import math

from ..mesh import MeshBuilder


def build_bonnet() -> MeshBuilder:
    """The camera car's own bonnet, seen from behind the windscreen; the camera stands at the origin of y."""
    builder = MeshBuilder()
    rings = []
    for k in range(15):
        f = k / 14
        y = 1.15 + 1.05 * f
        ring = []
        for j in range(25):
            u = j / 12 - 1
            half = 0.86 - 0.10 * f**3
            edge = 1 - abs(u) ** 5
            z = 0.985 - 0.10 * f**1.7 - 0.035 * u * u - 0.14 * max(0.0, f - 0.93) * 8 - 0.06 * (1 - edge)
            z += 0.012 * math.exp(-(((abs(u) - 0.62) / 0.06) ** 2))
            ring.append((u * half, y, z))
        rings.append(ring)
    lacquer = ("plain", (0.17, 0.18, 0.18), 0.3)
    builder.loft(rings, lacquer, closed=False)
    builder.loft([[(x, y, z - 0.3) for x, y, z in rings[-1]], rings[-1]], lacquer, closed=False)
    return builder
