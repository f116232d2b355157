"""Comparison of two predictions of one frame: differing pixels, accuracy at borders, consistency.

All functions work on class maps (uint8, 255 is void) in NumPy.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segcore.labels import VOID, LabelSpace
from segcore.scoring.confusion import iou_of_counts

OUTCOMES = ("both right", "only A right", "only B right", "both wrong")
"""Meaning of the values 0..3 of ``disagreement`` with ground truth."""

AGREEMENT = ("agree", "differ")
"""Meaning of the values 0 and 1 of ``disagreement`` without ground truth."""


@dataclass(frozen=True)
class ClassGap:
    """The score of one class for both models; NaN if the class is absent, then ``gap`` is NaN too."""

    name: str
    a: float
    b: float

    @property
    def gap(self) -> float:
        """A - B, -1..1."""
        return self.a - self.b


def disagreement(a: np.ndarray, b: np.ndarray, truth: np.ndarray | None = None) -> np.ndarray:
    """Compare two class maps pixel by pixel.

    Args:
        a, b: predictions, class indices of one label space, any shape.
        truth: class indices of the same space and shape, 255 for pixels that are not scored.

    Returns:
        uint8 of the same shape: indices into ``OUTCOMES``, 255 where the truth is void; without truth,
        indices into ``AGREEMENT``.

    Example:
        >>> disagreement(np.array([1, 1, 2, 2]), np.array([1, 2, 1, 2]), np.array([1, 1, 1, 1])).tolist()
        [0, 1, 2, 3]
    """
    a, b = np.asarray(a), np.asarray(b)
    _check_same_shape(a, b)
    if truth is None:
        return (a != b).astype(np.uint8)
    truth = np.asarray(truth)
    _check_same_shape(a, truth)
    outcome = 2 * (a != truth).astype(np.uint8) + (b != truth).astype(np.uint8)
    outcome[truth == VOID] = VOID
    return outcome


def shares(class_map: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the share of each class in the pixels that are not void, float64 (n,), 0..1; NaN if all are void."""
    counts = np.bincount(np.ravel(class_map), minlength=256)[:num_classes].astype(np.float64)
    return counts / counts.sum() if counts.sum() else np.full(num_classes, np.nan)


def boundary_width(shape: tuple[int, int]) -> int:
    """Return the usual width for ``boundary_iou`` in pixels: 2 % of the diagonal of (h, w), at least 1."""
    return max(1, round(0.02 * math.hypot(*shape)))


def boundary_iou(
    truth: np.ndarray, prediction: np.ndarray, *, num_classes: int, width: int | None = None
) -> np.ndarray:
    """Return the IoU of pixels close to the contours of each class (Cheng et al., 2021, "Boundary IoU").

    For each class, only the pixels within ``width`` of the contour of its region are kept, in truth and in prediction;
    the result is the intersection over union of these bands. Plain IoU of a large region depends little on its border;
    this score depends little on its interior.

    Args:
        truth, prediction: class maps (h, w), values 0..num_classes-1 or 255. If the truth is void, the pixel's
            prediction is set to void too, so that it does not count.
        num_classes: n.
        width: in pixels, chessboard distance, as in the authors' code; the edge of the image counts as contour.
            Default: ``boundary_width``.

    Returns:
        float64 (n,), 0..1, NaN for a class in neither map.
    """
    truth, prediction = np.asarray(truth, np.uint8), np.asarray(prediction, np.uint8)
    _check_same_shape(truth, prediction)
    prediction = np.where(truth == VOID, np.uint8(VOID), prediction)
    width = boundary_width(truth.shape) if width is None else width
    if width < 1:
        raise ValueError(f"expected a width of at least 1 px, received {width}")
    truth_band, prediction_band = _near_contour(truth, width), _near_contour(prediction, width)
    hit = truth_band & prediction_band & (truth == prediction)
    in_truth = _counts(truth[truth_band], num_classes)
    in_prediction = _counts(prediction[prediction_band], num_classes)
    in_both = _counts(truth[hit], num_classes)
    return iou_of_counts(in_both, in_prediction - in_both, in_truth - in_both)


def class_gaps(names: tuple[str, ...], a: np.ndarray, b: np.ndarray) -> tuple[ClassGap, ...]:
    """Return the scores (n,) of two models by class, the largest difference first and absent classes last."""
    gaps = [ClassGap(name, float(x), float(y)) for name, x, y in zip(names, a, b, strict=True)]
    return tuple(sorted(gaps, key=lambda gap: (math.isnan(gap.gap), -abs(gap.gap))))


def flip_consistency(prediction: np.ndarray, of_mirrored: np.ndarray) -> float:
    """Return the share of pixels, 0..1, that have the same class in a frame and in its mirror image.

    ``prediction`` and ``of_mirrored`` are the class maps (h, w) of the frame and of the frame mirrored left to right;
    the second is mirrored back here.
    """
    prediction, of_mirrored = np.asarray(prediction), np.asarray(of_mirrored)
    _check_same_shape(prediction, of_mirrored)
    return float(np.mean(prediction == of_mirrored[:, ::-1]))


def without_counterpart(
    own: LabelSpace, scored: LabelSpace, table: np.ndarray
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the classes of two label spaces that have no counterpart in the other one.

    Args:
        own: the classes of a model.
        scored: the scored classes.
        table: uint8 (256,), from the model's classes to scored classes, see ``segcore.classes.scoring_space``.

    Returns:
        Names of the model's classes without a scored class, and of the scored classes without a class of the model.
    """
    met = table[: own.num_classes]
    return (
        tuple(name for name, place in zip(own.class_names, met, strict=True) if place == VOID),
        tuple(name for place, name in enumerate(scored.class_names) if place not in met),
    )


def _near_contour(class_map: np.ndarray, width: int) -> np.ndarray:
    # A pixel is near the contour of its region if its window contains another class; 256 is outside the image.
    padded = np.pad(class_map.astype(np.int16), width, constant_values=256)
    lowest = _window(_window(padded, width, np.minimum).T, width, np.minimum).T
    highest = _window(_window(padded, width, np.maximum).T, width, np.maximum).T
    return lowest != highest


def _window(values: np.ndarray, radius: int, reduce: Callable) -> np.ndarray:
    # Windows of 2 radius + 1 rows, built from windows of 1, 2, 4, ... rows.
    wanted, size = 2 * radius + 1, 1
    while size < wanted:
        step = min(size, wanted - size)
        values = reduce(values[:-step], values[step:])
        size += step
    return values


def _counts(values: np.ndarray, num_classes: int) -> np.ndarray:
    return np.bincount(values, minlength=256)[:num_classes]


def _check_same_shape(first: np.ndarray, second: np.ndarray) -> None:
    if first.shape != second.shape:
        raise ValueError(f"expected maps of one shape, received {first.shape} and {second.shape}")
