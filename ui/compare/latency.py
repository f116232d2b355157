"""Compare: how long the networks take, as stored with their scores, or measured here when that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from segcore.errors import InputError
from segcore.runs.evaluation import CallTime
from segcore.runs.results import is_stale
from segcore.runs.run import Run
from ui.compare.result import Side
from ui.runs.cached import evaluation_of
from ui.runs.listing import sets_of
from ui.runs.predictors import Latency, latency


@dataclass(frozen=True)
class StoredLatency:
    """The median that an evaluation keeps, and the set that it was measured on."""

    set_name: str
    time: CallTime

    def __str__(self) -> str:
        return f"{self.time.median:.0f} ms, stored"


def stored_latency(run: Run, others: Sequence[Run]) -> StoredLatency | None:
    """Return the latency that is stored with scores of a run, None where there is none of its network as it is now.

    Where there are several, it is that of the set that most of the ``others`` were scored on too.
    """
    for set_name in sets_of((run, *others)) if run.has_network else ():
        try:
            scores = evaluation_of(run, set_name)
        except InputError:
            # The Evaluation page names it.
            continue
        time = scores and scores.latency
        if time and time.median is not None and not is_stale(run, scores.provenance):
            return StoredLatency(set_name, time)
    return None


def measured_latency(side: Side) -> Latency | None:
    """Return the median time of the run's network call on this frame, None for stored masks."""
    return latency(side.run, side.image) if side.run.has_network else None
