"""The classes of a data set's ground truth, and the encoding of its masks."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from segcore.classes.files import (
    UNSCORED,
    ClassList,
    class_list_of,
    find_space,
    known_spaces,
    read_class_list,
)
from segcore.errors import InputError
from segcore.frames.encoding import Encoding, encoding_of
from segcore.frames.images import read_image, read_size
from segcore.frames.layout import DATASET_FILE, MaskRule, known_layouts
from segcore.frames.masks import holds_colors, read_mask
from segcore.frames.opening import Source
from segcore.frames.paths import Folders, PathPattern
from segcore.frames.recognition import Place, best_of, fixed_words, matches
from segcore.labels import LABEL_IDS, LABEL_SPACES, VOID, LabelSpace

_CLASS_FILES = (
    "classes.json",
    "classes.txt",
    "class_dict.csv",
    "label_colors.txt",
    "codes.txt",
    "labelmap.txt",
    "labels.txt",
    "_classes.csv",
)
_LOOKED_AT = 8
_GUESSES = ("label-ids", "train-ids", "instance-ids")
# Label ids from the first number on are not train ids; train ids up to the second may belong to a shorter class list.
_FIRST_LABEL_ID_ONLY, _FEW_TRAIN_IDS = 19, 13
# The colours of fewer classes than this may match by chance.
_FEWEST_SEEN = 3
_IN_COLORS = MaskRule(PathPattern("{name}"), "colors")


def classes_and_encodings(place: Place, splits: Sequence[str]) -> tuple[LabelSpace, tuple[Encoding, ...]]:
    """Return the classes for the scores of a data set, and the encoding of each kind of its masks.

    Raises:
        InputError: the meaning of its masks' values is unknown, or its description is wrong.
    """
    layout = place.layout
    classes = _own_classes(place, splits)
    if classes is None and not all(rule.encoding for rule in layout.masks):
        scored, found = _found_out(place, splits)
        return scored, (found,) * len(layout.masks)
    unsaid = "" if all(rule.encoding for rule in layout.masks) else _kind_of_masks(place, splits)
    encodings = tuple(_encoding(rule, classes, unsaid) for rule in layout.masks)
    if classes is None:
        return find_space(layout.scored or "train_ids"), encodings
    # A class list that was found in a file is scored as in its data set; one that the layout names is scored itself.
    usual = layout.scored or (_usually_scored(classes.space) if layout.classes is None else "")
    return find_space(usual) if usual else _scored(classes.space, encodings), encodings


@cache
def known_encodings() -> dict[str, tuple[Encoding, LabelSpace]]:
    """Return the encodings and scored classes of the included layouts, by a title for users."""
    found: dict[str, tuple[Encoding, LabelSpace]] = {}
    for layout in known_layouts():
        listed = _included(layout.classes) if isinstance(layout.classes, str) else None
        for rule in layout.masks:
            if not rule.encoding:
                continue
            encoding = _encoding(rule, listed)
            if layout.scored or listed is None:
                scored = find_space(layout.scored or "train_ids")
            else:
                scored = _scored(listed.space, (encoding,))
            owner = encoding.space.title.partition(",")[0]
            # Values of a list are read from masks in its colours too.
            kind = {"indices": "indices or colours", "colors": "colours"}.get(rule.encoding)
            kind = kind or rule.encoding.replace("-", " ")
            title = f"{owner}, {encoding.space.num_classes} classes: {kind}"
            found.setdefault(title, (encoding, scored))
    return found


def _own_classes(place: Place, splits: Sequence[str]) -> ClassList | None:
    root, layout = place.root, place.layout
    if isinstance(layout.classes, tuple):
        return class_list_of(layout.title, list(layout.classes), where=f"{root / DATASET_FILE}")
    homes = dict.fromkeys((root, *place.homes))
    # Some programs write the class list into the folder of each split.
    for folder in (*homes, *(home / split for home in homes for split in splits)):
        for name in layout.class_files or (_CLASS_FILES if layout.classes is None else ()):
            if (folder / name).is_file():
                owner = layout.title if layout.names_its_data else root.absolute().name
                return read_class_list(folder / name, owner=owner)
    if layout.classes is None:
        return None
    if layout.classes.endswith((".json", ".txt", ".csv")):
        if Path(layout.classes).is_absolute() or ".." in Path(layout.classes).parts:
            raise InputError(
                f"The class list {layout.classes!r} of {root} is not in this folder; put it there."
            )
        return read_class_list(root / layout.classes)
    return _included(layout.classes)


def _usually_scored(space: LabelSpace) -> str:
    """Return the name of the class list for scores of data sets with these classes, "" for these classes."""
    if space.name not in known_spaces() or find_space(space.name) is not space:
        return ""
    return next((layout.scored for layout in known_layouts() if layout.classes == space.name), "")


def _included(name: str) -> ClassList:
    space = find_space(name)
    return ClassList(space, tuple(known for known in space.class_names if known.lower() in UNSCORED))


def _scored(space: LabelSpace, encodings: Sequence[Encoding]) -> LabelSpace:
    """Return the classes of a list without those that are void in these encodings."""
    void = {place for encoding in encodings if encoding.space is space for place in _void_places(encoding)}
    return _without(space, void)


def _kind_of_masks(place: Place, splits: Sequence[str]) -> str:
    """Return the kind of masks of a known class list: in colours, if one of a few of them is."""
    for path in _some_masks(place, splits):
        try:
            if holds_colors(path):
                return "colors"
        except InputError:
            continue  # It is one of the frames that cannot be scored.
    return "indices"


def _encoding(rule: MaskRule, classes: ClassList | None, unsaid: str = "indices") -> Encoding:
    # Only values can be numbers of void, or have others than 0, 1, 2 and so on for the classes.
    has_values = rule.values or any(isinstance(entry, int) for entry in rule.void)
    kind = rule.encoding or ("indices" if has_values else unsaid)
    space = classes.space if classes else None
    void = [_void_value(entry, rule, kind, space) for entry in rule.void]
    if kind in ("indices", "colors") and classes:
        void += [_void_value(name, rule, kind, space) for name in classes.unscored]
    return encoding_of(kind, space, void=tuple(dict.fromkeys(void)), values=rule.values)


def _void_value(entry: int | str, rule: MaskRule, kind: str, space: LabelSpace | None) -> int:
    if isinstance(entry, int):
        if kind == "colors":
            raise InputError(f"Masks in colours have no void value {entry}; name a class instead.")
        return entry
    if space is None or entry not in space.class_names:
        raise InputError(f"There is no class {entry!r} for void; name a class of the list.")
    place = space.class_names.index(entry)
    return rule.values[place] if rule.values else place


def _void_places(encoding: Encoding) -> list[int]:
    values = encoding.values or range(encoding.space.num_classes)
    return [place for place, value in enumerate(values) if value in encoding.void]


def _without(space: LabelSpace, void: set[int]) -> LabelSpace:
    """Return the class list without the classes ``void``."""
    if not void:
        return space
    kept = [place for place in range(space.num_classes) if place not in void]
    groups = (
        tuple(
            kept.index(space.groups[place]) if space.groups[place] in kept else new
            for new, place in enumerate(kept)
        )
        if space.groups
        else ()
    )
    return LabelSpace(
        f"{space.name}_scored",
        tuple(space.class_names[place] for place in kept),
        space.colors[kept],
        tuple(space.covers[place] for place in kept),
        f"{space.title}, {len(kept)} of them scored",
        groups,
    )


def _found_out(place: Place, splits: Sequence[str]) -> tuple[LabelSpace, Encoding]:
    """Return scored classes and encoding of masks without a description, from the values in a few of them.

    Raises:
        InputError: the class list cannot be recognised.
    """
    masks = _some_masks(place, splits)
    # A damaged mask tells nothing; it is one of the frames that cannot be scored.
    looked_at = [path for path in masks if _is_complete(path)] or masks
    if by_color := list_by_color(looked_at):
        return by_color
    for most_others in _tolerated(looked_at):
        for kind in _GUESSES:
            encoding = encoding_of(kind)
            seen, _ = _classes_seen(looked_at, encoding, most_others=most_others)
            if max(seen, default=-1) >= (_FIRST_LABEL_ID_ONLY if kind == "label-ids" else _FEW_TRAIN_IDS):
                return LABEL_SPACES["train_ids"], encoding
    raise InputError(
        f"The classes of the masks in {place.root} are unknown{_why(looked_at) or _values(looked_at)}; write them to "
        f"{place.root / 'classes.txt'}, one name per line in the order of their values, or describe the data set in "
        f"{place.root / DATASET_FILE}."
    )


def _why(masks: Sequence[Source]) -> str:
    """Return in parentheses what is wrong with the first mask that has no label ids, train ids or instance ids."""
    for path in masks:
        reasons = []
        for kind in _GUESSES:
            try:
                read_mask(path, encoding_of(kind))
            except InputError as error:
                reasons.append(str(error).rstrip("."))
        if len(reasons) == len(_GUESSES):
            return f" ({reasons[0]})"
    return ""


def _values(masks: Sequence[Source]) -> str:
    """Return in parentheses the values of masks that would be read as several kinds of ids."""
    seen: set[int] = set()
    for path in masks:
        try:
            mask = read_mask(path, encoding_of("label-ids"))
        except InputError:
            return ""
        seen.update(np.unique(mask).tolist())
    listed = sorted(seen - {VOID})
    return f" (a few of them have the values {', '.join(map(str, listed))})" if listed else ""


def _some_masks(place: Place, splits: Sequence[str]) -> list[Path]:
    folders = Folders()
    masks = [
        Path(match.path)
        for rule in place.layout.masks
        for split in splits
        for match in best_of(
            matches(rule.path, place.homes, folders, **fixed_words(place.layout, split))
        ).values()
    ]
    spread = np.linspace(0, len(masks) - 1, min(_LOOKED_AT, len(masks))).round().astype(int)
    return [masks[place] for place in dict.fromkeys(spread.tolist())]


def list_by_color(masks: Sequence[Source]) -> tuple[LabelSpace, Encoding] | None:
    """Return scored classes and encoding of masks in the colours of an included class list, or None.

    If several lists have the colours and name the classes in the same way, the shortest list is used.
    """
    if not any(_is_colored(path) for path in masks):
        return None
    fitting = (_fitting_list(masks, most_others=most_others) for most_others in _tolerated(masks))
    return next(filter(None, fitting), None)


def _tolerated(masks: Sequence[Source]) -> list[int]:
    """Return how many masks may have other values or colours: if possible none, or else a quarter.

    These frames cannot be scored, but do not hide what the others are.
    """
    return sorted({0, len(masks) // 4})


def _fitting_list(masks: Sequence[Source], *, most_others: int) -> tuple[LabelSpace, Encoding] | None:
    found = []
    for name in known_spaces():
        if name in LABEL_SPACES:
            continue
        encoding = _encoding(_IN_COLORS, _included(name))
        places, others = _classes_seen(masks, encoding, most_others=most_others)
        if len(places) < _FEWEST_SEEN:
            continue
        if encoding.space is LABEL_IDS:
            # Masks in the colours of Cityscapes may have all its labels.
            return LABEL_SPACES["train_ids"], encoding
        found.append((others, encoding, {encoding.space.class_names[place] for place in places}))
    least = min((others for others, *_ in found), default=0)
    fitting = [(encoding, seen) for others, encoding, seen in found if others == least]
    if not fitting or any(seen != fitting[0][1] for _, seen in fitting):
        return None
    encoding = min((encoding for encoding, _ in fitting), key=lambda one: one.space.num_classes)
    scored = _usually_scored(encoding.space)
    return find_space(scored) if scored else _scored(encoding.space, (encoding,)), encoding


def _is_complete(path: Source) -> bool:
    try:
        read_size(path)
    except InputError:
        return False
    return True


def _is_colored(path: Source) -> bool:
    try:
        pixels = read_image(path)
    except InputError:
        return False
    return bool((pixels != pixels[..., :1]).any())


def _classes_seen(masks: Sequence[Source], encoding: Encoding, *, most_others: int) -> tuple[set[int], int]:
    """Return the classes in masks, and how many masks cannot be read with this encoding.

    There are no classes if these are more than ``most_others``.
    """
    seen: set[int] = set()
    others = 0
    for path in masks:
        try:
            mask = read_mask(path, encoding)
        except InputError:
            others += 1
            if others > most_others:
                return set(), others
        else:
            seen.update(np.flatnonzero(np.bincount(mask.ravel(), minlength=256)).tolist())
    return seen - {VOID}, others
