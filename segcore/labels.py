"""The Cityscapes classes: ids, train ids, categories, colours, and the look-up tables between them.

This table is the only place where they are written down. Ids, colours and the set of ignored classes follow
the definition published with the data set (Cordts et al., 2016; ``cityscapesscripts.helpers.labels``).
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

VOID = 255
"""Class index of pixels that are not scored, in every label space."""


@dataclass(frozen=True)
class Label:
    """One row of the table.

    ``id`` is what ``labelIds`` images hold and ``train_id`` what models are trained on; where there is none
    it is 255, or -1 for the license plate. ``color`` is RGB, 0..255. ``ignore_in_eval`` concerns truth only.
    """

    name: str
    id: int
    train_id: int
    category: str
    category_id: int
    has_instances: bool
    ignore_in_eval: bool
    color: tuple[int, int, int]


LABELS: tuple[Label, ...] = (
    Label("unlabeled", 0, 255, "void", 0, False, True, (0, 0, 0)),
    Label("ego vehicle", 1, 255, "void", 0, False, True, (0, 0, 0)),
    Label("rectification border", 2, 255, "void", 0, False, True, (0, 0, 0)),
    Label("out of roi", 3, 255, "void", 0, False, True, (0, 0, 0)),
    Label("static", 4, 255, "void", 0, False, True, (0, 0, 0)),
    Label("dynamic", 5, 255, "void", 0, False, True, (111, 74, 0)),
    Label("ground", 6, 255, "void", 0, False, True, (81, 0, 81)),
    Label("road", 7, 0, "flat", 1, False, False, (128, 64, 128)),
    Label("sidewalk", 8, 1, "flat", 1, False, False, (244, 35, 232)),
    Label("parking", 9, 255, "flat", 1, False, True, (250, 170, 160)),
    Label("rail track", 10, 255, "flat", 1, False, True, (230, 150, 140)),
    Label("building", 11, 2, "construction", 2, False, False, (70, 70, 70)),
    Label("wall", 12, 3, "construction", 2, False, False, (102, 102, 156)),
    Label("fence", 13, 4, "construction", 2, False, False, (190, 153, 153)),
    Label("guard rail", 14, 255, "construction", 2, False, True, (180, 165, 180)),
    Label("bridge", 15, 255, "construction", 2, False, True, (150, 100, 100)),
    Label("tunnel", 16, 255, "construction", 2, False, True, (150, 120, 90)),
    Label("pole", 17, 5, "object", 3, False, False, (153, 153, 153)),
    Label("polegroup", 18, 255, "object", 3, False, True, (153, 153, 153)),
    Label("traffic light", 19, 6, "object", 3, False, False, (250, 170, 30)),
    Label("traffic sign", 20, 7, "object", 3, False, False, (220, 220, 0)),
    Label("vegetation", 21, 8, "nature", 4, False, False, (107, 142, 35)),
    Label("terrain", 22, 9, "nature", 4, False, False, (152, 251, 152)),
    Label("sky", 23, 10, "sky", 5, False, False, (70, 130, 180)),
    Label("person", 24, 11, "human", 6, True, False, (220, 20, 60)),
    Label("rider", 25, 12, "human", 6, True, False, (255, 0, 0)),
    Label("car", 26, 13, "vehicle", 7, True, False, (0, 0, 142)),
    Label("truck", 27, 14, "vehicle", 7, True, False, (0, 0, 70)),
    Label("bus", 28, 15, "vehicle", 7, True, False, (0, 60, 100)),
    Label("caravan", 29, 255, "vehicle", 7, True, True, (0, 0, 90)),
    Label("trailer", 30, 255, "vehicle", 7, True, True, (0, 0, 110)),
    Label("train", 31, 16, "vehicle", 7, True, False, (0, 80, 100)),
    Label("motorcycle", 32, 17, "vehicle", 7, True, False, (0, 0, 230)),
    Label("bicycle", 33, 18, "vehicle", 7, True, False, (119, 11, 32)),
    Label("license plate", -1, -1, "vehicle", 7, False, True, (0, 0, 142)),
)

TRAIN_LABELS: tuple[Label, ...] = tuple(
    sorted((label for label in LABELS if not label.ignore_in_eval), key=lambda label: label.train_id)
)

CATEGORIES: tuple[str, ...] = ("void", "flat", "construction", "object", "nature", "sky", "human", "vehicle")

# A category has no colour of its own in the definition: it takes that of its most frequent class.
_CATEGORY_EXAMPLES = ("road", "building", "pole", "vegetation", "sky", "person", "car")


@dataclass(frozen=True, eq=False)
class LabelSpace:
    """A numbering of classes 0..n-1, of a data set's truth or of a model's outputs; 255 is void.

    ``colors`` is uint8 (n, 3) RGB. ``covers`` holds, for each class, the names of what counts as it: Cityscapes
    labels where there are such, else names of its own; an empty set means that nothing in a street scene does.
    ``groups`` holds the index of the coarser class that each is a part of, itself where there is none, as lane
    markings are a part of the road for whoever does not know them.
    """

    name: str
    class_names: tuple[str, ...]
    colors: np.ndarray = field(repr=False)
    covers: tuple[frozenset[str], ...] = field(repr=False)
    title: str = ""
    groups: tuple[int, ...] = ()

    @property
    def num_classes(self) -> int:
        """How many classes there are, void not counted."""
        return len(self.class_names)

    @cached_property
    def from_label_ids(self) -> np.ndarray:
        """uint8 (256,): Cityscapes label id to class index, or 255 where no class covers it."""
        index = {name: place for place, names in enumerate(self.covers) for name in names}
        return _table([(label.id, index.get(label.name, VOID)) for label in LABELS if label.id >= 0], VOID)

    @cached_property
    def to_label_ids(self) -> np.ndarray:
        """uint8 (256,): class index to the Cityscapes label id that stands for the class; 0, unlabeled, for none.

        Of several labels it is that of the lowest train id, which for a category is its most frequent class.
        """
        order = [label for label in (*TRAIN_LABELS, *LABELS) if label.id >= 0]
        ids = [next((label.id for label in order if label.name in names), 0) for names in self.covers]
        return _table(list(enumerate(ids)), 0)


def _frozen(values: object, dtype: type) -> np.ndarray:
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def _table(pairs: list[tuple[int, int]], fill: int) -> np.ndarray:
    table = np.full(256, fill, dtype=np.uint8)
    for key, value in pairs:
        table[key] = value
    return _frozen(table, np.uint8)


def _train_id_space() -> LabelSpace:
    return LabelSpace(
        name="train_ids",
        class_names=tuple(label.name for label in TRAIN_LABELS),
        colors=_frozen([label.color for label in TRAIN_LABELS], np.uint8),
        covers=tuple(frozenset({label.name}) for label in TRAIN_LABELS),
        title="Cityscapes, 19 classes",
    )


def _category_space() -> LabelSpace:
    colors = {label.name: label.color for label in TRAIN_LABELS}
    return LabelSpace(
        name="categories",
        class_names=CATEGORIES[1:],
        colors=_frozen([colors[name] for name in _CATEGORY_EXAMPLES], np.uint8),
        # Classes ignored by the evaluation are void here too, although the table gives them a category.
        covers=tuple(
            frozenset(label.name for label in TRAIN_LABELS if label.category == category)
            for category in CATEGORIES[1:]
        ),
        title="Cityscapes, 7 categories",
    )


def _label_id_space() -> LabelSpace:
    labels = [label for label in LABELS if label.id >= 0]
    return LabelSpace(
        name="label_ids",
        class_names=tuple(label.name for label in labels),
        colors=_frozen([label.color for label in labels], np.uint8),
        covers=tuple(frozenset({label.name}) for label in labels),
        title="Cityscapes, 34 labels",
    )


LABEL_SPACES: dict[str, LabelSpace] = {"train_ids": _train_id_space(), "categories": _category_space()}
"""What a training and the scores of Cityscapes can be in."""

LABEL_IDS = _label_id_space()
"""Label ids as a numbering of classes, for models and masks that say "parking" or "ego vehicle" as well."""

TRAIN_ID_TO_CATEGORY: np.ndarray = _frozen([label.category_id - 1 for label in TRAIN_LABELS], np.int64)
"""int64 (19,): train id to class index in the label space ``categories``."""

_TO_LABEL_IDS = _table([(label.train_id, label.id) for label in TRAIN_LABELS], 0)


def to_train_ids(label_ids: np.ndarray) -> np.ndarray:
    """Turn label ids into train ids, uint8, any shape; what is not scored becomes 255.

    Example:
        >>> to_train_ids(np.array([7, 26, 0, 9], np.uint8)).tolist()
        [0, 13, 255, 255]
    """
    return LABEL_SPACES["train_ids"].from_label_ids[_as_uint8(label_ids, "label ids")]


def to_label_ids(train_ids: np.ndarray) -> np.ndarray:
    """Turn train ids into label ids, uint8, any shape; 255 becomes 0, "unlabeled".

    Raises:
        ValueError: a value is neither 0..18 nor 255.
    """
    train_ids = _as_uint8(train_ids, "train ids")
    _check_range(train_ids, len(TRAIN_LABELS))
    return _TO_LABEL_IDS[train_ids]


def colorize(class_map: np.ndarray, space: LabelSpace = LABEL_SPACES["train_ids"]) -> np.ndarray:
    """Paint a class map, uint8 (...), in the colours of its label space: uint8 (..., 3) RGB, void black.

    Raises:
        ValueError: a value is neither a class of ``space`` nor 255.
    """
    class_map = _as_uint8(class_map, "class map")
    _check_range(class_map, space.num_classes)
    palette = np.zeros((256, 3), dtype=np.uint8)
    palette[: space.num_classes] = space.colors
    return palette[class_map]


def _as_uint8(values: np.ndarray, what: str) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype != np.uint8:
        raise ValueError(f"expected {what} of dtype uint8, received {values.dtype}")
    return values


def _check_range(values: np.ndarray, num_classes: int) -> None:
    known = np.zeros(256, dtype=bool)
    known[:num_classes] = known[VOID] = True
    if not known[values].all():
        unknown = sorted(set(np.unique(values)[~known[np.unique(values)]].tolist()))
        raise ValueError(f"expected classes 0..{num_classes - 1} or {VOID}, received {unknown}")
