"""A thin layer over Blender's node trees.

Colours are sRGB in 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence

Colour = tuple[float, float, float]


def linear(colour: Sequence[float]) -> tuple[float, float, float, float]:
    """Converts sRGB 0..1 to the linear RGBA that shaders want."""
    return (*(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]), 1.0)


class Graph:
    """A thin layer over a material's node tree: every method adds a node and returns its output socket."""

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
        """Adds a principled surface as the end of the tree."""
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
