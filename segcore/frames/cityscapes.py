"""Finding and reading frames that lie in the folders of Cityscapes.

    <root>/leftImg8bit/<split>/<city>/<city>_<sequence>_<frame>_leftImg8bit.png (or .jpg)
    <root>/gtFine/<split>/<city>/<city>_<sequence>_<frame>_gtFine_labelIds.png
    <root>/gtCoarse/<split>/<city>/<city>_<sequence>_<frame>_gtCoarse_labelIds.png

Where a ``labelIds`` file is missing, ``instanceIds`` stands in: 16 bits, the label id or, for things that are
counted, label id * 1000 + number.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segcore.errors import InputError
from segcore.frames.images import read_image
from segcore.frames.masks import LABEL_ID_MASKS, encoding_of, read_mask
from segcore.labels import LabelSpace

ANNOTATIONS = ("gtFine", "gtCoarse")

_IMAGES = "leftImg8bit"
# In order of preference, should a frame lie there twice.
_IMAGE_ENDINGS = (f"_{_IMAGES}.png", f"_{_IMAGES}.jpg", f"_{_IMAGES}.jpeg")
_INSTANCES = "_instanceIds.png"
_INSTANCE_IDS = encoding_of("instance-ids")
_LAYOUT = f"expected a folder that holds {_IMAGES}/<split>/<city>/ and gtFine/<split>/<city>/"


@dataclass(frozen=True)
class Frame:
    """One frame, ``frame_id`` like ``ulm_000000_000019``; ``truth_path`` is None where there is no truth."""

    frame_id: str
    split: str
    city: str
    image_path: Path
    truth_path: Path | None


def dataset_root() -> Path | None:
    """Return the folder that ``CITYSCAPES_DATASET`` names (as cityscapesScripts has it), None if unset."""
    value = os.environ.get("CITYSCAPES_DATASET", "").strip()
    return Path(value).expanduser() if value else None


def splits(root: Path) -> tuple[str, ...]:
    """Return the names of the splits below ``root``, sorted.

    Raises:
        InputError: ``root`` is missing or has no frames.
    """
    root = Path(root)
    if not root.is_dir():
        problem = "is not a folder" if root.exists() else "does not exist"
        raise InputError(f"The Cityscapes root {root} {problem}; {_LAYOUT}.")
    if not (root / _IMAGES).is_dir():
        hint = f"; did you mean {root.parent}?" if root.name in (_IMAGES, *ANNOTATIONS) else "."
        raise InputError(f"The Cityscapes root {root} has no folder {_IMAGES}; {_LAYOUT}{hint}")
    names = tuple(sorted(_folders(root / _IMAGES)))
    if not names:
        raise InputError(f"The folder {root / _IMAGES} has no splits; {_LAYOUT}.")
    return names


def find_frames(root: Path, *, split: str, annotation: str | None = None) -> tuple[Frame, ...]:
    """Find the frames of a split, sorted by frame id, without opening any.

    Args:
        root: the Cityscapes folder.
        split: such as ``train`` or ``val``.
        annotation: ``gtFine``, ``gtCoarse``, or None for gtFine where the split has it and else gtCoarse. The
            two are never mixed within a split, as their scores do not compare.

    Raises:
        InputError: the root, the split or the annotation asked for is missing, or the split holds no frame.
    """
    root = Path(root)
    known = splits(root)
    if split not in known:
        raise InputError(f"There is no split {split!r} in {root}; choose one of {', '.join(known)}.")
    folder = root / _IMAGES / split
    annotation = _annotation(root, split, annotation)
    frames: list[Frame] = []
    for city in _folders(folder):
        images = _images(folder / city)
        if annotation is None:
            truths = dict.fromkeys(images)
        else:
            truths = _truths(root / annotation / split / city, images, annotation)
        frames += [Frame(name, split, city, path, truths[name]) for name, path in images.items()]
    if not frames:
        raise InputError(f"The folder {folder} holds no file <city>/*{_IMAGE_ENDINGS[0]} or .jpg; {_LAYOUT}.")
    return tuple(sorted(frames, key=lambda frame: frame.frame_id))


def read_label_ids(frame: Frame) -> np.ndarray:
    """Read the ground truth of a frame as label ids, uint8 (height, width), at its own size.

    Raises:
        InputError: the frame has no ground truth, or its file is damaged or does not hold label ids.
    """
    path = frame.truth_path
    if path is None:
        raise InputError(f"The frame {frame.frame_id} has no ground truth; choose a split that is annotated.")
    return read_mask(path, _INSTANCE_IDS if path.name.endswith(_INSTANCES) else LABEL_ID_MASKS)


def read_frame(frame: Frame) -> tuple[np.ndarray, np.ndarray | None]:
    """Read a frame, uint8 (height, width, 3) RGB, and its label ids, uint8 (height, width) or None.

    Raises:
        InputError: a file is missing or damaged, or the two differ in size.
    """
    image = read_image(frame.image_path)
    if frame.truth_path is None:
        return image, None
    label_ids = read_label_ids(frame)
    if image.shape[:2] != label_ids.shape:
        raise InputError(
            f"The frame {frame.frame_id} is {_size(image)} (width x height) but its ground truth is "
            f"{_size(label_ids)}; expected both of one size, so fetch that pair of files again."
        )
    return image, label_ids


def count_classes(frames: Sequence[Frame], space: LabelSpace) -> np.ndarray:
    """Count the pixels of each class in the ground truth of each frame: int64 (frames, classes), void left out.

    Raises:
        InputError: as ``read_label_ids``.
    """
    counts = np.zeros((len(frames), 256), np.int64)
    for row, frame in zip(counts, frames, strict=True):
        row += np.bincount(space.from_label_ids[read_label_ids(frame)].ravel(), minlength=256)
    return counts[:, : space.num_classes]


def _annotation(root: Path, split: str, asked: str | None) -> str | None:
    if asked is None:
        return next((name for name in ANNOTATIONS if (root / name / split).is_dir()), None)
    if asked not in ANNOTATIONS:
        raise InputError(f"There is no annotation {asked!r}; choose one of {', '.join(ANNOTATIONS)}.")
    if not (root / asked / split).is_dir():
        raise InputError(
            f"The folder {root / asked / split} does not exist; fetch {asked} or choose another split."
        )
    return asked


def _images(folder: Path) -> dict[str, Path]:
    names = _files(folder)
    images: dict[str, Path] = {}
    for ending in _IMAGE_ENDINGS:
        for name in names:
            if name.endswith(ending):
                images.setdefault(name.removesuffix(ending), folder / name)
    return images


def _truths(folder: Path, frame_ids: dict[str, Path], annotation: str) -> dict[str, Path | None]:
    names = _files(folder)
    truths: dict[str, Path | None] = {}
    for frame_id in frame_ids:
        candidates = (f"{frame_id}_{annotation}_labelIds.png", f"{frame_id}_{annotation}{_INSTANCES}")
        found = next((name for name in candidates if name in names), None)
        truths[frame_id] = folder / found if found else None
    return truths


def _files(folder: Path) -> set[str]:
    return {entry.name for entry in _entries(folder) if not entry.name.startswith(".")}


def _folders(folder: Path) -> list[str]:
    return [entry.name for entry in _entries(folder) if entry.is_dir() and not entry.name.startswith(".")]


def _entries(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(
            f"The folder {folder} cannot be read ({error.strerror}); check its permissions."
        ) from error


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]} x {pixels.shape[0]}"
