"""Two runs under the same weather: their curves with intervals over frames, and where one keeps ahead."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from segcore.errors import InputError
from segcore.runs.results import result_path
from segcore.runs.run import Run
from segcore.scoring.bootstrap import Interval, bootstrap_interval, bootstrap_mean_difference
from segcore.scoring.robustness import CLEAN, read_sweep
from ui.shell.kept import kept_until_changed

_REPEATS = 500


@dataclass(frozen=True, eq=False)
class WeatherScores:
    """What two runs score under effects.

    Attributes:
        curves: run name to ``effect``, ``severity``, ``miou``, and ``low`` and ``high`` of its 95 % interval over
            frames, 0..1, NaN where single frames were not kept.
        gains: effect to the difference of the mean IoU, the first run's less the second's, as the mean over the
            severities that both were measured at; empty where single frames were not kept or differ.
    """

    curves: dict[str, pd.DataFrame]
    gains: dict[str, Interval]


def _sweep_files(first: Run, second: Run, set_name: str) -> list[Path]:
    suffixes = (".csv", ".jsonl", ".json")
    return [
        result_path(run, "robustness", set_name, suffix) for run in (first, second) for suffix in suffixes
    ]


@kept_until_changed(_sweep_files, most=32, spinner="Resampling the frames…")
def weather_scores(first: Run, second: Run, set_name: str) -> WeatherScores:
    """Read the sweeps of two runs on one set.

    Raises:
        InputError: a sweep is malformed.
    """
    curves, counts, seeds = {}, [], set()
    for run in (first, second):
        sweep = read_sweep(run, set_name)
        counts.append(sweep.per_frame)
        seeds.add(sweep.provenance and sweep.provenance.seed)
        curves[run.name] = _with_intervals(sweep.table[["effect", "severity", "miou"]], sweep.per_frame)
    gains = {}
    if len(seeds) == 1:
        for effect in dict.fromkeys(key[0] for key in counts[0] if key[0] is not None):
            pairs = [
                (counts[0][key], counts[1][key]) for key in counts[0] if key[0] == effect and key in counts[1]
            ]
            try:
                gains[effect] = bootstrap_mean_difference(pairs, repeats=_REPEATS)
            except InputError:
                continue
    return WeatherScores(curves, gains)


def _with_intervals(table: pd.DataFrame, counts: dict) -> pd.DataFrame:
    intervals = {key: bootstrap_interval(entries, repeats=_REPEATS) for key, entries in counts.items()}
    bounds = []
    for row in table.itertuples():
        interval = intervals.get((None if row.severity == CLEAN else row.effect, row.severity))
        bounds.append((interval.low, interval.high) if interval else (float("nan"), float("nan")))
    return table.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])
