"""One frame: its picture, and its ground truth in whatever classes are asked for."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from segcore.classes.translation import translation
from segcore.errors import InputError
from segcore.frames.images import read_image
from segcore.frames.masks import LABEL_ID_MASKS, Encoding, read_mask
from segcore.labels import LABEL_SPACES, LabelSpace


@dataclass(frozen=True)
class Frame:
    """One frame of a data set.

    Attributes:
        frame_id: its name, unique in its split, like ``ulm_000000_000019``.
        split: such as ``val``.
        group: the first folder below the split: a city, a condition, a sequence; empty where there is none.
        image_path: the picture.
        truth_path: the mask, None where there is no truth.
        encoding: what the values of the mask mean.
        classes: those of the data set, in which its truth is scored.
    """

    frame_id: str
    split: str
    group: str
    image_path: Path
    truth_path: Path | None
    encoding: Encoding = LABEL_ID_MASKS
    classes: LabelSpace = LABEL_SPACES["train_ids"]


def read_truth(frame: Frame, space: LabelSpace | None = None) -> np.ndarray:
    """Read the ground truth of a frame at its own size: class indices, uint8 (height, width), void 255.

    Args:
        frame: the frame.
        space: the classes to read it in, such as ``segcore.labels.LABEL_IDS``; those of its data set by default. What
            is none of them, or cannot be told to be one of several, is void.

    Raises:
        InputError: the frame has no ground truth, or its file is damaged or holds a value that no class has.
    """
    if frame.truth_path is None:
        raise InputError(f"The frame {frame.frame_id} has no ground truth; choose a split that is annotated.")
    stored = read_mask(frame.truth_path, frame.encoding)
    return cv2.LUT(stored, translation(frame.encoding.space, space or frame.classes))


def read_pair(frame: Frame, space: LabelSpace | None = None) -> tuple[np.ndarray, np.ndarray | None]:
    """Read a frame, uint8 (height, width, 3) RGB, and its truth as ``read_truth`` does, None if it has none.

    Raises:
        InputError: a file is missing or damaged, or the two differ in size.
    """
    image = read_image(frame.image_path)
    if frame.truth_path is None:
        return image, None
    truth = read_truth(frame, space)
    if image.shape[:2] != truth.shape:
        raise InputError(
            f"The frame {frame.frame_id} is {_size(image)} (width x height) but its ground truth is "
            f"{_size(truth)}; expected both of one size, so fetch that pair of files again."
        )
    return image, truth


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]} x {pixels.shape[0]}"
