"""The report on two runs: description, scores on one set, scores by class, and method."""

from datetime import UTC, datetime
from functools import partial
from html import escape

import segcore
from segcore.errors import InputError
from segcore.reports.html.calibration import calibration
from segcore.reports.html.decision import decision
from segcore.reports.html.pictures import FramesAtHand, pictured_frames
from segcore.reports.html.scores import class_scores, confusion_matrices, differing_frames, headline
from segcore.reports.html.shell import Chart, document
from segcore.reports.html.sides import ReportedRun
from segcore.reports.html.training import the_two_runs, training_curves
from segcore.reports.html.weather import under_weather
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import evaluation_sets, read_evaluation
from segcore.runs.run import Run
from segcore.scoring.bootstrap import RATHER_WIDER


def pair_report(run_a: Run, run_b: Run, set_name: str, *, at_hand: FramesAtHand | None = None) -> str:
    """Return a self-contained HTML document about two runs that were evaluated on the same set.

    Args:
        run_a, run_b: the runs.
        set_name: name of the set.
        at_hand: access to the frames, for pictures of some; by default the report has no pictures.

    Raises:
        InputError: the runs are the same, or one has no scores on the set, or its scores are damaged.
    """
    if run_a.path == run_b.path:
        raise InputError(f"Both runs are {run_a.name!r}; choose two different runs for a report.")
    sides = tuple(ReportedRun(run, _scores(run, set_name)) for run in (run_a, run_b))
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    first, second = escape(run_a.name), escape(run_b.name)
    parts: list[str | Chart] = [
        *decision(*sides),
        f'<p class="quiet">SegCompare {escape(segcore.__version__)}, {made}, set {escape(set_name)}. Differences are '
        f"{first} minus {second}: above 0, {first} is better.</p>",
    ]
    for section in (
        headline,
        class_scores,
        differing_frames,
        partial(pictured_frames, at_hand=at_hand),
        confusion_matrices,
        calibration,
        under_weather,
        the_two_runs,
        training_curves,
    ):
        parts += section(*sides)
    return document(f"{run_a.name} against {run_b.name}", [*parts, _METHOD])


def _scores(run: Run, set_name: str) -> Evaluation:
    scores = read_evaluation(run, set_name)
    if scores is None:
        known = ", ".join(evaluation_sets(run)) or "none"
        raise InputError(
            f"Run {run.name!r} has no scores on {set_name!r}, only on: {known}; choose one of these or evaluate it."
        )
    return scores


_METHOD = f"""<h2>How this was measured</h2>
<ul>
<li>Definitions are those of cityscapesScripts, the evaluation code of the Cityscapes benchmark. One confusion matrix
counts all pixels of all frames of the set at their own size; scores are computed from it, not averaged over
frames.</li>
<li>IoU of a class is TP / (TP + FP + FN). Pixels whose true label is void are left out; void predicted on any other
pixel is an error. A class in neither truth nor prediction has no score and is not in the mean.</li>
<li>A category is right if any of its classes is predicted: a car that is predicted as truck is right as
vehicle.</li>
<li>Intervals: the frames are drawn 2,000 times with replacement, with the same draws for both runs; the interval
contains the middle 95 % of the scores. {RATHER_WIDER} The
intervals of single classes are not corrected for multiple comparisons.</li>
<li>If a model was chosen by its validation score, its scores on the same set are slightly too high.</li>
</ul>"""
