"""The two runs of a report, and functions that several of its sections use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TypeVar

import pandas as pd

from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from segcore.reports.html.shell import Chart
from segcore.reports.tables import conditions, frames_in_words, settings_in_words
from segcore.runs.evaluation import Evaluation, Provenance
from segcore.runs.history import read_history
from segcore.runs.results import is_stale, read_robustness, robustness_sets
from segcore.runs.run import Run
from segcore.scoring.robustness import read_provenance

Found = TypeVar("Found")

Parts = Iterator[str | Chart]


@dataclass(frozen=True)
class ReportedRun:
    """One of the two runs and its scores on the report's set."""

    run: Run
    scores: Evaluation

    @property
    def name(self) -> str:
        return self.run.name


@dataclass(frozen=True, eq=False)
class Sweeps:
    """Scores of both runs under weather, and how they were measured (None if not stored)."""

    tables: tuple[pd.DataFrame, ...]
    records: tuple[Provenance | None, ...]


def sweeps_on_the_same_data(sides: Sequence[ReportedRun]) -> Sweeps | None:
    """Return the scores under weather of both runs on the report's data, or None if there are none.

    A sweep with the name of the report's set has the same data, unless its record says otherwise; for a sweep with
    another name the record must say so.
    """
    shared = set.intersection(*(set(robustness_sets(side.run)) for side in sides))
    about = sides[0].scores.provenance
    for set_name in sorted(shared, key=lambda name: (name != about.set_name, name)):
        records = tuple(read_provenance(side.run, set_name) for side in sides)
        if not all(_is_on(about, record, same_name=set_name == about.set_name) for record in records):
            continue
        tables = [attempt(partial(read_robustness, side.run, set_name)) for side in sides]
        read = tuple(table for table in tables if isinstance(table, pd.DataFrame))
        if len(read) == len(sides) and set.intersection(*(set(table["effect"]) for table in read)) & set(
            EFFECTS
        ):
            return Sweeps(read, records)
    return None


def _is_on(about: Provenance, record: Provenance | None, *, same_name: bool) -> bool:
    if record is None or record.data is None or about.data is None:
        return same_name
    return (record.data, record.split) == (about.data, about.split)


def measured_on(sides: Sequence[ReportedRun], records: Sequence[Provenance | None]) -> str:
    """Return the conditions of the measurement of both runs; what is the same for both only once."""
    known = [record for record in records if record is not None]
    frames = {frames_in_words(record) for record in known}
    if len(known) == len(records) and len(frames) == 1 and len(set(map(settings_in_words, known))) > 1:
        seen = (settings_in_words(record) or "seen by the model as they are" for record in known)
        each = "; ".join(f"{side.name}: {text}" for side, text in zip(sides, seen, strict=True))
        return f"{frames.pop()}. {each}"
    texts = [conditions(record) if record else "not recorded" for record in records]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"{side.name}: {text}" for side, text in zip(sides, texts, strict=True))


def names_of(sides: Sequence[ReportedRun]) -> tuple[str, ...]:
    """Return the names of the runs, for headers of tables."""
    return tuple(side.name for side in sides)


def warn_of_stale(sides: Sequence[ReportedRun], records: Sequence[Provenance | None]) -> Parts:
    """Yield a warning for each run whose scores were measured with other weights or input sizes than it has now."""
    for side, record in zip(sides, records, strict=True):
        if is_stale(side.run, record):
            yield (
                f'<p class="warning">{escape(side.name)} was measured with other weights or at other sizes than '
                "it has now.</p>"
            )


def readable_history(run: Run) -> pd.DataFrame | None:
    """Return the curves of a run, or None if they cannot be read."""
    found = attempt(partial(read_history, run))
    return None if isinstance(found, str) else found


def attempt(read: Callable[[], Found]) -> Found | str:
    """Return the result of ``read``, or the sentence of its InputError."""
    try:
        return read()
    except InputError as error:
        return str(error)
