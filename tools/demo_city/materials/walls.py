"""Walls: plaster, brick, concrete, stone, and the tiles on the roof."""

from __future__ import annotations

from .graph import Colour, Graph
from .mixtures import weather


def plaster(g: Graph) -> None:
    grain = g.noise(g.local(), 28.0, detail=3.0)
    g.surface(
        base=weather(g, g.object_colour()), roughness=0.9, normal=g.bump(grain, 0.25, 0.012), specular=0.2
    )


def brick(g: Graph) -> None:
    brick = g.tree.nodes.new("ShaderNodeTexBrick")
    g.feed(brick.inputs["Vector"], g.uv())
    g.feed(brick.inputs["Scale"], 1.0)
    brick.inputs["Brick Width"].default_value = 0.25
    brick.inputs["Row Height"].default_value = 0.078
    brick.inputs["Mortar Size"].default_value = 0.011
    brick.inputs["Bias"].default_value = -0.2
    dark = g.mix(1.0, g.object_colour(), (0.72, 0.66, 0.64), blend="MULTIPLY")
    light = g.mix(1.0, g.object_colour(), (1.0, 1.0, 0.96), blend="MULTIPLY")
    g.feed(brick.inputs["Color1"], dark)
    g.feed(brick.inputs["Color2"], light)
    g.feed(brick.inputs["Mortar"], (0.62, 0.60, 0.56))
    g.surface(
        base=weather(g, brick.outputs["Color"], amount=0.3),
        roughness=0.88,
        normal=g.bump(brick.outputs["Fac"], -0.5, 0.012),
        specular=0.25,
    )


def concrete(g: Graph) -> None:
    joints = g.tree.nodes.new("ShaderNodeTexBrick")
    g.feed(joints.inputs["Vector"], g.uv())
    joints.offset = 0.0
    for name, value in (("Scale", 1.0), ("Brick Width", 2.4), ("Row Height", 3.1), ("Mortar Size", 0.012)):
        joints.inputs[name].default_value = value
    g.feed(joints.inputs["Color1"], (1.0, 1.0, 1.0))
    g.feed(joints.inputs["Color2"], (0.93, 0.93, 0.93))
    g.feed(joints.inputs["Mortar"], (0.55, 0.55, 0.55))
    base = g.mix(1.0, g.object_colour(), joints.outputs["Color"], blend="MULTIPLY")
    g.surface(
        base=weather(g, base, amount=0.32),
        roughness=0.8,
        normal=g.bump(g.noise(g.local(), 12.0, detail=4.0), 0.15, 0.01),
    )


def stone(g: Graph) -> None:
    blocks = g.tree.nodes.new("ShaderNodeTexBrick")
    g.feed(blocks.inputs["Vector"], g.uv())
    for name, value in (("Scale", 1.0), ("Brick Width", 0.85), ("Row Height", 0.38), ("Mortar Size", 0.016)):
        blocks.inputs[name].default_value = value
    g.feed(blocks.inputs["Color1"], (1.0, 0.99, 0.96))
    g.feed(blocks.inputs["Color2"], (0.82, 0.82, 0.8))
    g.feed(blocks.inputs["Mortar"], (0.5, 0.5, 0.48))
    base = g.mix(1.0, g.object_colour(), blocks.outputs["Color"], blend="MULTIPLY")
    g.surface(base=weather(g, base), roughness=0.85, normal=g.bump(blocks.outputs["Fac"], -0.6, 0.02))


def tiles(g: Graph, colour: Colour) -> None:
    waves = g.tree.nodes.new("ShaderNodeTexBrick")
    g.feed(waves.inputs["Vector"], g.uv())
    for name, value in (
        ("Scale", 1.0),
        ("Brick Width", 0.26),
        ("Row Height", 0.30),
        ("Mortar Size", 0.025),
        ("Bias", -0.1),
    ):
        waves.inputs[name].default_value = value
    g.feed(waves.inputs["Color1"], tuple(c * 0.8 for c in colour))
    g.feed(waves.inputs["Color2"], colour)
    g.feed(waves.inputs["Mortar"], tuple(c * 0.5 for c in colour))
    moss = g.ramp(g.noise(g.local(), 0.6, detail=5.0), 0.45, 0.8, to=(0.0, 0.5))
    g.surface(
        base=g.mix(moss, waves.outputs["Color"], (0.28, 0.27, 0.24)),
        roughness=0.8,
        normal=g.bump(waves.outputs["Fac"], -0.7, 0.03),
    )
