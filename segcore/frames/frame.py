"""One frame: its picture, and its ground truth in the classes of a label space."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from segcore.classes.translation import translation
from segcore.errors import InputError
from segcore.frames.encoding import LABEL_ID_MASKS, Encoding
from segcore.frames.images import read_image, read_size
from segcore.frames.masks import read_mask
from segcore.labels import LABEL_SPACES, LabelSpace


@dataclass(frozen=True)
class Frame:
    """One frame of a data set.

    Attributes:
        frame_id: its name, unique in its split, such as ``ulm_000000_000019``.
        split: such as ``val``.
        group: the first folder below the split, such as a city, a condition or a sequence; empty if there is none.
        image_path: the picture.
        truth_path: the mask, None without ground truth.
        encoding: meaning of the values of the mask.
        classes: the data set's classes for scores.
        data: name of the data set, empty if unknown.
    """

    frame_id: str
    split: str
    group: str
    image_path: Path
    truth_path: Path | None
    encoding: Encoding = LABEL_ID_MASKS
    classes: LabelSpace = LABEL_SPACES["train_ids"]
    data: str = ""


def read_truth(frame: Frame, space: LabelSpace | None = None) -> np.ndarray:
    """Read the ground truth of a frame at its own size: class indices, uint8 (height, width), void 255.

    Args:
        frame: the frame.
        space: classes of the result, such as ``segcore.labels.LABEL_IDS``; default: the data set's. A pixel whose
            class has no counterpart, or several, is void.

    Raises:
        InputError: the frame has no ground truth, or its file is damaged or has a value that belongs to no class.
    """
    if frame.truth_path is None:
        raise InputError(f"The frame {frame.frame_id} has no ground truth; choose an annotated split.")
    stored = read_mask(frame.truth_path, frame.encoding)
    return cv2.LUT(stored, translation(frame.encoding.space, space or frame.classes))


def read_pair(frame: Frame, space: LabelSpace | None = None) -> tuple[np.ndarray, np.ndarray | None]:
    """Read a frame, uint8 (height, width, 3) RGB, and its ground truth as ``read_truth``, or None if it has none.

    Raises:
        InputError: a file is missing or damaged, or picture and mask have different sizes.
    """
    image = read_image(frame.image_path)
    if frame.truth_path is None:
        return image, None
    truth = read_truth(frame, space)
    _check_sizes(frame, image.shape[:2], truth.shape)
    return image, truth


def read_truth_alone(frame: Frame, space: LabelSpace | None = None) -> np.ndarray:
    """Do as `read_truth`, and check the size of the picture by its header, without reading its pixels.

    Raises:
        InputError: as `read_truth`, or the picture is missing, has a damaged header or another size.
    """
    truth = read_truth(frame, space)
    _check_sizes(frame, read_size(frame.image_path), truth.shape)
    return truth


def _check_sizes(frame: Frame, image: tuple[int, ...], truth: tuple[int, ...]) -> None:
    if image != truth:
        raise InputError(
            f"The frame {frame.frame_id} is {image[1]} x {image[0]} (width x height) but its ground truth is "
            f"{truth[1]} x {truth[0]}; expected the same size, so fetch both files again."
        )
