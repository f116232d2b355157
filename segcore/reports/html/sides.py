"""The two runs of a report, and what several of its sections ask about them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import pandas as pd

from segcore.errors import InputError
from segcore.reports.html.shell import Chart
from segcore.reports.tables import conditions
from segcore.runs.history import read_history
from segcore.runs.results import is_outdated
from segcore.runs.run import Run

Parts = Iterator[str | Chart]


@dataclass(frozen=True)
class Side:
    """One of the two runs: its letter, A or B, and its scores on the report's set."""

    letter: str
    run: Run
    scores: Mapping

    @property
    def name(self) -> str:
        return f"{self.letter}: {self.run.name}"


def measured_on(records: Sequence[Mapping]) -> str:
    """Return what A and B were measured on; once if it is the same for both. An empty record tells nothing."""
    texts = [conditions(record) if record else "not recorded" for record in records]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"{letter}: {text}" for letter, text in zip("AB", texts, strict=True))


def warn_of_outdated(sides: Sequence[Side], records: Sequence[Mapping]) -> Parts:
    """Name each run whose record is of other weights, or other sizes of its input, than it has now."""
    for side, record in zip(sides, records, strict=True):
        if is_outdated(side.run, record):
            yield (
                f'<p class="warning">{escape(side.name)} was measured with other weights or at other sizes than '
                "it has now.</p>"
            )


def scores_of_both(sides: Sequence[Side], key: str) -> list[float | None]:
    """Return one score of each side, None where it has none."""
    return [side.scores.get(key) for side in sides]


def history_of(run: Run) -> pd.DataFrame | None:
    """Return the curves of a run, or None if they cannot be read."""
    found = attempt(partial(read_history, run))
    return None if isinstance(found, str) else found


def attempt(read: Callable) -> object:
    """Return what ``read`` gives, or the sentence in which it says why it cannot."""
    try:
        return read()
    except InputError as error:
        return str(error)
