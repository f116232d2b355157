"""Small pictures of frames as data addresses, made when they are shown and kept in memory alone."""

import base64
from pathlib import Path

import cv2
import numpy as np

from segcore.frames.cityscapes import Frame, read_frame
from segcore.frames.images import read_image, resize_image
from segcore.labels import LABEL_SPACES
from ui.frames.keys import files_of
from ui.shell.kept import kept_until_changed

WIDTH = 256
_JPEG_QUALITY = 82
_DIMMED, _TINT = 0.4, 0.65


def thumbnail(frame: Frame, *, space: str = "train_ids", class_index: int | None = None) -> str:
    """Return a frame as a JPEG of ``WIDTH`` pixels in a data address, for ``st.image`` and tables.

    Args:
        frame: the frame.
        space: key into ``LABEL_SPACES``.
        class_index: a class of ``space`` to show in its official colour on a dimmed picture.

    Raises:
        InputError: a file is missing or damaged, or the class is asked for where there is no ground truth.
    """
    return _thumbnail(frame, space, class_index)


def _files(frame: Frame, space: str, class_index: int | None) -> tuple[Path, ...]:
    return (frame.image_path,) if class_index is None else files_of(frame)


# About 10 KB each.
@kept_until_changed(_files, most=1000)
def _thumbnail(frame: Frame, space: str, class_index: int | None) -> str:
    if class_index is None:
        image = read_image(frame.image_path)
        picture = resize_image(image, _size(image))
    else:
        image, label_ids = read_frame(frame)
        truth = LABEL_SPACES[space].from_label_ids[label_ids]
        picture = _marked(
            resize_image(image, _size(image)), truth == class_index, LABEL_SPACES[space].colors[class_index]
        )
    encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )[1]
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()


def _size(image: np.ndarray) -> tuple[int, int]:
    return max(1, round(WIDTH * image.shape[0] / image.shape[1])), WIDTH


def _marked(picture: np.ndarray, mask: np.ndarray, color: np.ndarray) -> np.ndarray:
    # A rider of three pixels has to be seen: whatever holds a pixel of the class counts, and its neighbours too.
    height, width = picture.shape[:2]
    held = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) > 0
    held = cv2.dilate(held.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    blended = _TINT * color + (1 - _TINT) * picture
    return np.where(held[..., np.newaxis], blended, _DIMMED * picture).astype(np.uint8)
