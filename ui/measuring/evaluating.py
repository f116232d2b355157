"""Evaluations in the background, for every page that offers to score runs."""

from collections.abc import Callable, Sequence

from segcore.frames.frame import Frame
from segcore.runs.results import result_path, write_evaluation
from segcore.runs.run import Run
from segcore.scoring.evaluation import evaluate
from segcore.system.files import check_writable, not_writable
from ui.measuring.jobs import Batch, ask
from ui.measuring.kinds import EVALUATION
from ui.measuring.visitor import visitor
from ui.runs.jobs import jobs
from ui.runs.predictors import predictor_of
from ui.shell.page import percent
from ui.shell.public import refuse_on_public_server

TO_SCORE = "to score runs"
"""What for, as ``ui.shell.public`` says it."""

_REMEDY = "make the folder writable, or set SEGCOMPARE_RUNS to a writable copy of the runs"


def start_evaluations(
    chosen: Sequence[Run],
    frames: Sequence[Frame],
    set_name: str,
    data_name: str,
    skip_unusable: bool = False,
) -> None:
    """Score runs in the background, one after the other, and keep the scores with them.

    Args:
        chosen: the runs.
        frames: with ground truth.
        set_name: name under which the scores are kept; what is there is replaced.
        data_name: what the scores call the data.
        skip_unusable: leave out frames that cannot be scored.
    """
    keys = {run.name: (EVALUATION.name, str(run.path), set_name) for run in chosen}
    for run in chosen:
        jobs().start(
            keys[run.name],
            f"{run.name} as {set_name}",
            _work(run, frames, set_name, data_name, skip_unusable),
            visitor=visitor(),
        )
    ask(EVALUATION, Batch(tuple(keys.values()), set_name, tuple(keys)))


def _work(
    run: Run, frames: Sequence[Frame], set_name: str, data_name: str, skip_unusable: bool
) -> Callable[[Callable[[int, int], None]], str]:
    return lambda report: _evaluate(run, frames, set_name, data_name, skip_unusable, report)


def _evaluate(
    run: Run,
    frames: Sequence[Frame],
    set_name: str,
    data_name: str,
    skip_unusable: bool,
    report: Callable[[int, int], None],
) -> str:
    # Before the work and not after it.
    refuse_on_public_server(TO_SCORE)
    path = result_path(run, "evaluation", set_name, ".json")
    check_writable(path, remedy=_REMEDY)
    scores = evaluate(
        run,
        frames,
        set_name=set_name,
        data_name=data_name,
        predictor=predictor_of(run),
        skip_unusable=skip_unusable,
        progress=report,
    )
    try:
        write_evaluation(run, scores)
    except OSError as error:
        raise not_writable(path, error, remedy=_REMEDY) from error
    return f"mean IoU {percent(scores.miou)} on {scores.provenance.frames_in_words}."
