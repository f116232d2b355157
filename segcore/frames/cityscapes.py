"""Shortcuts to the frames of a data set and to their Cityscapes label ids."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segcore.frames.dataset import open_dataset
from segcore.frames.frame import Frame, read_pair, read_truth
from segcore.labels import LABEL_IDS, LabelSpace

ANNOTATIONS = ("gtFine", "gtCoarse")
"""The kinds of masks of Cityscapes."""

__all__ = (
    "ANNOTATIONS",
    "Frame",
    "count_classes",
    "find_frames",
    "read_frame",
    "read_label_ids",
    "splits",
)


def splits(root: Path) -> tuple[str, ...]:
    """Return the names of the splits of a data set, sorted; see ``segcore.frames.dataset.open_dataset``."""
    return open_dataset(root).splits


def find_frames(root: Path, *, split: str, annotation: str | None = None) -> tuple[Frame, ...]:
    """Return the frames of a split, sorted by frame id; see ``segcore.frames.dataset.Dataset.listing``."""
    return open_dataset(root).frames(split, annotation=annotation)


def read_label_ids(frame: Frame) -> np.ndarray:
    """Read the ground truth of a frame as Cityscapes label ids, uint8 (height, width); see ``read_truth``."""
    return read_truth(frame, LABEL_IDS)


def read_frame(frame: Frame) -> tuple[np.ndarray, np.ndarray | None]:
    """Read a frame and its Cityscapes label ids; see ``read_pair``."""
    return read_pair(frame, LABEL_IDS)


def count_classes(frames: Sequence[Frame], space: LabelSpace) -> np.ndarray:
    """Return the number of pixels of each class in the ground truth of each frame, int64 (frames, classes).

    Raises:
        InputError: as ``read_truth``.
    """
    counts = np.zeros((len(frames), 256), np.int64)
    for row, frame in zip(counts, frames, strict=True):
        row += np.bincount(read_truth(frame, space).ravel(), minlength=256)
    return counts[:, : space.num_classes]
