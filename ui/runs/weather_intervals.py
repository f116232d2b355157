"""Two runs under the same weather: their curves with intervals over frames, and where one keeps ahead."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.runs.results import read_robustness
from segcore.runs.run import Run
from segcore.scoring.bootstrap import Interval, bootstrap_interval, bootstrap_mean_difference
from segcore.scoring.robustness import CLEAN, read_per_frame, read_provenance
from segcore.system.files import file_version

_REPEATS = 500


@dataclass(frozen=True, eq=False)
class Weather:
    """What two runs score under effects.

    Attributes:
        curves: run name to ``effect``, ``severity``, ``miou``, and ``low`` and ``high`` of its 95 % interval over
            frames, 0..1, NaN where single frames were not kept.
        gains: effect to the difference of the mean IoU, the first run's less the second's, as the mean over the
            severities that both were measured at; empty where single frames were not kept or differ.
    """

    curves: dict[str, pd.DataFrame]
    gains: dict[str, Interval]


def differences_in_words(
    differences: Mapping[str, Interval], *, better: str, worse: str, nothing: str
) -> str:
    """Say for what differences lie above 0, for what below, and for what the frames do not tell.

    Args:
        differences: by what they are of; NaN is left out.
        better, worse: how the two parts begin, such as "A is ahead under".
        nothing: what a part says where it has none, such as "no weather".
    """
    named: dict[int, list[str]] = {1: [], 0: [], -1: []}
    for name, difference in differences.items():
        if not pd.isna(difference.value):
            named[difference.verdict].append(f"{name} {100 * difference.value:+.1f}")
    above, unclear, below = (", ".join(names) for names in named.values())
    rest = f" The frames do not tell for {unclear}." if unclear else ""
    return f"{better} {above or nothing}; {worse} {below or nothing} (points).{rest}"


def weather(first: Run, second: Run, set_name: str) -> Weather:
    """Read the sweeps of two runs on one set.

    Raises:
        InputError: a sweep is malformed.
    """
    versions = tuple(
        file_version(run.path / "robustness" / f"{set_name}.{ending}")
        for run in (first, second)
        for ending in ("csv", "jsonl", "json")
    )
    return _weather(str(first.path), str(second.path), set_name, versions, first, second)


@st.cache_resource(max_entries=32, show_spinner="Resampling the frames…")
def _weather(
    first_path: str, second_path: str, set_name: str, versions: tuple, _first: Run, _second: Run
) -> Weather:
    curves, counts = {}, []
    for run in (_first, _second):
        table = read_robustness(run, set_name)
        counts.append(read_per_frame(run, set_name))
        curves[run.name] = _with_intervals(table[["effect", "severity", "miou"]], counts[-1])
    gains = {}
    if _seed(_first, set_name) == _seed(_second, set_name):
        for effect in dict.fromkeys(key[0] for key in counts[0] if key[0] is not None):
            pairs = [
                (counts[0][key], counts[1][key]) for key in counts[0] if key[0] == effect and key in counts[1]
            ]
            try:
                gains[effect] = bootstrap_mean_difference(pairs, repeats=_REPEATS)
            except InputError:
                continue
    return Weather(curves, gains)


def _seed(run: Run, set_name: str) -> object:
    return read_provenance(run, set_name).get("seed")


def _with_intervals(table: pd.DataFrame, counts: dict) -> pd.DataFrame:
    intervals = {key: bootstrap_interval(entries, repeats=_REPEATS) for key, entries in counts.items()}
    bounds = []
    for row in table.itertuples():
        interval = intervals.get((None if row.severity == CLEAN else row.effect, row.severity))
        bounds.append((interval.low, interval.high) if interval else (float("nan"), float("nan")))
    return table.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])
