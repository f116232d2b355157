"""The three fictional cities, and what each of their frames is to show."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


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
