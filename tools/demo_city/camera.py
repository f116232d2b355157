"""The camera of a car: Cityscapes' field of view, behind the windscreen, the horizon slightly above the middle."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

FIELD_OF_VIEW = 2 * math.atan(1024 / 2262)
HEIGHT = 1.22


@dataclass(frozen=True)
class CameraPose:
    """World position in metres, yaw clockwise from y, and pitch below the horizontal, in radians."""

    x: float
    y: float
    z: float
    yaw: float
    pitch: float


def draw_pose(rng: random.Random, lane_center: float) -> CameraPose:
    """Draws the position of the car in its lane; the horizon is at 0.42 to 0.45 of the picture's height."""
    horizon = rng.uniform(0.42, 0.45)
    focal = 0.5 / math.tan(FIELD_OF_VIEW / 2)
    pitch = math.atan((0.5 - horizon) * 0.5 / focal)
    return CameraPose(
        lane_center + rng.uniform(-0.3, 0.3),
        0.0,
        HEIGHT + rng.uniform(-0.03, 0.05),
        math.radians(rng.uniform(-2.5, 2.5)),
        pitch,
    )


def place_camera(scene, pose: CameraPose) -> None:
    """Adds the camera to a Blender scene."""
    import bpy

    data = bpy.data.cameras.new("camera")
    data.sensor_width = 36.0
    data.angle = FIELD_OF_VIEW
    data.clip_start, data.clip_end = 0.05, 2000.0
    holder = bpy.data.objects.new("camera", data)
    holder.location = (pose.x, pose.y, pose.z)
    holder.rotation_euler = (math.pi / 2 - pose.pitch, 0.0, -pose.yaw)
    scene.collection.objects.link(holder)
    scene.camera = holder
