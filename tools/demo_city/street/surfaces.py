"""Strips of ground."""

from __future__ import annotations

import math

from ..mesh import MeshBuilder, Spec


def strip(
    b: MeshBuilder, s0: float, s1: float, d0: float, d1: float, z: float, spec: Spec, *, step: float = 4.0
) -> None:
    """A band from s0 to s1 between d0 and d1, cut every `step` metres so that it can follow a bend."""
    count = max(1, math.ceil((s1 - s0) / step))
    for k in range(count):
        a, c = s0 + (s1 - s0) * k / count, s0 + (s1 - s0) * (k + 1) / count
        b.face([(d0, a, z), (d1, a, z), (d1, c, z), (d0, c, z)], spec)
