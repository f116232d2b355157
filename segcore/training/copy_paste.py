"""Copy-paste augmentation: rare classes of one frame are pasted into others, so that they occur more often."""

from collections.abc import Sequence

import cv2
import numpy as np

from segcore.errors import InputError
from segcore.frames.cityscapes import count_classes
from segcore.frames.frame import Frame, read_pair
from segcore.labels import LabelSpace

RARE = 0.01
"""A class is rare if it has less than this share of the labelled pixels."""

_VISIBLE = 0.001


class RareSegments:
    """The pixels of rare classes, to be pasted into other frames (Ghiasi et al. 2021, for semantic labels).

    The pixels keep their position, or that in the mirror image, because cameras behind a windscreen see road, pavement
    and the end of the street at similar positions. All rare classes of a frame are pasted together, so that riders
    keep their bicycles.

    Args:
        frames: with ground truth; their labels are read once.
        space: label space of the labels.
        share: probability that pixels are pasted into a frame, 0..1.

    Raises:
        InputError: no frame has a rare class on at least one pixel in a thousand, or a frame cannot be read.
    """

    def __init__(self, frames: Sequence[Frame], *, space: LabelSpace, share: float):
        counts = count_classes(frames, space)
        self.space = space
        self.share = share
        self.is_rare = np.zeros(256, bool)
        self.is_rare[: space.num_classes] = counts.sum(axis=0) < RARE * counts.sum()
        visible = counts >= _VISIBLE * counts.sum(axis=1, keepdims=True)
        self._donors = [
            [frame for frame, shown in zip(frames, visible[:, index], strict=True) if shown]
            for index in np.flatnonzero(self.is_rare)
            if (counts[visible[:, index], index] > 0).any()
        ]
        if not self._donors:
            raise InputError(
                f"There is nothing to paste: none of the {len(frames)} frames shows a class that has less than "
                f"{RARE:.0%} of all pixels; set copy_paste to 0."
            )

    def paste(self, image: np.ndarray, mask: np.ndarray, random: np.random.Generator):
        """Return (image, mask), with rare classes of another frame pasted with the probability ``share``.

        First a rare class is drawn, all with equal probability, then a frame that shows it.

        Args:
            image: uint8 (H, W, 3) RGB.
            mask: uint8 (H, W), class indices, void 255.
            random: generator for all random numbers.

        Raises:
            InputError: the other frame cannot be read.
        """
        if random.random() >= self.share:
            return image, mask
        donors = self._donors[random.integers(len(self._donors))]
        pasted, labels = read_pair(donors[random.integers(len(donors))], self.space)
        assert labels is not None, "its labels were counted"
        size = mask.shape[::-1]
        if labels.shape != mask.shape:
            pasted = cv2.resize(pasted, size, interpolation=cv2.INTER_LINEAR)
            labels = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST_EXACT)
        if random.random() < 0.5:
            pasted, labels = pasted[:, ::-1], labels[:, ::-1]
        chosen = self.is_rare[labels]
        return np.where(chosen[..., None], pasted, image), np.where(chosen, labels, mask)
