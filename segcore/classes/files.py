"""Class lists from files: the included ones and those of users.

A file is JSON with a list of classes in the order of the class indices of a model's outputs or of a mask::

    {"title": "...", "source": "...", "classes": [{"name": "car", "color": [0, 0, 142], "from": ["car", "truck"]}]}

``from`` lists the Cityscapes labels that count as the class. Without ``from``, a class with the name of a Cityscapes
label covers that label, a class such as "background" covers nothing, and any other class covers its own name.
``group`` names the class of the list that this class is a part of, for models that have only the larger class.
``"evaluate": false`` marks a class that is not scored; classes called void, unlabeled or ignore are not scored either.
The formats of ``segcore.classes.formats`` are read as well. If a file has no ``from`` and all its classes are in one
included list, they cover the labels of that list. Otherwise usual synonyms of Cityscapes labels, such as "tree" or
"pedestrian", cover these labels.
"""

import colorsys
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from segcore.classes.formats import parse_class_list
from segcore.errors import InputError
from segcore.labels import LABEL_IDS, LABEL_SPACES, LABELS, LabelSpace
from segcore.system.reading import read_text

FEWEST_CLASSES, MOST_CLASSES = 2, 254
NOTHING = frozenset({"background", "void", "other", "unlabeled", "unlabelled", "ignore", "none", "unknown"})
"""Names of classes without a meaning in a street scene: a pixel predicted as one of them counts as wrong."""
UNSCORED = frozenset({"void", "unlabeled", "unlabelled", "ignore"})
"""Names of classes of a data set that stand for what was not annotated."""

# What class lists of users call Cityscapes labels, in the singular.
_OTHER_NAMES = {
    "tree": "vegetation",
    "plant": "vegetation",
    "grass": "terrain",
    "sign": "traffic sign",
    "trafficsign": "traffic sign",
    "road sign": "traffic sign",
    "signsymbol": "traffic sign",
    "trafficlight": "traffic light",
    "traffic signal": "traffic light",
    "pedestrian": "person",
    "people": "person",
    "human": "person",
    "bicyclist": "rider",
    "cyclist": "rider",
    "bike": "bicycle",
    "motorbike": "motorcycle",
    "lorry": "truck",
    "street": "road",
    "column pole": "pole",
    "footpath": "sidewalk",
    "pavement": "sidewalk",
    **{name: name for name in ("road", "building", "car", "truck", "person", "pole", "fence", "wall")},
}

# What the authors of SegNet and others call classes of CamVid.
_NAMES_OF_CAMVID = {
    "pole": "column pole",
    "pavement": "sidewalk",
    "sign symbol": "signsymbol",
    "sign": "signsymbol",
    "vehicle": "car",
    "bike": "bicyclist",
    "unlabelled": "void",
}

_FOLDER = Path(__file__).parent
_COLORS = {label.name: label.color for label in LABELS}
_LONGEST_NAME = 80
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class ClassList:
    """The classes of a data set, and the names of those that are not scored."""

    space: LabelSpace
    unscored: tuple[str, ...] = ()


def known_spaces() -> tuple[str, ...]:
    """Return the names that ``find_space`` knows, those of Cityscapes first."""
    return (*LABEL_SPACES, LABEL_IDS.name, *sorted(path.stem for path in _FOLDER.glob("*.json")))


def included_list(label_space: str | None) -> str | None:
    """Return the name of the included class list that a label space comes from, also with merged or void classes."""
    name = (label_space or "").removesuffix("_merged").removesuffix("_scored")
    return name if name in known_spaces() else None


@cache
def find_space(name: str) -> LabelSpace:
    """Return an included class list by its name.

    Raises:
        InputError: there is no list of this name; the message gives the nearest names.
    """
    if name in LABEL_SPACES:
        return LABEL_SPACES[name]
    if name == LABEL_IDS.name:
        return LABEL_IDS
    if name not in known_spaces():
        raise InputError(f"There is no class list {name!r}; {_nearest(name, known_spaces())}.")
    title, entries = _parsed(_FOLDER / f"{name}.json")
    return space_of(name, entries, where=name, title=title)


def read_space(path: Path, *, number: int | None = None) -> LabelSpace:
    """Return the classes of `read_class_list`."""
    return read_class_list(path, number=number).space


def read_class_list(path: Path, *, number: int | None = None, owner: str = "") -> ClassList:
    """Read a class list from a file; its name is that of the file, or of the included list that it equals.

    Args:
        path: of the file.
        number: the number of classes, if it is known. If a text file has this many lines above its first empty line,
            the lines below are remarks and are ignored.
        owner: whose classes they are, for users; default: the name of the file.

    Raises:
        InputError: the file cannot be read, or an entry is wrong; the message names the entry.
    """
    path = Path(path)
    title, entries = _parsed(path, number)
    title = title or f"{owner or path.stem}, {len(entries)} classes"
    return class_list_of(path.stem, entries, where=str(path), title=title)


def class_list_of(name: str, classes: Sequence[object], *, where: str, title: str = "") -> ClassList:
    """Return the class list of entries that are as for `space_of`, but may have ``evaluate``.

    Raises:
        InputError: as `space_of`.
    """
    space = space_of(name, classes, where=where, title=title)
    unscored = tuple(
        class_name
        for class_name, entry in zip(space.class_names, classes, strict=True)
        if class_name.lower() in UNSCORED or (isinstance(entry, Mapping) and entry.get("evaluate") is False)
    )
    if any(isinstance(entry, Mapping) and {"from", "group"} & set(entry) for entry in classes):
        return ClassList(space, unscored)
    given = [dict(entry) if isinstance(entry, Mapping) else {"name": entry} for entry in classes]
    known = _list_with(space)
    if known is None:
        return ClassList(space_of(name, _by_other_names(given, space), where=where, title=title), unscored)
    entries = _as_known(given, known)
    again = space_of(name, entries, where=where, title=title)
    is_same = again.class_names == known.class_names and bool((again.colors == known.colors).all())
    return ClassList(known if is_same else again, unscored)


def _list_with(space: LabelSpace) -> LabelSpace | None:
    """Return the included list with all classes of ``space``, if some are not in Cityscapes; otherwise None."""
    names = set(map(_alike, space.class_names)) - NOTHING
    own = {name for name, labels in zip(space.class_names, space.covers, strict=True) if labels == {name}}
    if not own - _COLORS.keys() or len(set(map(_alike, space.class_names))) < space.num_classes:
        return None
    having = [
        known for known in map(find_space, known_spaces()) if names <= set(map(_alike, known.class_names))
    ]
    return min(having, key=lambda known: known.num_classes, default=None)


def _as_known(entries: Sequence[dict], known: LabelSpace) -> list[dict]:
    """Return entries with what counts as their classes, and their colours if they have none, by an included list."""
    there = {_alike(entry["name"]): entry for entry in to_json(known)}
    name_of = {_alike(entry["name"]): entry["name"] for entry in entries}
    joined = []
    for entry in entries:
        like = there.get(_alike(entry["name"]), {})
        labels = [entry["name"] if label == like["name"] else label for label in like.get("from", ())]
        group = name_of.get(_alike(like.get("group", "")))
        joined.append(
            {"color": like["color"], "from": labels} | ({"group": group} if group else {}) | entry
            if like
            else entry
        )
    return joined


def _by_other_names(entries: Sequence[dict], space: LabelSpace) -> list[dict]:
    """Return entries where synonyms of Cityscapes labels cover these labels, unless another class does."""
    taken = frozenset().union(*space.covers)
    for entry in entries:
        name = _plain(entry["name"])
        label = _OTHER_NAMES.get(name) or _OTHER_NAMES.get(name.removesuffix("s"))
        if label and label not in taken:
            entry["from"] = [label]
            taken |= {label}
    return list(entries)


def _alike(name: str) -> str:
    """Return a name as it is compared with those of included lists."""
    return _NAMES_OF_CAMVID.get(_plain(name), _plain(name))


def _plain(name: str) -> str:
    """Return a name as it is compared: "traffic_light" and "Traffic-Light" are one."""
    return name.lower().replace("_", " ").replace("-", " ")


def _parsed(path: Path, number: int | None = None) -> tuple[str, list]:
    expected = "a class list as JSON or one name per line is expected"
    text = read_text(path, most_bytes=_MOST_BYTES, expected=expected, name=str(path))
    return parse_class_list(text, name=str(path), number=number)


def space_of(
    name: str, classes: Sequence[object], *, where: str = "the class list", title: str = ""
) -> LabelSpace:
    """Return the label space of a list of classes.

    Args:
        name: of the label space.
        classes: in the order of their indices; each is a name, or a mapping with ``name`` and optionally ``color``
            (RGB, 0..255), ``from`` (names of Cityscapes labels) and ``group`` (name of another class).
        where: description of the list for messages.
        title: title of the list for users; default: the name and the number of classes.

    Raises:
        InputError: there are fewer than 2 or more than 254 classes, a name occurs twice, a label does not exist or
            counts as two classes, or a value has a wrong type.
    """
    if not FEWEST_CLASSES <= len(classes) <= MOST_CLASSES:
        raise InputError(f"{where} has {len(classes)} classes; expected {FEWEST_CLASSES} to {MOST_CLASSES}.")
    entries = [_entry(entry, place, where) for place, entry in enumerate(classes)]
    names = tuple(entry["name"] for entry in entries)
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{where} names the class {repeated[0]!r} twice; every class needs its own name.")
    covers = tuple(_covered(entry, where) for entry in entries)
    owner: dict[str, str] = {}
    for class_name, labels in zip(names, covers, strict=True):
        for label in sorted(labels):
            if label in owner:
                raise InputError(
                    f"{where} counts {label!r} as {owner[label]!r} and as {class_name!r}; a label can count as "
                    "one class only."
                )
            owner[label] = class_name
    colors = np.array(
        [
            _color(entry, labels, place)
            for place, (entry, labels) in enumerate(zip(entries, covers, strict=True))
        ],
        np.uint8,
    )
    colors.setflags(write=False)
    groups = tuple(_group(entry, place, names, where) for place, entry in enumerate(entries))
    return LabelSpace(name, names, colors, covers, title or f"{name}, {len(names)} classes", groups)


def to_json(space: LabelSpace) -> list[dict]:
    """Return the classes of a label space in the form that ``space_of`` reads, for ``run.json``."""
    entries = [
        {"name": name, "color": [int(value) for value in color], "from": sorted(labels)}
        for name, color, labels in zip(space.class_names, space.colors, space.covers, strict=True)
    ]
    for place, group in enumerate(space.groups):
        if group != place:
            entries[place]["group"] = space.class_names[group]
    return entries


def _entry(entry: object, place: int, where: str) -> Mapping:
    entry = {"name": entry} if isinstance(entry, str) else entry
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise InputError(
            f"{where} gives no name for class {place}; expected a name or an object with a name."
        )
    if len(entry["name"]) > _LONGEST_NAME or not entry["name"].isprintable():
        raise InputError(
            f"{where} names class {place} {entry['name'][:40]!r}; expected up to {_LONGEST_NAME} printable characters."
        )
    return entry


def _covered(entry: Mapping, where: str) -> frozenset[str]:
    name = entry["name"]
    if "from" not in entry:
        known = _COLORS.keys() & {name, _plain(name)}
        return frozenset(known or ({name} if name.lower() not in NOTHING else ()))
    labels = entry["from"]
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise InputError(
            f"{where} has from = {json.dumps(labels)[:60]} for {name!r}; expected a list of names."
        )
    for label in labels:
        # `to_json` writes the class's own name for a class without a Cityscapes label.
        if label not in _COLORS and label != name:
            raise InputError(
                f"{where} counts {label!r} as {name!r}, but Cityscapes has no such label; {_nearest(label, _COLORS)}."
            )
    return frozenset(labels)


def _group(entry: Mapping, place: int, names: tuple[str, ...], where: str) -> int:
    if "group" not in entry:
        return place
    if entry["group"] not in names:
        raise InputError(
            f"{where} has {entry['name']!r} in the group {str(entry['group'])[:60]!r}, which is not a class of the "
            f"list; {_nearest(str(entry['group']), names)}."
        )
    return names.index(entry["group"])


def _color(entry: Mapping, labels: frozenset[str], place: int) -> tuple[int, ...]:
    color = entry.get("color")
    if color is None:
        if name := next((label for label in _COLORS if label in labels), None):
            return _COLORS[name]
        # Steps of the golden angle give neighbours in the list very different hues.
        hue = (place * 0.618034) % 1.0
        return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.55, 0.85))
    is_color = (
        isinstance(color, list)
        and len(color) == 3
        and all(isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= 255 for part in color)
    )
    if not is_color:
        raise InputError(
            f"The class {entry['name']!r} has the color {json.dumps(color)[:40]}; expected [red, green, blue], 0..255."
        )
    return tuple(color)


def _nearest(name: str, known: Sequence[str] | Mapping) -> str:
    nearest = difflib.get_close_matches(name, list(known), n=3, cutoff=0.4) or list(known)[:6]
    return f"the nearest names are {', '.join(map(repr, nearest))}"
