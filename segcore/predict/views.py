"""Resizing and averaging of the coarse logits of several views of a picture.

This works class by class: OpenCV resizes a single map several times as fast as interleaved maps, the map stays in the
CPU cache, and the full-size maps of all classes are never in memory unless a caller needs them.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

import cv2
import numpy as np


@dataclass(frozen=True, eq=False)
class View:
    """The network's output for one view of a picture.

    Attributes:
        scores: float32 (C, rows, columns), logits of each class on the network's coarse grid.
        size: (height, width) in pixels of the network's input.
        rows, columns: slices of this input that the picture covered; the rest is margin.
        mirrored: whether the input was mirrored; ``columns`` are those before mirroring.
        seconds: time of the network for this view.
    """

    scores: np.ndarray = field(repr=False)
    size: tuple[int, int]
    rows: slice
    columns: slice
    mirrored: bool = False
    seconds: float = 0.0

    def logits_of(self, index: int) -> np.ndarray:
        """Return the logits of one class for each input pixel of the picture, float32 (height, width)."""
        scores = self.scores[index]
        if self.mirrored:
            scores = cv2.flip(scores, 1)
        return _resized(scores, self.size)[self.rows, self.columns]


def mean_logits(views: Sequence[View]) -> np.ndarray:
    """Return the mean logits of all views at the size of the picture in the first view.

    Returns:
        float32 (height, width, C).
    """
    return np.stack(list(_means(views)), axis=-1)


def likeliest_classes(views: Sequence[View], size: tuple[int, int]) -> np.ndarray:
    """Return the class of the highest mean logit for each pixel of another size.

    This interpolates logits, not classes, so that borders are smooth.

    Args:
        views: of one picture, at least one, with at most 256 classes.
        size: (height, width) of the result.

    Returns:
        uint8 (height, width); if logits are equal, the lower class wins.
    """
    return _likeliest(_means(views), size)[0]


def classes_and_confidence(views: Sequence[View], size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return what ``likeliest_classes`` does, and the soft-max of the same logits at the class that is likeliest.

    Returns:
        The classes, uint8 (height, width), and their probabilities, float32 (height, width) in 0..1.
    """
    means = list(_means(views))
    classes, highest = _likeliest(means, size)
    total = np.zeros(size, np.float32)
    # Resized again, as all classes at full size may take hundreds of megabytes.
    for mean in means:
        total += cv2.exp(cv2.subtract(_resized(mean, size), highest))
    return classes, np.minimum(1 / total, 1)


def _likeliest(means: Iterable[np.ndarray], size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the class of highest logit at another size and that logit, uint8 and float32 (height, width)."""
    classes = np.zeros(size, np.uint8)
    means = iter(means)
    # A copy, where the logits are of this size already and belong to the caller.
    highest = _resized(next(means), size).copy()
    for index, mean in enumerate(means, start=1):
        logits = _resized(mean, size)
        # 255 where this class has the highest logit so far. Its index is larger than all before, so the maximum of
        # both maps is the class.
        ahead = np.asarray(cv2.compare(logits, highest, cv2.CMP_GT), np.uint8)
        np.maximum(classes, ahead & np.uint8(index), out=classes)
        np.maximum(highest, logits, out=highest)
    return classes, highest


def confidence_and_entropy(views: Sequence[View]) -> tuple[np.ndarray, np.ndarray]:
    """Return confidence and entropy of each pixel at the size of the picture in the first view.

    The soft-max is computed class by class: this saves three quarters of the time and nearly all of the memory.

    Args:
        views: of one picture, with at least 2 classes.

    Returns:
        Probability of the likeliest class, float32 (height, width), 0..1; and the Shannon entropy of all classes
        divided by its maximum log(C), float32 (height, width): 0 if one class is certain, 1 if all are equal.

    Raises:
        ValueError: there are fewer than 2 classes.
    """
    means = list(_means(views))
    if len(means) < 2:
        raise ValueError(f"expected scores of at least 2 classes, received {len(means)}")
    highest = reduce(np.maximum, means)
    total, weighted = np.zeros_like(highest), np.zeros_like(highest)
    for mean in means:
        below = mean - highest
        likely = np.exp(below)
        total += likely
        weighted += np.multiply(below, likely, out=below)
    entropy = (np.log(total) - weighted / total) / np.float32(math.log(len(means)))
    return 1 / total, np.clip(entropy, 0, 1)


def probabilities_at(views: Sequence[View], row: int, column: int) -> np.ndarray:
    """Return the probabilities of all classes, float32 (C,), at one pixel of the picture in the first view."""
    return softmax(np.array([mean[row, column] for mean in _means(views)], np.float32))


def _means(views: Sequence[View]) -> Iterator[np.ndarray]:
    """Yield the mean logits of each class at the size of the picture in the first view."""
    first, *others = views
    size = (first.rows.stop - first.rows.start, first.columns.stop - first.columns.start)
    for index in range(len(first.scores)):
        total = first.logits_of(index)
        for view in others:
            total = total + _resized(view.logits_of(index), size)
        yield total / np.float32(len(views))


def _resized(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize float32 (h, w) to ``size`` (height, width) bilinearly, like UpSampling2D of Keras."""
    if values.shape == tuple(size):
        return values
    height, width = size
    return cv2.resize(np.ascontiguousarray(values), (width, height))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities of logits over the last axis, float32 of the same shape."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    np.exp(shifted, out=shifted)
    shifted /= shifted.sum(axis=-1, keepdims=True)
    return shifted
