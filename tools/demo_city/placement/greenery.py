"""Street trees, the planted median, and blades of grass on the near verges."""

from __future__ import annotations

from .. import labels, vegetation
from ..street.layout import KERB
from .build import Build


def tuft(b: Build):
    """The mesh of a square metre of grass blades, created once per scene."""
    return b.cached(("tuft",), lambda: vegetation.build_tuft(b.key, b.library))


def bush(b: Build):
    """The mesh of one of two bushes, drawn by chance."""
    return b.cached(
        ("bush", b.rng.randrange(2)),
        lambda: vegetation.build_shrub(0.9, 1.5, f"{b.key}/bush", b.library),
    )


def place_greenery(b: Build) -> None:
    """Places the plants in the street."""
    grass = tuft(b)
    kind = b.rng.choice(b.city.trees)
    for sign in (-1, 1):
        _street_trees(b, sign, kind)
        _verge(b, sign, grass)
    if b.plan.median_kind == "grass":
        _median(b, kind, grass)


def _street_trees(b: Build, sign: int, kind: str) -> None:
    layout, rng, side = b.layout, b.rng, b.layout.side(sign)
    middle = layout.kerb(sign) + (0.2 + side.verge / 2 if side.verge else 0.9)
    if side.tree_step:
        s = rng.uniform(-12, -4)
        while s < b.plan.length - 5:
            if not layout.on_side_street(s, 8.0) and rng.random() < 0.9:
                b.tree(s, sign * middle, kind=kind if rng.random() < 0.85 else None)
                b.busy.append((s, sign * middle, 0.8))
            s += side.tree_step * rng.uniform(0.85, 1.2)


def _verge(b: Build, sign: int, grass) -> None:
    layout, rng, verge = b.layout, b.rng, b.layout.side(sign).verge
    if not verge:
        return
    for k in range(3, 38):
        if not layout.on_side_street(k, 7.0):
            for _ in range(max(1, int(verge))):
                b.add(
                    grass,
                    b.table.stuff(labels.TERRAIN),
                    k + rng.uniform(-0.5, 0.5),
                    sign * (layout.kerb(sign) + 0.2 + rng.uniform(0.4, max(0.5, verge - 0.4))),
                    z=KERB,
                    angle=rng.uniform(0, 6),
                    scale=rng.uniform(0.7, 1.15),
                )


def _median(b: Build, kind: str, grass) -> None:
    """Trees, bushes and grass between the carriageways."""
    layout, rng = b.layout, b.rng
    s = 5.0
    while s < b.plan.length:
        if not layout.on_side_street(s, 4.5):
            if rng.random() < 0.45:
                b.tree(s, rng.uniform(-0.5, 0.5), kind=kind)
            else:
                b.add(
                    bush(b),
                    b.table.stuff(labels.VEGETATION),
                    s,
                    rng.uniform(-0.8, 0.8),
                    z=KERB,
                    scale=rng.uniform(0.5, 0.9),
                )
        s += rng.uniform(5, 9)
    for k in range(4, 40):
        if not layout.on_side_street(k, 3.5):
            for d in (-1.3, 0.0, 1.3):
                b.add(
                    grass,
                    b.table.stuff(labels.TERRAIN),
                    k,
                    d + rng.uniform(-0.3, 0.3),
                    z=KERB,
                    angle=rng.uniform(0, 6),
                )
