"""Ranking of frames: two stored evaluations, compared frame by frame."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segcore.runs.evaluation import FrameCounts
from segcore.scoring.confusion import iou_of_counts

_COUNTS = ("tp", "fp", "fn")


def rank_frames(
    first: Sequence[FrameCounts], second: Sequence[FrameCounts], *, class_index: int | None = None
) -> pd.DataFrame:
    """Return a table with the frames of two evaluations in the same classes.

    Args:
        first, second: the frames.
        class_index: use only frames whose truth has this class, and its IoU instead of the mean IoU.

    Returns:
        ``frame``, sorted; ``a``, ``b`` (0..1) and ``difference`` (a - b, -1..1), NaN if a run has no score; ``differ``,
        see `least_disagreement`; ``share``, the class's share of the scored pixels, NaN without ``class_index``.
    """
    # If a frame is listed twice, the last entry counts.
    by_name = [{entry.frame: entry for entry in entries} for entries in (first, second)]
    tables = [_scores(list(entries.values()), class_index) for entries in by_name]
    joined = tables[0].join(tables[1], how="outer", lsuffix="_a", rsuffix="_b")
    differ = [
        least_disagreement(by_name[0][name], by_name[1][name])
        if name in by_name[0] and name in by_name[1]
        else np.nan
        for name in joined.index
    ]
    a, b = joined["score_a"], joined["score_b"]
    share = joined["share_a"].fillna(joined["share_b"])
    table = pd.DataFrame({"a": a, "b": b, "difference": a - b, "differ": differ, "share": share})
    return table.astype("float64").sort_index().rename_axis("frame").reset_index()


def least_disagreement(first: FrameCounts, second: FrameCounts) -> float:
    """Return a lower bound of the share of scored pixels on which two runs differ, 0..1.

    Counts do not show which pixels they count. But if two runs have different numbers of true positives of a class, or
    of predicted pixels of a class, they must differ on at least as many pixels. The result is the larger of these two
    bounds; NaN if the numbers of scored pixels differ or are 0.

    Example:
        >>> one = FrameCounts("ulm_000000_000019", tp=[6, 2], fp=[2, 0], fn=[0, 2])
        >>> least_disagreement(one, FrameCounts("ulm_000000_000019", tp=[4, 4], fp=[0, 2], fn=[2, 0]))
        0.4
    """
    (hits, named, pixels), (other_hits, other_named, other_pixels) = map(_totals, (first, second))
    if pixels != other_pixels or not pixels or len(hits) != len(other_hits):
        return float("nan")
    by_truth = np.abs(hits - other_hits).sum()
    by_prediction = np.abs(named - other_named).sum() / 2
    return float(max(by_truth, by_prediction) / pixels)


def frames_with(entries: Sequence[FrameCounts]) -> np.ndarray:
    """Return the number of frames whose truth has each class, int64 (n,)."""
    return (_array(entries)[:, [0, 2]].sum(axis=1) > 0).sum(axis=0)


def _scores(entries: Sequence[FrameCounts], class_index: int | None) -> pd.DataFrame:
    names = [entry.frame for entry in entries]
    if class_index is None or not entries:
        table = pd.DataFrame({"score": [entry.miou for entry in entries], "share": np.nan}, index=names)
        return table.astype("float64")
    counts = _array(entries)
    of_class = counts[:, :, class_index]
    pixels, scored = of_class[:, 0] + of_class[:, 2], counts[:, [0, 2]].sum(axis=(1, 2))
    share = np.divide(pixels, scored, out=np.zeros(len(names)), where=scored > 0)
    table = pd.DataFrame({"score": iou_of_counts(*of_class.T), "share": share}, index=names)
    return table[pixels > 0]


def _array(entries: Sequence[FrameCounts]) -> np.ndarray:
    # (frames, counts, classes)
    rows = [[getattr(entry, key) for key in _COUNTS] for entry in entries]
    return np.array(rows, np.int64) if rows else np.zeros((0, 3, 0), np.int64)


def _totals(entry: FrameCounts) -> tuple[np.ndarray, np.ndarray, int]:
    hits, false, missed = (np.asarray(getattr(entry, key), np.int64) for key in _COUNTS)
    pixels = int((hits + missed).sum())
    named = hits + false
    # The last entry counts the pixels that are predicted as no class.
    return hits, np.append(named, pixels - named.sum()), pixels
