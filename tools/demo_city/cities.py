"""The fictional cities, and the content of each of their committed frames."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class FramePlan:
    """The fixed part of a frame; random numbers decide the rest."""

    kind: str
    light: str
    bonnet: bool
    features: frozenset[str]
    density: float = 1.0


@dataclass(frozen=True)
class City:
    """The style of a city, and a plan for each frame of its committed split."""

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
    frames: tuple[FramePlan, ...]
    split: str = "val"


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
    "erlenfurt": City(
        "erlenfurt",
        ("sandstone", "grand", "oldtown", "postwar"),
        ("villa", "villa"),
        ("beech", "lime", "autumn", "plane"),
        (0.08, 0.30, 0.20),
        (0.66, 0.32, 0.08),
        False,
        True,
        ("stone", "brick"),
        ("bars", "rail", "planks"),
        (0.38, 0.38, 0.38),
        (
            _f("avenue", "clear", 1, "bus people rider light"),
            _f("residential", "overcast", 1, "wall fence motorcycle bicycles"),
            _f("tram", "clear", 0, "train people light rider"),
            _f("crossing", "overcast", 1, "truck light people fence"),
            _f("narrow", "clear", 1, "motorcycle wall rider people"),
            _f("boulevard", "low", 1, "bus truck fence light"),
            _f("outskirts", "clear", 0, "wall fence rider motorcycle"),
            _f("tram", "overcast", 1, "train bus light motorcycle people"),
            _f("avenue", "dusk", 1, "truck rider people light bicycles"),
            _f("residential", "clear", 1, "fence wall truck rider"),
            _f("crossing", "clear", 1, "light bus motorcycle people wall"),
            _f("boulevard", "overcast", 0, "train_far people fence wall"),
        ),
        split="train",
    ),
    "steinhafen": City(
        "steinhafen",
        ("concrete", "brick", "postwar", "row"),
        ("row", "postwar"),
        ("poplar", "young", "birch", "plane"),
        (0.12, 0.24, 0.50),
        (0.80, 0.66, 0.10),
        False,
        False,
        ("brick", "plaster"),
        ("mesh", "planks", "rail"),
        (0.34, 0.345, 0.35),
        (
            _f("tram", "overcast", 1, "train light people bicycles"),
            _f("crossing", "clear", 1, "light truck rider motorcycle fence"),
            _f("residential", "clear", 0, "wall fence bus"),
            _f("avenue", "overcast", 1, "rider motorcycle people truck"),
            _f("outskirts", "overcast", 1, "fence wall truck rider"),
            _f("tram", "clear", 1, "train rider light people motorcycle"),
            _f("boulevard", "clear", 1, "bus fence people light"),
            _f("narrow", "overcast", 0, "people rider wall motorcycle"),
            _f("crossing", "dusk", 0, "light bus people bicycles"),
            _f("residential", "low", 1, "fence wall motorcycle rider"),
            _f("avenue", "clear", 1, "bus truck light people"),
            _f("tram", "low", 0, "train truck light people"),
        ),
        split="train",
    ),
}
VAL_CITIES = tuple(name for name, city in CITIES.items() if city.split == "val")
"""The cities of the committed val split; a train split that users render has the same cities."""

FEATURES = ("rider", "motorcycle", "people", "light", "truck", "fence", "wall", "bus", "train", "bicycles")


def frame_plan(city: City, index: int, split: str, rng: random.Random) -> FramePlan:
    """Returns the plan of a frame: the listed one in the city's committed split, a random one in other splits."""
    if split == city.split:
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
