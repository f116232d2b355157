"""Augmentation against none, in one row: every cell is what the folders of the two runs hold."""

import json
import re

import pandas as pd
import pytest
from makers import make_run, read_scores, write_scores

from segcore.reports.augmentation_answer import augmentation_table
from segcore.reports.score_tables import AUGMENTATION_MARKS, with_tables
from segcore.runs.evaluation import FrameCounts, Provenance
from segcore.runs.history import write_history
from segcore.runs.run import find_run, list_runs
from segcore.scoring.robustness import Sweep, save

FRAMES = tuple(f"ulm_{index:06}_000019" for index in range(6))


@pytest.fixture
def pair(tmp_path):
    make_run(tmp_path, "alpha", skill=0.8, seed=1)
    make_run(tmp_path, "alpha_noaug", skill=0.6, seed=1)
    for name, trained in (("alpha", 0.50), ("alpha_noaug", 0.70)):
        path = tmp_path / name
        curves = {"epoch": [1, 2], "mean_iou": [0.1, trained], "val_mean_iou": [0.2, 0.45]}
        write_history(path / "history.csv", pd.DataFrame(curves))
        record = json.loads((path / "run.json").read_text())
        (path / "run.json").write_text(json.dumps(record | {"best_epoch": 2}))
    return tmp_path


def store_sweep(run, shares, *, seed=0, weights_sha256=None):
    """Store a sweep of one class, six frames of a thousand pixels, ``shares`` of them right at (effect, severity)."""
    hits = {key: round(1000 * share) for key, share in shares.items()}
    per_frame = {
        key: [FrameCounts(frame, [right], [0], [1000 - right]) for frame in FRAMES]
        for key, right in hits.items()
    }
    rows = [
        {"effect": effect or "rain", "severity": level, "miou": share}
        for (effect, level), share in shares.items()
    ]
    made = Provenance(
        set_name="val",
        data=None,
        split="val",
        frames=len(FRAMES),
        seed=seed,
        weights_sha256=weights_sha256,
    )
    save(run, Sweep(pd.DataFrame(rows), made, per_frame))


def cells(root):
    rows = augmentation_table(list_runs(root).runs).splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_scores_gaps_and_intervals_stand_in_a_row(pair):
    (row,) = cells(pair)
    runs = list_runs(pair).runs
    scores = [read_scores(run, "val")["miou"] for run in runs]
    assert row[0].startswith("`alpha`, ")
    assert row[1:3] == [f"{100 * score:.1f} %" for score in scores]
    value, low, high = map(float, re.findall(r"[+-]\d+\.\d", row[3]))
    assert value == pytest.approx(100 * (scores[0] - scores[1]), abs=0.051)
    assert 0 < low <= value <= high
    assert row[4:6] == ["+5.0", "+25.0"]
    better, worse = map(int, row[6].split(", "))
    assert better > worse
    assert row[7] == "not measured"


def test_weather_is_the_mean_over_effects_and_severities_without_the_clean_frames(pair):
    with_it, without = list_runs(pair).runs
    store_sweep(with_it, {(None, 0): 0.2, ("rain", 1): 0.8, ("fog", 1): 0.7, ("fog", 5): 0.1})
    store_sweep(without, {(None, 0): 0.9, ("rain", 1): 0.6, ("fog", 1): 0.6})
    # (20 + 10) / 2; what only one was measured at does not count.
    assert cells(pair)[0][7] == "+15.0 (+15.0 to +15.0), 6 frames"
    store_sweep(without, {(None, 0): 0.9, ("rain", 1): 0.6}, seed=1)
    assert cells(pair)[0][7] == "not measured"


def test_weather_of_other_weights_does_not_count(pair):
    with_it, without = list_runs(pair).runs
    shares = {(None, 0): 0.9, ("rain", 1): 0.6}
    store_sweep(without, shares)
    path = with_it.path / "run.json"
    with_it.weights_path.write_bytes(b"any")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"weights_sha256": "1" * 64}))
    store_sweep(with_it, shares, weights_sha256="1" * 64)
    assert cells(pair)[0][7].endswith("6 frames")
    store_sweep(with_it, shares, weights_sha256="0" * 64)
    assert cells(pair)[0][7] == "not measured"


def test_one_frame_gives_differences_without_intervals(tmp_path):
    make_run(tmp_path, "alpha", skill=0.8, frames=1)
    make_run(tmp_path, "alpha_noaug", skill=0.6, frames=1)
    (row,) = cells(tmp_path)
    assert re.fullmatch(r"\+\d+\.\d", row[3])
    assert row[6] == "0, 0"


def test_what_only_one_of_the_two_has_costs_a_cell_and_not_the_table(pair):
    (pair / "alpha_noaug" / "history.csv").unlink()
    run = find_run("alpha_noaug", pair)
    scores = read_scores(run, "val")
    other = {"per_frame": scores["per_frame"][1:], "miou": None}
    write_scores(run, {key: value for key, value in scores.items() if key != "data"} | other)
    (row,) = cells(pair)
    assert row[2:4] == ["absent", "not comparable"]
    assert row[4:7] == ["+5.0", "not recorded", "not comparable"]
    for name in ("alpha", "alpha_noaug"):
        run = find_run(name, pair)
        scores = read_scores(run, "val")
        del scores["per_frame"]
        (run.path / "evaluation" / "val.json").write_text(json.dumps(scores))
    assert cells(pair)[0][3] == "not comparable"


def test_scores_of_other_weights_make_no_row(pair):
    path = pair / "alpha" / "run.json"
    (pair / "alpha" / "model.weights.h5").write_bytes(b"others")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"weights_sha256": "1" * 64}))
    run = find_run("alpha", pair)
    write_scores(run, read_scores(run, "val") | {"weights_sha256": "0" * 64})
    assert cells(pair) == []


def test_the_table_stands_between_its_marks(pair):
    first, last = AUGMENTATION_MARKS
    runs = list_runs(pair).runs
    assert with_tables(f"{first}\nold\n{last}\n", runs) == f"{first}\n{augmentation_table(runs)}\n{last}\n"
