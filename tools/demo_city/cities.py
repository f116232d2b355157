"""The three fictional cities, and what each of their frames is to show."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Side:
    """One side of a street, from the kerb outwards; widths in metres."""

    parking: float = 0.0
    bike: float = 0.0
    verge: float = 0.0
    walk: float = 3.0
    front: str = "none"
    front_depth: float = 0.0
    styles: tuple[str, ...] = ("oldtown",)
    gap: float = 0.0
    tree_step: float = 0.0


@dataclass(frozen=True)
class StreetPlan:
    """A street to drive along: `crossings` are positions ahead of the camera, `curve` is 1 / radius."""

    left: Side
    right: Side
    lanes: int = 1
    lane: float = 3.25
    median: float = 0.0
    median_kind: str = "none"
    crossings: tuple[float, ...] = ()
    curve: float = 0.0
    length: float = 190.0
    cobbles: bool = False
    square: bool = False


@dataclass(frozen=True)
class FramePlan:
    """Everything that a frame's random numbers do not decide by themselves."""

    kind: str
    light: str
    bonnet: bool
    features: frozenset[str]
    density: float = 1.0


@dataclass(frozen=True)
class City:
    """A city's character."""

    name: str
    styles: tuple[str, ...]
    outskirts: tuple[str, ...]
    trees: tuple[str, ...]
    bus: tuple[float, float, float]
    tram: tuple[float, float, float]
    yellow_zebra: bool
    old_lamps: bool
    walls: tuple[str, ...]
    fences: tuple[str, ...]
    asphalt: tuple[float, float, float]
    frames: tuple[FramePlan, ...] = field(default=())


def _f(kind: str, light: str, bonnet: int, features: str, density: float = 1.0) -> FramePlan:
    return FramePlan(kind, light, bool(bonnet), frozenset(features.split()), density)


CITIES: dict[str, City] = {
    "altenrode": City(
        "altenrode",
        ("oldtown", "oldtown", "sandstone", "grand"),
        ("villa", "oldtown"),
        ("lime", "maple", "young", "birch"),
        (0.62, 0.10, 0.10),
        (0.70, 0.62, 0.42),
        False,
        True,
        ("stone", "plaster"),
        ("bars", "planks"),
        (0.40, 0.40, 0.39),
        (
            _f("narrow", "clear", 0, "rider motorcycle people light"),
            _f("avenue", "overcast", 1, "truck rider fence"),
            _f("tram", "clear", 1, "train rider people light"),
            _f("residential", "clear", 0, "wall fence motorcycle"),
            _f("crossing", "low", 1, "bus light people rider truck"),
            _f("narrow", "overcast", 1, "motorcycle wall bicycles people"),
            _f("tram", "overcast", 0, "train bus light"),
            _f("outskirts", "clear", 1, "wall truck fence"),
            _f("crossing", "clear", 0, "light rider motorcycle people"),
            _f("residential", "dusk", 1, "fence wall bus"),
            _f("avenue", "clear", 1, "people bicycles light train_far truck"),
        ),
    ),
    "brinkhaven": City(
        "brinkhaven",
        ("brick", "brick", "row", "postwar"),
        ("row", "villa"),
        ("maple", "birch", "poplar", "lime", "beech"),
        (0.10, 0.30, 0.24),
        (0.14, 0.30, 0.52),
        False,
        False,
        ("brick", "brick"),
        ("planks", "bars", "mesh"),
        (0.36, 0.365, 0.37),
        (
            _f("avenue", "overcast", 1, "rider bicycles bus people"),
            _f("residential", "clear", 1, "fence wall rider"),
            _f("tram", "overcast", 0, "train truck light people"),
            _f("narrow", "clear", 1, "bicycles motorcycle people rider"),
            _f("crossing", "overcast", 1, "light truck rider bus"),
            _f("outskirts", "low", 1, "fence wall motorcycle"),
            _f("avenue", "clear", 0, "bus light people motorcycle"),
            _f("residential", "overcast", 0, "wall fence truck bicycles"),
            _f("tram", "dusk", 1, "train light rider people"),
            _f("crossing", "clear", 0, "light bicycles people motorcycle wall"),
            _f("avenue", "low", 1, "rider truck fence"),
        ),
    ),
    "neuwerda": City(
        "neuwerda",
        ("office", "concrete", "postwar", "office", "grand"),
        ("postwar", "villa"),
        ("plane", "young", "maple", "autumn"),
        (0.72, 0.55, 0.08),
        (0.60, 0.08, 0.09),
        True,
        False,
        ("plaster", "stone"),
        ("rail", "mesh", "bars"),
        (0.42, 0.42, 0.42),
        (
            _f("avenue", "clear", 1, "bus truck people light"),
            _f("crossing", "overcast", 1, "light people rider motorcycle"),
            _f("tram", "clear", 0, "train people bicycles light"),
            _f("boulevard", "overcast", 1, "truck fence rider"),
            _f("crossing", "clear", 1, "light bus people fence"),
            _f("tram", "low", 1, "train rider motorcycle light"),
            _f("residential", "clear", 0, "wall fence bicycles"),
            _f("boulevard", "clear", 1, "bus truck light motorcycle"),
            _f("outskirts", "overcast", 0, "wall fence rider truck"),
            _f("avenue", "dusk", 1, "people light bus rider"),
            _f("boulevard", "clear", 0, "train_far people fence wall"),
        ),
    ),
}

KINDS = ("narrow", "avenue", "tram", "residential", "crossing", "outskirts", "boulevard")
FEATURES = ("rider", "motorcycle", "people", "light", "truck", "fence", "wall", "bus", "train", "bicycles")


def frame_plan(city: City, index: int, split: str, rng: random.Random) -> FramePlan:
    """Returns the plan of one frame: the listed one in val, a drawn one in train."""
    if split == "val":
        return city.frames[index % len(city.frames)]
    kinds = sorted({f.kind for f in city.frames})
    kind = rng.choice(kinds)
    features = frozenset(f for f in FEATURES if rng.random() < 0.42) | (
        {"train"} if kind == "tram" and rng.random() < 0.8 else set()
    )
    return FramePlan(
        kind,
        rng.choice(("clear", "clear", "overcast", "overcast", "low", "dusk")),
        rng.random() < 0.7,
        frozenset(features),
    )


def street_plan(city: City, frame: FramePlan, rng: random.Random) -> StreetPlan:
    """Draws the street of a frame."""
    inner, outer = city.styles, city.outskirts

    def side(**changes) -> Side:
        values = {"styles": inner, "walk": rng.uniform(3.4, 4.8)} | changes
        return Side(**values)

    curve = rng.choice((0.0, 0.0, 1, -1)) * rng.uniform(0.0025, 0.006)
    fence_or_wall = ["fence"] * ("fence" in frame.features) + ["wall"] * ("wall" in frame.features) or [
        "hedge"
    ]
    kind = frame.kind
    if kind == "narrow":
        return StreetPlan(
            side(parking=rng.choice((0.0, 2.0)), walk=rng.uniform(2.4, 3.2)),
            side(
                parking=2.0,
                walk=rng.uniform(2.4, 3.2),
                tree_step=rng.choice((0.0, 17.0)),
                **({"front": "wall", "front_depth": 4.0} if "wall" in frame.features else {}),
            ),
            lane=2.8,
            crossings=(rng.uniform(34, 60),),
            curve=curve,
            length=120,
            cobbles=rng.random() < 0.5,
        )
    if kind == "avenue":
        return StreetPlan(
            side(parking=2.1, verge=1.6, tree_step=rng.uniform(9, 13), walk=4.4),
            side(
                parking=rng.choice((0.0, 2.1)),
                bike=1.6,
                verge=1.6,
                tree_step=rng.uniform(9, 13),
                walk=4.6,
                **({"front": "fence", "front_depth": 3.5} if "fence" in frame.features else {}),
            ),
            lanes=rng.choice((1, 2)),
            crossings=(rng.uniform(22, 30), 110.0),
            curve=curve,
        )
    if kind == "boulevard":
        return StreetPlan(
            side(verge=2.5, tree_step=10.0, walk=4.8, parking=2.1),
            side(
                verge=2.5,
                tree_step=11.0,
                walk=4.8,
                bike=1.7,
                **({"front": fence_or_wall[0], "front_depth": 5.0} if fence_or_wall[0] != "hedge" else {}),
            ),
            lanes=2,
            median=4.5,
            median_kind="grass",
            crossings=(rng.uniform(30, 42), 120.0),
            curve=curve,
            length=220,
        )
    if kind == "tram":
        return StreetPlan(
            side(walk=5.0, parking=rng.choice((0.0, 2.1))),
            side(walk=5.0, tree_step=rng.choice((0.0, 14.0)), verge=1.3, parking=0.0),
            lanes=1,
            median=6.4,
            median_kind="tram",
            crossings=(rng.uniform(24, 40), 105.0),
            curve=curve,
        )
    if kind == "residential":
        return StreetPlan(
            side(
                parking=2.0,
                walk=2.9,
                verge=1.2,
                tree_step=14.0,
                front=rng.choice(fence_or_wall),
                front_depth=5.0,
                styles=outer,
                gap=4.0,
            ),
            side(
                parking=rng.choice((0.0, 2.0)),
                walk=3.2,
                front=fence_or_wall[-1],
                front_depth=4.5,
                styles=outer,
                gap=4.0,
                verge=1.4,
                tree_step=16.0,
            ),
            lane=2.9,
            crossings=(rng.uniform(45, 70),),
            curve=curve,
            length=150,
        )
    if kind == "outskirts":
        return StreetPlan(
            side(verge=2.5, walk=2.9, tree_step=12.0, front="park", front_depth=30.0, styles=outer),
            side(
                verge=1.8,
                walk=3.2,
                tree_step=18.0,
                front=fence_or_wall[0],
                front_depth=6.0,
                styles=outer,
                gap=5.0,
                bike=1.6,
            ),
            crossings=(rng.uniform(50, 80),),
            curve=rng.choice((-1, 1)) * rng.uniform(0.003, 0.006),
            length=180,
        )
    return StreetPlan(
        side(walk=5.0, parking=0.0),
        side(
            walk=5.0,
            tree_step=rng.choice((0.0, 12.0)),
            verge=1.3,
            parking=0.0,
            bike=rng.choice((0.0, 1.6)),
            **({"front": fence_or_wall[0], "front_depth": 5.0} if fence_or_wall[0] != "hedge" else {}),
        ),
        lanes=2,
        lane=3.1,
        crossings=(rng.uniform(15, 21), 95.0),
        curve=0.0,
        square=rng.random() < 0.5,
    )
