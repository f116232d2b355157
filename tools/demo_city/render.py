"""Two renderings of a scene: the picture with light, and a flat one with pass index and depth of every pixel."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class RenderSettings:
    """Size in pixels, samples a pixel, threads."""

    width: int = 1024
    height: int = 512
    samples: int = 16
    threads: int = 2


def new_scene():
    """Empties Blender and returns its scene."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene


def _configure(scene, settings: RenderSettings) -> None:
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.render.resolution_x, scene.render.resolution_y = settings.width, settings.height
    scene.render.resolution_percentage = 100
    scene.render.threads_mode = "FIXED"
    scene.render.threads = settings.threads
    scene.render.use_compositing = False
    scene.render.use_sequencer = False
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.color_depth = "32"
    scene.render.image_settings.exr_codec = "ZIP"
    scene.cycles.seed = 1


def _shoot(scene, settings: RenderSettings) -> np.ndarray:
    """Renders and returns float32 (h, w, 3), top row first."""
    import bpy

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shot.exr"
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(str(path))
        image.colorspace_settings.name = "Non-Color"
        pixels = np.empty(settings.width * settings.height * image.channels, dtype=np.float32)
        image.pixels.foreach_get(pixels)
        channels = image.channels
        bpy.data.images.remove(image)
    return pixels.reshape(settings.height, settings.width, channels)[::-1, :, :3].copy()


def render_picture(scene, settings: RenderSettings) -> np.ndarray:
    """Renders the lit scene with denoising; linear float32 (h, w, 3)."""
    _configure(scene, settings)
    cycles = scene.cycles
    cycles.samples = settings.samples
    cycles.use_adaptive_sampling = False
    cycles.use_light_tree = False
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 2
    cycles.transmission_bounces = 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    cycles.blur_glossy = 0.5
    return _shoot(scene, settings)


def render_indices(
    scene, settings: RenderSettings, *, hidden: list, label_only: list
) -> tuple[np.ndarray, np.ndarray]:
    """Renders pass indices int32 (h, w) and depths float32 (h, w) in metres at pixel centres, without smoothing.

    `hidden` objects (wires too thin to be annotated) are left out. `label_only` objects (the filled outline of a fence
    or a wheel, as annotators draw it) are only in this rendering, not in the picture.
    """
    import bpy

    from .materials.graph import Graph

    _configure(scene, settings)
    for item in hidden:
        item.hide_render = True
    for item in label_only:
        item.hide_render = False
    flat = bpy.data.materials.new("index")
    flat.use_nodes = True
    flat.node_tree.nodes.clear()
    g = Graph(flat.node_tree)
    index = g.node("ShaderNodeObjectInfo", output="Object Index")
    depth = g.node("ShaderNodeCameraData", output="View Z Depth")
    colour = g.node("ShaderNodeCombineXYZ", inputs={0: index, 1: depth, 2: 0.0})
    g.finish(g.node("ShaderNodeEmission", inputs={"Color": colour, "Strength": 1.0}))
    black = bpy.data.worlds.new("black")
    black.use_nodes = True
    black.node_tree.nodes.clear()
    sky, scene.world = scene.world, black
    layer = scene.view_layers[0]
    layer.material_override = flat
    cycles = scene.cycles
    cycles.samples = 1
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.max_bounces = 0
    cycles.sample_clamp_direct = cycles.sample_clamp_indirect = 0.0
    cycles.pixel_filter_type = "BOX"
    cycles.filter_width = 0.01
    for item in scene.objects:
        if item.type == "LIGHT":
            item.hide_render = True
    pixels = _shoot(scene, settings)
    for item in label_only:
        item.hide_render = True
    layer.material_override = None
    scene.world = sky
    for item in [*hidden, *(o for o in scene.objects if o.type == "LIGHT")]:
        item.hide_render = False
    cycles.filter_width = 1.5
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    return np.rint(pixels[..., 0]).astype(np.int32), pixels[..., 1]
