"""A frame as every page works on it: picture and ground truth, shrunk to the working size."""

from dataclasses import dataclass

import numpy as np

from segcore.effects.render import WORKING_LONG_SIDE
from segcore.frames.cityscapes import Frame, read_frame
from segcore.frames.images import fit_long_side, resize_mask
from segcore.labels import to_train_ids
from ui.frames.keys import files_of
from ui.frames.source import Source
from ui.frames.uploads import uploaded_image
from ui.shell.kept import kept_until_changed


@dataclass(frozen=True, eq=False)
class LoadedFrame:
    """A frame at the working size: ``image`` uint8 (h, w, 3) RGB, ``truth`` uint8 (h, w) of train ids."""

    frame_id: str
    image: np.ndarray
    truth: np.ndarray | None


def load_frame(source: Source, frame_id: str) -> LoadedFrame:
    """Read a frame, shrunk to a longer side of at most ``WORKING_LONG_SIDE`` pixels.

    Raises:
        InputError: ``source`` has no such frame, or its files are missing or damaged.
    """
    if source.kind == "upload":
        return LoadedFrame(frame_id, uploaded_image(frame_id), None)
    image, truth = _read_working(source.frame(frame_id))
    return LoadedFrame(frame_id, image, truth)


@kept_until_changed(files_of, most=24, copied=True)
def _read_working(frame: Frame) -> tuple[np.ndarray, np.ndarray | None]:
    image, label_ids = read_frame(frame)
    image = fit_long_side(image, WORKING_LONG_SIDE)
    truth = None if label_ids is None else resize_mask(to_train_ids(label_ids), image.shape[:2])
    return image, truth
