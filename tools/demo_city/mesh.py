"""Geometry: a builder that collects faces and passes them to Blender at once.

Blender's operators are slow (a street of a thousand parts takes minutes), so the builder fills plain lists and creates
a mesh once. Lengths are in metres, z is up. A material is named by a tuple, see `materials.library`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

Point = tuple[float, float, float]
Spec = tuple


class MeshBuilder:
    """Collects polygons with a material each; `to_mesh` turns them into a Blender mesh."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.faces: list[tuple[int, ...]] = []
        self.face_materials: list[Spec] = []
        self.face_smooth: list[bool] = []

    def face(self, points: Sequence[Point], material: Spec, *, smooth: bool = False) -> None:
        """Adds one polygon, its points counter-clockwise seen from outside."""
        start = len(self.points)
        self.points.extend(points)
        self.faces.append(tuple(range(start, start + len(points))))
        self.face_materials.append(material)
        self.face_smooth.append(smooth)

    def box(
        self, center: Point, size: Point, material: Spec, *, angle: float = 0.0, open_bottom: bool = False
    ) -> None:
        """Adds a box of full `size` around `center`, turned by `angle` (radians) about z."""
        cx, cy, cz = center
        hx, hy, hz = size[0] / 2, size[1] / 2, size[2] / 2
        cos, sin = math.cos(angle), math.sin(angle)

        def corner(x: float, y: float, z: float) -> Point:
            return (cx + x * cos - y * sin, cy + x * sin + y * cos, cz + z)

        p = [corner(x, y, z) for z in (-hz, hz) for x, y in ((-hx, -hy), (hx, -hy), (hx, hy), (-hx, hy))]
        sides = [(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7)]
        if not open_bottom:
            sides.append((3, 2, 1, 0))
        self._indexed(p, sides, material, smooth=False)

    def rounded_box(
        self, center: Point, size: Point, material: Spec, *, bevel: float, angle: float = 0.0
    ) -> None:
        """Adds a box whose vertical edges and upper edges are cut by `bevel` metres."""
        cx, cy, cz = center
        hx, hy, hz = size[0] / 2, size[1] / 2, size[2] / 2
        cos, sin = math.cos(angle), math.sin(angle)
        rings = []
        for inset, z in ((0.0, -hz), (0.0, hz - bevel), (bevel * 0.3, hz - bevel * 0.3), (bevel, hz)):
            ring = []
            x, y, b = hx - inset, hy - inset, bevel
            for px, py in (
                (-x + b, -y),
                (x - b, -y),
                (x - b * 0.3, -y + b * 0.3),
                (x, -y + b),
                (x, y - b),
                (x - b * 0.3, y - b * 0.3),
                (x - b, y),
                (-x + b, y),
                (-x + b * 0.3, y - b * 0.3),
                (-x, y - b),
                (-x, -y + b),
                (-x + b * 0.3, -y + b * 0.3),
            ):
                ring.append((cx + px * cos - py * sin, cy + px * sin + py * cos, cz + z))
            rings.append(ring)
        self.loft(rings, material, cap_start=True, cap_end=True, smooth=False)

    def loft(
        self,
        rings: Sequence[Sequence[Point]],
        material: Spec | Callable[[int, int], Spec | None],
        *,
        closed: bool = True,
        cap_start: bool = False,
        cap_end: bool = False,
        smooth: bool = True,
    ) -> None:
        """Adds a skin over rings of equal length; `material` may depend on (ring, column), None leaves a hole."""
        start = len(self.points)
        width = len(rings[0])
        for ring in rings:
            self.points.extend(ring)
        columns = width if closed else width - 1
        for r in range(len(rings) - 1):
            for c in range(columns):
                spec = material(r, c) if callable(material) else material
                if spec is None:
                    continue
                a = start + r * width + c
                b = start + r * width + (c + 1) % width
                self.faces.append((a, b, b + width, a + width))
                self.face_materials.append(spec)
                self.face_smooth.append(smooth)
        for wanted, ring in ((cap_start, tuple(reversed(rings[0]))), (cap_end, tuple(rings[-1]))):
            if wanted:
                self.face(ring, material(0, 0) if callable(material) else material)

    def tube(
        self,
        path: Sequence[Point],
        radii: Sequence[float] | float,
        material: Spec,
        *,
        sides: int = 8,
        flatten: float = 1.0,
        cap: bool = True,
        smooth: bool = True,
    ) -> None:
        """Adds a pipe along `path`; `flatten` scales the section along its second axis."""
        if isinstance(radii, int | float):
            radii = [float(radii)] * len(path)
        points = [np.array(p, dtype=float) for p in path]
        rings = []
        for i, point in enumerate(points):
            ahead = points[min(i + 1, len(points) - 1)] - points[max(i - 1, 0)]
            length = float(np.linalg.norm(ahead)) or 1.0
            ahead = ahead / length
            reference = np.array((1.0, 0.0, 0.0)) if abs(ahead[0]) < 0.8 else np.array((0.0, 1.0, 0.0))
            u = reference - ahead * float(reference @ ahead)
            u /= np.linalg.norm(u)
            v = np.cross(ahead, u)
            rings.append(
                [
                    tuple(point + radii[i] * (math.cos(t) * u + flatten * math.sin(t) * v))
                    for t in (2 * math.pi * k / sides for k in range(sides))
                ]
            )
        self.loft(rings, material, cap_start=cap, cap_end=cap, smooth=smooth)

    def lathe(
        self,
        profile: Sequence[tuple[float, float]],
        center: Point,
        material: Spec | Callable[[int, int], Spec | None],
        *,
        axis: str = "z",
        sides: int = 16,
        smooth: bool = True,
        cap_start: bool = False,
        cap_end: bool = False,
    ) -> None:
        """Turns (radius, height) pairs about an axis through `center`."""
        rings = []
        for radius, height in profile:
            ring = []
            for k in range(sides):
                t = 2 * math.pi * k / sides
                a, b = radius * math.cos(t), radius * math.sin(t)
                offset = {"z": (a, b, height), "x": (height, a, b), "y": (b, height, a)}[axis]
                ring.append((center[0] + offset[0], center[1] + offset[1], center[2] + offset[2]))
            rings.append(ring)
        self.loft(rings, material, smooth=smooth, cap_start=cap_start, cap_end=cap_end)

    def ellipsoid(
        self,
        center: Point,
        radii: Point,
        material: Spec,
        *,
        sides: int = 12,
        rows: int = 8,
        tilt: float = 0.0,
    ) -> None:
        """Adds an ellipsoid; `tilt` (radians) leans its upper end forward along y."""
        cos, sin = math.cos(tilt), math.sin(tilt)
        rings = []
        for r in range(rows + 1):
            polar = math.pi * (r / rows) - math.pi / 2
            ring = []
            for k in range(sides):
                t = 2 * math.pi * k / sides
                x = radii[0] * math.cos(polar) * math.cos(t)
                y = radii[1] * math.cos(polar) * math.sin(t)
                z = radii[2] * math.sin(polar)
                ring.append((center[0] + x, center[1] + y * cos + z * sin, center[2] - y * sin + z * cos))
            rings.append(ring)
        self.loft(rings, material)

    def disc(
        self,
        center: Point,
        radius: float,
        material: Spec,
        *,
        axis: str = "y",
        sides: int = 24,
        sign: float = -1.0,
        stretch: float = 1.0,
    ) -> None:
        """Adds a flat disc facing along `sign` times the axis."""
        ring = []
        for k in range(sides):
            t = 2 * math.pi * k / sides * (1 if axis != "y" else -sign * 1.0)
            a, b = radius * math.cos(t), radius * stretch * math.sin(t)
            offset = {"z": (a, b, 0.0), "x": (0.0, a, b), "y": (a, 0.0, b)}[axis]
            ring.append((center[0] + offset[0], center[1] + offset[1], center[2] + offset[2]))
        if axis != "y" and sign < 0:
            ring.reverse()
        self.face(ring, material)

    def _indexed(
        self, points: Sequence[Point], faces: Sequence[tuple[int, ...]], material: Spec, *, smooth: bool
    ) -> None:
        start = len(self.points)
        self.points.extend(points)
        for face in faces:
            self.faces.append(tuple(start + i for i in face))
            self.face_materials.append(material)
            self.face_smooth.append(smooth)

    def transform(self, function: Callable[[np.ndarray], np.ndarray]) -> None:
        """Moves all points collected so far; `function` maps (n, 3) to (n, 3) metres."""
        moved = function(np.array(self.points, dtype=float).reshape(-1, 3))
        self.points = [tuple(p) for p in moved.tolist()]

    def to_mesh(
        self,
        name: str,
        library,
        *,
        sharp_angle: float | None = 0.7,
        bend: Callable[[np.ndarray], np.ndarray] | None = None,
    ):
        """Creates the Blender mesh; texture coordinates are metres in the plane of the face, before `bend`."""
        import bpy

        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(self.points, [], self.faces)
        slots: dict[Spec, int] = {}
        indices = np.empty(len(self.faces), dtype=np.int32)
        for i, spec in enumerate(self.face_materials):
            if spec not in slots:
                slots[spec] = len(slots)
                mesh.materials.append(library.get(spec))
            indices[i] = slots[spec]
        mesh.polygons.foreach_set("material_index", indices)
        mesh.polygons.foreach_set("use_smooth", np.array(self.face_smooth, dtype=bool))
        _project(mesh)
        if bend is not None:
            mesh.vertices.foreach_set(
                "co", bend(np.array(self.points, dtype=float)).astype(np.float32).ravel()
            )
        if sharp_angle is not None and any(self.face_smooth):
            mesh.set_sharp_from_angle(angle=sharp_angle)
        mesh.update()
        return mesh


def _project(mesh) -> None:
    """Adds texture coordinates in metres to every face, projected along the axis nearest to its normal."""
    count = len(mesh.loops)
    vertices = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
    mesh.vertices.foreach_get("co", vertices)
    vertices = vertices.reshape(-1, 3)
    loops = np.empty(count, dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    normals = np.empty(len(mesh.polygons) * 3, dtype=np.float32)
    mesh.polygons.foreach_get("normal", normals)
    totals = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("loop_total", totals)
    normal = np.abs(np.repeat(normals.reshape(-1, 3), totals, axis=0))
    position = vertices[loops]
    uv = np.stack([position[:, 0], position[:, 1]], axis=1)
    steep = normal[:, 2] < 0.75
    facing_x = steep & (normal[:, 0] > normal[:, 1])
    facing_y = steep & ~facing_x
    uv[facing_x] = position[facing_x][:, (1, 2)]
    uv[facing_y] = position[facing_y][:, (0, 2)]
    layer = mesh.uv_layers.new(name="metres")
    layer.data.foreach_set("uv", uv.ravel().astype(np.float32))


def quads_mesh(name: str, corners: np.ndarray, library, material: Spec, *, smooth: bool = False):
    """Creates a mesh of separate quads from corners (n, 4, 3) in metres; much faster than face by face."""
    import bpy

    count = len(corners)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(count * 4)
    mesh.vertices.foreach_set("co", np.ascontiguousarray(corners, dtype=np.float32).ravel())
    mesh.loops.add(count * 4)
    mesh.loops.foreach_set("vertex_index", np.arange(count * 4, dtype=np.int32))
    mesh.polygons.add(count)
    mesh.polygons.foreach_set("loop_start", np.arange(0, count * 4, 4, dtype=np.int32))
    mesh.polygons.foreach_set("use_smooth", np.full(count, smooth))
    mesh.materials.append(library.get(material))
    mesh.update(calc_edges=True)
    return mesh


def smooth_curve(points: Sequence[tuple[float, float]], x: float) -> float:
    """Interpolates (x, y) pairs sorted by x without overshoot (monotone cubic), constant beyond the ends."""
    if x <= points[0][0]:
        return points[0][1]
    if x >= points[-1][0]:
        return points[-1][1]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    tangents = [slopes[0]]
    for left, right in pairwise(slopes):
        tangents.append(0.0 if left * right <= 0 else 2 * left * right / (left + right))
    tangents.append(slopes[-1])
    i = next(k for k in range(len(points) - 1) if points[k][0] <= x <= points[k + 1][0])
    (x0, y0), (x1, y1) = points[i], points[i + 1]
    h = x1 - x0
    t = (x - x0) / h
    return (
        (2 * t**3 - 3 * t**2 + 1) * y0
        + (t**3 - 2 * t**2 + t) * h * tangents[i]
        + (-2 * t**3 + 3 * t**2) * y1
        + (t**3 - t**2) * h * tangents[i + 1]
    )
