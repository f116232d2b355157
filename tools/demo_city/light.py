"""Sky and sun for the four kinds of light: clear, overcast, low sun, dusk."""

from __future__ import annotations

import math
import random

from .materials.graph import Graph, linear

# Sun elevation in degrees, sun power in W/m2 over the sky's own scale, sky strength, clouds in 0..1.
KINDS = {
    "clear": ((32.0, 55.0), 3.6, 0.13, (0.35, 0.75)),
    "overcast": ((40.0, 60.0), 0.35, 0.14, (1.0, 1.0)),
    "low": ((11.0, 19.0), 3.0, 0.12, (0.2, 0.6)),
    "dusk": ((1.5, 3.5), 0.12, 0.09, (0.5, 0.9)),
}


def light_scene(scene, kind: str, rng: random.Random) -> None:
    """Adds world light and sun to a Blender scene; the sun is mostly behind or beside the camera."""
    low, high = KINDS[kind][0]
    elevation = math.radians(rng.uniform(low, high))
    azimuth = rng.choice((-1, 1)) * math.radians(rng.uniform(35, 160))
    _sky(scene, kind, elevation, azimuth, rng)
    _sun(scene, kind, elevation, azimuth)


def _sky(scene, kind: str, elevation: float, azimuth: float, rng: random.Random) -> None:
    """The world's light: a physical sky with clouds drawn over it."""
    import bpy

    strength = KINDS[kind][2]
    world = bpy.data.worlds.new("sky")
    scene.world = world
    world.use_nodes = True
    world.node_tree.nodes.clear()
    g = Graph(world.node_tree)
    sky = g.node(
        "ShaderNodeTexSky",
        settings={
            "sky_type": "MULTIPLE_SCATTERING",
            "sun_disc": False,
            "sun_elevation": max(elevation, math.radians(2)),
            "sun_rotation": azimuth,
            "aerosol_density": 1.5 if kind != "low" else 2.5,
        },
    )
    direction = g.node("ShaderNodeTexCoord", output="Generated")
    up = g.node("ShaderNodeSeparateXYZ", output=2, inputs={0: direction})
    flat = g.math("ADD", g.math("MAXIMUM", up, 0.0), 0.18)
    plane = g.node(
        "ShaderNodeVectorMath",
        settings={"operation": "DIVIDE"},
        inputs={0: direction, 1: g.node("ShaderNodeCombineXYZ", inputs={0: flat, 1: flat, 2: 1.0})},
    )
    mask, bright = _clouds(g, kind, plane, rng)
    if kind == "overcast":
        gradient = g.ramp(up, 0.0, 0.9, to=(0.85, 1.35))
        colour = g.node(
            "ShaderNodeVectorMath", settings={"operation": "SCALE"}, inputs={0: bright, "Scale": gradient}
        )
    else:
        colour = g.mix(mask, sky, bright)
    background = g.node("ShaderNodeBackground", inputs={"Color": colour, "Strength": strength})
    output = world.node_tree.nodes.new("ShaderNodeOutputWorld")
    world.node_tree.links.new(background, output.inputs["Surface"])
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = 256


def _clouds(g: Graph, kind: str, plane, rng: random.Random):
    """Where clouds are (0..1) on the `plane` over the scene, and their light."""
    few, many = KINDS[kind][3]
    shift = g.node(
        "ShaderNodeVectorMath",
        settings={"operation": "ADD"},
        inputs={0: plane, 1: (rng.uniform(0, 50), rng.uniform(0, 50), 0.0)},
    )
    wisps = g.noise(shift, 0.75, detail=7.0, roughness=0.6, distortion=0.3)
    cover = rng.uniform(few, many)
    mask = g.ramp(wisps, 0.62 - 0.30 * cover, 0.80 - 0.30 * cover)
    level = {"clear": 8.0, "overcast": 5.5, "low": 5.0, "dusk": 0.75}[kind]
    warm = {
        "clear": (1.0, 1.0, 1.0),
        "overcast": (0.93, 0.96, 1.0),
        "low": (1.0, 0.93, 0.84),
        "dusk": (0.78, 0.80, 0.95),
    }[kind]
    white = tuple(level * c for c in linear(warm)[:3])
    shade = g.ramp(g.noise(shift, 1.7, detail=4.0), 0.3, 0.75, to=(1.0, 0.72))
    bright = g.node(
        "ShaderNodeCombineColor", inputs={i: g.math("MULTIPLY", shade, white[i]) for i in range(3)}
    )
    return mask, bright


def _sun(scene, kind: str, elevation: float, azimuth: float) -> None:
    import bpy

    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy = KINDS[kind][1]
    lamp.angle = math.radians(0.6 if kind != "overcast" else 25.0)
    lamp.color = {
        "clear": (1.0, 0.95, 0.88),
        "overcast": (1.0, 1.0, 1.0),
        "low": (1.0, 0.78, 0.55),
        "dusk": (1.0, 0.62, 0.45),
    }[kind]
    holder = bpy.data.objects.new("sun", lamp)
    holder.rotation_euler = (math.pi / 2 - elevation, 0.0, math.pi - azimuth)
    scene.collection.objects.link(holder)
