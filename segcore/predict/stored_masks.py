"""Stored masks in a run's folder, instead of a network's predictions."""

import os
import time
from pathlib import Path

import numpy as np

from segcore.errors import InputError
from segcore.frames.encoding import encoding_of
from segcore.frames.images import resize_mask
from segcore.frames.masks import read_mask
from segcore.predict.prediction import Classified, Prediction
from segcore.runs.run import Run

MASK_ENDINGS = (
    "_gtFine_labelIds",
    "_gtFine_labelTrainIds",
    "_gtFine_color",
    "_leftImg8bit",
    "_labelIds",
    "_labelTrainIds",
    "_trainIds",
    "_train_id",
    "_instanceIds",
    "_color",
    "_colors",
    "_mask",
    "_label",
    "_labels",
    "_pred",
    "_prediction",
)
"""Endings of a mask's name after the name of its frame; the longest one that fits is removed."""

_ENDINGS_OF = {
    "label-ids": ("_labelIds",),
    "train-ids": ("_labelTrainIds", "_trainIds", "_train_id"),
    "instance-ids": ("_instanceIds",),
    "colors": ("_color", "_colors"),
}
_BY_LENGTH = sorted(MASK_ENDINGS, key=len, reverse=True)


def masks_by_frame(folder: Path, encoding: str) -> dict[str, Path]:
    """Return the PNG files of a folder and its subfolders by the names of their frames.

    Args:
        folder: of masks.
        encoding: one of ``segcore.frames.encoding.KINDS``; if a frame has several masks, the one in this encoding is
            used.

    Raises:
        InputError: ``folder`` is not a folder or cannot be read, or a frame has two masks in this encoding.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; expected a folder of masks.")
    found: dict[str, list[Path]] = {}

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}.") from error

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() == ".png" and not name.startswith("."):
                found.setdefault(_frame_of(path.stem), []).append(path)
    return {frame: _only(frame, paths, encoding) for frame, paths in found.items()}


def same_proportions(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Return whether two (height, width) have the same aspect ratio, except for rounding after a resize."""
    return abs(a[0] * b[1] - a[1] * b[0]) <= max(*a, *b)


class StoredMasks:
    """A run of stored masks: it predicts only the frames of its masks.

    Raises:
        InputError: the folder of masks cannot be read.
    """

    def __init__(self, run: Run):
        self.run = run
        self._masks = masks_by_frame(run.weights_path, run.mask_encoding)
        self._encoding = encoding_of(run.mask_encoding, run.space)

    @property
    def frames(self) -> frozenset[str]:
        """Names of the frames that have masks."""
        return frozenset(self._masks)

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        """Return the mask of a frame as a prediction without probabilities; ``image`` gives the size.

        Raises:
            InputError: there is no mask of the frame, or it is damaged or has another aspect ratio than the picture.
        """
        class_map, seconds = self.classify(image, frame_id=frame_id)
        return Prediction(class_map, (), seconds)

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        """Return the classes, uint8 (h, w) with 255 for none, and the time for reading in seconds; see ``predict``."""
        start = time.perf_counter()
        return self.mask_of(frame_id, image.shape[:2]), time.perf_counter() - start

    def mask_of(self, frame_id: str, size: tuple[int, ...]) -> np.ndarray:
        """Return the classes of a frame of ``size`` (height, width); see ``predict``."""
        if frame_id not in self._masks:
            raise InputError(
                f"The run {self.run.name} has no stored mask of the frame {frame_id or 'shown'}; it has "
                f"{len(self._masks)} masks, such as {next(iter(self._masks), 'none')}."
            )
        path = self._masks[frame_id]
        mask = read_mask(path, self._encoding)
        if not same_proportions(mask.shape, size):
            raise InputError(
                f"The mask {path.name} is {mask.shape[1]} x {mask.shape[0]} (width x height), but its frame is "
                f"{size[1]} x {size[0]}; a mask must have the aspect ratio of its frame."
            )
        return resize_mask(mask, (size[0], size[1]))

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str = "") -> Classified:
        """Return what ``classify`` does, with None for the probabilities that masks do not hold."""
        class_map, seconds = self.classify(image, frame_id=frame_id)
        return Classified(class_map, None, seconds, seconds)


def _only(frame: str, paths: list[Path], encoding: str) -> Path:
    fitting = [path for path in paths if path.stem.endswith(_ENDINGS_OF.get(encoding, ()))]
    for some in (paths, fitting):
        if len(some) == 1:
            return some[0]
    raise InputError(f"{paths[0]} and {paths[1]} are both masks of {frame}; keep one of them.")


def _frame_of(stem: str) -> str:
    ending = next((ending for ending in _BY_LENGTH if stem.endswith(ending) and stem != ending), "")
    return stem.removesuffix(ending)
