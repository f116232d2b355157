"""The Cityscapes classes: ids, train ids, categories, colours, and the look-up tables between them.

No other file defines them. Ids, colours and the set of ignored classes follow the definition published with
the data set (Cordts et al., 2016; ``cityscapesscripts.helpers.labels``).
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

VOID = 255
"""Class index of void pixels, which are not scored; the same in every label space."""


@dataclass(frozen=True)
class Label:
    """One class of Cityscapes.

    ``id`` is the value in ``labelIds`` images. ``train_id`` is the class index that models are trained on; it is
    255 for a class that is not trained, and -1 for the license plate. ``color`` is RGB, 0..255. Pixels whose
    ground truth has a class with ``ignore_in_eval`` are not scored.
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

# The definition gives no colours for categories: each takes the colour of its most frequent class.
_CATEGORY_EXAMPLES = ("road", "building", "pole", "vegetation", "sky", "person", "car")


@dataclass(frozen=True, eq=False)
class LabelSpace:
    """The classes 0..n-1 of a data set's ground truth or of a model's outputs; 255 is void.

    ``colors`` is uint8 (n, 3) RGB. ``covers`` holds a set of names for each class: the Cityscapes labels that count
    as this class, or the class's own name if Cityscapes has no such label. The set is empty for a class such as
    "background". ``groups`` holds for each class the index of the coarser class that it is a part of, or its own
    index. Example: lane markings are a part of the road for a model that has no class for them.
    """

    name: str
    class_names: tuple[str, ...]
    colors: np.ndarray = field(repr=False)
    covers: tuple[frozenset[str], ...] = field(repr=False)
    title: str = ""
    groups: tuple[int, ...] = ()

    @property
    def num_classes(self) -> int:
        """Number of classes without void."""
        return len(self.class_names)

    @cached_property
    def from_label_ids(self) -> np.ndarray:
        """Look-up table, uint8 (256,), from Cityscapes label id to class index; 255 if no class covers the label."""
        index = {name: place for place, names in enumerate(self.covers) for name in names}
        return _table([(label.id, index.get(label.name, VOID)) for label in LABELS if label.id >= 0], VOID)

    @cached_property
    def to_label_ids(self) -> np.ndarray:
        """Look-up table, uint8 (256,), from class index to Cityscapes label id; 0 ("unlabeled") if there is none.

        If a class covers several labels, the label with the lowest train id stands for it. For a category this is
        the most frequent class.
        """
        order = [label for label in (*TRAIN_LABELS, *LABELS) if label.id >= 0]
        ids = [next((label.id for label in order if label.name in names), 0) for names in self.covers]
        return _table(list(enumerate(ids)), 0)


def _frozen(values: object, dtype: type) -> np.ndarray:
    array: np.ndarray = np.array(values, dtype=dtype)
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
        # The table gives ignored classes a category too; here they are void, as in the benchmark's scores.
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
"""Label spaces of Cityscapes for training and scores."""

LABEL_IDS = _label_id_space()
"""All label ids as a label space, for models and masks that also have classes such as "parking" or "ego vehicle"."""

TRAIN_ID_TO_CATEGORY: np.ndarray = _frozen([label.category_id - 1 for label in TRAIN_LABELS], np.int64)
"""int64 (19,): train id to class index in the label space ``categories``."""

_TO_LABEL_IDS = _table([(label.train_id, label.id) for label in TRAIN_LABELS], 0)


def to_train_ids(label_ids: np.ndarray) -> np.ndarray:
    """Return the train ids of label ids, both uint8 of the same shape; classes that are not scored become 255.

    Raises:
        ValueError: ``label_ids`` is not uint8.

    Example:
        >>> to_train_ids(np.array([7, 26, 0, 9], np.uint8)).tolist()
        [0, 13, 255, 255]
    """
    return LABEL_SPACES["train_ids"].from_label_ids[_as_uint8(label_ids, "label ids")]


def to_label_ids(train_ids: np.ndarray) -> np.ndarray:
    """Return the label ids of train ids, both uint8 of the same shape; 255 becomes 0, "unlabeled".

    Raises:
        ValueError: ``train_ids`` is not uint8, or a value is neither 0..18 nor 255.
    """
    train_ids = _as_uint8(train_ids, "train ids")
    _check_range(train_ids, len(TRAIN_LABELS))
    return _TO_LABEL_IDS[train_ids]


def colorize(class_map: np.ndarray, space: LabelSpace = LABEL_SPACES["train_ids"]) -> np.ndarray:
    """Return a class map, uint8 (...), in the colours of its label space: uint8 (..., 3) RGB. Void is black.

    Raises:
        ValueError: ``class_map`` is not uint8, or a value is neither a class of ``space`` nor 255.
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
