"""The ground: asphalt, paint, slabs, grass."""

from __future__ import annotations

from .graph import Colour, Graph
from .mixtures import grey


def asphalt(g: Graph, colour: Colour) -> None:
    """Fine gravel, patches, cracks, wheel tracks along the road (u is metres across, v along)."""
    uv = g.uv()
    grain = g.noise(uv, 55.0, detail=2.0, roughness=0.75)
    patches = g.node(
        "ShaderNodeTexVoronoi",
        output="Color",
        settings={"distance": "CHEBYCHEV"},
        inputs={"Vector": g.scaled(uv, (0.32, 0.09, 1.0)), "Scale": 1.0},
    )
    patch = g.ramp(g.node("ShaderNodeSeparateColor", inputs={0: patches}), 0.0, 1.0, to=(0.80, 1.10))
    clouds = g.ramp(g.noise(g.scaled(uv, (1.0, 0.3, 1.0)), 0.6, detail=4.0), 0.3, 0.7, to=(0.86, 1.12))
    across = g.node("ShaderNodeSeparateXYZ", inputs={0: uv})
    tracks = g.ramp(g.math("SINE", g.math("MULTIPLY", across, 3.6)), -1.0, 1.0, to=(0.94, 1.05))
    bent = g.node(
        "ShaderNodeVectorMath",
        settings={"operation": "ADD"},
        inputs={
            0: uv,
            1: g.scaled(
                g.node("ShaderNodeTexNoise", output="Color", inputs={"Vector": uv, "Scale": 0.9}),
                (1.3, 1.3, 0.0),
            ),
        },
    )
    crack = g.node(
        "ShaderNodeTexVoronoi",
        settings={"feature": "DISTANCE_TO_EDGE"},
        inputs={"Vector": bent, "Scale": 0.22},
    )
    seam = g.math("MAXIMUM", g.ramp(crack, 0.0008, 0.0035), g.ramp(g.noise(uv, 0.13), 0.46, 0.40))
    stones = g.ramp(grain, 0.25, 0.8, to=(0.78, 1.28))
    value = g.math(
        "MULTIPLY",
        g.math("MULTIPLY", g.math("MULTIPLY", patch, clouds), g.math("MULTIPLY", tracks, stones)),
        g.ramp(seam, 0.0, 1.0, to=(0.6, 1.0)),
    )
    g.surface(
        base=g.mix(1.0, colour, grey(g, value), blend="MULTIPLY"),
        roughness=g.ramp(clouds, 0.86, 1.12, to=(0.62, 0.8)),
        normal=g.bump(grain, 0.5, 0.008),
        specular=0.35,
    )


def marking(g: Graph, colour: Colour, wear: float = 0.5) -> None:
    fine = g.noise(g.world(), 16.0, detail=4.0, roughness=0.7)
    coarse = g.noise(g.world(), 1.1, detail=2.0)
    worn = g.ramp(
        g.math("ADD", g.math("MULTIPLY", fine, 0.6), g.math("MULTIPLY", coarse, 0.5)),
        0.70 - 0.2 * wear,
        0.82 - 0.2 * wear,
    )
    g.surface(base=g.mix(g.math("MULTIPLY", worn, 0.85), colour, (0.33, 0.33, 0.32)), roughness=0.6)


def slabs(g: Graph, colour: Colour, width: float, height: float, mortar: float = 0.008) -> None:
    brick = g.tree.nodes.new("ShaderNodeTexBrick")
    g.feed(brick.inputs["Vector"], g.uv())
    for name, value in (
        ("Scale", 1.0),
        ("Brick Width", width),
        ("Row Height", height),
        ("Mortar Size", mortar),
        ("Bias", 0.0),
    ):
        brick.inputs[name].default_value = value
    g.feed(brick.inputs["Color1"], tuple(c * 0.9 for c in colour))
    g.feed(brick.inputs["Color2"], tuple(min(1.0, c * 1.06) for c in colour))
    g.feed(brick.inputs["Mortar"], tuple(c * 0.58 for c in colour))
    stains = g.ramp(g.noise(g.uv(), 0.8, detail=5.0), 0.3, 0.75, to=(1.08, 0.75))
    specks = g.ramp(g.noise(g.uv(), 40.0, detail=1.0), 0.2, 0.8, to=(0.9, 1.1))
    base = g.mix(1.0, brick.outputs["Color"], grey(g, g.math("MULTIPLY", stains, specks)), blend="MULTIPLY")
    g.surface(base=base, roughness=0.8, normal=g.bump(brick.outputs["Fac"], -0.5, 0.01))


def grass(g: Graph, colour: Colour) -> None:
    fine = g.noise(g.world(), 22.0, detail=4.0, roughness=0.7)
    broad = g.noise(g.world(), 0.7, detail=3.0)
    base = g.mix(
        g.ramp(fine, 0.3, 0.7), tuple(c * 0.55 for c in colour), tuple(min(1.0, c * 1.2) for c in colour)
    )
    base = g.mix(g.ramp(broad, 0.5, 0.75), base, (0.42, 0.39, 0.24))
    g.surface(base=base, roughness=0.95, normal=g.bump(fine, 1.0, 0.06), specular=0.1)
