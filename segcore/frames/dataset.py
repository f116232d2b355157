"""A data set in a folder: which layout its files have, its splits, frames and classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from segcore.classes.files import find_space, known_spaces, read_space, space_of
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.frames.layout import DATASET_FILE, Layout, MaskRule, known_layouts
from segcore.frames.masks import Encoding, encoding_of, read_mask
from segcore.frames.paths import Folders, Match
from segcore.frames.recognition import Place, find_place, matches
from segcore.labels import LABEL_IDS, LABEL_SPACES, VOID, LabelSpace

ALL = "all"
"""The split of a data set without splits."""

_CLASS_FILES = ("classes.json", "classes.txt")
_USUAL_SPLITS = ("val", "validation", "valid")
_LOOKED_AT = 8
_GUESSES = ("label-ids", "train-ids", "instance-ids")
# Label ids from here on are no train ids; train ids up to here may be those of another, shorter list.
_FIRST_LABEL_ID_ONLY, _FEW_TRAIN_IDS = 19, 11


@dataclass(frozen=True)
class Listing:
    """The frames of a split, and what does not fit.

    Attributes:
        frames: sorted by their ids.
        lonely_masks: masks of which there is no frame.
        problems: what cannot be used, a sentence each.
    """

    frames: tuple[Frame, ...]
    lonely_masks: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in a folder.

    Attributes:
        name: for people and for stored scores.
        place: its folder, and how its files lie below it.
        classes: in which its truth is scored.
        splits: sorted.
        encodings: of each of the layout's kinds of masks.
    """

    name: str
    place: Place
    classes: LabelSpace
    splits: tuple[str, ...]
    encodings: tuple[Encoding, ...] = field(repr=False)

    @property
    def root(self) -> Path:
        """The folder that holds all of it."""
        return self.place.root

    @property
    def layout(self) -> Layout:
        """How its files lie."""
        return self.place.layout

    @property
    def usual_split(self) -> str:
        """The split that is meant where none is named: the one for validation, or the only one."""
        return next((name for name in _USUAL_SPLITS if name in self.splits), self.splits[-1])

    def frames(self, split: str, *, annotation: str | None = None) -> tuple[Frame, ...]:
        """Return the frames of a split, sorted by frame id, without opening any; see ``listing``."""
        return self.listing(split, annotation=annotation).frames

    def listing(self, split: str, *, annotation: str | None = None) -> Listing:
        """List a split without opening a picture or asking for a file by itself.

        Args:
            split: one of ``splits``.
            annotation: one of the layout's kinds of masks that are not mixed; by default the first that is there.

        Raises:
            InputError: the split or the annotation is missing, or the split holds no frame.
        """
        if split not in self.splits:
            raise InputError(
                f"There is no split {split!r} in {self.root}; choose one of {', '.join(self.splits)}."
            )
        folders = Folders()
        fixed = _fixed(self.layout, split)
        images = _best(matches(self.layout.images, self.place.homes, folders, **fixed))
        if not images:
            raise InputError(_no_frames(self, split, folders))
        masks = self._masks(split, annotation, folders)
        names = [match.words["name"] for match in images.values()]
        is_plain = len(set(names)) == len(names)
        frames = []
        for key, match in images.items():
            place, mask = masks.pop(key, (0, None))
            frames.append(
                Frame(
                    match.words["name"] if is_plain else "_".join(key),
                    split,
                    match.words.get("group", ""),
                    Path(match.path),
                    Path(mask.path) if mask else None,
                    self.encodings[place] if mask else Frame.encoding,
                    self.classes,
                )
            )
        return Listing(
            tuple(sorted(frames, key=lambda frame: frame.frame_id)),
            tuple(sorted(Path(match.path) for _, match in masks.values())),
            tuple(f"{path}: {reason}." for path, reason in sorted(folders.problems.items())),
        )

    def _masks(
        self, split: str, annotation: str | None, folders: Folders
    ) -> dict[tuple[str, ...], tuple[int, Match]]:
        known = self.layout.annotations
        if annotation is not None and annotation not in known:
            names = ", ".join(filter(None, known)) or "none, as this data set has one kind of masks"
            raise InputError(f"There is no annotation {annotation!r} in {self.root}; choose one of {names}.")
        for name in known if annotation is None else (annotation,):
            found: dict[tuple[str, ...], tuple[int, Match]] = {}
            for place, rule in enumerate(self.layout.masks):
                if rule.annotation == name:
                    fixed = _fixed(self.layout, split)
                    for key, match in _best(matches(rule.path, self.place.homes, folders, **fixed)).items():
                        found.setdefault(key, (place, match))
            if found:
                return found
        if annotation is not None:
            raise InputError(
                f"The split {split!r} of {self.root} has no masks of {annotation}; fetch them or choose another split."
            )
        return {}


def open_dataset(root: Path, *, name: str | None = None) -> Dataset:
    """Find out what data set a folder holds.

    Args:
        root: the folder.
        name: of the data set; by default its own, or that of the folder where it has none.

    Raises:
        InputError: it is no folder or no data set that is known, its ``dataset.json`` is wrong, or its classes are not
            known.
    """
    root = Path(root)
    try:
        is_folder, exists = root.is_dir(), root.exists()
    except (OSError, ValueError) as error:
        raise InputError(f"The data set {str(root)[:200]!r} cannot be opened ({error}).") from error
    if not is_folder:
        problem = "is not a folder" if exists else "does not exist"
        raise InputError(f"The data set {root} {problem}; give the folder that holds its pictures and masks.")
    place = find_place(root)
    layout = place.layout
    splits = _splits(place)
    if not splits:
        raise InputError(f"The data set {place.root} has no frames; expected {layout.images.in_words()}.")
    classes, encodings = _classes_and_encodings(place, splits)
    own = layout.title if layout.names_its_data else root.absolute().name
    return Dataset(name or own or layout.title, place, classes, splits, encodings)


@cache
def known_encodings() -> dict[str, tuple[Encoding, LabelSpace]]:
    """Return how masks of the layouts that come along hold classes, and which are scored, by a title for people."""
    found: dict[str, tuple[Encoding, LabelSpace]] = {}
    for layout in known_layouts():
        space = find_space(layout.classes) if layout.classes in known_spaces() else None
        for rule in layout.masks:
            if not rule.encoding or (space is None and rule.encoding in ("indices", "colors")):
                continue
            encoding = _encoding(rule, space)
            scored = LABEL_SPACES["train_ids"] if space is None else _scored(space, (encoding,))
            owner = encoding.space.title.partition(",")[0]
            title = f"{owner}, {encoding.space.num_classes} classes: {rule.encoding.replace('-', ' ')}"
            found.setdefault(title, (encoding, scored))
    colors = encoding_of("colors", LABEL_IDS)
    return found | {"Cityscapes: colors": (colors, LABEL_SPACES["train_ids"])}


def _splits(place: Place) -> tuple[str, ...]:
    folders, layout = Folders(), place.layout
    if "split" not in layout.images.words:
        return (ALL,) if any(True for _ in matches(layout.images, place.homes, folders)) else ()
    names = {name for home in place.homes for name in layout.images.values(home, "split", folders)}
    return tuple(
        name
        for name in sorted(names)
        if (not layout.splits or name in layout.splits)
        and any(True for _ in matches(layout.images, place.homes, folders, split=name))
    )


def _fixed(layout: Layout, split: str) -> dict[str, str]:
    return {"split": split} if "split" in layout.images.words else {}


def _best(matches: Iterator[Match]) -> dict[tuple[str, ...], Match]:
    """Return the preferred file of each frame, by all words but the split."""
    best: dict[tuple[str, ...], Match] = {}
    order: list[str] = []
    for match in matches:
        order = order or sorted(word for word in match.words if word != "split")
        key = tuple([match.words[word] for word in order])
        if key not in best or match.choices < best[key].choices:
            best[key] = match
    return best


def _classes_and_encodings(place: Place, splits: Sequence[str]) -> tuple[LabelSpace, tuple[Encoding, ...]]:
    layout = place.layout
    space = _own_classes(place)
    if space is None and not all(rule.encoding for rule in layout.masks):
        found = _found_out(place, splits)
        return LABEL_SPACES["train_ids"], (found,) * len(layout.masks)
    encodings = tuple(_encoding(rule, space) for rule in layout.masks)
    if space is None:
        return LABEL_SPACES["train_ids"], encodings
    return _scored(space, encodings), encodings


def _scored(space: LabelSpace, encodings: Sequence[Encoding]) -> LabelSpace:
    """Return the classes of a list without those that these encodings of it have as void."""
    void = {place for encoding in encodings if encoding.space is space for place in _void_places(encoding)}
    return _without(space, void)


def _own_classes(place: Place) -> LabelSpace | None:
    root, layout = place.root, place.layout
    if isinstance(layout.classes, tuple):
        return space_of(layout.title, list(layout.classes), where=f"{root / DATASET_FILE}")
    if layout.classes is None:
        return next((read_space(root / name) for name in _CLASS_FILES if (root / name).is_file()), None)
    if layout.classes.endswith((".json", ".txt")):
        if Path(layout.classes).is_absolute() or ".." in Path(layout.classes).parts:
            raise InputError(f"The class list {layout.classes!r} of {root} does not lie in it; put it there.")
        return read_space(root / layout.classes)
    return find_space(layout.classes)


def _encoding(rule: MaskRule, space: LabelSpace | None) -> Encoding:
    kind = rule.encoding or "indices"
    void = tuple(_void_value(entry, rule, kind, space) for entry in rule.void)
    return encoding_of(kind, space, void=void, values=rule.values)


def _void_value(entry: int | str, rule: MaskRule, kind: str, space: LabelSpace | None) -> int:
    if isinstance(entry, int):
        if kind == "colors":
            raise InputError(f"Masks in colours have no void value {entry}; name a class instead.")
        return entry
    if space is None or entry not in space.class_names:
        raise InputError(f"There is no class {entry!r} to be void; name one of the class list.")
    place = space.class_names.index(entry)
    return rule.values[place] if rule.values else place


def _void_places(encoding: Encoding) -> list[int]:
    values = encoding.values or range(encoding.space.num_classes)
    return [place for place, value in enumerate(values) if value in encoding.void]


def _without(space: LabelSpace, void: set[int]) -> LabelSpace:
    """Return the classes of a list that are scored."""
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
        f"{space.title}, of which {len(kept)} are scored",
        groups,
    )


def _found_out(place: Place, splits: Sequence[str]) -> Encoding:
    """Return the encoding of masks of which nothing is said, by what a few of them hold.

    Raises:
        InputError: they can be of any class list.
    """
    folders = Folders()
    masks = [
        Path(match.path)
        for rule in place.layout.masks
        for split in splits
        for match in _best(matches(rule.path, place.homes, folders, **_fixed(place.layout, split))).values()
    ]
    places = np.linspace(0, len(masks) - 1, min(_LOOKED_AT, len(masks))).round().astype(int)
    looked_at = [masks[place] for place in dict.fromkeys(places.tolist())]
    reasons = {}
    for kind in _GUESSES:
        encoding = encoding_of(kind)
        try:
            highest = max((_highest(read_mask(path, encoding)) for path in looked_at), default=0)
        except InputError as error:
            reasons[kind] = str(error)
            continue
        if highest >= (_FIRST_LABEL_ID_ONLY if kind == "label-ids" else _FEW_TRAIN_IDS):
            return encoding
    because = "" if len(reasons) < len(_GUESSES) else f" ({reasons['label-ids'].rstrip('.')})"
    raise InputError(
        f"The masks of {place.root} do not tell their classes{because}; write these in "
        f"{place.root / _CLASS_FILES[1]}, a name a line in the order of their values, or describe the data set in "
        f"{place.root / DATASET_FILE}."
    )


def _highest(mask: np.ndarray) -> int:
    return int(mask[mask != VOID].max(initial=0))


def _no_frames(dataset: Dataset, split: str, folders: Folders) -> str:
    problems = [f"{path}: {reason}" for path, reason in folders.problems.items()]
    why = f" ({problems[0]})" if problems else ""
    return f"The split {split!r} of {dataset.root} holds no frame {dataset.layout.images.in_words()}{why}."
