"""Mixtures that several materials share."""

from __future__ import annotations

from .graph import Graph


def grey(g: Graph, value):
    return g.node("ShaderNodeCombineColor", inputs={0: value, 1: value, 2: value})


def weather(g: Graph, colour, *, amount: float = 0.25):
    """Streaks down a wall, blotches and a dirty foot."""
    streaks = g.ramp(
        g.noise(g.scaled(g.local(), (1.6, 1.6, 0.12)), 1.5, detail=4.0), 0.42, 0.8, to=(1.0, 1.0 - amount)
    )
    blotches = g.ramp(g.noise(g.local(), 0.35, detail=3.0), 0.3, 0.75, to=(1.06, 1.0 - 0.6 * amount))
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.world()})
    foot = g.ramp(height, 0.1, 1.3, to=(1.0 - 1.1 * amount, 1.0))
    return g.mix(
        1.0,
        colour,
        grey(g, g.math("MULTIPLY", g.math("MULTIPLY", streaks, blotches), foot)),
        blend="MULTIPLY",
    )
