"""What lies in ``weights/`` belongs together: scores to weights, best epoch to curve, cards to both."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from segcore.reports.model_card import model_card
from segcore.reports.run_history import run_history
from segcore.reports.score_tables import AUGMENTATION_MARKS, SCORE_MARKS, overview, with_tables
from segcore.runs.history import read_history
from segcore.runs.results import evaluation_sets, is_stale, read_evaluation, robustness_sets, write_evaluation
from segcore.runs.run import check_weights, list_runs
from segcore.scoring.robustness import read_provenance, read_sweep, save
from segcore.system.files import write_json

WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
FOUND = list_runs(WEIGHTS)
TRAINED_HERE = [run for run in FOUND.runs if run.kind == "network"]


def test_both_runs_are_there_and_none_is_broken():
    assert {"unet_xception", "mobilenet_segnet"} <= {run.name for run in FOUND.runs}
    assert FOUND.broken == ()


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_scores_belong_to_the_weights(run):
    check_weights(run)
    assert evaluation_sets(run)
    for name in evaluation_sets(run):
        scores = read_evaluation(run, name)
        assert _is_of(run, scores.provenance) and not is_stale(run, scores.provenance), name
    assert robustness_sets(run)
    for name in robustness_sets(run):
        provenance = read_provenance(run, name)
        assert _is_of(run, provenance) and not is_stale(run, provenance), name


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_what_is_stored_is_written_again_as_it_was(run, tmp_path):
    copy = replace(run, path=tmp_path)
    for name in evaluation_sets(run):
        path = write_evaluation(copy, read_evaluation(run, name))
        assert path.read_bytes() == (run.path / "evaluation" / path.name).read_bytes()
    for name in robustness_sets(run):
        stored = read_sweep(run, name)
        path = save(copy, stored)
        pd.testing.assert_frame_equal(read_sweep(copy, name).table, stored.table, check_exact=True)
        for ending in (".json", ".jsonl"):
            again, before = (
                _contents((folder / path.name).with_suffix(ending))
                for folder in (path.parent, run.path / "robustness")
            )
            assert again == before


def _contents(path):
    # Earlier versions wrote the keys in another order, and no checksums of the files beside it.
    text = path.read_text(encoding="utf-8")
    objects = [json.loads(part) for part in (text.splitlines() if path.suffix == ".jsonl" else [text])]
    new = ("table_sha256", "counts_sha256")
    return [{key: value for key, value in each.items() if key not in new} for each in objects]


def _is_of(run, made):
    # A run that keeps no weights has nothing to compare; its scores name those that they were measured with.
    return made.weights_sha256 == run.weights_sha256 or (run.weights_sha256 is None and made.weights_sha256)


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_the_record_is_written_as_it_was_read(run, tmp_path):
    write_json(tmp_path / "run.json", run.record.to_json())
    assert (tmp_path / "run.json").read_bytes() == (run.path / "run.json").read_bytes()


@pytest.mark.parametrize("run", TRAINED_HERE, ids=lambda run: run.name)
def test_the_best_epoch_is_that_of_the_curve_and_scores_the_same_again(run):
    history = read_history(run)
    assert len(history) == run.record.epochs
    best = history.loc[history["val_mean_iou"].idxmax()]
    assert best["epoch"] == run.record.best_epoch
    scores = read_evaluation(run, "val")
    # The curve is of one view, scored in the size of that view, and of one training; the run may have several views, be
    # the mean of several and sharpen, and is scored at the frames' own size. Each of these is worth a point or so.
    is_same = scores.provenance.views == (scores.provenance.frame_size,)
    assert scores.miou == pytest.approx(best["val_mean_iou"], abs=1e-3 if is_same else 0.04)


@pytest.mark.parametrize("run", FOUND.runs, ids=lambda run: run.name)
def test_the_card_says_what_the_folder_holds(run):
    assert (run.path / "README.md").read_text(encoding="utf-8") == model_card(run)
    assert model_card(run).count("\n") <= 100, "a card is read to its end"


@pytest.mark.parametrize("run", TRAINED_HERE, ids=lambda run: run.name)
def test_the_history_says_what_the_record_holds(run):
    assert (run.path / "HISTORY.md").read_text(encoding="utf-8") == run_history(run)


def test_the_overview_says_what_the_folders_hold():
    assert (WEIGHTS / "README.md").read_text(encoding="utf-8") == overview(FOUND.runs)


@pytest.mark.parametrize(
    ("name", "marks"), [("README.md", SCORE_MARKS), ("docs/experiments.md", AUGMENTATION_MARKS)]
)
def test_tables_between_marks_say_what_the_folders_hold(name, marks):
    text = (WEIGHTS.parent / name).read_text(encoding="utf-8")
    assert all(text.count(mark) == 1 for mark in marks)
    assert text == with_tables(text, FOUND.runs)
