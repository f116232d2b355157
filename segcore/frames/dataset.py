"""A data set in a folder: its layout, splits, frames and classes."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from segcore.errors import InputError
from segcore.frames.encoding import Encoding
from segcore.frames.frame import Frame
from segcore.frames.layout import Layout, MaskRule, known_layouts
from segcore.frames.paths import Folders, Match
from segcore.frames.recognition import Place, best_of, find_place, fixed_words, matches
from segcore.frames.truth_classes import classes_and_encodings
from segcore.labels import LabelSpace

ALL = "all"
"""The split of a data set without splits."""

_VALIDATION, _TRAINING = ("val", "validation", "valid"), ("train", "training")


@dataclass(frozen=True)
class Listing:
    """The frames of a split, and files that do not fit.

    Attributes:
        frames: sorted by frame id.
        lonely_masks: masks without a frame.
        problems: files and folders that cannot be used, one sentence each.
    """

    frames: tuple[Frame, ...]
    lonely_masks: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in a folder.

    Attributes:
        name: name for users and for stored scores.
        place: its folder and its layout.
        classes: the classes of its scores.
        splits: sorted names.
        encodings: one for each of the layout's kinds of masks.
    """

    name: str
    place: Place
    classes: LabelSpace
    splits: tuple[str, ...]
    encodings: tuple[Encoding, ...] = field(repr=False)

    @property
    def root(self) -> Path:
        """The folder of the whole data set."""
        return self.place.root

    @property
    def layout(self) -> Layout:
        """The layout of its files."""
        return self.place.layout

    @property
    def usual_split(self) -> str:
        """The default split: the one for validation, or the only one."""
        return self.validation_split or self.splits[-1]

    @property
    def validation_split(self) -> str | None:
        """The split with a usual name for validation, or None."""
        return next((name for name in _VALIDATION if name in self.splits), None)

    @property
    def training_split(self) -> str | None:
        """The split with a usual name for training, or None."""
        return next((name for name in _TRAINING if name in self.splits), None)

    @cached_property
    def masks_here(self) -> tuple[tuple[MaskRule, Encoding, Match], ...]:
        """The layout's kinds of masks that exist in this data set, with their encodings and a file of each."""
        folders = Folders()
        here: dict[str, tuple[MaskRule, Encoding, Match]] = {}
        for rule, encoding in zip(self.layout.masks, self.encodings, strict=True):
            # A file may match several rules; the first one counts.
            if match := next(matches(rule.path, self.place.homes, folders), None):
                here.setdefault(match.path, (rule, encoding, match))
        return tuple(here.values())

    @cached_property
    def annotations(self) -> tuple[str, ...]:
        """The names of the kinds of masks that exist here and are not mixed; the preferred one first."""
        here = [rule.annotation for rule, *_ in self.masks_here]
        return tuple(dict.fromkeys((*here, *self._others)))

    def with_annotation(self, annotation: str) -> "Dataset":
        """Return the data set with one of its ``annotations`` alone, which may have classes of its own.

        Raises:
            InputError: there is no such kind of masks.
        """
        if annotation in self._others:
            return self._others[annotation].with_annotation(annotation)
        self._check_annotation(annotation)
        pairs = zip(self.layout.masks, self.encodings, strict=True)
        kept = [(rule, encoding) for rule, encoding in pairs if rule.annotation == annotation]
        layout = replace(self.layout, masks=tuple(rule for rule, _ in kept))
        place = replace(self.place, layout=layout)
        return replace(self, place=place, encodings=tuple(encoding for _, encoding in kept))

    @cached_property
    def _others(self) -> dict[str, "Dataset"]:
        """The same pictures with masks of other layouts, by the annotation: such as those of two releases."""
        folders = Folders()
        found = {}
        for layout in known_layouts():
            if layout.name == self.layout.name or layout.images != self.layout.images:
                continue
            for rule in layout.masks:
                is_here = rule.annotation and any(True for _ in matches(rule.path, self.place.homes, folders))
                if is_here and rule.annotation not in self.layout.annotations:
                    place = Place(layout, self.place.root, self.place.homes)
                    classes, encodings = classes_and_encodings(place, self.splits)
                    name = layout.title if self.name == self.layout.title else self.name
                    found[rule.annotation] = Dataset(name, place, classes, self.splits, encodings)
        return found

    def frames(self, split: str, *, annotation: str | None = None) -> tuple[Frame, ...]:
        """Return the frames of a split, sorted by frame id, without opening files; see ``listing``."""
        return self.listing(split, annotation=annotation).frames

    def listing(self, split: str, *, annotation: str | None = None) -> Listing:
        """List the files of a split without opening them.

        Args:
            split: one of ``splits``.
            annotation: a kind of masks of the layout (kinds are not mixed); default: the first one that exists.

        Raises:
            InputError: the split or the annotation is missing, or the split has no frame.
        """
        if annotation in self._others:
            return self._others[annotation].listing(split, annotation=annotation)
        if split not in self.splits:
            raise InputError(
                f"There is no split {split!r} in {self.root}; choose one of {', '.join(self.splits)}."
            )
        folders = Folders()
        fixed = fixed_words(self.layout, split)
        images = best_of(matches(self.layout.images, self.place.homes, folders, **fixed))
        if not images:
            raise InputError(_no_frames(self, split, folders))
        masks = self._masks(split, annotation, folders)
        # Where pictures and masks share a folder, the name of a mask is also that of a picture.
        mask_paths = {match.path for _, match in masks.values()}
        images = {key: match for key, match in images.items() if match.path not in mask_paths}
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
                    self.name,
                )
            )
        # A file may match several rules, each with another name for the frame.
        used = {frame.truth_path for frame in frames}
        lonely = {Path(match.path) for _, match in masks.values()} - used
        return Listing(
            tuple(sorted(frames, key=lambda frame: frame.frame_id)),
            tuple(sorted(lonely)),
            tuple(f"{path}: {reason}." for path, reason in sorted(folders.problems.items())),
        )

    def _check_annotation(self, annotation: str) -> None:
        known = self.layout.annotations
        if annotation not in known:
            names = (
                ", ".join(filter(None, (*known, *self._others)))
                or "none, since this data set has one kind of masks"
            )
            raise InputError(f"There is no annotation {annotation!r} in {self.root}; choose one of {names}.")

    def _masks(
        self, split: str, annotation: str | None, folders: Folders
    ) -> dict[tuple[str, ...], tuple[int, Match]]:
        if annotation is not None:
            self._check_annotation(annotation)
        for name in self.layout.annotations if annotation is None else (annotation,):
            found: dict[tuple[str, ...], tuple[int, Match]] = {}
            for place, rule in enumerate(self.layout.masks):
                if rule.annotation == name:
                    fixed = fixed_words(self.layout, split)
                    for key, match in best_of(matches(rule.path, self.place.homes, folders, **fixed)).items():
                        found.setdefault(key, (place, match))
            if found:
                return found
        if annotation is not None:
            raise InputError(
                f"The split {split!r} of {self.root} has no masks of {annotation}; fetch them or choose another split."
            )
        return {}


def open_dataset(root: Path, *, name: str | None = None) -> Dataset:
    """Return the data set in a folder; its layout is recognised from the files.

    Args:
        root: the folder.
        name: of the data set; default: its own name, or the name of the folder if it has none.

    Raises:
        InputError: ``root`` is not a folder, its layout is unknown, its ``dataset.json`` is wrong, or its classes are
            unknown.
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
    classes, encodings = classes_and_encodings(place, splits)
    own = layout.title if layout.names_its_data else root.absolute().name
    return Dataset(name or own or layout.title, place, classes, splits, encodings)


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


def _no_frames(dataset: Dataset, split: str, folders: Folders) -> str:
    problems = [f"{path}: {reason}" for path, reason in folders.problems.items()]
    why = f" ({problems[0]})" if problems else ""
    return f"The split {split!r} of {dataset.root} has no frame {dataset.layout.images.in_words()}{why}."
