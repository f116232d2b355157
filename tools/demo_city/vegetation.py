"""Trees, hedges, shrubs and grass: many small leaves on branches, created once per scene and placed many times."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np

from .mesh import MeshBuilder, quads_mesh


@dataclass(frozen=True)
class TreeShape:
    """Proportions of a tree in metres; `leaf` is an sRGB colour."""

    height: float
    stem: float
    spread: float
    leaf: tuple[float, float, float]
    bark: tuple[float, float, float]
    clusters: int
    leaves: int
    leaf_size: float = 0.14
    slender: float = 1.0


TREES: dict[str, TreeShape] = {
    "lime": TreeShape(10.5, 2.9, 3.6, (0.24, 0.34, 0.12), (0.30, 0.27, 0.23), 34, 19000),
    "plane": TreeShape(13.0, 3.8, 4.8, (0.30, 0.38, 0.15), (0.44, 0.41, 0.34), 40, 23000, 0.16),
    "maple": TreeShape(8.0, 2.3, 2.9, (0.20, 0.31, 0.11), (0.28, 0.25, 0.22), 26, 15000),
    "birch": TreeShape(10.0, 2.6, 2.2, (0.33, 0.40, 0.16), (0.70, 0.69, 0.65), 30, 13000, 0.11, 1.5),
    "poplar": TreeShape(14.0, 1.8, 1.7, (0.22, 0.31, 0.13), (0.33, 0.30, 0.26), 40, 16000, 0.13, 2.4),
    "young": TreeShape(5.2, 2.2, 1.4, (0.28, 0.37, 0.14), (0.33, 0.29, 0.25), 14, 6000, 0.12, 1.1),
    "autumn": TreeShape(8.5, 2.4, 3.0, (0.45, 0.33, 0.10), (0.28, 0.25, 0.22), 28, 15000),
    "beech": TreeShape(11.0, 2.2, 3.8, (0.26, 0.15, 0.13), (0.34, 0.32, 0.30), 34, 17000),
}


def leaf_quads(
    centres: np.ndarray, outward: np.ndarray, size: float, generator: np.random.Generator
) -> np.ndarray:
    """Leaf shapes (n, 4, 3) at centres (n, 3), loosely turned to the outward directions (n, 3)."""
    count = len(centres)
    normal = outward + generator.normal(0, 0.75, (count, 3)) + np.array((0, 0, 0.35))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    along = generator.normal(0, 1, (count, 3))
    along -= normal * np.sum(along * normal, axis=1, keepdims=True)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    across = np.cross(normal, along)
    length = size * generator.uniform(0.65, 1.35, (count, 1))
    tip, side = along * length, across * length * 0.62
    bend = normal * length * 0.18
    return np.stack(
        [centres - tip - bend, centres + side * 0.9, centres + tip - bend, centres - side * 0.9], axis=1
    )


def build_tree(kind: str, seed: str, library) -> tuple[object, object]:
    """Makes (wood mesh, leaves mesh) of one tree standing at the origin."""
    shape = TREES[kind]
    rng = random.Random(seed)
    generator = np.random.default_rng(rng.randrange(2**32))
    wood = MeshBuilder()
    bark = ("bark", shape.bark)
    lean = (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25))
    crown = shape.height - shape.stem * 0.85
    radius = 0.028 * shape.height * (0.8 if kind == "young" else 1.0)
    trunk = [
        (0, 0, -0.1),
        (0.02, 0.01, 0.25),
        (lean[0] * 0.3, lean[1] * 0.3, shape.stem * 0.6),
        (lean[0] * 0.6, lean[1] * 0.6, shape.stem),
        (lean[0], lean[1], shape.stem + crown * 0.45),
        (lean[0] * 1.4, lean[1] * 1.4, shape.stem + crown * 0.8),
    ]
    wood.tube(
        trunk,
        [radius * 1.55, radius * 1.1, radius, radius * 0.9, radius * 0.45, radius * 0.1],
        bark,
        sides=10,
    )
    centres, sizes = [], []
    for k in range(shape.clusters):
        level = (k + rng.random()) / shape.clusters
        z = shape.stem * 0.9 + crown * (0.06 + 0.9 * level)
        belly = math.sin(math.pi * min(1.0, (level * 0.86 + 0.13))) ** 0.7
        reach = shape.spread * belly * math.sqrt(rng.uniform(0.12, 1.0))
        turn = k * 2.399 + rng.uniform(-0.5, 0.5)
        c = (lean[0] * level + reach * math.cos(turn), lean[1] * level + reach * math.sin(turn), z)
        centres.append(c)
        sizes.append(shape.spread * rng.uniform(0.26, 0.42))
        start_z = shape.stem * 0.85 + (z - shape.stem * 0.85) * rng.uniform(0.25, 0.6)
        start = (lean[0] * level * 0.8, lean[1] * level * 0.8, start_z)
        middle = tuple(0.5 * (a + b) + rng.uniform(-0.2, 0.2) for a, b in zip(start, c, strict=True))
        wood.tube([start, middle, c], [radius * 0.34, radius * 0.2, 0.015], bark, sides=5)
    chosen = generator.integers(0, len(centres), shape.leaves)
    direction = generator.normal(0, 1, (shape.leaves, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    distance = generator.uniform(0.15, 1.0, (shape.leaves, 1)) ** 0.45
    size = np.array(sizes)[chosen][:, None]
    flat = np.array((1.0, 1.0, 0.78 * math.sqrt(shape.slender)))
    points = (
        np.array(centres)[chosen]
        + direction * distance * size * flat
        + generator.normal(0, 0.06, (shape.leaves, 3))
    )
    middle = np.array((lean[0] * 0.5, lean[1] * 0.5, shape.stem + crown * 0.45))
    outward = (
        direction * 0.7
        + (points - middle) / (np.linalg.norm(points - middle, axis=1, keepdims=True) + 1e-6) * 0.7
    )
    quads = leaf_quads(points, outward, shape.leaf_size, generator)
    return wood.to_mesh(f"wood {kind}", library), quads_mesh(
        f"leaves {kind}", quads, library, ("leaf", shape.leaf), smooth=False
    )


def build_hedge(
    length: float,
    height: float,
    width: float,
    seed: str,
    library,
    *,
    colour: tuple[float, float, float] = (0.17, 0.26, 0.10),
) -> object:
    """Makes a clipped hedge along x from 0 to `length`, its middle on y = 0."""
    generator = np.random.default_rng(random.Random(seed).randrange(2**32))
    area = length * (2 * height + width) + 2 * width * height
    count = min(16000, int(area * 330))
    points = generator.uniform((0, -width / 2, 0.05), (length, width / 2, height), (count, 3))
    outward = np.zeros((count, 3))
    face = generator.uniform(0, 1, count)
    top = width / (2 * height + width)
    on_top = face < top
    points[on_top, 2] = height
    outward[on_top, 2] = 1
    side = ~on_top
    sign = np.where(generator.random(count) < 0.5, -1.0, 1.0)
    points[side, 1] = sign[side] * width / 2
    outward[side, 1] = sign[side]
    ends = side & (generator.random(count) < width / (length + width))
    points[ends, 0] = np.where(sign[ends] > 0, length, 0)
    points[ends, 1] = generator.uniform(-width / 2, width / 2, int(ends.sum()))
    points += generator.normal(0, 0.055, points.shape)
    points[:, 2] += 0.05 * np.sin(points[:, 0] * 1.7)
    quads = leaf_quads(points, outward, 0.075, generator)
    core = _core_quads(length, height - 0.05, width - 0.1)
    return quads_mesh("hedge", np.concatenate([quads, core]), library, ("leaf", colour))


def _core_quads(length: float, height: float, width: float) -> np.ndarray:
    w, x0, x1 = width / 2, 0.05, length - 0.05
    p = [
        (x0, -w, 0),
        (x1, -w, 0),
        (x1, w, 0),
        (x0, w, 0),
        (x0, -w, height),
        (x1, -w, height),
        (x1, w, height),
        (x0, w, height),
    ]
    return np.array(
        [[p[i] for i in f] for f in ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7))],
        dtype=float,
    )


def build_shrub(
    radius: float,
    height: float,
    seed: str,
    library,
    *,
    colour: tuple[float, float, float] = (0.20, 0.30, 0.11),
) -> object:
    """Makes a loose bush standing at the origin."""
    generator = np.random.default_rng(random.Random(seed).randrange(2**32))
    count = int(2600 * radius)
    direction = generator.normal(0, 1, (count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    lumps = 1 + 0.25 * np.sin(direction[:, :1] * 5 + 1) * np.cos(direction[:, 1:2] * 6)
    points = direction * generator.uniform(0.3, 1.0, (count, 1)) ** 0.4 * lumps * np.array(
        (radius, radius, height / 2)
    ) + np.array((0, 0, height / 2))
    points[:, 2] = np.abs(points[:, 2])
    return quads_mesh("shrub", leaf_quads(points, direction, 0.085, generator), library, ("leaf", colour))


def build_tuft(
    seed: str, library, *, colour: tuple[float, float, float] = (0.30, 0.36, 0.14), length: float = 0.13
) -> object:
    """Makes one square metre of grass blades around the origin."""
    generator = np.random.default_rng(random.Random(seed).randrange(2**32))
    count = 420
    foot = np.zeros((count, 3))
    foot[:, :2] = generator.uniform(-0.55, 0.55, (count, 2))
    turn = generator.uniform(0, 2 * math.pi, count)
    side = np.stack([np.cos(turn), np.sin(turn), np.zeros(count)], axis=1) * 0.012
    tip = generator.normal(0, 0.045, (count, 3))
    tip[:, 2] = length * generator.uniform(0.4, 1.2, count)
    quads = np.stack([foot - side, foot + side, foot + tip + side * 0.2, foot + tip - side * 0.2], axis=1)
    return quads_mesh("tuft", quads, library, ("leaf", colour))
