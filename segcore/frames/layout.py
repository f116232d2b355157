"""The layout of a data set's files: a JSON file, either an included one or ``dataset.json`` in the root.

::

    {
      "title": "My town",
      "images": "pictures/{split}/{name}.{png,jpg}",
      "masks": [{"path": "ids/{split}/{name}_ids.png", "encoding": "indices", "void": [11]}],
      "classes": "camvid_11",
      "splits": ["train", "val"],
      "licence": "my own frames",
      "frames_may_be_shared": true
    }

- ``title``: the name of the data set for users; default: the name of the folder.
- ``images``, and ``path`` of each of the ``masks``: patterns, see ``segcore.frames.paths``, relative to the root and
  with the same words in braces. A frame and its mask have the same ``{name}``; the first folder below a split may be
  the ``{group}``; without ``{split}`` all frames are in the split "all". If a frame has several masks, the first is
  used.
- ``encoding``: the meaning of values in masks, one of ``label-ids``, ``train-ids``, ``instance-ids``, ``indices`` and
  ``colors`` (see ``segcore.frames.encoding``); without it, the encoding is recognised from a few masks.
- ``void``: values or names of classes that are not scored, in addition to 255 and -1. ``values``: the value of each
  class, for indices that do not count from 0.
- ``annotation``: a name for masks that are not mixed with others within a split, such as fine and coarse masks.
- ``classes``: the classes of the masks: the name of an included class list, the name of a file in the root with a class
  list, or the list itself. Without it, ``classes.json``, ``classes.txt``, ``class_dict.csv``, ``label_colors.txt``,
  ``codes.txt``, ``labelmap.txt`` or ``labels.txt`` in the root (see ``segcore.classes.formats``).
- ``scored``: the name of an included class list for scores, if the masks have more classes than are scored.
- ``class_files``: names of files with the class list, which replace ``classes`` if they exist.
- ``splits``: the only folders that are splits; default: all folders.
- ``licence`` and ``frames_may_be_shared``: whether shared reports may contain frames.
- ``without_masks``: what to know where frames have no masks.
- ``source``: where this form of the data set is described. The following keys are for included layouts, whose paths
  also have the parts of ``names.json``, such as ``<mask>``: ``order``; ``beside``; ``recognised_by``, which is "pairs"
  (a picture and a mask), "names" (a picture and a mask of one name) or "images" (a picture, and a file as in
  ``beside``); and ``unless_other_classes``, files with a class list: with others than ``classes``, it is no such set.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from segcore.errors import InputError
from segcore.frames.encoding import KINDS
from segcore.frames.paths import PathPattern
from segcore.system.reading import parse_json, read_text

DATASET_FILE = "dataset.json"
DESCRIBED = "described"
"""Name of a layout from ``dataset.json``."""

_FOLDER, _NAMES = Path(__file__).parent / "layouts", Path(__file__).parent / "names.json"
_OF_ALL_MASKS = ("encoding", "void", "values")
_KEYS = (
    *_OF_ALL_MASKS,
    "title",
    "images",
    "masks",
    "classes",
    "class_files",
    "scored",
    "splits",
    "licence",
    "frames_may_be_shared",
    "source",
    "order",
    "recognised_by",
    "beside",
    "without_masks",
    "unless_other_classes",
)
_MOST_RULES = 100
_MASK_KEYS = ("path", "encoding", "void", "values", "annotation")
_MOST_BYTES = 1_000_000
_LONGEST_TEXT = 2_000
_LONGEST_NAME = 255
_MOST_ENTRIES = 65_536


@dataclass(frozen=True)
class MaskRule:
    """Path and content of masks: the keys of ``masks``. An empty ``encoding`` is recognised from the files."""

    path: PathPattern
    encoding: str = ""
    void: tuple[int | str, ...] = ()
    values: tuple[int, ...] = ()
    annotation: str = ""


@dataclass(frozen=True)
class Layout:
    """The layout of a data set, as described in this module; ``name`` is the name of its file."""

    name: str
    title: str
    images: PathPattern
    masks: tuple[MaskRule, ...]
    classes: str | tuple | None = None
    class_files: tuple[str, ...] = ()
    scored: str = ""
    splits: tuple[str, ...] = ()
    licence: str = ""
    frames_may_be_shared: bool = True
    recognised_by: str = "pairs"
    beside: PathPattern | None = None
    without_masks: str = ""
    unless_other_classes: tuple[str, ...] = ()

    @property
    def names_its_data(self) -> bool:
        """Whether it belongs to one data set, whose name is ``title``, and is not a general layout."""
        return not self.masks or bool(self.masks[0].encoding) or self.name == DESCRIBED

    @property
    def annotations(self) -> tuple[str, ...]:
        """Names of the kinds of masks, which are not mixed; the preferred one first."""
        return tuple(dict.fromkeys(rule.annotation for rule in self.masks))


@cache
def known_layouts() -> tuple[Layout, ...]:
    """Return the included layouts in the order in which they are tried."""
    contents = {path.stem: _content(path) for path in _FOLDER.glob("*.json")}
    names = sorted(contents, key=lambda name: contents[name]["order"])
    return tuple(layout_of(name, contents[name], where=f"layouts/{name}.json") for name in names)


def _content(path: Path) -> dict:
    text = path.read_text(encoding="utf-8")
    for part, pattern in _shared_names().items():
        text = text.replace(part, pattern)
    return json.loads(text)


@cache
def _shared_names() -> dict[str, str]:
    return json.loads(_NAMES.read_text(encoding="utf-8"))


def read_layout(path: Path) -> Layout:
    """Read a ``dataset.json``.

    Raises:
        InputError: it cannot be read, or an entry is wrong; the message names the entry.
    """
    expected = "the description of a data set is expected"
    text = read_text(path, most_bytes=_MOST_BYTES, expected=expected, name=str(path))
    content = parse_json(text, name=str(path))
    if not isinstance(content, Mapping):
        raise InputError(f'{path} is not a JSON object; expected {{"images": ..., "masks": ...}}.')
    return layout_of(DESCRIBED, {"title": path.absolute().parent.name, **content}, where=str(path))


def layout_of(name: str, content: Mapping, *, where: str) -> Layout:
    """Return the layout that a JSON object describes.

    Args:
        name: of the layout.
        content: the object.
        where: name of the object for messages.

    Raises:
        InputError: a key is missing or unknown, or its value has a wrong type.
    """
    _known_keys(content, _KEYS, where)
    images = _pattern(content, "images", where)
    masks = content.get("masks", [])
    masks = [{"path": masks}] if isinstance(masks, str) else masks
    if isinstance(masks, list) and len(masks) > _MOST_RULES:
        raise InputError(f"{where} has {len(masks):,} kinds of masks; expected at most {_MOST_RULES}.")
    if not isinstance(masks, list) or not all(isinstance(rule, Mapping) for rule in masks):
        raise InputError(f"{where} has masks that are neither a path nor a list of objects with a path.")
    shared = {key: content[key] for key in _OF_ALL_MASKS if key in content}
    rules = tuple(_rule({**shared, **rule}, images, where) for rule in masks)
    classes = content.get("classes")
    if classes is not None and not isinstance(classes, str | list):
        raise InputError(f"{where} has classes that are neither a name nor a list.")
    return Layout(
        name=name,
        title=_text(content, "title", where, needed=True),
        images=images,
        masks=rules,
        classes=tuple(classes) if isinstance(classes, list) else classes,
        scored=_text(content, "scored", where),
        class_files=tuple(_names(content, "class_files", where)),
        splits=tuple(_names(content, "splits", where)),
        licence=_text(content, "licence", where),
        frames_may_be_shared=content.get("frames_may_be_shared", True) is True,
        beside=_pattern(content, "beside", where) if "beside" in content else None,
        recognised_by=_text(content, "recognised_by", where) or "pairs",
        without_masks=_text(content, "without_masks", where),
        unless_other_classes=tuple(_names(content, "unless_other_classes", where)),
    )


def _rule(content: Mapping, images: PathPattern, where: str) -> MaskRule:
    _known_keys(content, _MASK_KEYS, where)
    path = _pattern(content, "path", where)
    if set(path.words) != set(images.words):
        raise InputError(
            f"{where} pairs {images.text!r} with {path.text!r}, which do not have the same words in braces; "
            "use the same words, since they name the frame."
        )
    encoding = _text(content, "encoding", where)
    if encoding and encoding not in KINDS:
        raise InputError(f"{where} has the encoding {encoding!r}; choose one of {', '.join(KINDS)}.")
    return MaskRule(
        path,
        encoding,
        tuple(_list(content, "void", (int, str), where)),
        tuple(_list(content, "values", (int,), where)),
        _text(content, "annotation", where),
    )


def _pattern(content: Mapping, key: str, where: str) -> PathPattern:
    try:
        return PathPattern(_text(content, key, where, needed=True))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _known_keys(content: Mapping, keys: tuple[str, ...], where: str) -> None:
    unknown = [key for key in content if key not in keys]
    if unknown:
        raise InputError(f"{where} has the unknown key {unknown[0][:60]!r}; expected {', '.join(keys)}.")


def _text(content: Mapping, key: str, where: str, *, needed: bool = False) -> str:
    value = content.get(key, "")
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isprintable():
        raise InputError(
            f"{where} has a value for {key!r} that is not a printable text of up to {_LONGEST_TEXT} characters."
        )
    if needed and not value.strip():
        raise InputError(f"{where} lacks {key!r}.")
    return value


def _names(content: Mapping, key: str, where: str) -> list[str]:
    names = _list(content, key, (str,), where)
    wrong = [name for name in names if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable()]
    if wrong or len(set(names)) < len(names):
        raise InputError(
            f"{where} has a value for {key!r} that is not a list of different names of up to {_LONGEST_NAME} printable "
            "characters."
        )
    return names


def _list(content: Mapping, key: str, kinds: tuple[type, ...], where: str) -> list:
    values = content.get(key, [])
    if isinstance(values, list) and len(values) > _MOST_ENTRIES:
        raise InputError(
            f"{where} has {len(values):,} values for {key!r}; expected at most {_MOST_ENTRIES:,}."
        )
    if not isinstance(values, list) or not all(type(value) in kinds for value in values):
        names = " or ".join({int: "whole numbers", str: "texts"}[kind] for kind in kinds)
        raise InputError(f"{where} has a value for {key!r} that is not a list of {names}.")
    return values
