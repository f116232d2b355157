"""The two runs of a report, and what several of its sections ask about them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TypeVar

import pandas as pd

from segcore.errors import InputError
from segcore.reports.html.shell import Chart
from segcore.reports.tables import conditions
from segcore.runs.evaluation import Evaluation, Provenance
from segcore.runs.history import read_history
from segcore.runs.results import is_stale
from segcore.runs.run import Run

Found = TypeVar("Found")

Parts = Iterator[str | Chart]


@dataclass(frozen=True)
class ReportedRun:
    """One of the two runs: its letter, A or B, and its scores on the report's set."""

    letter: str
    run: Run
    scores: Evaluation

    @property
    def name(self) -> str:
        return f"{self.letter}: {self.run.name}"


def measured_on(records: Sequence[Provenance | None]) -> str:
    """Return what A and B were measured on; once if it is the same for both."""
    texts = [conditions(record) if record else "not recorded" for record in records]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"{letter}: {text}" for letter, text in zip("AB", texts, strict=True))


def warn_of_stale(sides: Sequence[ReportedRun], records: Sequence[Provenance | None]) -> Parts:
    """Name each run whose scores are of other weights, or other sizes of its input, than it has now."""
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
    """Return what ``read`` gives, or the sentence in which it says why it cannot."""
    try:
        return read()
    except InputError as error:
        return str(error)
