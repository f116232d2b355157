"""Grouping of the rows of a foreign log into epochs."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.errors import InputError


@dataclass(frozen=True)
class Points:
    """The values of a table, row by row."""

    file: str
    """Name of the file, for messages."""
    counts: str
    """The meaning of keys: "epoch", "step" or "row"."""
    keys: list[float]
    values: dict[str, list[float]]
    """For each of our columns one value per key, NaN for a value that was not logged."""


def filled(keys: Sequence[float]) -> list[float]:
    """Return the keys, where a missing (NaN) epoch or step is that of the next row that has one, else the previous.

    Callbacks of Lightning log at the start of an epoch, without its number.
    """
    return pd.Series(keys, dtype="float64").bfill().ffill().tolist()


def by_epoch(tables: Sequence[Points]) -> tuple[dict[str, dict[int, float]], str]:
    """Return the last value of each epoch for each of our columns, and in words how epochs were counted.

    Args:
        tables: at least one with a curve.

    Raises:
        InputError: the keys of two tables have different meanings.
    """
    used = [points for points in tables if points.values]
    counts = used[0].counts
    for points in used:
        if points.counts != counts:
            raise InputError(
                f"{used[0].file} counts by {counts} and {points.file} by {points.counts}; "
                "give both files an epoch column."
            )
    curves = {
        name: {key: value for key, value in zip(points.keys, values, strict=True) if not math.isnan(value)}
        for points in used
        for name, values in points.values.items()
    }
    if counts == "epoch":
        return _with_whole_keys(curves), "as the epoch column says"
    if counts == "row":
        return _with_whole_keys(curves), "there is no epoch column, so each row is one"
    steps = sorted({step for curve in curves.values() for step in curve})
    if steps and steps[0] in (0, 1) and steps == list(range(int(steps[0]), int(steps[0]) + len(steps))):
        return _with_whole_keys(curves), "there is no epoch column, so each step is one"
    validated = max(
        (name for name in curves if name.startswith("val_")), key=lambda name: len(curves[name]), default=None
    )
    ends = sorted(curves[validated]) if validated and curves[validated] else steps
    gathered: dict[str, dict[int, float]] = {name: {} for name in curves}
    for name, curve in curves.items():
        for step in sorted(curve):
            epoch = bisect_left(ends, step) + 1
            if epoch <= len(ends):
                gathered[name][epoch] = curve[step]
    if ends is steps:
        return gathered, "there is no epoch column, so each logged step counts as one"
    return gathered, f"there is no epoch column, so each ends where {validated} was logged"


def _with_whole_keys(curves: dict[str, dict[float, float]]) -> dict[str, dict[int, float]]:
    return {name: {int(key): value for key, value in curve.items()} for name, curve in curves.items()}


def per_epoch(since_start: np.ndarray, epochs: np.ndarray) -> np.ndarray:
    """Return the duration of each epoch in seconds, from the time ``since_start``; NaN after a missing epoch.

    A resumed training counts from 0 again.
    """
    before = np.concatenate([[0.0], since_start[:-1]])
    seconds = np.where(since_start < before, since_start, since_start - before)
    return np.where(np.diff(epochs, prepend=epochs[0] - 1) == 1, seconds, math.nan)
