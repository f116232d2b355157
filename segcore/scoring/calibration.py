"""Whether a run is as sure as it is right: calibration error, reliability, and what a threshold leaves.

The confidence of a pixel is the probability of its predicted class, as the run gives it (soft-max, no calibration
afterwards). It is well calibrated if, of all pixels with confidence 0.8, 80 % are right.

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
"""From which confidence on a pixel is called sure in tables."""


@dataclass(frozen=True)
class Selection:
    """What is left of all pixels above a threshold of the confidence.

    Attributes:
        coverage: share of the pixels, 0..1, NaN where there are none at all.
        accuracy: share of those left that are right, NaN where none is left.
        wrong: share of all wrong pixels that are left, NaN where no pixel is wrong.
    """

    coverage: float
    accuracy: float
    wrong: float


def count_confidence(truth: np.ndarray, prediction: np.ndarray, confidence: np.ndarray) -> CalibrationCounts:
    """Count the pixels whose truth is not void by the confidence of their prediction.

    Args:
        truth: class map, uint8, 255 where nothing is scored.
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
    # What is not scored goes into a bin of its own, which is left out.
    bins[truth == VOID] = BINS
    right = bins[truth == prediction]
    return CalibrationCounts(
        tuple(np.bincount(bins.ravel(), minlength=BINS + 1)[:BINS].tolist()),
        tuple(np.bincount(right.ravel(), minlength=BINS + 1)[:BINS].tolist()),
        tuple(np.bincount(bins.ravel(), confidence.ravel(), minlength=BINS + 1)[:BINS].tolist()),
    )


def calibration_error(counts: CalibrationCounts) -> float:
    """Return the expected calibration error, 0..1: the mean over the pixels of how far their bin's confidence is from
    its accuracy; NaN without pixels."""
    gaps = sum(abs(right - sure) for right, sure in zip(counts.right, counts.confidence, strict=True))
    return _share(gaps, sum(counts.pixels))


def mean_confidence(counts: CalibrationCounts) -> float:
    """Return the mean confidence over all pixels, 0..1, NaN without pixels."""
    return _share(sum(counts.confidence), sum(counts.pixels))


def reliability(counts: CalibrationCounts) -> pd.DataFrame:
    """Return a row a bin.

    Returns:
        ``low`` and ``high`` (bounds of the confidence), ``pixels``, ``share`` (of all pixels), ``confidence`` (their
        mean) and ``accuracy``, both NaN in an empty bin, ``right_share`` and ``wrong_share`` (of all right and of all
        wrong pixels, NaN where there are none); all but ``pixels`` in 0..1.
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
    """Return what is left above each bound of a bin.

    Returns:
        ``threshold`` (the least confidence, 0 at first), ``coverage`` (share of the pixels with at least that much) and
        ``accuracy`` (of these, NaN where there are none), 0..1.
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
    """Return what a threshold leaves of the pixels; it is one of the bounds of the bins.

    Raises:
        ValueError: it is none of the bounds.
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
