"""Builds a street: ground, houses, greenery, furniture, traffic and people, each with its label."""

from __future__ import annotations

import random

from . import labels
from .camera import CameraPose, draw_pose, place_camera
from .cities import City, FramePlan
from .light import light_scene
from .placement.build import Build
from .placement.fronts import place_fronts
from .placement.furniture import place_furniture
from .placement.greenery import place_greenery
from .placement.houses import place_houses
from .placement.traffic import place_traffic
from .placement.walkers import place_walkers
from .street.ground import build_ground
from .street.markings import build_markings
from .street.plan import street_plan
from .vehicles.bonnet import build_bonnet


def build_scene(scene, city: City, frame: FramePlan, key: str) -> tuple[Build, CameraPose]:
    """Fills an empty Blender scene; the string `key` is the seed of all random draws."""
    rng = random.Random(key)
    plan = street_plan(city, frame, rng)
    b = Build(scene, city, frame, plan, rng, key)
    pose = draw_pose(rng, b.layout.lane_center(plan.lanes - 1, 1))
    b.busy.append((0.0, pose.x, 4.0))
    _place_ground(b)
    place_greenery(b)
    place_furniture(b)
    place_houses(b)
    place_fronts(b)
    place_traffic(b)
    place_walkers(b)
    if frame.bonnet:
        _place_bonnet(b, pose)
    place_camera(scene, pose)
    light_scene(scene, frame.light, rng)
    return b, pose


def _place_ground(b: Build) -> None:
    for builder, label in build_ground(b.layout, b.city, b.rng):
        if builder.faces:
            b.link(
                builder.to_mesh("ground", b.library, bend=b.bend.points), b.table.stuff(label), (0, 0, 0), 0.0
            )
    b.link(
        build_markings(b.layout, b.city, b.rng).to_mesh("markings", b.library, bend=b.bend.points),
        b.table.stuff(labels.ROAD),
        (0, 0, 0),
        0.0,
    )


def _place_bonnet(b: Build, pose: CameraPose) -> None:
    """The camera car's own bonnet, below the camera."""
    b.link(
        build_bonnet().to_mesh("bonnet", b.library),
        b.table.stuff(labels.EGO_VEHICLE),
        (pose.x, pose.y, pose.z - 1.22 - 0.145),
        -pose.yaw,
        (0.05, 0.055, 0.06),
    )
