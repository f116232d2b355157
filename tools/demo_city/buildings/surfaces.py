"""Surfaces of a wall. A facade is drawn in (u, v, w): metres along the wall, up, and into the wall."""

from __future__ import annotations

from collections.abc import Callable

from ..mesh import MeshBuilder, Point, Spec

Facade = Callable[[float, float, float], Point]
"""Places a point (u, v, w) of a wall in the house's own axes."""


def slab(
    b: MeshBuilder,
    p: Facade,
    u: tuple[float, float],
    v: tuple[float, float],
    w: tuple[float, float],
    spec: Spec,
) -> None:
    """A box on the facade between the given (u, v, w) ranges; the side that touches the wall is left out."""
    (u0, u1), (v0, v1), (w0, w1) = u, v, w
    b.face([p(u0, v0, w0), p(u1, v0, w0), p(u1, v1, w0), p(u0, v1, w0)], spec)
    b.face([p(u0, v1, w0), p(u1, v1, w0), p(u1, v1, w1), p(u0, v1, w1)], spec)
    b.face([p(u0, v0, w1), p(u1, v0, w1), p(u1, v0, w0), p(u0, v0, w0)], spec)
    b.face([p(u0, v0, w1), p(u0, v0, w0), p(u0, v1, w0), p(u0, v1, w1)], spec)
    b.face([p(u1, v0, w0), p(u1, v0, w1), p(u1, v1, w1), p(u1, v1, w0)], spec)


def flat(
    b: MeshBuilder, p: Facade, u: tuple[float, float], v: tuple[float, float], w: float, spec: Spec
) -> None:
    """A rectangle parallel to the wall."""
    b.face([p(u[0], v[0], w), p(u[1], v[0], w), p(u[1], v[1], w), p(u[0], v[1], w)], spec)


def opening(
    b: MeshBuilder, p: Facade, u: tuple[float, float], v: tuple[float, float], deep: float, spec: Spec
) -> None:
    """The four reveals of a hole in the wall."""
    (u0, u1), (v0, v1) = u, v
    b.face([p(u0, v0, 0), p(u1, v0, 0), p(u1, v0, deep), p(u0, v0, deep)], spec)
    b.face([p(u0, v1, deep), p(u1, v1, deep), p(u1, v1, 0), p(u0, v1, 0)], spec)
    b.face([p(u0, v0, 0), p(u0, v0, deep), p(u0, v1, deep), p(u0, v1, 0)], spec)
    b.face([p(u1, v0, deep), p(u1, v0, 0), p(u1, v1, 0), p(u1, v1, deep)], spec)


def surround_wall(
    b: MeshBuilder,
    p: Facade,
    cell: tuple[float, float, float, float],
    hole: tuple[float, float, float, float],
    spec: Spec,
) -> None:
    """The wall of one cell (u0, v0, u1, v1) around its hole."""
    u0, v0, u1, v1 = cell
    a0, b0, a1, b1 = hole
    flat(b, p, (u0, u1), (v0, b0), 0, spec)
    flat(b, p, (u0, u1), (b1, v1), 0, spec)
    flat(b, p, (u0, a0), (b0, b1), 0, spec)
    flat(b, p, (a1, u1), (b0, b1), 0, spec)
