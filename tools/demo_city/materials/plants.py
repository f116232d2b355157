"""Plants: leaves and bark."""

from __future__ import annotations

from .graph import Colour, Graph


def leaf(g: Graph, colour: Colour) -> None:
    tint = g.noise(g.world(), 2.2, detail=3.0, roughness=0.8)
    tree = g.node("ShaderNodeObjectInfo", output="Random")
    base = g.mix(
        g.ramp(tint, 0.3, 0.72), tuple(c * 0.75 for c in colour), tuple(min(1.0, c * 1.45) for c in colour)
    )
    base = g.node(
        "ShaderNodeHueSaturation",
        inputs={
            "Hue": g.ramp(tree, 0.0, 1.0, to=(0.475, 0.515)),
            "Color": base,
            "Value": g.ramp(tree, 0.0, 1.0, to=(0.85, 1.15)),
            "Saturation": 0.95,
        },
    )
    front = g.node("ShaderNodeBsdfDiffuse", inputs={"Color": base})
    through = g.node("ShaderNodeBsdfTranslucent", inputs={"Color": g.mix(0.5, base, (0.55, 0.62, 0.2))})
    gloss = g.node("ShaderNodeBsdfGlossy", inputs={"Color": (0.6, 0.65, 0.6), "Roughness": 0.45})
    body = g.node("ShaderNodeMixShader", inputs={0: 0.33, 1: front, 2: through})
    g.finish(g.node("ShaderNodeMixShader", inputs={0: 0.05, 1: body, 2: gloss}))


def bark(g: Graph, colour: Colour) -> None:
    lines = g.noise(g.scaled(g.local(), (6.0, 6.0, 1.2)), 2.5, detail=5.0, roughness=0.7)
    g.surface(
        base=g.mix(g.ramp(lines, 0.35, 0.7), tuple(c * 0.5 for c in colour), colour),
        roughness=0.9,
        normal=g.bump(lines, 1.0, 0.04),
    )
