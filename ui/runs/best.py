"""Which runs come first where nobody has chosen any: one order for all pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.reports.tables import ranked_by
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import evaluation_sets
from segcore.runs.run import Run
from segcore.runs.sets import DEMO_SET, IsOf, are_of, are_of_some
from segcore.scoring.robustness import read_provenance
from ui.runs.cached import evaluation_of, frame_names_of, sweep_names_of
from ui.runs.fingerprint import fingerprint_of
from ui.runs.listing import sets_of

NEAR = 0.01
"""Mean IoU by which a twin in 8 bits has to be ahead of its own network to come before it."""

_TWIN = ", in 8 bits"


def is_of(run: Run, set_name: str, frames: Sequence[Frame]) -> bool | None:
    """Tell whether the scores of a run are of just these frames, or None where there are none to tell by.

    As ``segcore.runs.sets.is_of``, from what is kept of files that were read before.
    """
    try:
        scores = evaluation_of(run, set_name)
        if scores is None:
            return None
        # Most sets differ in this, and which frames they hold takes reading all of the file.
        made = scores.provenance
        if made.frames + len(made.left_out) != len(frames):
            return False
        scored = frame_names_of(run, set_name)
    except InputError:
        return None
    return are_of(made, scored, frames, fingerprint=fingerprint_of) if scored else None


def is_sweep_of(run: Run, set_name: str, frames: Sequence[Frame]) -> bool | None:
    """Tell whether scores under weather are of these frames or of a sample of them; None if that is not recorded."""
    made = read_provenance(run, set_name)
    scored = sweep_names_of(run, set_name) if made else ()
    return are_of_some(made, scored, frames, fingerprint=fingerprint_of) if made and scored else None


def set_on(
    runs: Sequence[Run],
    frames: Iterable[Frame],
    *,
    stored: Callable[[Run], Sequence[str]] = evaluation_sets,
    is_of: IsOf = is_of,
) -> str | None:
    """Return the name under which runs keep scores of just these frames, None where none has any.

    Args:
        runs: whose scores are looked through.
        frames: those in use; the ones without ground truth do not count.
        stored: gives the names of a run's sets of scores, and
        is_of: whether those under a name are of frames; evaluations by default.
    """
    wanted = annotated(frames)
    names = sets_of(runs, stored) if wanted else ()
    return next((name for name in names for run in runs if is_of(run, name, wanted)), None)


def scores_of(runs: Sequence[Run], set_name: str | None) -> dict[str, Evaluation]:
    """Return run name to evaluation, without what is not there or cannot be read, which the Evaluation page names."""
    found = {}
    for run in runs if set_name is not None else ():
        try:
            scores = evaluation_of(run, set_name)
        except InputError:
            continue
        if scores is not None:
            found[run.name] = scores
    return found


def scores_on(runs: Sequence[Run], frames: Iterable[Frame]) -> tuple[str | None, dict[str, Evaluation]]:
    """Return the name under which runs keep scores of just these frames, and those scores by run name."""
    frames = tuple(frames)
    name = set_on(runs, frames)
    wanted = annotated(frames)
    found = scores_of([run for run in runs if name is not None and is_of(run, name, wanted)], name)
    return name, found


def best_first(runs: Sequence[Run], frames: Iterable[Frame] = ()) -> list[Run]:
    """Return the runs, those first that are worth a look before anybody has chosen.

    What predicts any picture comes before stored masks, and these before scores alone. Among equals the best score on
    ``frames`` comes first, or on the demo city where nobody was scored on them; without scores the name decides. Of a
    network and its twin in 8 bits one stands at its place, the network itself unless the twin is clearly better, and
    the other behind all other networks, so that the first two are two different ones.
    """
    scores = scores_on(runs, frames)[1] or scores_of(runs, DEMO_SET)
    rank = ranked_by(scores)
    values = {name: getattr(found, rank) or 0.0 for name, found in scores.items()}
    ordered = sorted(runs, key=lambda run: (_usable_last(run), -_fair(run, values), _is_twin(run), run.name))
    first: dict[str, Run] = {}
    for run in ordered:
        first.setdefault(_network(run), run)
    return sorted(ordered, key=lambda run: (_usable_last(run), first[_network(run)] is not run))


def annotated(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """Return the frames that have ground truth, which alone are scored."""
    return tuple(frame for frame in frames if frame.truth_path is not None)


def _usable_last(run: Run) -> tuple[bool, bool]:
    return not run.has_network, not run.can_predict


def _fair(run: Run, values: Mapping[str, float]) -> float:
    """Return the score of a run, -1 without one, and of a twin that is only a little ahead that of its network."""
    value, of_network = values.get(run.name, -1.0), values.get(_network(run), -1.0)
    return of_network if 0 <= value - of_network <= NEAR else value


def _is_twin(run: Run) -> bool:
    return _network(run) != run.name


def _network(run: Run) -> str:
    """Return the name of the run that this one is a copy of in 8 bits, else its own."""
    source = getattr(run.record, "source", None) or ""
    return source.removesuffix(_TWIN) if source.endswith(_TWIN) else run.name
