"""Cityscapes labels of objects, and the tables from render indices to label files."""

from __future__ import annotations

import numpy as np

EGO_VEHICLE, STATIC, DYNAMIC, GROUND = 1, 4, 5, 6
ROAD, SIDEWALK, PARKING, RAIL_TRACK = 7, 8, 9, 10
BUILDING, WALL, FENCE, GUARD_RAIL, BRIDGE = 11, 12, 13, 14, 15
POLE, TRAFFIC_LIGHT, TRAFFIC_SIGN, VEGETATION, TERRAIN, SKY = 17, 19, 20, 21, 22, 23
PERSON, RIDER, CAR, TRUCK, BUS, TRAIN, MOTORCYCLE, BICYCLE = 24, 25, 26, 27, 28, 31, 32, 33

WITH_INSTANCES = frozenset({PERSON, RIDER, CAR, TRUCK, BUS, TRAIN, MOTORCYCLE, BICYCLE})
EVALUATED = {
    ROAD: "road",
    SIDEWALK: "sidewalk",
    BUILDING: "building",
    WALL: "wall",
    FENCE: "fence",
    POLE: "pole",
    TRAFFIC_LIGHT: "traffic light",
    TRAFFIC_SIGN: "traffic sign",
    VEGETATION: "vegetation",
    TERRAIN: "terrain",
    SKY: "sky",
    PERSON: "person",
    RIDER: "rider",
    CAR: "car",
    TRUCK: "truck",
    BUS: "bus",
    TRAIN: "train",
    MOTORCYCLE: "motorcycle",
    BICYCLE: "bicycle",
}


class IndexTable:
    """Assigns Blender pass indices; Blender's limit of 32767 is too low for class * 1000 + instance."""

    def __init__(self) -> None:
        self._values: list[tuple[int, int]] = [(SKY, -1)]
        self._counts: dict[int, int] = {}
        self._stuff: dict[int, int] = {}

    def stuff(self, label: int) -> int:
        """Returns the pass index of a class without instances."""
        if label not in self._stuff:
            self._values.append((label, -1))
            self._stuff[label] = len(self._values) - 1
        return self._stuff[label]

    def instance(self, label: int) -> int:
        """Returns a new pass index for one more object of a class with instances."""
        number = self._counts.get(label, 0)
        self._counts[label] = number + 1
        self._values.append((label, number))
        return len(self._values) - 1

    def decode(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns label ids and instance numbers of an index image (h, w); the number is -1 without instances."""
        table = np.array(self._values, dtype=np.int32)
        return table[indices, 0].astype(np.uint8), table[indices, 1]


def instance_ids(label_ids: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Returns the uint16 picture of gtFine_instanceIds: class * 1000 + instance, or only the class.

    The visible instances of each class are numbered from 0 in the order of their render numbers.
    """
    result = label_ids.astype(np.uint16)
    for label in WITH_INSTANCES:
        mask = label_ids == label
        if mask.any():
            _, rank = np.unique(numbers[mask], return_inverse=True)
            result[mask] = label * 1000 + rank
    return result


def fill_foliage(label_ids: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Labels background that is visible between leaves as vegetation, as the annotators of Cityscapes do.

    Only background (sky, building, wall, fence) in small gaps is filled; objects in front do not change.
    """
    from PIL import Image, ImageFilter

    width = label_ids.shape[1]
    size = 2 * round(3 * width / 1024) + 1
    leaves = Image.fromarray(((label_ids == VEGETATION) * 255).astype(np.uint8))
    closed = np.asarray(leaves.filter(ImageFilter.MaxFilter(size)).filter(ImageFilter.MinFilter(size))) > 0
    behind = np.isin(label_ids, (SKY, BUILDING, WALL, FENCE)) & (numbers < 0)
    return np.where(closed & behind, VEGETATION, label_ids).astype(np.uint8)
