"""Bootstrap percentile intervals of the mean IoU over frames.

Frames of the set are drawn with replacement, their pixel counts are added, and the score is computed from the sum
(Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segcore.errors import InputError
from segcore.runs.evaluation import FrameCounts
from segcore.scoring.confusion import iou_of_counts

_COUNTS = ("tp", "fp", "fn")

RATHER_WIDER = "Frames of one drive resemble each other, so that a true interval is rather wider."
"""Note that is shown beside every interval over frames."""


@dataclass(frozen=True)
class Interval:
    """A score on all frames, and the bounds that contain the share ``confidence`` of the draws.

    The bounds are NaN for a single frame, or if no pixel is scored.
    """

    value: float
    low: float
    high: float
    confidence: float

    @property
    def is_known(self) -> bool:
        """Whether there are bounds."""
        return not math.isnan(self.low)

    @property
    def verdict(self) -> int:
        """1 if the whole interval of a difference is above 0, -1 if it is below 0, otherwise 0 (within noise)."""
        return int(self.low > 0) - int(self.high < 0)


def bootstrap_interval(
    per_frame: Sequence[FrameCounts], *, seed: int = 0, repeats: int = 2000, confidence: float = 0.95
) -> Interval:
    """Return the interval of the mean IoU.

    Args:
        per_frame: the frames of an evaluation or of one severity of a sweep.
        seed: of the draws; the same seed gives the same interval.
        repeats: number of draws.
        confidence: share of the draws within the interval, in (0, 1).

    Raises:
        InputError: there is no frame.
    """
    counts = _counts(per_frame)
    value = float(_mean_iou(counts.sum(axis=1)))
    return _interval(value, _mean_iou(_drawn(counts, seed=seed, repeats=repeats)), confidence)


def bootstrap_difference(
    first: Sequence[FrameCounts],
    second: Sequence[FrameCounts],
    *,
    seed: int = 0,
    repeats: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of the mean IoU of ``first`` minus that of ``second``, both on the same draws.

    A frame that is hard for both runs does not affect their difference, so this paired interval is narrower than the
    two single intervals suggest. If it contains 0, the difference is within noise.

    Raises:
        InputError: the runs do not have the same frames, or differ in their classes.
    """
    return bootstrap_mean_difference([(first, second)], seed=seed, repeats=repeats, confidence=confidence)


def bootstrap_mean_difference(
    pairs: Sequence[tuple[Sequence[FrameCounts], Sequence[FrameCounts]]],
    *,
    seed: int = 0,
    repeats: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of `bootstrap_difference`, averaged over measurements of the same frames, such as severities.

    Args:
        pairs: (first, second) for each measurement; the draws are the same for all.
        seed, repeats, confidence: see `bootstrap_interval`.

    Raises:
        InputError: there is no measurement, or the measurements do not have the same frames.
    """
    if not pairs:
        raise InputError("The two runs share no measurement; measure both in the same way.")
    names = [entry.frame for entry in pairs[0][0]]
    values, draws = [], []
    for pair in pairs:
        first, second = _paired(*pair, names)
        values.append(np.subtract(*(_mean_iou(counts.sum(axis=1)) for counts in (first, second))))
        scores = (_mean_iou(_drawn(counts, seed=seed, repeats=repeats)) for counts in (first, second))
        draws.append(np.subtract(*scores))
    return _interval(float(np.mean(values)), np.mean(draws, axis=0), confidence)


def bootstrap_classes(
    first: Sequence[FrameCounts],
    second: Sequence[FrameCounts],
    *,
    seed: int = 0,
    repeats: int = 2000,
    confidence: float = 0.95,
) -> tuple[Interval, ...]:
    """Return the interval of `bootstrap_difference` for the IoU of each class; NaN if a class is absent in one run.

    Raises:
        InputError: the runs do not have the same frames, or differ in their classes.
    """
    pair = _paired(first, second, [entry.frame for entry in first])
    values = np.subtract(*(iou_of_counts(*counts.sum(axis=1)) for counts in pair))
    draws = np.subtract(*(iou_of_counts(*_drawn(counts, seed=seed, repeats=repeats)) for counts in pair))
    return tuple(_interval(value, drawn, confidence) for value, drawn in zip(values, draws.T, strict=True))


def _paired(
    first: Sequence[FrameCounts], second: Sequence[FrameCounts], names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    pair = []
    for entries in (first, second):
        by_name = {entry.frame: entry for entry in entries}
        if len(by_name) != len(entries) or sorted(by_name) != sorted(names):
            raise InputError(
                f"The two runs were evaluated on different frames ({len(first)} and {len(second)}); evaluate "
                "both on the same set to compare them."
            )
        pair.append(_counts([by_name[name] for name in names]))
    classes = [counts.shape[-1] for counts in pair]
    if classes[0] != classes[1]:
        raise InputError(
            f"The two runs have {classes[0]} and {classes[1]} classes; compare runs with the same classes."
        )
    return pair[0], pair[1]


def _counts(per_frame: Sequence[FrameCounts]) -> np.ndarray:
    if not per_frame:
        raise InputError("There are no scores of single frames; evaluate the run again to get them.")
    return np.array([[getattr(entry, name) for entry in per_frame] for name in _COUNTS], np.int64)


def _drawn(counts: np.ndarray, *, seed: int, repeats: int) -> np.ndarray:
    # The number of times that each frame is drawn, (repeats, frames): the sums are then one matrix product.
    frames = counts.shape[1]
    # No draws of a single frame: they would all be equal and suggest a certain score.
    size = repeats if frames > 1 else 0
    times = np.random.default_rng(seed).multinomial(frames, np.full(frames, 1 / frames), size=size)
    # float64 is exact up to 2**53 pixels, and its matrix product is fast, unlike that of int64.
    return times.astype(np.float64) @ counts.astype(np.float64)


def _mean_iou(counts: np.ndarray) -> np.ndarray:
    iou = iou_of_counts(*counts)
    present = ~np.isnan(iou)
    total = np.where(present, iou, 0).sum(axis=-1)
    averaged = present.sum(axis=-1)
    return np.divide(total, averaged, out=np.full(total.shape, np.nan), where=averaged > 0)


def _interval(value: float, draws: np.ndarray, confidence: float) -> Interval:
    draws = draws[~np.isnan(draws)]
    if not draws.size:
        return Interval(float(value), float("nan"), float("nan"), confidence)
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(float(value), float(low), float(high), confidence)
