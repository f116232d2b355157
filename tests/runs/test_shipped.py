"""What lies in ``weights/`` belongs together: scores to weights, best epoch to curve, cards to both."""

from pathlib import Path

import pytest

from segcore.reports.model_card import model_card, overview, with_scores
from segcore.runs.history import read_history
from segcore.runs.results import evaluation_sets, is_outdated, read_evaluation, robustness_sets, sizes_seen
from segcore.runs.run import check_weights, list_runs
from segcore.scoring.robustness import read_provenance

WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
FOUND = list_runs(WEIGHTS)


def test_both_runs_are_there_and_none_is_broken():
    assert {"unet_xception", "mobilenet_segnet"} <= {run.name for run in FOUND.runs}
    assert FOUND.broken == ()


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_scores_belong_to_the_weights(run):
    check_weights(run)
    assert evaluation_sets(run)
    for name in evaluation_sets(run):
        scores = read_evaluation(run, name)
        assert _is_of(run, scores) and not is_outdated(run, scores), name
    assert robustness_sets(run)
    for name in robustness_sets(run):
        provenance = read_provenance(run, name)
        assert _is_of(run, provenance) and not is_outdated(run, provenance), name


def _is_of(run, scores):
    # A run that keeps no weights has nothing to compare; its scores name those that they were measured with.
    return scores["weights_sha256"] == run.weights_sha256 or (
        run.weights_sha256 is None and scores["weights_sha256"]
    )


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_the_best_epoch_is_that_of_the_curve_and_scores_the_same_again(run):
    history = read_history(run)
    assert len(history) == run.record["epochs"]
    best = history.loc[history["val_mean_iou"].idxmax()]
    assert best["epoch"] == run.record["best_epoch"]
    scores = read_evaluation(run, "val")
    # The curve is of one look, scored in the size of that look, and of one training; the run may look in several, be
    # the mean of several and sharpen, and is scored at the frames' own size. Each of these is worth a point or so.
    is_same = sizes_seen(scores) == [scores["frame_size"]]
    assert scores["miou"] == pytest.approx(best["val_mean_iou"], abs=1e-3 if is_same else 0.04)


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_the_card_says_what_the_folder_holds(run):
    assert (run.path / "README.md").read_text(encoding="utf-8") == model_card(run)


def test_the_overview_says_what_the_folders_hold():
    assert (WEIGHTS / "README.md").read_text(encoding="utf-8") == overview(FOUND.runs)


def test_the_readme_says_what_the_folders_hold():
    readme = (WEIGHTS.parent / "README.md").read_text(encoding="utf-8")
    assert readme == with_scores(readme, FOUND.runs)
