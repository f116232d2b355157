"""Calibration of a run's confidence: calibration error, reliability, and coverage of a threshold.

The confidence of a pixel is the probability of its predicted class from the run (soft-max, without a later
calibration). A run is well calibrated if 80 % of all pixels with the confidence 0.8 are right, and so on.

- Expected calibration error and reliability diagram: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
  Networks", ICML 2017, arXiv 1706.04599, equations 2 and 3, here with 20 bins of equal width.
- Coverage and selective accuracy (1 - selective risk): Geifman and El-Yaniv, "Selective Classification for Deep Neural
  Networks", NeurIPS 2017, arXiv 1705.08500, section 2, with the maximum of the soft-max as confidence.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.labels import VOID
from segcore.runs.calibration import BINS, CalibrationCounts

SURE = 0.9
"""Lowest confidence of a pixel that tables call sure."""


@dataclass(frozen=True)
class Selection:
    """The pixels whose confidence is at least a threshold.

    Attributes:
        coverage: their share of all pixels, 0..1; NaN if there are no pixels.
        accuracy: share of right pixels among them, 0..1; NaN if there are none.
        wrong: their share of all wrong pixels, 0..1; NaN if no pixel is wrong.
    """

    coverage: float
    accuracy: float
    wrong: float


def count_confidence(truth: np.ndarray, prediction: np.ndarray, confidence: np.ndarray) -> CalibrationCounts:
    """Count the pixels whose truth is not void, by the confidence of their prediction.

    Args:
        truth: class map, uint8, 255 for pixels that are not scored.
        prediction: class map of the same shape and classes, uint8; 255, no class, is wrong.
        confidence: floats in 0..1 of the same shape.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> truth, prediction = np.array([3, 3, 255], np.uint8), np.array([3, 4, 3], np.uint8)
        >>> counts = count_confidence(truth, prediction, np.array([0.96, 0.98, 0.5]))
        >>> counts.pixels[-1], counts.right[-1], sum(counts.pixels)
        (2, 1, 2)
    """
    if not truth.shape == prediction.shape == confidence.shape:
        raise ValueError(
            "expected truth, prediction and confidence of one shape, received "
            f"{truth.shape}, {prediction.shape} and {confidence.shape}"
        )
    bins = np.minimum((confidence * BINS).astype(np.uint8), BINS - 1)
    # Pixels that are not scored go into an extra bin, which is dropped.
    bins[truth == VOID] = BINS
    right = bins[truth == prediction]
    return CalibrationCounts(
        tuple(np.bincount(bins.ravel(), minlength=BINS + 1)[:BINS].tolist()),
        tuple(np.bincount(right.ravel(), minlength=BINS + 1)[:BINS].tolist()),
        tuple(np.bincount(bins.ravel(), confidence.ravel(), minlength=BINS + 1)[:BINS].tolist()),
    )


def calibration_error(counts: CalibrationCounts) -> float:
    """Return the expected calibration error, 0..1, NaN without pixels.

    It is the mean over all pixels of the absolute difference between confidence and accuracy of their bin.
    """
    gaps = sum(abs(right - sure) for right, sure in zip(counts.right, counts.confidence, strict=True))
    return _share(gaps, sum(counts.pixels))


def mean_confidence(counts: CalibrationCounts) -> float:
    """Return the mean confidence over all pixels, 0..1, NaN without pixels."""
    return _share(sum(counts.confidence), sum(counts.pixels))


def reliability(counts: CalibrationCounts) -> pd.DataFrame:
    """Return the reliability diagram as a table with one row per bin.

    Returns:
        ``low`` and ``high`` (bounds of the confidence), ``pixels``, ``share`` (of all pixels), ``confidence`` (mean)
        and ``accuracy``, both NaN in an empty bin, ``right_share`` and ``wrong_share`` (of all right and of all wrong
        pixels, NaN if there are none); all except ``pixels`` in 0..1.
    """
    pixels, right = np.array(counts.pixels, np.int64), np.array(counts.right, np.int64)
    wrong = pixels - right
    return pd.DataFrame(
        {
            "low": np.arange(BINS) / BINS,
            "high": np.arange(1, BINS + 1) / BINS,
            "pixels": pixels,
            "share": _ratios(pixels, pixels.sum()),
            "confidence": _ratios(np.array(counts.confidence), pixels),
            "accuracy": _ratios(right, pixels),
            "right_share": _ratios(right, right.sum()),
            "wrong_share": _ratios(wrong, wrong.sum()),
        }
    )


def risk_coverage(counts: CalibrationCounts) -> pd.DataFrame:
    """Return coverage and accuracy for each lower bound of a bin as threshold.

    Returns:
        ``threshold`` (lowest confidence, from 0), ``coverage`` (share of pixels with at least this confidence) and
        ``accuracy`` (of these pixels, NaN if there are none), 0..1.
    """
    pixels, right = (np.cumsum(values[::-1])[::-1] for values in (counts.pixels, counts.right))
    return pd.DataFrame(
        {
            "threshold": np.arange(BINS) / BINS,
            "coverage": _ratios(pixels, pixels[0]),
            "accuracy": _ratios(right, pixels),
        }
    )


def selection(counts: CalibrationCounts, threshold: float = SURE) -> Selection:
    """Return the selection of pixels with at least the confidence ``threshold``, a bound of the bins.

    Raises:
        ValueError: ``threshold`` is not a bound of the bins.
    """
    first = round(threshold * BINS)
    if not 0 <= first < BINS or abs(first / BINS - threshold) > 1e-9:
        raise ValueError(f"expected a bound of a bin, a multiple of {1 / BINS} below 1, received {threshold}")
    pixels, right = sum(counts.pixels[first:]), sum(counts.right[first:])
    all_pixels, all_right = sum(counts.pixels), sum(counts.right)
    return Selection(
        _share(pixels, all_pixels), _share(right, pixels), _share(pixels - right, all_pixels - all_right)
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _ratios(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
