"""Small pictures of frames as data addresses, made when they are shown and kept in memory alone."""

import base64
from pathlib import Path

import cv2
import numpy as np

from segcore.frames.frame import Frame, read_truth
from segcore.frames.images import read_image, resize_image
from segcore.labels import LABEL_SPACES, LabelSpace
from ui.frames.keys import files_of
from ui.shell.kept import kept_until_changed

WIDTH = 256
_JPEG_QUALITY = 82
_DIMMED, _TINT = 0.4, 0.65


def thumbnail(frame: Frame, *, class_name: str | None = None) -> str:
    """Return a frame as a JPEG of ``WIDTH`` pixels in a data address, for ``st.image`` and tables.

    Args:
        frame: the frame.
        class_name: a class to show in its colour on a dimmed picture: one of the data set, several of them that scores
            merge ("person + rider"), or a category; nothing is shown of one that the data set lacks.

    Raises:
        InputError: a file is missing or damaged, or the class is asked for where there is no ground truth.
    """
    return _thumbnail(frame, class_name)


def _files(frame: Frame, class_name: str | None) -> tuple[Path, ...]:
    return (frame.image_path,) if class_name is None else files_of(frame)


# About 10 KB each.
@kept_until_changed(_files, most=1000)
def _thumbnail(frame: Frame, class_name: str | None) -> str:
    if class_name is None:
        image = read_image(frame.image_path)
        picture = resize_image(image, _size(image))
    else:
        image = read_image(frame.image_path)
        truth = read_truth(frame)
        places = places_of(class_name, frame.classes)
        color = frame.classes.colors[places[0]] if places else np.zeros(3, np.uint8)
        picture = _marked(resize_image(image, _size(image)), np.isin(truth, places), color)
    encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )[1]
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()


def places_of(class_name: str, classes: LabelSpace) -> list[int]:
    """Return which classes of a data set count as a class of scores."""
    named = [place for place, name in enumerate(classes.class_names) if name in class_name.split(" + ")]
    categories = LABEL_SPACES["categories"]
    if named or class_name not in categories.class_names:
        return named
    covered = categories.covers[categories.class_names.index(class_name)]
    return [place for place, labels in enumerate(classes.covers) if labels & covered]


def _size(image: np.ndarray) -> tuple[int, int]:
    return max(1, round(WIDTH * image.shape[0] / image.shape[1])), WIDTH


def _marked(picture: np.ndarray, mask: np.ndarray, color: np.ndarray) -> np.ndarray:
    # A rider of three pixels has to be seen: whatever holds a pixel of the class counts, and its neighbours too.
    height, width = picture.shape[:2]
    held = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) > 0
    held = cv2.dilate(held.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    blended = _TINT * color + (1 - _TINT) * picture
    return np.where(held[..., np.newaxis], blended, _DIMMED * picture).astype(np.uint8)
