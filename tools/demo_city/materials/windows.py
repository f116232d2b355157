"""Windows of houses, shops and cars, and what is behind them."""

from __future__ import annotations

from .graph import Colour, Graph
from .mixtures import grey


def window(g: Graph, tint: Colour, strength: float = 0.0) -> None:
    """A pane seen from outside: a dim room behind, a clear reflection in front."""
    room = g.noise(g.scaled(g.local(), (0.9, 0.9, 0.6)), 1.1, detail=2.0)
    base = g.mix(
        g.ramp(room, 0.3, 0.75), tuple(c * 0.4 for c in tint), tuple(min(1.0, c * 1.25) for c in tint)
    )
    wobble = g.bump(g.noise(g.local(), 0.8, detail=0.0), 0.03, 0.05)
    g.surface(
        base=base,
        roughness=0.05,
        specular=0.85,
        normal=wobble,
        emission=base if strength else None,
        strength=strength,
    )


def curtain(g: Graph, colour: Colour, strength: float = 0.0) -> None:
    folds = g.node(
        "ShaderNodeTexWave",
        output=1,
        inputs={
            "Vector": g.scaled(g.local(), (1.0, 1.0, 0.03)),
            "Scale": 4.5,
            "Distortion": 2.0,
            "Detail": 1.0,
        },
    )
    base = g.mix(folds, tuple(c * 0.66 for c in colour), colour)
    g.surface(
        base=base,
        roughness=0.7,
        coat=1.0,
        specular=0.3,
        emission=base if strength else None,
        strength=strength,
    )


def shutter(g: Graph, colour: Colour) -> None:
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.local()})
    slats = g.math("SINE", g.math("MULTIPLY", height, 105.0))
    g.surface(base=g.mix(g.ramp(slats, -1.0, 0.2), tuple(c * 0.6 for c in colour), colour), roughness=0.55)


def shop(g: Graph, strength: float) -> None:
    """A shop window: goods as soft blocks of colour on shelves, lamps above, glass in front."""
    goods = g.node(
        "ShaderNodeTexVoronoi",
        output="Color",
        settings={"distance": "CHEBYCHEV"},
        inputs={"Vector": g.scaled(g.local(), (2.6, 2.6, 2.0)), "Scale": 1.0},
    )
    shade = g.ramp(g.noise(g.local(), 0.7, detail=2.0), 0.35, 0.7, to=(0.12, 0.75))
    muted = g.node("ShaderNodeHueSaturation", inputs={"Saturation": 0.55, "Value": 0.55, "Color": goods})
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.world()})
    upper = g.ramp(height, 1.1, 2.3, to=(1.0, 0.35))
    base = g.mix(
        1.0,
        g.mix(0.35, muted, (0.5, 0.42, 0.32)),
        grey(g, g.math("MULTIPLY", shade, upper)),
        blend="MULTIPLY",
    )
    g.surface(base=base, roughness=0.04, specular=0.9, emission=base, strength=strength)


def carglass(g: Graph) -> None:
    inside = g.noise(g.local(), 1.3, detail=1.0)
    g.surface(
        base=g.mix(g.ramp(inside, 0.35, 0.7), (0.025, 0.03, 0.032), (0.09, 0.095, 0.10)),
        roughness=0.04,
        ior=1.22,
    )
