"""Text on shop signs, as flat polygons from Blender's own font."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from .mesh import MeshBuilder, Point, Spec


@cache
def _outline(text: str) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[int, ...], ...], float]:
    """Returns points and faces of a centred text of unit size, and its width."""
    import bpy

    curve = bpy.data.curves.new("lettering", "FONT")
    curve.body = text
    curve.align_x = "CENTER"
    curve.resolution_u = 2
    holder = bpy.data.objects.new("lettering", curve)
    mesh = holder.to_mesh()
    points = tuple((v.co.x, v.co.y) for v in mesh.vertices)
    faces = tuple(tuple(p.vertices) for p in mesh.polygons)
    holder.to_mesh_clear()
    bpy.data.objects.remove(holder)
    bpy.data.curves.remove(curve)
    xs = [p[0] for p in points] or [0.0]
    return points, faces, max(xs) - min(xs)


def add_text(
    builder: MeshBuilder, text: str, place: Callable[[float, float], Point], material: Spec, *, limit: float
) -> None:
    """Adds the text where `place` maps its flat (x, y); it is squeezed to at most `limit` units."""
    points, faces, width = _outline(text)
    squeeze = min(1.0, limit / max(width, 1e-6))
    start = len(builder.points)
    builder.points.extend(place(x * squeeze, y * squeeze) for x, y in points)
    for face in faces:
        builder.faces.append(tuple(start + i for i in face))
        builder.face_materials.append(material)
        builder.face_smooth.append(False)
