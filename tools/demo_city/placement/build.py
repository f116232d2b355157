"""A scene under construction."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from .. import labels, vegetation
from ..cities import City, FramePlan
from ..furniture.finishes import Parts
from ..materials.graph import linear
from ..materials.library import MaterialLibrary
from ..mesh import MeshBuilder
from ..street.layout import KERB, Bend, Layout
from ..street.plan import StreetPlan


@dataclass
class Build:
    """A scene under construction; `add` places all objects."""

    scene: object
    city: City
    frame: FramePlan
    plan: StreetPlan
    rng: random.Random
    key: str
    library: MaterialLibrary = field(default_factory=MaterialLibrary)
    table: labels.IndexTable = field(default_factory=labels.IndexTable)
    hidden: list = field(default_factory=list)
    label_only: list = field(default_factory=list)
    meshes: dict = field(default_factory=dict)
    busy: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.layout = Layout(self.plan)
        self.bend = Bend(self.plan.curve)
        self.dusk = 1.0 if self.frame.light == "dusk" else 0.0
        self.lit = self.frame.light in ("dusk",)

    def link(
        self,
        mesh,
        index: int,
        location: tuple[float, float, float],
        angle: float,
        colour=(0.5, 0.5, 0.5),
        scale: float = 1.0,
    ):
        import bpy

        item = bpy.data.objects.new(mesh.name, mesh)
        item.location = location
        item.rotation_euler = (0.0, 0.0, angle)
        item.scale = (scale, scale, scale)
        item.color = linear(colour)
        item.pass_index = index
        self.scene.collection.objects.link(item)
        return item

    def add(
        self,
        mesh,
        index: int,
        s: float,
        d: float,
        *,
        z: float = 0.0,
        angle: float = 0.0,
        colour=(0.5, 0.5, 0.5),
        scale: float = 1.0,
    ):
        """Places a mesh in street coordinates; `angle` is counter-clockwise against the street's direction."""
        if isinstance(mesh, MeshBuilder):
            mesh = mesh.to_mesh("part", self.library)
        x, y, turn = self.bend.at(s, d)
        return self.link(mesh, index, (x, y, z), angle - turn, colour, scale)

    def add_parts(
        self,
        parts: Parts,
        s: float,
        d: float,
        *,
        angle: float = 0.0,
        z: float = KERB,
        colour=(0.6, 0.55, 0.48),
    ) -> None:
        for label, part in parts.items():
            if part.faces:
                self.add(part, self.table.stuff(label), s, d, z=z, angle=angle, colour=colour)

    def outline(self, item) -> None:
        """Uses an object only for the ground truth."""
        item.hide_render = True
        self.label_only.append(item)

    def cached(self, key: tuple, make):
        """Returns a mesh that is created once per scene."""
        if key not in self.meshes:
            made = make()
            self.meshes[key] = made.to_mesh("part", self.library) if isinstance(made, MeshBuilder) else made
        return self.meshes[key]

    def tree(
        self, s: float, d: float, *, kind: str | None = None, z: float = KERB, scale: float = 1.0
    ) -> None:
        kind = kind or self.rng.choice(self.city.trees)
        variant = self.rng.randrange(2)
        wood, leaves = self.cached(
            ("tree", kind, variant),
            lambda: vegetation.build_tree(kind, f"{self.key}/{kind}/{variant}", self.library),
        )
        angle, size = self.rng.uniform(0, math.tau), scale * self.rng.uniform(0.82, 1.12)
        for mesh in (wood, leaves):
            self.add(mesh, self.table.stuff(labels.VEGETATION), s, d, z=z, angle=angle, scale=size)

    def free(self, s: float, d: float, radius: float) -> bool:
        """Reserves a round place on the ground; returns whether it was free."""
        if any((s - a) ** 2 + (d - b) ** 2 < (radius + r) ** 2 for a, b, r in self.busy):
            return False
        self.busy.append((s, d, radius))
        return True
