"""Which runs keep scores of which frames, and under which name: only scores of the same frames can be compared."""

from collections.abc import Iterable, Iterator, Sequence

from segcore.errors import InputError
from segcore.runs.checks import plain_name
from segcore.runs.results import evaluation_sets, read_evaluation
from segcore.runs.run import Run


def scored_frames(run: Run, set_name: str) -> frozenset[str]:
    """Return the names of the frames that a run was scored on; none where there are no scores of single frames."""
    try:
        scores = read_evaluation(run, set_name)
    except InputError:
        return frozenset()
    return frozenset(entry.frame for entry in scores.per_frame) if scores else frozenset()


def runs_with_other_frames(set_name: str, frames: Iterable[str], runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the runs that keep scores of other frames than these under the name of a set."""
    wanted = frozenset(frames)
    return (run for run in runs if scored_frames(run, set_name) not in (frozenset(), wanted))


def set_for(frames: Sequence[str], runs: Sequence[Run], *, data: str, split: str) -> str:
    """Return a name for scores of these frames.

    It is the one under which a run keeps scores of them, or else one of data and split, with the number of frames where
    that name has scores of other frames.
    """
    wanted = frozenset(frames)
    for run in runs:
        for name in evaluation_sets(run):
            if scored_frames(run, name) == wanted:
                return name
    usual = plain_name(data, split)
    return f"{usual}_{len(wanted)}" if any(runs_with_other_frames(usual, wanted, runs)) else usual
