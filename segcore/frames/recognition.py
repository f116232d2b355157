"""Recognition of the layout of a data set in a folder.

The data set may be in the folder itself, in a single folder somewhere below it (after unpacking an archive), or in two
folders, one for pictures and one for masks (after unpacking two archives beside each other).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segcore.classes.files import find_space, read_space
from segcore.errors import InputError
from segcore.frames.layout import DATASET_FILE, Layout, known_layouts, read_layout
from segcore.frames.paths import Folders, Match, PathPattern

_DEEPEST, _MOST_FOLDERS = 3, 300
_NAMED = 5


@dataclass(frozen=True)
class Place:
    """Layout and folders of a data set.

    Attributes:
        layout: of its files.
        root: the folder of the whole data set.
        homes: the folders that the layout's paths are relative to, often only ``root``.
    """

    layout: Layout
    root: Path
    homes: tuple[Path, ...]


def find_place(root: Path) -> Place:
    """Return layout and folders of the data set in a folder.

    Raises:
        InputError: no known data set is there, several are there, or its ``dataset.json`` is wrong.
    """
    folders = Folders()
    if layout := _in(root, folders):
        return Place(layout, root, (root,))
    below = list(_folders_below(root, folders))
    places = _places_below(below, folders)
    if len(places) > 1:
        names = ", ".join(str(place.root) for place in places[:_NAMED])
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        raise InputError(f"The folder {root} holds several data sets; choose one of {names}{more}.")
    if places:
        return places[0]
    found = _apart(root, (root, *below), folders)
    # Pictures of a data set whose masks are beside the folder would seem to be one without masks.
    if found is None and _whole_above(root) is None:
        found = _of_pictures_alone((root, *below), folders)
    if found is None:
        hint = _hint(root) or _half((root, *below), folders) or f"; looked for {_looked_for()}"
        raise InputError(f"The folder {root} holds no known data set{hint}.")
    return found


def matches(pattern: PathPattern, homes: tuple[Path, ...], folders: Folders, **fixed: str) -> Iterator[Match]:
    """Yield the files of ``PathPattern.matches`` below each of several folders."""
    for home in homes:
        yield from pattern.matches(home, folders, **fixed)


def best_of(found: Iterator[Match]) -> dict[tuple[str, ...], Match]:
    """Return the preferred file of each frame; the key has the values of all words except the split."""
    best: dict[tuple[str, ...], Match] = {}
    order: list[str] = []
    for match in found:
        order = order or sorted(word for word in match.words if word != "split")
        key = tuple([match.words[word] for word in order])
        if key not in best or match.choices < best[key].choices:
            best[key] = match
    return best


def fixed_words(layout: Layout, split: str) -> dict[str, str]:
    """Return the required values of words in a layout's paths for a split."""
    return {"split": split} if "split" in layout.images.words else {}


def _in(folder: Path, folders: Folders) -> Layout | None:
    """Return the layout of the folder's ``dataset.json``, or the one of which it has a frame and a mask."""
    if (folder / DATASET_FILE).exists():
        return read_layout(folder / DATASET_FILE)
    for layout in known_layouts():
        if (
            _has_any(layout, layout.images, (folder,), folders)
            and any(
                _has_any(layout, rule.path, (folder,), folders)
                and (layout.recognised_by != "names" or _has_pair(layout, rule.path, folder, folders))
                for rule in layout.masks
            )
            and not _has_other_classes(layout, folder)
        ):
            return layout
    return None


def _has_other_classes(layout: Layout, folder: Path) -> bool:
    """Return whether a class list in the folder has classes that the layout's list does not have."""
    for name in layout.unless_other_classes:
        if (folder / name).is_file():
            known = {one.lower() for one in find_space(str(layout.classes)).class_names}
            own = {one.lower() for one in read_space(folder / name).class_names}
            return not own <= known
    return False


def _places_below(below: list[Path], folders: Folders) -> list[Place]:
    """Return the data sets that are complete in one of these folders, without those inside another one."""
    places: list[Place] = []
    for folder in below:
        if any(place.root in folder.parents for place in places):
            continue
        if layout := _in(folder, folders):
            places.append(Place(layout, folder, (folder,)))
    return places


def _apart(root: Path, candidates: tuple[Path, ...], folders: Folders) -> Place | None:
    """Return the first layout whose frames and masks are below different folders and have common names."""
    for layout in known_layouts():
        if layout.recognised_by == "names":
            continue
        homes = {
            pattern: [one for one in candidates if _has_any(layout, pattern, (one,), folders)]
            for pattern in (layout.images, *(rule.path for rule in layout.masks))
        }
        pictures = homes.pop(layout.images)
        if not pictures or not any(homes.values()):
            continue
        named = _frames(layout.images, pictures, folders)
        if any(named & _frames(pattern, found, folders) for pattern, found in homes.items()):
            used = {*pictures, *(home for found in homes.values() for home in found)}
            return Place(layout, root, tuple(one for one in candidates if one in used))
    return None


def _of_pictures_alone(candidates: tuple[Path, ...], folders: Folders) -> Place | None:
    for layout in sorted(known_layouts(), key=lambda layout: layout.beside is None):
        if layout.recognised_by == "images":
            for folder in candidates:
                if all(_has_any(layout, path, (folder,), folders) for path in _signs(layout)):
                    return Place(layout, folder, (folder,))
    return None


def _frames(pattern: PathPattern, homes: list[Path], folders: Folders) -> set[frozenset]:
    return {frozenset(match.words.items()) for match in matches(pattern, tuple(homes), folders)}


def _signs(layout: Layout) -> Iterator[PathPattern]:
    yield layout.images
    if layout.beside:
        yield layout.beside


def _has_pair(layout: Layout, masks: PathPattern, folder: Path, folders: Folders) -> bool:
    """Return whether a picture and a mask have the same name."""
    return any(
        not layout.splits or dict(words).get("split") in layout.splits
        for words in _frames(layout.images, [folder], folders) & _frames(masks, [folder], folders)
    )


def _has_any(layout: Layout, pattern: PathPattern, homes: tuple[Path, ...], folders: Folders) -> bool:
    return any(
        not layout.splits or match.words.get("split") in layout.splits
        for match in matches(pattern, homes, folders)
    )


def _folders_below(root: Path, folders: Folders) -> Iterator[Path]:
    """Yield folders below a folder, the nearest first, up to a limit."""
    level, count = [root], 0
    for _ in range(_DEEPEST):
        level = [
            Path(entry.path)
            for folder in level
            for entry in folders.entries(str(folder))
            if folders.is_folder(entry)
        ][: _MOST_FOLDERS - count]
        count += len(level)
        yield from level


def _looked_for() -> str:
    own = [layout.title.partition(",")[0] for layout in known_layouts() if layout.names_its_data]
    return (
        f"{', '.join(dict.fromkeys(own))}, for pictures and masks as in images/<name>.png and masks/<name>.png or in "
        f"the other forms of docs/your-own-data.md, and for a {DATASET_FILE} that describes it"
    )


def _half(candidates: tuple[Path, ...], folders: Folders) -> str:
    """Return a hint if there are masks of a data set without its pictures; otherwise ""."""
    for layout in known_layouts():
        if layout.names_its_data and any(
            _has_any(layout, rule.path, candidates, folders) for rule in layout.masks
        ):
            return f" (it has masks of {layout.title}, but not their pictures, {layout.images.in_words()})"
    return ""


def _hint(root: Path) -> str:
    """Return a hint if the folder is a part of a data set; otherwise ""."""
    if whole := _whole_above(root):
        return f" (did you mean {whole}?)"
    folders = Folders()
    for folder in _above(root):
        if (folder / DATASET_FILE).exists() or _of_pictures_alone((folder,), folders):
            return f" (did you mean {folder}?)"
    return ""


def _whole_above(root: Path) -> Path | None:
    """Return the nearest folder above with a data set, pictures and masks, of which the folder holds files."""
    folders, inside = Folders(), f"{root.absolute()}{os.sep}"
    for folder in _above(root):
        try:
            layout = _in(folder, folders)
        # Of its dataset.json.
        except InputError:
            continue
        patterns = (layout.images, *(rule.path for rule in layout.masks)) if layout else ()
        found = (match.path for pattern in patterns for match in matches(pattern, (folder,), folders))
        if any(path.startswith(inside) for path in found):
            return folder
    return None


def _above(root: Path) -> list[Path]:
    return list(root.absolute().parents)[:_DEEPEST]
