"""All materials, created at first use and named by a tuple such as ("plaster",) or ("plain", (r, g, b), 0.5).

Colours in tuples are sRGB in 0..1. Materials that take the colour of the object (walls, car paint, cloth) are shared by
many objects, which reduces the time for compiling shaders.
"""

from __future__ import annotations

from . import ground, plants, surfaces, walls, windows
from .graph import Graph

MAKERS = {
    "plain": surfaces.plain,
    "dirty": surfaces.dirty,
    "plaster": walls.plaster,
    "brick": walls.brick,
    "concrete": walls.concrete,
    "stone": walls.stone,
    "asphalt": ground.asphalt,
    "marking": ground.marking,
    "slabs": ground.slabs,
    "grass": ground.grass,
    "leaf": plants.leaf,
    "bark": plants.bark,
    "tiles": walls.tiles,
    "window": windows.window,
    "curtain": windows.curtain,
    "shutter": windows.shutter,
    "shop": windows.shop,
    "carpaint": surfaces.carpaint,
    "carglass": windows.carglass,
    "cloth": surfaces.cloth,
    "glow": surfaces.glow,
    "metal": surfaces.metal,
    "tinted": surfaces.tinted,
    "poster": surfaces.poster,
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
            # Lamps and windows emit light, but sampling each one as a light takes much time and changes little.
            material.cycles.emission_sampling = "NONE"
            material.node_tree.nodes.clear()
            MAKERS[spec[0]](Graph(material.node_tree), *spec[1:])
            self._made[spec] = material
        return self._made[spec]
