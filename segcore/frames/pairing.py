"""Pairing of pictures and masks by name and content, for files without the folders of a data set."""

from collections.abc import Iterable
from pathlib import PurePath

import numpy as np

from segcore.errors import InputError
from segcore.frames.images import read_image
from segcore.frames.layout import known_layouts
from segcore.frames.masks import read_mask
from segcore.frames.truth_classes import known_encodings, list_by_color
from segcore.labels import VOID

_FIRST_LABEL_ID_ONLY = 19
# A mask has at most this many colours; a few thousand pixels of a photograph have more.
_MOST_COLORS, _LOOKED_AT = 256, 256
# Parts of the endings of masks, each with the kind of values; longer ones first.
_KINDS_BY_ENDING = {
    "trainid": "train ids",
    "train_id": "train ids",
    "labelid": "label ids",
    "label_id": "label ids",
    "instanceid": "instance ids",
    "color": "colours",
}


def partners(names: Iterable[str], masks: Iterable[str], *, marked: bool = False) -> dict[str, str]:
    """Return a dict from picture to mask for files whose names belong together.

    Args:
        names: of all files.
        masks: names of the files that can be masks.
        marked: whether the name of a mask must say that it is one, unlike ``a.png``.

    Example:
        >>> partners(["a.jpg", "a_mask.png", "b.png"], ["a_mask.png", "b.png"])
        {'a.jpg': 'a_mask.png'}
    """
    name = "one_folder" if marked else "two_folders"
    layout = next(layout for layout in known_layouts() if layout.name == name)
    pictures = {name: layout.images.name_in(name) for name in names}
    found: dict[str, str] = {}
    # The shortest name first: a.png is rather the mask of a.jpg than the picture of a_mask.png.
    for mask in sorted(masks, key=lambda name: (len(name), name)):
        of = {rule.path.name_in(mask) for rule in layout.masks} - {None}
        mine = [name for name, stands_for in pictures.items() if stands_for in of and name != mask]
        for name in mine:
            if name not in found and mask not in found and name not in found.values():
                found[name] = mask
    return found


def readable_as(content: bytes) -> tuple[str, ...]:
    """Return the keys of ``known_encodings`` with which a file can be read as a mask; none for a photograph."""
    found = []
    try:
        if looks_photographed(read_image(content)):
            return ()
    except InputError:
        return ()
    for title, (encoding, _) in known_encodings().items():
        try:
            mask = read_mask(content, encoding)
        except InputError:
            continue
        if (mask != VOID).any():
            found.append(title)
    return tuple(found)


def looks_photographed(image: np.ndarray) -> bool:
    """Return whether a picture has more colours than a mask can have, from a part of its pixels, to save time."""
    height, width = image.shape[:2]
    some = image[:: -(-height // _LOOKED_AT), :: -(-width // _LOOKED_AT)].reshape(-1, 3)
    # One number for each colour, as NumPy compares rows five times as slowly.
    colors = some.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return len(np.unique(colors)) > _MOST_COLORS


def guessed(name: str, content: bytes, readable: Iterable[str]) -> str | None:
    """Return the likely encoding of a mask, one of ``readable``, or None if several class lists fit."""
    ending = PurePath(name).stem.lower()
    kinds = [kind for part, kind in _KINDS_BY_ENDING.items() if part in ending]
    cityscapes = {title.rpartition(": ")[2]: title for title in readable if title.startswith("Cityscapes")}
    for kind in kinds:
        if kind in cityscapes:
            return cityscapes[kind]
    label_ids = cityscapes.get("label ids")
    if label_ids and _highest(content, label_ids) >= _FIRST_LABEL_ID_ONLY:
        return label_ids
    readable = tuple(readable)
    if by_color := list_by_color([content]):
        space = by_color[1].space
        return next((title for title in readable if known_encodings()[title][0].space is space), None)
    return readable[0] if len(readable) == 1 else None


def _highest(content: bytes, title: str) -> int:
    mask = read_mask(content, known_encodings()[title][0])
    return int(np.max(mask[mask != VOID], initial=0))
