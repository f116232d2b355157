"""Encodings of masks: what the values and colours of a mask mean.

An *encoding* is the meaning of values in a mask:

- ``label-ids``: Cityscapes label ids, 0..33;
- ``train-ids``: Cityscapes train ids, 0..18;
- ``instance-ids``: label ids, or label id * 1000 + number for single objects;
- ``indices``: class indices of a class list, or the values that the encoding lists for them;
- ``colors``: the colours of the classes in a class list.

In all encodings 255 and -1 (65535 in 16 bits) are void.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from segcore.errors import InputError
from segcore.labels import LABEL_IDS, LABEL_SPACES, LABELS, VOID, LabelSpace

KINDS = ("label-ids", "train-ids", "instance-ids", "indices", "colors")
UNKNOWN = 254
"""Placeholder for a value without a class, until it is reported; class indices are at most 253."""
VALUES = 1 << 16
"""Values of a mask are in 0..VALUES - 1, apart from -1."""

_CITYSCAPES = {
    "label-ids": LABEL_IDS,
    "train-ids": LABEL_SPACES["train_ids"],
    "instance-ids": LABEL_IDS,
}
_CITYSCAPES_CLASSES = tuple(space.class_names for space in _CITYSCAPES.values())
_INSTANCES_FROM = 1000


@dataclass(frozen=True)
class Encoding:
    """The meaning of a mask's values: how they become classes of ``space``.

    Attributes:
        kind: one of ``KINDS``.
        space: the classes of the masks.
        void: further values that are not scored.
        values: the value of each class, for ``indices`` that do not count from 0; otherwise empty.
    """

    kind: str
    space: LabelSpace
    void: tuple[int, ...] = ()
    values: tuple[int, ...] = ()


LABEL_ID_MASKS = Encoding("label-ids", LABEL_IDS)
"""The encoding that cityscapesScripts and ``predict --format label-ids`` write."""


def encoding_of(
    kind: str,
    space: LabelSpace | None = None,
    *,
    void: tuple[int, ...] = (),
    values: tuple[int, ...] = (),
) -> Encoding:
    """Return an encoding; the encodings of Cityscapes need no ``space``.

    Raises:
        InputError: the kind is unknown, the classes are missing, or ``values`` do not fit them.
    """
    if kind not in KINDS:
        raise InputError(f"There is no encoding {kind!r} of masks; choose one of {', '.join(KINDS)}.")
    space = _CITYSCAPES.get(kind, space)
    if space is None:
        raise InputError(f"Masks with the encoding {kind!r} need a list of their classes; give one.")
    if values and (len(values) != space.num_classes or len(set(values)) < len(values)):
        raise InputError(
            f"The encoding names {len(values)} values for {space.num_classes} classes; expected a different value "
            "for each class."
        )
    if not all(0 <= value < VALUES for value in (*void, *values)):
        raise InputError(f"The values of an encoding must be in 0..{VALUES - 1}; correct them.")
    return Encoding(kind, space, tuple(void), tuple(values))


@lru_cache(maxsize=16)
def value_table(encoding: Encoding) -> np.ndarray:
    """Return the look-up table, uint8 (65536,), from value to class index, void or unknown."""
    table = np.full(VALUES, UNKNOWN, np.uint8)
    table[[VOID, VALUES - 1, *encoding.void]] = VOID
    classes = np.arange(encoding.space.num_classes)
    values = np.array(encoding.values) if encoding.values else classes
    free = ~np.isin(values, encoding.void)
    table[values[free]] = classes[free]
    if encoding.kind == "instance-ids":
        instances = np.arange(_INSTANCES_FROM, VALUES - 1)
        table[instances] = table[instances // _INSTANCES_FROM]
    return table


# Each table has 16 MB; looking up two million pixels then takes milliseconds.
@lru_cache(maxsize=3)
def color_table(encoding: Encoding) -> np.ndarray:
    """Return the look-up table, uint8 (16777216,), from code of a colour to class index, void or unknown."""
    table = np.full(1 << 24, UNKNOWN, np.uint8)
    table[0] = VOID
    codes = color_codes(encoding.space.colors)
    if encoding.space.class_names in _CITYSCAPES_CLASSES:
        table[color_codes(np.array([label.color for label in LABELS], np.uint8))] = VOID
        # If labels have the same colour, such as black, the first one counts.
        for place in range(len(codes) - 1, -1, -1):
            table[codes[place]] = place
        return table
    for place, code in enumerate(codes):
        is_shared = np.count_nonzero(codes == code) > 1
        table[code] = UNKNOWN if is_shared else VOID if place in encoding.void else place
    return table


def color_codes(colors: np.ndarray) -> np.ndarray:
    """Return red + 256 * green + 65536 * blue of uint8 (..., 3), uint32 (...)."""
    padded = np.zeros((*colors.shape[:-1], 4), np.uint8)
    padded[..., :3] = colors
    return padded.view("<u4")[..., 0]
