"""Puts a street together: ground, houses, greenery, furniture, traffic and people, each with its label."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from . import labels, vegetation
from .buildings import house as buildings
from .camera import CameraPose, draw_pose, place_camera
from .cities import City, FramePlan, Side, StreetPlan, street_plan
from .furniture import signs as furniture
from .light import light_scene
from .materials.graph import MaterialLibrary, linear
from .mesh import MeshBuilder
from .people import pedestrian as people
from .street.markings import BEHIND, KERB, SIDE_LENGTH, Bend, Layout, build_ground, build_markings
from .vehicles import car as vehicles


@dataclass
class Build:
    """A scene under construction; `add` is the only way into it."""

    scene: object
    city: City
    frame: FramePlan
    plan: StreetPlan
    rng: random.Random
    key: str
    library: MaterialLibrary = field(default_factory=MaterialLibrary)
    table: labels.IndexTable = field(default_factory=labels.IndexTable)
    hidden: list = field(default_factory=list)
    label_only: list = field(default_factory=list)
    meshes: dict = field(default_factory=dict)
    busy: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.layout = Layout(self.plan)
        self.bend = Bend(self.plan.curve)
        self.dusk = 1.0 if self.frame.light == "dusk" else 0.0
        self.lit = self.frame.light in ("dusk",)

    def link(
        self,
        mesh,
        index: int,
        location: tuple[float, float, float],
        angle: float,
        colour=(0.5, 0.5, 0.5),
        scale: float = 1.0,
    ):
        import bpy

        item = bpy.data.objects.new(mesh.name, mesh)
        item.location = location
        item.rotation_euler = (0.0, 0.0, angle)
        item.scale = (scale, scale, scale)
        item.color = linear(colour)
        item.pass_index = index
        self.scene.collection.objects.link(item)
        return item

    def add(
        self,
        mesh,
        index: int,
        s: float,
        d: float,
        *,
        z: float = 0.0,
        angle: float = 0.0,
        colour=(0.5, 0.5, 0.5),
        scale: float = 1.0,
    ):
        """Places a mesh in street coordinates; `angle` is counter-clockwise against the street's direction."""
        if isinstance(mesh, MeshBuilder):
            mesh = mesh.to_mesh("part", self.library)
        x, y, turn = self.bend.at(s, d)
        return self.link(mesh, index, (x, y, z), angle - turn, colour, scale)

    def add_parts(
        self,
        parts: furniture.Parts,
        s: float,
        d: float,
        *,
        angle: float = 0.0,
        z: float = KERB,
        colour=(0.6, 0.55, 0.48),
    ) -> None:
        for label, part in parts.items():
            if part.faces:
                self.add(part, self.table.stuff(label), s, d, z=z, angle=angle, colour=colour)

    def outline(self, item) -> None:
        """Keeps an object for the ground truth alone."""
        item.hide_render = True
        self.label_only.append(item)

    def cached(self, key: tuple, make):
        """Returns a mesh made once in this scene."""
        if key not in self.meshes:
            made = make()
            self.meshes[key] = made.to_mesh("part", self.library) if isinstance(made, MeshBuilder) else made
        return self.meshes[key]

    def tree(
        self, s: float, d: float, *, kind: str | None = None, z: float = KERB, scale: float = 1.0
    ) -> None:
        kind = kind or self.rng.choice(self.city.trees)
        variant = self.rng.randrange(2)
        wood, leaves = self.cached(
            ("tree", kind, variant),
            lambda: vegetation.build_tree(kind, f"{self.key}/{kind}/{variant}", self.library),
        )
        angle, size = self.rng.uniform(0, math.tau), scale * self.rng.uniform(0.82, 1.12)
        for mesh in (wood, leaves):
            self.add(mesh, self.table.stuff(labels.VEGETATION), s, d, z=z, angle=angle, scale=size)

    def free(self, s: float, d: float, radius: float) -> bool:
        """Claims a round place on the ground, or says that it is taken."""
        if any((s - a) ** 2 + (d - b) ** 2 < (radius + r) ** 2 for a, b, r in self.busy):
            return False
        self.busy.append((s, d, radius))
        return True


def _houses(b: Build) -> None:
    layout, rng = b.layout, b.rng
    index = b.table.stuff(labels.BUILDING)
    for sign in (-1, 1):
        side: Side = layout.side(sign)
        if side.front == "park":
            continue
        spans = layout.intervals()
        for number, (s0, s1) in enumerate(spans):
            first, last = number == 0, number == len(spans) - 1
            position = s0 + (0 if first else 3.0)
            end = s1 - (0 if last else 3.0)
            front = layout.houses(sign)
            while end - position > 5:
                style = rng.choice(side.styles)
                low, high = buildings.STYLES[style].width
                width = min(rng.uniform(low, high), end - position)
                if end - position - width < 6 and not side.gap:
                    width = min(end - position, 30)
                depth = rng.uniform(9.5, 12.5)
                opens = (position - s0 < 3.5 and not first, end - position - width < 0.5 and not last)
                free = (True, True) if side.gap else (opens if sign < 0 else opens[::-1])
                house, colour = buildings.build_house(
                    style,
                    rng,
                    width=width,
                    depth=depth,
                    dusk=b.dusk,
                    sides=free,
                    no_shop=side.front != "none",
                    taller=int(rng.random() < 0.25),
                )
                jitter = rng.uniform(0, 0.25) if not side.gap else rng.uniform(0, 2.5)
                if sign > 0:
                    b.add(
                        house,
                        index,
                        position + width,
                        front + jitter,
                        z=KERB,
                        angle=-math.pi / 2,
                        colour=colour,
                    )
                else:
                    b.add(house, index, position, -front - jitter, z=KERB, angle=math.pi / 2, colour=colour)
                if side.gap:
                    for _ in range(2):
                        if rng.random() < 0.7:
                            b.tree(
                                position + width + rng.uniform(0.5, side.gap),
                                sign * (front + rng.uniform(2, 14)),
                                scale=0.8,
                            )
                position += width + (side.gap + rng.uniform(-1, 4) if side.gap else 0.0)
            for behind in range(int((s1 - s0) / 16)):
                if side.gap:
                    b.tree(
                        s0 + 8 + behind * 16 + rng.uniform(-4, 4),
                        sign * (front + rng.uniform(16, 26)),
                        scale=1.1,
                    )
    for c in b.plan.crossings:
        for sign in (-1, 1):
            for facing in (-1, 1):
                street_edge = c + facing * (layout.crossing_half() + 3.0)
                d = layout.houses(sign) + 12.8
                while d < SIDE_LENGTH - 6:
                    style = rng.choice(b.city.styles if not layout.side(sign).gap else b.city.outskirts)
                    width = rng.uniform(*buildings.STYLES[style].width)
                    house, colour = buildings.build_house(style, rng, width=width, dusk=b.dusk)
                    # Houses on the near side look along +s, those on the far side along -s.
                    if facing > 0:
                        b.add(
                            house,
                            index,
                            street_edge,
                            sign * d if sign > 0 else -d - width,
                            z=KERB,
                            colour=colour,
                        )
                    else:
                        b.add(
                            house,
                            index,
                            street_edge,
                            sign * d + width if sign > 0 else -d,
                            z=KERB,
                            angle=math.pi,
                            colour=colour,
                        )
                    d += width + rng.choice((0.0, 0.0, 3.0))
                    if rng.random() < 0.4:
                        b.tree(street_edge - facing * 1.2, sign * d, kind="young")
            style = rng.choice(b.city.styles)
            house, colour = buildings.build_house(style, rng, width=24.0, dusk=b.dusk, taller=1)
            b.add(
                house,
                index,
                c + 12 * sign,
                sign * (SIDE_LENGTH + 8),
                z=0,
                angle=-sign * math.pi / 2,
                colour=colour,
            )
    position = -70.0
    while position < 70:
        style = rng.choice(b.city.styles)
        width = rng.uniform(*buildings.STYLES[style].width)
        house, colour = buildings.build_house(style, rng, width=width, dusk=b.dusk, taller=1)
        b.add(house, index, b.plan.length + 16, position, z=0, colour=colour)
        if rng.random() < 0.5:
            b.tree(b.plan.length + 9, position, z=0)
        position += width + rng.choice((0.0, 3.0))


def _fronts(b: Build) -> None:
    """Gardens and parks: fences, walls, hedges along the pavement and what grows behind them."""
    layout, rng = b.layout, b.rng
    tuft = b.cached(("tuft",), lambda: vegetation.build_tuft(b.key, b.library))
    for sign in (-1, 1):
        side = layout.side(sign)
        if side.front == "none":
            continue
        d = sign * layout.front(sign)
        wall_kind, fence_kind = rng.choice(b.city.walls), rng.choice(b.city.fences)
        wall_colour = rng.choice(
            ((0.55, 0.33, 0.26), (0.66, 0.62, 0.54), (0.58, 0.56, 0.52))
            if wall_kind != "brick"
            else ((0.50, 0.28, 0.21), (0.44, 0.25, 0.2))
        )
        for number, (s0, s1) in enumerate(layout.intervals()):
            s = max(s0 + (4 if number else 0), -18)
            end = min(s1 - 4, 130)
            while s < end - 3:
                length = min(rng.uniform(8, 15), end - s)
                kind = (
                    side.front
                    if side.front != "park"
                    else rng.choice(
                        (
                            "hedge",
                            "fence" if "fence" in b.frame.features else "hedge",
                            "wall" if "wall" in b.frame.features else "open",
                        )
                    )
                )
                if side.front in ("fence", "wall") and rng.random() < 0.1:
                    kind = "hedge"
                start = s if sign < 0 else s + length
                turn = math.pi / 2 if sign < 0 else -math.pi / 2
                if kind == "fence":
                    b.add_parts(furniture.fence(length, fence_kind, rng), start, d, angle=turn)
                    if fence_kind != "planks":
                        panel = MeshBuilder()
                        panel.box((length / 2, 0, 0.55), (length, 0.01, 1.1), furniture.STEEL)
                        b.outline(b.add(panel, b.table.stuff(labels.FENCE), start, d, z=KERB, angle=turn))
                    if rng.random() < 0.5:
                        hedge = vegetation.build_hedge(
                            length, rng.uniform(0.8, 1.4), 0.6, f"{b.key}/{s:.1f}", b.library
                        )
                        b.add(
                            hedge, b.table.stuff(labels.VEGETATION), start, d + sign * 0.6, z=KERB, angle=turn
                        )
                elif kind == "wall":
                    b.add_parts(
                        furniture.wall(length, wall_kind, rng), start, d, angle=turn, colour=wall_colour
                    )
                elif kind == "hedge":
                    hedge = vegetation.build_hedge(
                        length, rng.uniform(0.9, 1.9), 0.8, f"{b.key}/{s:.1f}", b.library
                    )
                    b.add(hedge, b.table.stuff(labels.VEGETATION), start, d + sign * 0.3, z=KERB, angle=turn)
                s += length + rng.choice((0.0, 0.0, 1.2, 3.0))
            place = max(s0 + 3, -10)
            while place < min(s1, 120):
                depth = side.front_depth
                if side.front == "park":
                    for _ in range(2):
                        b.tree(place + rng.uniform(-3, 3), d + sign * rng.uniform(2.5, 34), scale=1.05)
                elif depth > 3 and rng.random() < 0.6:
                    bush = b.cached(
                        ("bush", rng.randrange(2)),
                        lambda: vegetation.build_shrub(0.9, 1.5, f"{b.key}/bush", b.library),
                    )
                    b.add(
                        bush,
                        b.table.stuff(labels.VEGETATION),
                        place,
                        d + sign * rng.uniform(1.3, depth - 0.8),
                        z=KERB,
                        angle=rng.uniform(0, 6),
                        scale=rng.uniform(0.6, 1.3),
                    )
                    if rng.random() < 0.45:
                        b.tree(place + 2, d + sign * rng.uniform(1.8, depth - 0.5), scale=0.62)
                place += rng.uniform(4.5, 8)
            for s in range(int(max(s0, 0)), int(min(s1, 34)), 2):
                for k in range(2):
                    b.add(
                        tuft,
                        b.table.stuff(labels.TERRAIN),
                        s + rng.uniform(-1, 1),
                        d + sign * (0.8 + k),
                        z=KERB,
                        angle=rng.uniform(0, 6),
                    )


def _greenery(b: Build) -> None:
    """Street trees, and blades of grass on the near verges."""
    layout, rng = b.layout, b.rng
    tuft = b.cached(("tuft",), lambda: vegetation.build_tuft(b.key, b.library))
    kind = rng.choice(b.city.trees)
    for sign in (-1, 1):
        side = layout.side(sign)
        middle = layout.kerb(sign) + (0.2 + side.verge / 2 if side.verge else 0.9)
        if side.tree_step:
            s = rng.uniform(-12, -4)
            while s < b.plan.length - 5:
                if not layout.on_side_street(s, 8.0) and rng.random() < 0.9:
                    b.tree(s, sign * middle, kind=kind if rng.random() < 0.85 else None)
                    b.busy.append((s, sign * middle, 0.8))
                s += side.tree_step * rng.uniform(0.85, 1.2)
        if side.verge:
            for k in range(3, 38):
                if not layout.on_side_street(k, 7.0):
                    for _ in range(max(1, int(side.verge))):
                        b.add(
                            tuft,
                            b.table.stuff(labels.TERRAIN),
                            k + rng.uniform(-0.5, 0.5),
                            sign * (layout.kerb(sign) + 0.2 + rng.uniform(0.4, max(0.5, side.verge - 0.4))),
                            z=KERB,
                            angle=rng.uniform(0, 6),
                            scale=rng.uniform(0.7, 1.15),
                        )
    if b.plan.median_kind == "grass":
        s = 5.0
        while s < b.plan.length:
            if not layout.on_side_street(s, 4.5):
                if rng.random() < 0.45:
                    b.tree(s, rng.uniform(-0.5, 0.5), kind=kind)
                else:
                    bush = b.cached(
                        ("bush", rng.randrange(2)),
                        lambda: vegetation.build_shrub(0.9, 1.5, f"{b.key}/bush", b.library),
                    )
                    b.add(
                        bush,
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
                        tuft,
                        b.table.stuff(labels.TERRAIN),
                        k,
                        d + rng.uniform(-0.3, 0.3),
                        z=KERB,
                        angle=rng.uniform(0, 6),
                    )


def _furniture(b: Build) -> None:
    layout, rng, plan = b.layout, b.rng, b.plan
    for sign in (-1, 1):
        d = layout.kerb(sign) + 0.45
        phase = rng.uniform(0, 12)
        s = -10 + phase
        step = 26 if not b.city.old_lamps else 21
        while s < plan.length - 4:
            if not layout.on_side_street(s, 3.0) and (plan.lanes > 1 or sign > 0 or b.city.old_lamps):
                parts = furniture.lamp(
                    rng,
                    tall=plan.lanes > 1 or plan.median > 0,
                    lit=b.lit,
                    old=b.city.old_lamps and plan.median == 0,
                )
                b.add_parts(parts, s, sign * d, angle=math.pi if sign > 0 else 0.0)
                b.busy.append((s, sign * d, 0.4))
            s += step
        s = rng.uniform(7, 15)
        while s < 110:
            if not layout.on_side_street(s, 4.0):
                kinds = tuple(rng.sample(furniture.SIGN_KINDS, rng.choice((1, 1, 2))))
                away = sign < 0 and rng.random() < 0.55
                b.add_parts(
                    furniture.sign(rng, kinds),
                    s,
                    sign * (d + 0.1),
                    angle=math.pi if away else rng.uniform(-0.15, 0.15),
                )
            s += rng.uniform(11, 24)
        for _ in range(9):
            s = rng.uniform(6, 75)
            if layout.on_side_street(s, 5.0):
                continue
            item = rng.random()
            turn = -math.pi / 2 if sign > 0 else math.pi / 2
            place = d + 0.2
            if item < 0.22:
                if b.free(s, sign * place, 0.6):
                    b.add_parts(furniture.bin_(rng), s, sign * place, angle=turn)
            elif item < 0.34 and layout.side(sign).walk > 2.5:
                if b.free(s, sign * (layout.front(sign) - 0.7), 1.1):
                    b.add_parts(furniture.bench(), s, sign * (layout.front(sign) - 0.7), angle=turn)
            elif item < 0.46:
                if b.free(s, sign * (layout.front(sign) - 0.5), 0.8):
                    b.add_parts(furniture.cabinet(rng), s, sign * (layout.front(sign) - 0.4), angle=turn)
            elif item < 0.72:
                for k in range(rng.randint(3, 7)):
                    if not layout.on_side_street(s + k * 1.8, 5.0):
                        b.add_parts(furniture.bollard(), s + k * 1.8, sign * (d - 0.05))
            elif layout.side(sign).front == "none" and layout.side(sign).walk > 3:
                for k in range(rng.randint(1, 3)):
                    if b.free(s + 2.9 * k, sign * (layout.front(sign) - 1.5), 1.2):
                        b.add_parts(furniture.parasol(rng), s + 2.9 * k, sign * (layout.front(sign) - 1.5))
    if "bus" in b.frame.features or rng.random() < 0.3:
        s = rng.uniform(26, 50)
        if not layout.on_side_street(s, 6):
            b.add_parts(furniture.shelter(), s, layout.front(1) - 1.2, angle=-math.pi / 2)
    if "light" in b.frame.features:
        for number, c in enumerate(plan.crossings):
            half = layout.crossing_half()
            state = rng.choice(("red", "green", "amber"))
            near, far = c - half - 5.2, c + half + 4.6
            mast = plan.lanes > 1 or rng.random() < 0.4
            b.add_parts(
                furniture.traffic_light(rng, state=state, mast=mast and number == 0),
                near,
                layout.kerb(1) + 0.5,
            )
            b.add_parts(furniture.traffic_light(rng, state=state, mast=False), far, layout.kerb(1) + 0.5)
            b.add_parts(furniture.traffic_light(rng, state=state, mast=False), far, -layout.kerb(-1) - 0.5)
            if plan.median_kind == "grass":
                b.add_parts(furniture.traffic_light(rng, state=state, mast=False), near - 0.6, 0.6)
            b.add_parts(
                furniture.traffic_light(rng, state="red" if state == "green" else "green", mast=False),
                near + 3,
                -layout.kerb(-1) - 0.6,
                angle=math.pi / 2,
            )
            b.add_parts(
                furniture.traffic_light(rng, state=state, mast=False),
                far - 3.2,
                -layout.kerb(-1) - 1.2,
                angle=math.pi,
            )
    if plan.median_kind == "tram":
        wire = MeshBuilder()
        for s in range(int(BEHIND) + 5, int(plan.length), 24):
            if layout.on_side_street(s, 2.0):
                continue
            mast = MeshBuilder()
            mast.tube([(0, 0, 0), (0, 0, 7.2)], [0.12, 0.09], furniture.STEEL, sides=10)
            for sign in (-1, 1):
                b.add(mast, b.table.stuff(labels.POLE), s, sign * (layout.kerb(sign) + 0.35), z=KERB)
                wire.tube(
                    [(sign * (layout.kerb(sign) + 0.35), s, 7.1), (0, s, 6.0)], 0.012, furniture.DARK, sides=3
                )
        for d in (-1.6, 1.6):
            points = [
                (d, s, 5.75 + 0.18 * abs(math.sin(math.pi * (s - BEHIND - 5) / 24 + math.pi / 2)))
                for s in range(int(BEHIND), int(plan.length), 4)
            ]
            wire.tube(points, 0.012, furniture.DARK, sides=3)
        b.hidden.append(
            b.link(
                wire.to_mesh("wires", b.library, bend=b.bend.points),
                b.table.stuff(labels.STATIC),
                (0, 0, 0),
                0.0,
            )
        )


# Drawn from with equal chances: what is named twice is twice as common.
_CARS = ("hatchback", "sedan", "estate", "suv", "minivan", "city", "hatchback", "estate")
_LANE_CARS = ("hatchback", "sedan", "estate", "suv", "minivan", "city", "van", "hatchback", "sedan")
_PARKED_CARS = ("hatchback", "sedan", "estate", "suv", "minivan", "city", "van", "hatchback", "estate", "suv")


def _car(
    b: Build,
    s: float,
    d: float,
    *,
    angle: float,
    kinds: tuple[str, ...] = _CARS,
    braking: bool = False,
    parked: bool = False,
) -> None:
    kind = b.rng.choice(kinds)
    lit = b.lit and not parked
    mesh = b.cached(("car", kind, lit, braking), lambda: vehicles.build_car(kind, lit=lit, braking=braking))
    colour = tuple(max(0.0, c + b.rng.uniform(-0.015, 0.015)) for c in b.rng.choice(vehicles.CAR_COLOURS))
    if kind == "van":
        colour = b.rng.choice(
            (
                (0.85, 0.85, 0.84),
                (0.80, 0.62, 0.08),
                (0.25, 0.27, 0.30),
                (0.12, 0.24, 0.45),
                (0.85, 0.85, 0.84),
            )
        )
    b.add(
        mesh,
        b.table.instance(labels.CAR),
        s,
        d,
        angle=angle + b.rng.uniform(-0.02, 0.02),
        colour=colour,
        scale=b.rng.uniform(0.97, 1.04),
    )


def _two_wheeler(
    b: Build, s: float, d: float, *, angle: float, motorcycle: bool, ridden: bool, z: float = 0.0
) -> None:
    rng = b.rng
    if motorcycle:
        scooter = rng.random() < 0.45
        mesh = b.cached(("motorcycle", scooter), lambda: vehicles.build_motorcycle(scooter=scooter))
        index = b.table.instance(labels.MOTORCYCLE)
    else:
        basket = rng.random() < 0.3
        mesh = b.cached(("bicycle", basket), lambda: vehicles.build_bicycle(basket=basket))
        index = b.table.instance(labels.BICYCLE)
    colour = rng.choice(
        (
            (0.08, 0.08, 0.09),
            (0.45, 0.08, 0.08),
            (0.10, 0.18, 0.36),
            (0.62, 0.63, 0.63),
            (0.12, 0.28, 0.2),
            (0.75, 0.74, 0.70),
        )
    )
    item = b.add(mesh, index, s, d, z=z, angle=angle, colour=colour)
    if not motorcycle:
        discs = b.cached(("wheels",), vehicles.build_wheel_discs)
        b.outline(b.add(discs, index, s, d, z=z, angle=angle))
    if ridden:
        b.add(
            people.build_rider(rng, motorcycle=motorcycle),
            b.table.instance(labels.RIDER),
            s,
            d,
            z=z,
            angle=angle,
        )
    else:
        item.rotation_euler[1] = 0.14


def _traffic(b: Build) -> None:
    layout, rng, plan, wants = b.layout, b.rng, b.plan, b.frame.features
    lanes: list[tuple[float, int]] = [
        (layout.lane_center(k, sign), sign) for sign in (-1, 1) for k in range(plan.lanes)
    ]
    ego = layout.lane_center(plan.lanes - 1, 1)
    used: dict[tuple[float, int], list[tuple[float, float]]] = {lane: [] for lane in lanes}

    def heading(sign: int) -> float:
        return 0.0 if sign > 0 else math.pi

    def claim(lane: tuple[float, int], s: float, length: float) -> bool:
        if any(abs(s - a) < (length + c) / 2 + 2.5 for a, c in used[lane]) or (
            lane[0] == ego and s - length / 2 < 11
        ):
            return False
        used[lane].append((s, length))
        return True

    if "train" in wants or "train_far" in wants:
        if plan.median_kind == "tram":
            track, sign = rng.choice(((-1.6, -1), (-1.6, -1), (1.6, 1)))
            s = rng.uniform(30, 44) if sign < 0 else rng.uniform(32, 46)
            b.add(
                vehicles.build_tram(sections=rng.choice((2, 3)), lit=b.lit),
                b.table.instance(labels.TRAIN),
                s,
                track,
                angle=heading(sign),
                colour=b.city.tram,
            )
        elif plan.crossings:
            c = plan.crossings[0]
            b.add(
                vehicles.build_tram(sections=2, lit=b.lit),
                b.table.instance(labels.TRAIN),
                c + 1.5,
                rng.choice((-14.0, 15.0)),
                angle=math.pi / 2,
                colour=b.city.tram,
            )
    big = [f for f in ("bus", "truck") if f in wants]
    for kind in big:
        label = labels.BUS if kind == "bus" else labels.TRUCK
        if kind == "bus":
            mesh = vehicles.build_bus(lit=b.lit)
            colour = b.city.bus
        else:
            tarp = rng.choice(
                (
                    None,
                    ("dirty", (0.20, 0.32, 0.48), 0.7),
                    ("dirty", (0.52, 0.14, 0.12), 0.7),
                    ("dirty", (0.72, 0.70, 0.64), 0.7),
                )
            )
            mesh = vehicles.build_truck(lit=b.lit, tarpaulin=tarp)
            colour = rng.choice(
                ((0.75, 0.75, 0.74), (0.45, 0.08, 0.08), (0.10, 0.22, 0.42), (0.70, 0.52, 0.08))
            )
        for _ in range(12):
            lane = rng.choice(lanes)
            s = rng.uniform(19, 44)
            if claim(lane, s, 12.5 if kind == "bus" else 8.5) and not (
                layout.on_side_street(s, 2.0) and "light" in wants
            ):
                b.add(
                    mesh,
                    b.table.instance(label),
                    s,
                    lane[0],
                    angle=heading(lane[1]) + rng.uniform(-0.02, 0.02),
                    colour=colour,
                )
                break
        else:
            sign = -1
            b.add(
                mesh,
                b.table.instance(label),
                rng.uniform(20, 28),
                -layout.carriage + 1.5,
                angle=math.pi,
                colour=colour,
            )
    if "motorcycle" in wants:
        if rng.random() < 0.5:
            lane = lanes[0]
            s = rng.uniform(12, 22)
            if claim(lane, s, 2.5):
                _two_wheeler(b, s, lane[0], angle=math.pi, motorcycle=True, ridden=True)
        count = rng.randint(1, 3)
        sign = rng.choice((-1, 1))
        start = rng.uniform(10, 18)
        for c in plan.crossings:
            if abs(start - c) < layout.crossing_half():
                start = c + layout.crossing_half() + 5.5
        for k in range(count):
            s = start + k * 1.1
            d = sign * (layout.kerb(sign) + 0.9)
            if b.free(s, d, 0.5) or k == 0:
                _two_wheeler(
                    b,
                    s,
                    d,
                    angle=math.pi / 2 * sign + 0.4 + rng.uniform(-0.2, 0.2),
                    motorcycle=True,
                    ridden=False,
                    z=KERB,
                )
    if "rider" in wants:
        for k in range(rng.randint(1, 3)):
            sign = rng.choice((1, 1, -1))
            side = layout.side(sign)
            d = layout.carriage + side.bike / 2 if side.bike else layout.carriage - 0.7
            s = rng.uniform(10, 30) if k == 0 else rng.uniform(14, 55)
            if b.free(s, sign * d, 1.0):
                _two_wheeler(
                    b,
                    s,
                    sign * d,
                    angle=heading(sign) + rng.uniform(-0.06, 0.06),
                    motorcycle=False,
                    ridden=True,
                )
                lane = (layout.lane_center(plan.lanes - 1, sign), sign)
                used[lane].append((s, 3.0))
    if "bicycles" in wants or rng.random() < 0.45:
        sign = rng.choice((-1, 1))
        start = rng.uniform(9, 24)
        for k in range(rng.randint(3, 8)):
            s = start + 0.65 * k
            d = sign * (layout.kerb(sign) + 1.1)
            if not layout.on_side_street(s, 5) and b.free(s, d, 0.3):
                _two_wheeler(
                    b,
                    s,
                    d,
                    angle=math.pi / 2 + rng.uniform(-0.12, 0.12),
                    motorcycle=False,
                    ridden=False,
                    z=KERB,
                )
    jam = "light" in wants
    for lane in lanes:
        s = rng.uniform(16, 36) if lane[0] == ego else rng.uniform(11, 28)
        while s < plan.length - 10:
            if (
                not layout.on_side_street(s, 7.0 if jam else 0.0)
                and rng.random() < 0.75 * b.frame.density
                and claim(lane, s, 4.8)
            ):
                _car(
                    b,
                    s,
                    lane[0] + rng.uniform(-0.15, 0.15),
                    angle=heading(lane[1]),
                    braking=jam and rng.random() < 0.6,
                    kinds=_LANE_CARS,
                )
            s += rng.uniform(9, 32)
    for c in plan.crossings:
        for sign in (-1, 1):
            d = layout.kerb(sign) + (8 if jam else 5)
            while d < 60:
                if rng.random() < 0.6:
                    _car(b, c - sign * 1.8, sign * d, angle=sign * math.pi / 2, braking=jam)
                d += rng.uniform(5.5, 16)
            if jam and rng.random() < 0.35:
                _car(b, c + 1.8, sign * rng.uniform(0, 5), angle=-math.pi / 2)
    for sign in (-1, 1):
        side = layout.side(sign)
        if not side.parking:
            continue
        s = rng.uniform(7.5, 13.0)
        d = layout.kerb(sign) - side.parking / 2
        while s < plan.length - 6:
            if not layout.on_side_street(s, 8.0) and rng.random() < 0.66:
                _car(
                    b,
                    s,
                    sign * d,
                    angle=heading(sign) if rng.random() < 0.9 else heading(-sign),
                    parked=True,
                    kinds=_PARKED_CARS,
                )
            s += rng.uniform(5.3, 6.4)


def _walkers(b: Build) -> None:
    layout, rng, plan = b.layout, b.rng, b.plan
    busy = "people" in b.frame.features

    def person(s: float, d: float, *, angle: float, z: float = KERB) -> None:
        if b.free(s, d, 0.35):
            b.add(people.build_pedestrian(rng), b.table.instance(labels.PERSON), s, d, z=z, angle=angle)

    count = rng.randint(16, 26) if busy else rng.randint(5, 10)
    for _ in range(count):
        sign = rng.choice((-1, 1))
        s = 8 + 62 * rng.random() ** 1.5
        d = sign * rng.uniform(layout.kerb(sign) + layout.side(sign).verge + 0.7, layout.front(sign) - 0.4)
        if layout.on_side_street(s, 4.5):
            continue
        angle = rng.choice((0.0, math.pi)) + rng.uniform(-0.35, 0.35)
        person(s, d, angle=angle)
        if rng.random() < 0.35:
            person(s + rng.uniform(-0.2, 0.2), d + sign * 0.65, angle=angle)
    for c in plan.crossings[:1]:
        near = c - layout.crossing_half() - 2.7
        for _ in range(rng.randint(3, 7) if busy else rng.randint(0, 2)):
            if near > 9:
                person(
                    near + rng.uniform(-1.2, 1.2),
                    rng.uniform(-layout.carriage, layout.carriage),
                    angle=rng.choice((-1, 1)) * math.pi / 2 + rng.uniform(-0.2, 0.2),
                    z=0.0,
                )
        for sign in (-1, 1):
            for _ in range(rng.randint(0, 3) if busy else rng.randint(0, 1)):
                person(
                    near + rng.uniform(-1.8, 1.8),
                    sign * (layout.kerb(sign) + rng.uniform(0.7, 2.2)),
                    angle=sign * math.pi / 2 + rng.uniform(-0.4, 0.4),
                )


def build_scene(scene, city: City, frame: FramePlan, key: str) -> tuple[Build, CameraPose]:
    """Fills an empty Blender scene; the string `key` decides everything that is drawn by chance."""
    rng = random.Random(key)
    plan = street_plan(city, frame, rng)
    b = Build(scene, city, frame, plan, rng, key)
    pose = draw_pose(rng, b.layout.lane_center(plan.lanes - 1, 1))
    b.busy.append((0.0, pose.x, 4.0))
    for builder, label in build_ground(b.layout, city, rng):
        if builder.faces:
            b.link(
                builder.to_mesh("ground", b.library, bend=b.bend.points), b.table.stuff(label), (0, 0, 0), 0.0
            )
    b.link(
        build_markings(b.layout, city, rng).to_mesh("markings", b.library, bend=b.bend.points),
        b.table.stuff(labels.ROAD),
        (0, 0, 0),
        0.0,
    )
    _greenery(b)
    _furniture(b)
    _houses(b)
    _fronts(b)
    _traffic(b)
    _walkers(b)
    if frame.bonnet:
        bonnet = vehicles.build_bonnet().to_mesh("bonnet", b.library)
        b.link(
            bonnet,
            b.table.stuff(labels.EGO_VEHICLE),
            (pose.x, pose.y, pose.z - 1.22 - 0.145),
            -pose.yaw,
            (0.05, 0.055, 0.06),
        )
    place_camera(scene, pose)
    light_scene(scene, frame.light, rng)
    return b, pose
