"""Surfaces of one colour: paint, cloth, metal, light."""

from __future__ import annotations

from .graph import Colour, Graph
from .mixtures import grey


def plain(g: Graph, colour: Colour, roughness: float = 0.6, metallic: float = 0.0) -> None:
    g.surface(base=colour, roughness=roughness, metallic=metallic)


def dirty(g: Graph, colour: Colour, roughness: float = 0.7) -> None:
    grime = g.ramp(g.noise(g.local(), 3.0, detail=4.0), 0.35, 0.75, to=(1.08, 0.72))
    g.surface(
        base=g.mix(
            1.0,
            colour,
            g.node("ShaderNodeCombineColor", inputs={0: grime, 1: grime, 2: grime}),
            blend="MULTIPLY",
        ),
        roughness=roughness,
    )


def carpaint(g: Graph) -> None:
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.world()})
    dust = g.ramp(height, 0.15, 0.75, to=(0.35, 0.03))
    g.surface(
        base=g.mix(dust, g.object_colour(), (0.36, 0.34, 0.31)), roughness=0.32, metallic=0.25, coat=1.0
    )


def cloth(g: Graph, colour: Colour) -> None:
    folds = g.noise(g.scaled(g.local(), (1.0, 1.0, 0.45)), 7.0, detail=3.0)
    g.surface(
        base=g.mix(g.ramp(folds, 0.35, 0.7), tuple(c * 0.75 for c in colour), colour),
        roughness=0.9,
        normal=g.bump(folds, 0.6, 0.05),
        specular=0.15,
    )


def glow(g: Graph, colour: Colour, strength: float) -> None:
    g.surface(base=colour, roughness=0.3, emission=colour, strength=strength)


def metal(g: Graph, colour: Colour, roughness: float = 0.4) -> None:
    spots = g.ramp(g.noise(g.local(), 9.0, detail=3.0), 0.35, 0.7, to=(0.85, 1.1))
    g.surface(base=g.mix(1.0, colour, grey(g, spots), blend="MULTIPLY"), roughness=roughness, metallic=0.6)


def tinted(g: Graph, roughness: float = 0.6) -> None:
    g.surface(base=g.object_colour(), roughness=roughness)


def poster(g: Graph) -> None:
    blobs = g.node("ShaderNodeTexVoronoi", output="Color", inputs={"Vector": g.local(), "Scale": 3.1})
    g.surface(
        base=g.node("ShaderNodeHueSaturation", inputs={"Saturation": 0.45, "Value": 0.6, "Color": blobs}),
        roughness=0.2,
        coat=0.6,
    )
