"""The confusion matrix and the scores that are computed from it.

A matrix is int64 (n + 1, n + 1): rows are the truth, columns the prediction; the last row and column are void. The sum
of the matrix is the number of pixels. Matrices of several frames are added; scores are computed from the sum, never
averaged over frames.

Definitions follow ``cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling``: void *predicted* on a scored pixel
is an error; predictions on void *truth* do not count. A class that occurs in neither truth nor prediction has the
score NaN and is not in the mean.
"""

import math

import cv2
import numpy as np

from segcore.labels import LABEL_SPACES, LABELS, VOID, LabelSpace

_EXACT_IN_FLOAT32 = 1 << 24
_CATEGORY_OF = {label.name: label.category_id - 1 for label in LABELS if label.category_id > 0}


def confusion_matrix(truth: np.ndarray, prediction: np.ndarray, *, num_classes: int) -> np.ndarray:
    """Count pixels by true and predicted class.

    Args:
        truth: class map, any integer dtype, any shape, values 0..num_classes-1 or 255.
        prediction: class map of the same shape and range.
        num_classes: n, 1..255.

    Returns:
        int64 (n + 1, n + 1); its sum is the number of pixels.

    Raises:
        ValueError: shapes differ, values are not integers or lie outside the range.

    Example:
        >>> confusion_matrix(np.array([0, 0, 255]), np.array([0, 1, 1]), num_classes=2).tolist()
        [[1, 1, 0], [0, 0, 0], [0, 1, 0]]
    """
    truth, prediction = np.asarray(truth), np.asarray(prediction)
    if truth.shape != prediction.shape:
        raise ValueError(
            f"expected truth and prediction of one shape, received {truth.shape} and {prediction.shape}"
        )
    truth = _as_byte(truth, "truth")
    prediction = _as_byte(prediction, "prediction")
    # All 256 x 256 pairs are counted; pixels with values out of range are then missing in the sum.
    counts = _count_pairs(truth.ravel(), prediction.ravel())
    used = np.append(np.arange(num_classes), VOID)
    matrix = counts[np.ix_(used, used)].astype(np.int64)
    if matrix.sum() != truth.size:
        found = np.union1d(np.unique(truth), np.unique(prediction))
        unknown = np.setdiff1d(found, used).tolist()
        raise ValueError(f"expected classes 0..{num_classes - 1} or {VOID}, received {unknown}")
    return matrix


def _count_pairs(truth: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return how often each pair of values of uint8 (pixels,) occurs, int64 (256, 256)."""
    counts = np.zeros((256, 256), np.int64)
    # A histogram takes half the time of np.bincount, but counts in float32, exact up to 2^24.
    for start in range(0, len(truth), _EXACT_IN_FLOAT32):
        parts = [values[np.newaxis, start : start + _EXACT_IN_FLOAT32] for values in (truth, prediction)]
        counts += cv2.calcHist(parts, [0, 1], None, [256, 256], [0, 256, 0, 256]).astype(np.int64)
    return counts


def class_counts(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return true positives, false positives and false negatives of each class, int64 (n,) each."""
    matrix = _checked(matrix)
    scored = matrix[:-1]
    true_positives = scored.diagonal().copy()
    false_positives = scored[:, :-1].sum(axis=0) - true_positives
    false_negatives = scored.sum(axis=1) - true_positives
    return true_positives, false_positives, false_negatives


def iou_of_counts(
    true_positives: np.ndarray, false_positives: np.ndarray, false_negatives: np.ndarray
) -> np.ndarray:
    """Return TP / (TP + FP + FN), float64 of the same shape, 0..1; NaN if all three are 0."""
    return _ratio(true_positives, true_positives + false_positives + false_negatives)


def class_iou(matrix: np.ndarray) -> np.ndarray:
    """Return the intersection over union of each class, float64 (n,), 0..1, NaN for an absent class."""
    return iou_of_counts(*class_counts(matrix))


def mean_iou(matrix: np.ndarray) -> float:
    """Return the mean of ``class_iou`` over the classes that occur, 0..1; NaN if none occurs."""
    return mean_of_present(class_iou(matrix))


def pixel_accuracy(matrix: np.ndarray) -> float:
    """Return the share of right pixels among those with non-void truth, 0..1; NaN if there are none."""
    scored = _checked(matrix)[:-1]
    return float(_ratio(scored.trace(), scored.sum()))


def category_matrix(matrix: np.ndarray, space: LabelSpace = LABEL_SPACES["train_ids"]) -> np.ndarray | None:
    """Return the matrix of the 7 categories, (8, 8), void last, from a matrix of the classes of ``space``.

    Return None if a class belongs to no category or to several; a class "bicyclist" that includes the bicycle belongs
    to two.
    """
    matrix = _checked(matrix)
    if len(matrix) != space.num_classes + 1:
        expected = space.num_classes + 1
        raise ValueError(
            f"expected a ({expected}, {expected}) matrix for {space.name}, received {matrix.shape}"
        )
    of_classes = [{_CATEGORY_OF.get(name) for name in labels} for labels in space.covers]
    places = [place for found in of_classes if len(found) == 1 for place in found if place is not None]
    if len(places) < space.num_classes:
        return None
    categories = LABEL_SPACES["categories"].num_classes
    membership = np.zeros((categories + 1, space.num_classes + 1), dtype=np.int64)
    rows = [*places, categories]
    membership[rows, np.arange(space.num_classes + 1)] = 1
    return membership @ matrix @ membership.T


def mean_of_present(scores: np.ndarray) -> float:
    """Return the mean of the scores that are not NaN, or NaN without a warning if there are none."""
    present = scores[~np.isnan(scores)]
    return float(present.mean()) if present.size else math.nan


def summary(matrix: np.ndarray, space: LabelSpace) -> dict:
    """Return the main scores as plain JSON values; an absent class is None.

    Keys: ``miou``, ``category_miou``, ``pixel_accuracy``, ``classes`` and ``categories`` (name to IoU), and
    ``classes_averaged`` and ``categories_averaged``, the number of classes in the means. There are no categories if
    `category_matrix` returns None.
    """
    by_class = class_iou(matrix)
    rolled_up = category_matrix(matrix, space)
    by_category = np.array([]) if rolled_up is None else class_iou(rolled_up)
    names = () if rolled_up is None else LABEL_SPACES["categories"].class_names
    return {
        "miou": none_if_nan(mean_of_present(by_class)),
        "category_miou": none_if_nan(mean_of_present(by_category)),
        "pixel_accuracy": none_if_nan(pixel_accuracy(matrix)),
        "classes": _named(space.class_names, by_class),
        "categories": _named(names, by_category),
        "classes_averaged": int(np.count_nonzero(~np.isnan(by_class))),
        "categories_averaged": int(np.count_nonzero(~np.isnan(by_category))),
    }


def none_if_nan(value: float) -> float | None:
    """Return ``value`` for JSON: None instead of NaN."""
    return None if math.isnan(value) else float(value)


def _named(names: tuple[str, ...], scores: np.ndarray) -> dict[str, float | None]:
    return {name: none_if_nan(score) for name, score in zip(names, scores, strict=True)}


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    numerator, denominator = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    result = np.full(denominator.shape, np.nan)
    return np.divide(numerator, denominator, out=result, where=denominator > 0)


def _as_byte(values: np.ndarray, what: str) -> np.ndarray:
    if values.dtype == np.uint8:
        return values
    if not np.issubdtype(values.dtype, np.integer):
        raise ValueError(f"expected {what} of an integer dtype, received {values.dtype}")
    if values.size and (values.min() < 0 or values.max() > VOID):
        raise ValueError(f"expected {what} within 0..{VOID}, received {values.min()}..{values.max()}")
    return values.astype(np.uint8)


def _checked(matrix: np.ndarray) -> np.ndarray:
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ValueError(
            f"expected a square confusion matrix with a row for void, received shape {matrix.shape}"
        )
    if not np.issubdtype(matrix.dtype, np.integer):
        raise ValueError(f"expected a confusion matrix of integers, received {matrix.dtype}")
    return matrix.astype(np.int64, copy=False)
