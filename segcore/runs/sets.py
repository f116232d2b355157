"""Which runs keep scores of which frames, and under which name: only scores of the same frames can be compared."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, count

from segcore.errors import InputError
from segcore.frames.demo import DEMO_NAME
from segcore.frames.fingerprint import files_sha256
from segcore.frames.frame import Frame
from segcore.runs.checks import plain_name
from segcore.runs.evaluation import Provenance
from segcore.runs.results import evaluation_sets, read_evaluation
from segcore.runs.run import Run

DEMO_SET = "demo"
"""Name under which the shipped runs keep their scores of the demo city."""

IsOf = Callable[[Run, str, Sequence[Frame]], bool | None]
"""Whether the scores of a run under a name are of just these frames; None where there are none to tell by."""


def is_of(run: Run, set_name: str, frames: Sequence[Frame]) -> bool | None:
    """Return whether the scores of a run under a name are of just these frames, None without scores of frames."""
    try:
        scores = read_evaluation(run, set_name)
    except InputError:
        return None
    if scores is None or not scores.per_frame:
        return None
    return are_of(scores.provenance, {entry.frame for entry in scores.per_frame}, frames)


def are_of(
    made: Provenance,
    scored: Collection[str],
    frames: Sequence[Frame],
    *,
    fingerprint: Callable[[Sequence[Frame]], str] = files_sha256,
) -> bool:
    """Return whether scores are of just these frames of these data.

    Scores of earlier versions have no fingerprint of the files: names of data and split tell, and remarks in
    parentheses after the name of the data do not count.

    Args:
        made: how the scores were measured.
        scored: names of the frames that were scored.
        frames: at least one, of one split.
        fingerprint: a substitute for ``files_sha256``, such as one that keeps its results.
    """
    if {*scored, *made.left_out} != {frame.frame_id for frame in frames}:
        return False
    if made.files_sha256:
        return made.files_sha256 == fingerprint(frames)
    data = frames[0].data
    is_same = not (made.data and data) or _without_remark(made.data) == _without_remark(data)
    return is_same and made.split == frames[0].split


def are_of_some(
    made: Provenance,
    scored: Collection[str],
    frames: Sequence[Frame],
    *,
    fingerprint: Callable[[Sequence[Frame]], str] = files_sha256,
) -> bool:
    """Return whether scores are of these frames or of a sample of them; arguments as of `are_of`."""
    names = {*scored, *made.left_out}
    sample = tuple(frame for frame in frames if frame.frame_id in names)
    return bool(sample) and are_of(made, scored, sample, fingerprint=fingerprint)


def runs_with_other_frames(
    set_name: str, frames: Sequence[Frame], runs: Iterable[Run], *, is_of: IsOf = is_of
) -> Iterator[Run]:
    """Yield the runs that keep scores of other frames than these under the name of a set."""
    return (run for run in runs if is_of(run, set_name, frames) is False)


def set_for(frames: Sequence[Frame], runs: Sequence[Run], *, is_of: IsOf = is_of) -> str:
    """Return a name for scores of these frames.

    It is the one under which a run keeps scores of them, or else the first of ``names_for`` that has no scores of
    other frames.
    """
    for run in runs:
        for name in evaluation_sets(run):
            if is_of(run, name, frames):
                return name
    names = names_for(frames)
    return next(name for name in names if not any(runs_with_other_frames(name, frames, runs, is_of=is_of)))


def names_for(frames: Sequence[Frame]) -> Iterator[str]:
    """Yield names for scores of these frames: of data and split, with the number of frames, and numbered."""
    data, split = frames[0].data, frames[0].split
    usual = plain_name(data, split)
    if data == DEMO_NAME:
        usual = DEMO_SET if split == "val" else f"{DEMO_SET}_{split}"
    counted = f"{usual}_{len(frames)}"
    return chain((usual, counted), (f"{counted}_{number}" for number in count(2)))


def _without_remark(name: str) -> str:
    return name.partition(" (")[0]
