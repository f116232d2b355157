"""A frame as every page works on it: picture and ground truth, shrunk to the working size."""

from dataclasses import dataclass

import numpy as np

from segcore.effects.render import WORKING_LONG_SIDE
from segcore.frames.frame import Frame, read_pair
from segcore.frames.images import fit_long_side, resize_mask
from segcore.labels import LABEL_SPACES, LabelSpace
from ui.frames.keys import files_of
from ui.frames.source import Source
from ui.frames.uploads import uploaded_pair
from ui.shell.kept import kept_until_changed


@dataclass(frozen=True, eq=False)
class LoadedFrame:
    """A frame at the working size.

    Attributes:
        frame_id: its name.
        image: uint8 RGB (h, w, 3).
        truth: uint8 (h, w), indices of ``classes``, 255 where nothing is scored; None where there is none.
        classes: those of the data set.
        data: its name, empty for uploads.
    """

    frame_id: str
    image: np.ndarray
    truth: np.ndarray | None
    classes: LabelSpace = LABEL_SPACES["train_ids"]
    data: str = ""


def load_frame(source: Source, frame_id: str) -> LoadedFrame:
    """Read a frame, shrunk to a longer side of at most ``WORKING_LONG_SIDE`` pixels.

    Raises:
        InputError: ``source`` has no such frame, or its files are missing or damaged.
    """
    if source.kind == "upload":
        return LoadedFrame(frame_id, *uploaded_pair(frame_id), source.frame(frame_id).classes)
    frame = source.frame(frame_id)
    image, truth = _read_working(frame)
    return LoadedFrame(frame_id, image, truth, frame.classes, source.title)


@kept_until_changed(files_of, most=24, copied=True)
def _read_working(frame: Frame) -> tuple[np.ndarray, np.ndarray | None]:
    image, truth = read_pair(frame)
    image = fit_long_side(image, WORKING_LONG_SIDE)
    return image, None if truth is None else resize_mask(truth, image.shape[:2])
