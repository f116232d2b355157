"""Procedural materials, made on first use and named by a tuple such as ("plaster",) or ("plain", (r, g, b), 0.5).

Colours in tuples are sRGB in 0..1. Where a material takes the object's own colour (walls, car paint, cloth),
one material serves many objects, which keeps shader compilation short.
"""

from __future__ import annotations

from collections.abc import Sequence

Colour = tuple[float, float, float]


def linear(colour: Sequence[float]) -> tuple[float, float, float, float]:
    """Converts sRGB 0..1 to the linear RGBA that shaders want."""
    return (*(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]), 1.0)


class Graph:
    """A thin hand on a material's node tree: every method adds a node and returns its output socket."""

    def __init__(self, tree) -> None:
        self.tree = tree
        self.cache: dict[str, object] = {}

    def node(
        self, kind: str, *, output: int | str = 0, settings: dict | None = None, inputs: dict | None = None
    ):
        """Adds a node; inputs are sockets to link or plain values, by name or index."""
        node = self.tree.nodes.new(kind)
        for key, value in (settings or {}).items():
            setattr(node, key, value)
        for key, value in (inputs or {}).items():
            self.feed(node.inputs[key], value)
        return node.outputs[output]

    def feed(self, socket, value) -> None:
        """Links or sets one input; a colour of three values is sRGB."""
        if hasattr(value, "is_output"):
            self.tree.links.new(value, socket)
        elif isinstance(value, tuple) and socket.type == "RGBA":
            socket.default_value = linear(value)
        else:
            socket.default_value = value

    def uv(self):
        if "uv" not in self.cache:
            self.cache["uv"] = self.node("ShaderNodeUVMap", settings={"uv_map": "metres"})
        return self.cache["uv"]

    def world(self):
        if "world" not in self.cache:
            self.cache["world"] = self.node("ShaderNodeNewGeometry", output="Position")
        return self.cache["world"]

    def local(self):
        if "local" not in self.cache:
            self.cache["local"] = self.node("ShaderNodeTexCoord", output="Object")
        return self.cache["local"]

    def object_colour(self):
        if "colour" not in self.cache:
            self.cache["colour"] = self.node("ShaderNodeObjectInfo", output="Color")
        return self.cache["colour"]

    def scaled(self, vector, scale: tuple[float, float, float]):
        return self.node(
            "ShaderNodeVectorMath", settings={"operation": "MULTIPLY"}, inputs={0: vector, 1: scale}
        )

    def noise(
        self, vector, scale: float, *, detail: float = 2.0, roughness: float = 0.55, distortion: float = 0.0
    ):
        return self.node(
            "ShaderNodeTexNoise",
            inputs={
                "Vector": vector,
                "Scale": scale,
                "Detail": detail,
                "Roughness": roughness,
                "Distortion": distortion,
            },
        )

    def ramp(self, value, low: float, high: float, *, to: tuple[float, float] = (0.0, 1.0)):
        return self.node("ShaderNodeMapRange", inputs={0: value, 1: low, 2: high, 3: to[0], 4: to[1]})

    def math(self, operation: str, a, b=0.0):
        return self.node("ShaderNodeMath", settings={"operation": operation}, inputs={0: a, 1: b})

    def mix(self, factor, a, b, *, blend: str = "MIX"):
        node = self.tree.nodes.new("ShaderNodeMix")
        node.data_type = "RGBA"
        node.blend_type = blend
        self.feed(node.inputs[0], factor)
        self.feed(node.inputs[6], a)
        self.feed(node.inputs[7], b)
        return node.outputs[2]

    def bump(self, height, strength: float, distance: float):
        return self.node(
            "ShaderNodeBump", inputs={"Strength": strength, "Distance": distance, "Height": height}
        )

    def surface(
        self,
        *,
        base,
        roughness=0.8,
        metallic=0.0,
        normal=None,
        coat: float = 0.0,
        specular: float = 0.5,
        emission=None,
        strength: float = 0.0,
        ior: float = 1.5,
    ):
        """Ends the tree in a principled surface."""
        inputs = {
            "Base Color": base,
            "Roughness": roughness,
            "Metallic": metallic,
            "Specular IOR Level": specular,
            "IOR": ior,
        }
        if coat:
            inputs |= {"Coat Weight": coat, "Coat Roughness": 0.03}
        if normal is not None:
            inputs["Normal"] = normal
        if emission is not None:
            inputs |= {"Emission Color": emission, "Emission Strength": strength}
        self.finish(self.node("ShaderNodeBsdfPrincipled", inputs=inputs))

    def finish(self, shader) -> None:
        output = self.tree.nodes.new("ShaderNodeOutputMaterial")
        self.tree.links.new(shader, output.inputs["Surface"])


def _plain(g: Graph, colour: Colour, roughness: float = 0.6, metallic: float = 0.0) -> None:
    g.surface(base=colour, roughness=roughness, metallic=metallic)


def _dirty(g: Graph, colour: Colour, roughness: float = 0.7) -> None:
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


def _grey(g: Graph, value):
    return g.node("ShaderNodeCombineColor", inputs={0: value, 1: value, 2: value})


def _weather(g: Graph, colour, *, amount: float = 0.25):
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
        _grey(g, g.math("MULTIPLY", g.math("MULTIPLY", streaks, blotches), foot)),
        blend="MULTIPLY",
    )


def _plaster(g: Graph) -> None:
    grain = g.noise(g.local(), 28.0, detail=3.0)
    g.surface(
        base=_weather(g, g.object_colour()), roughness=0.9, normal=g.bump(grain, 0.25, 0.012), specular=0.2
    )


def _brick(g: Graph) -> None:
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
        base=_weather(g, brick.outputs["Color"], amount=0.3),
        roughness=0.88,
        normal=g.bump(brick.outputs["Fac"], -0.5, 0.012),
        specular=0.25,
    )


def _concrete(g: Graph) -> None:
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
        base=_weather(g, base, amount=0.32),
        roughness=0.8,
        normal=g.bump(g.noise(g.local(), 12.0, detail=4.0), 0.15, 0.01),
    )


def _stone(g: Graph) -> None:
    blocks = g.tree.nodes.new("ShaderNodeTexBrick")
    g.feed(blocks.inputs["Vector"], g.uv())
    for name, value in (("Scale", 1.0), ("Brick Width", 0.85), ("Row Height", 0.38), ("Mortar Size", 0.016)):
        blocks.inputs[name].default_value = value
    g.feed(blocks.inputs["Color1"], (1.0, 0.99, 0.96))
    g.feed(blocks.inputs["Color2"], (0.82, 0.82, 0.8))
    g.feed(blocks.inputs["Mortar"], (0.5, 0.5, 0.48))
    base = g.mix(1.0, g.object_colour(), blocks.outputs["Color"], blend="MULTIPLY")
    g.surface(base=_weather(g, base), roughness=0.85, normal=g.bump(blocks.outputs["Fac"], -0.6, 0.02))


def _asphalt(g: Graph, colour: Colour) -> None:
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
        base=g.mix(1.0, colour, _grey(g, value), blend="MULTIPLY"),
        roughness=g.ramp(clouds, 0.86, 1.12, to=(0.62, 0.8)),
        normal=g.bump(grain, 0.5, 0.008),
        specular=0.35,
    )


def _marking(g: Graph, colour: Colour, wear: float = 0.5) -> None:
    fine = g.noise(g.world(), 16.0, detail=4.0, roughness=0.7)
    coarse = g.noise(g.world(), 1.1, detail=2.0)
    worn = g.ramp(
        g.math("ADD", g.math("MULTIPLY", fine, 0.6), g.math("MULTIPLY", coarse, 0.5)),
        0.70 - 0.2 * wear,
        0.82 - 0.2 * wear,
    )
    g.surface(base=g.mix(g.math("MULTIPLY", worn, 0.85), colour, (0.33, 0.33, 0.32)), roughness=0.6)


def _slabs(g: Graph, colour: Colour, width: float, height: float, mortar: float = 0.008) -> None:
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
    base = g.mix(1.0, brick.outputs["Color"], _grey(g, g.math("MULTIPLY", stains, specks)), blend="MULTIPLY")
    g.surface(base=base, roughness=0.8, normal=g.bump(brick.outputs["Fac"], -0.5, 0.01))


def _grass(g: Graph, colour: Colour) -> None:
    fine = g.noise(g.world(), 22.0, detail=4.0, roughness=0.7)
    broad = g.noise(g.world(), 0.7, detail=3.0)
    base = g.mix(
        g.ramp(fine, 0.3, 0.7), tuple(c * 0.55 for c in colour), tuple(min(1.0, c * 1.2) for c in colour)
    )
    base = g.mix(g.ramp(broad, 0.5, 0.75), base, (0.42, 0.39, 0.24))
    g.surface(base=base, roughness=0.95, normal=g.bump(fine, 1.0, 0.06), specular=0.1)


def _leaf(g: Graph, colour: Colour) -> None:
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


def _bark(g: Graph, colour: Colour) -> None:
    lines = g.noise(g.scaled(g.local(), (6.0, 6.0, 1.2)), 2.5, detail=5.0, roughness=0.7)
    g.surface(
        base=g.mix(g.ramp(lines, 0.35, 0.7), tuple(c * 0.5 for c in colour), colour),
        roughness=0.9,
        normal=g.bump(lines, 1.0, 0.04),
    )


def _tiles(g: Graph, colour: Colour) -> None:
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


def _window(g: Graph, tint: Colour, strength: float = 0.0) -> None:
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


def _curtain(g: Graph, colour: Colour, strength: float = 0.0) -> None:
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


def _shutter(g: Graph, colour: Colour) -> None:
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.local()})
    slats = g.math("SINE", g.math("MULTIPLY", height, 105.0))
    g.surface(base=g.mix(g.ramp(slats, -1.0, 0.2), tuple(c * 0.6 for c in colour), colour), roughness=0.55)


def _shop(g: Graph, strength: float) -> None:
    """A shop window: goods as soft blocks of colour on shelves, lamps above, glass in front."""
    goods = g.node(
        "ShaderNodeTexVoronoi",
        output="Color",
        settings={"distance": "CHEBYCHEV"},
        inputs={"Vector": g.scaled(g.local(), (2.6, 2.6, 2.0)), "Scale": 1.0},
    )
    shade = g.ramp(g.noise(g.local(), 0.7, detail=2.0), 0.35, 0.7, to=(0.12, 0.75))
    grey = g.node("ShaderNodeHueSaturation", inputs={"Saturation": 0.55, "Value": 0.55, "Color": goods})
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.world()})
    upper = g.ramp(height, 1.1, 2.3, to=(1.0, 0.35))
    base = g.mix(
        1.0,
        g.mix(0.35, grey, (0.5, 0.42, 0.32)),
        _grey(g, g.math("MULTIPLY", shade, upper)),
        blend="MULTIPLY",
    )
    g.surface(base=base, roughness=0.04, specular=0.9, emission=base, strength=strength)


def _carpaint(g: Graph) -> None:
    height = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: g.world()})
    dust = g.ramp(height, 0.15, 0.75, to=(0.35, 0.03))
    g.surface(
        base=g.mix(dust, g.object_colour(), (0.36, 0.34, 0.31)), roughness=0.32, metallic=0.25, coat=1.0
    )


def _carglass(g: Graph) -> None:
    inside = g.noise(g.local(), 1.3, detail=1.0)
    g.surface(
        base=g.mix(g.ramp(inside, 0.35, 0.7), (0.025, 0.03, 0.032), (0.09, 0.095, 0.10)),
        roughness=0.04,
        ior=1.22,
    )


def _cloth(g: Graph, colour: Colour) -> None:
    folds = g.noise(g.scaled(g.local(), (1.0, 1.0, 0.45)), 7.0, detail=3.0)
    g.surface(
        base=g.mix(g.ramp(folds, 0.35, 0.7), tuple(c * 0.75 for c in colour), colour),
        roughness=0.9,
        normal=g.bump(folds, 0.6, 0.05),
        specular=0.15,
    )


def _glow(g: Graph, colour: Colour, strength: float) -> None:
    g.surface(base=colour, roughness=0.3, emission=colour, strength=strength)


def _metal(g: Graph, colour: Colour, roughness: float = 0.4) -> None:
    spots = g.ramp(g.noise(g.local(), 9.0, detail=3.0), 0.35, 0.7, to=(0.85, 1.1))
    g.surface(base=g.mix(1.0, colour, _grey(g, spots), blend="MULTIPLY"), roughness=roughness, metallic=0.6)


def _tinted(g: Graph, roughness: float = 0.6) -> None:
    g.surface(base=g.object_colour(), roughness=roughness)


def _poster(g: Graph) -> None:
    blobs = g.node("ShaderNodeTexVoronoi", output="Color", inputs={"Vector": g.local(), "Scale": 3.1})
    g.surface(
        base=g.node("ShaderNodeHueSaturation", inputs={"Saturation": 0.45, "Value": 0.6, "Color": blobs}),
        roughness=0.2,
        coat=0.6,
    )


MAKERS = {
    "plain": _plain,
    "dirty": _dirty,
    "plaster": _plaster,
    "brick": _brick,
    "concrete": _concrete,
    "stone": _stone,
    "asphalt": _asphalt,
    "marking": _marking,
    "slabs": _slabs,
    "grass": _grass,
    "leaf": _leaf,
    "bark": _bark,
    "tiles": _tiles,
    "window": _window,
    "curtain": _curtain,
    "shutter": _shutter,
    "shop": _shop,
    "carpaint": _carpaint,
    "carglass": _carglass,
    "cloth": _cloth,
    "glow": _glow,
    "metal": _metal,
    "tinted": _tinted,
    "poster": _poster,
}


class MaterialLibrary:
    """Makes each material once for the current Blender file."""

    def __init__(self) -> None:
        self._made: dict[tuple, object] = {}

    def get(self, spec: tuple):
        """Returns the Blender material that the tuple (kind, arguments...) names."""
        if spec not in self._made:
            import bpy

            material = bpy.data.materials.new(spec[0])
            material.use_nodes = True
            # Lamps and windows shine, but sampling each of them as a light would cost more than it shows.
            material.cycles.emission_sampling = "NONE"
            material.node_tree.nodes.clear()
            MAKERS[spec[0]](Graph(material.node_tree), *spec[1:])
            self._made[spec] = material
        return self._made[spec]
