"""The street of a frame: the order of its parts from side to side, drawn for each kind of street."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ..cities import City, FramePlan


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


def street_plan(city: City, frame: FramePlan, rng: random.Random) -> StreetPlan:
    """Draws the street of a frame."""
    curve = rng.choice((0.0, 0.0, 1, -1)) * rng.uniform(0.0025, 0.006)
    return _KINDS[frame.kind](_Draft(city, frame, rng, curve))


@dataclass(frozen=True)
class _Draft:
    """The inputs from which a street of one kind is drawn."""

    city: City
    frame: FramePlan
    rng: random.Random
    curve: float

    def side(self, **changes) -> Side:
        """Draws a side between houses of the inner city; `changes` replace usual values."""
        values = {"styles": self.city.styles, "walk": self.rng.uniform(3.4, 4.8)} | changes
        return Side(**values)

    def fronts(self) -> list[str]:
        """The borders in front of houses: fence and wall if the frame's plan has them, otherwise a hedge."""
        return [kind for kind in ("fence", "wall") if kind in self.frame.features] or ["hedge"]

    def front_if_wanted(self, kind: str, depth: float) -> dict:
        """A front garden behind the border `kind`, if the frame's plan has it."""
        return {"front": kind, "front_depth": depth} if kind in self.frame.features else {}


def _narrow(draft: _Draft) -> StreetPlan:
    rng, side = draft.rng, draft.side
    return StreetPlan(
        side(parking=rng.choice((0.0, 2.0)), walk=rng.uniform(2.4, 3.2)),
        side(
            parking=2.0,
            walk=rng.uniform(2.4, 3.2),
            tree_step=rng.choice((0.0, 17.0)),
            **draft.front_if_wanted("wall", 4.0),
        ),
        lane=2.8,
        crossings=(rng.uniform(34, 60),),
        curve=draft.curve,
        length=120,
        cobbles=rng.random() < 0.5,
    )


def _avenue(draft: _Draft) -> StreetPlan:
    rng, side = draft.rng, draft.side
    return StreetPlan(
        side(parking=2.1, verge=1.6, tree_step=rng.uniform(9, 13), walk=4.4),
        side(
            parking=rng.choice((0.0, 2.1)),
            bike=1.6,
            verge=1.6,
            tree_step=rng.uniform(9, 13),
            walk=4.6,
            **draft.front_if_wanted("fence", 3.5),
        ),
        lanes=rng.choice((1, 2)),
        crossings=(rng.uniform(22, 30), 110.0),
        curve=draft.curve,
    )


def _boulevard(draft: _Draft) -> StreetPlan:
    rng, side = draft.rng, draft.side
    return StreetPlan(
        side(verge=2.5, tree_step=10.0, walk=4.8, parking=2.1),
        side(
            verge=2.5,
            tree_step=11.0,
            walk=4.8,
            bike=1.7,
            **draft.front_if_wanted(draft.fronts()[0], 5.0),
        ),
        lanes=2,
        median=4.5,
        median_kind="grass",
        crossings=(rng.uniform(30, 42), 120.0),
        curve=draft.curve,
        length=220,
    )


def _tram(draft: _Draft) -> StreetPlan:
    rng, side = draft.rng, draft.side
    return StreetPlan(
        side(walk=5.0, parking=rng.choice((0.0, 2.1))),
        side(walk=5.0, tree_step=rng.choice((0.0, 14.0)), verge=1.3, parking=0.0),
        lanes=1,
        median=6.4,
        median_kind="tram",
        crossings=(rng.uniform(24, 40), 105.0),
        curve=draft.curve,
    )


def _residential(draft: _Draft) -> StreetPlan:
    rng, side, outer = draft.rng, draft.side, draft.city.outskirts
    return StreetPlan(
        side(
            parking=2.0,
            walk=2.9,
            verge=1.2,
            tree_step=14.0,
            front=rng.choice(draft.fronts()),
            front_depth=5.0,
            styles=outer,
            gap=4.0,
        ),
        side(
            parking=rng.choice((0.0, 2.0)),
            walk=3.2,
            front=draft.fronts()[-1],
            front_depth=4.5,
            styles=outer,
            gap=4.0,
            verge=1.4,
            tree_step=16.0,
        ),
        lane=2.9,
        crossings=(rng.uniform(45, 70),),
        curve=draft.curve,
        length=150,
    )


def _outskirts(draft: _Draft) -> StreetPlan:
    rng, side, outer = draft.rng, draft.side, draft.city.outskirts
    return StreetPlan(
        side(verge=2.5, walk=2.9, tree_step=12.0, front="park", front_depth=30.0, styles=outer),
        side(
            verge=1.8,
            walk=3.2,
            tree_step=18.0,
            front=draft.fronts()[0],
            front_depth=6.0,
            styles=outer,
            gap=5.0,
            bike=1.6,
        ),
        crossings=(rng.uniform(50, 80),),
        curve=rng.choice((-1, 1)) * rng.uniform(0.003, 0.006),
        length=180,
    )


def _crossing(draft: _Draft) -> StreetPlan:
    rng, side = draft.rng, draft.side
    return StreetPlan(
        side(walk=5.0, parking=0.0),
        side(
            walk=5.0,
            tree_step=rng.choice((0.0, 12.0)),
            verge=1.3,
            parking=0.0,
            bike=rng.choice((0.0, 1.6)),
            **draft.front_if_wanted(draft.fronts()[0], 5.0),
        ),
        lanes=2,
        lane=3.1,
        crossings=(rng.uniform(15, 21), 95.0),
        curve=0.0,
        square=rng.random() < 0.5,
    )


_KINDS: dict[str, Callable[[_Draft], StreetPlan]] = {
    "narrow": _narrow,
    "avenue": _avenue,
    "boulevard": _boulevard,
    "tram": _tram,
    "residential": _residential,
    "outskirts": _outskirts,
    "crossing": _crossing,
}
