"""The first lines of the report, against scores that were made for it."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
from makers import make_calibration, make_evaluation, make_run

from segcore.reports.html.decision import decision
from segcore.reports.html.sides import ReportedRun
from segcore.runs.evaluation import Provenance
from segcore.runs.results import read_evaluation
from segcore.runs.run import Run, read_run
from segcore.scoring.bootstrap import bootstrap_difference
from segcore.scoring.robustness import Sweep, save


def side(root: Path, name: str, *, sure: float | None = None, **made) -> ReportedRun:
    path = make_run(root, name, evaluation=False)
    (path / "evaluation").mkdir()
    scores = make_evaluation(**made)
    if sure is not None:
        scores["calibration"] = make_calibration(scores, confidence=sure)
    (path / "evaluation" / "val.json").write_text(json.dumps(scores))
    run = read_run(path)
    return ReportedRun(run, read_evaluation(run, "val"))


def lines(*sides: ReportedRun) -> dict[str, str]:
    """Return the five lines by their titles."""
    (html,) = decision(*sides)
    parts = html.replace('<dl class="decision">', "").replace("</dl>", "").split("<dt>")[1:]
    return {
        title: text.removesuffix("</dd>\n") for title, text in (part.split("</dt><dd>") for part in parts)
    }


def store_weather(run: Run, *scores: float, set_name: str = "val", data: str = "Demo city") -> None:
    rows = [{"effect": "fog", "severity": level, "miou": miou} for level, miou in enumerate(scores)]
    made = Provenance(set_name=set_name, data=data, split="val", frames=3)
    save(run, Sweep(pd.DataFrame(rows), made))


def test_five_lines_tell_which_is_better_how_sure_that_is_and_at_what_cost(tmp_path):
    low = side(tmp_path, "alpha", skill=0.4, seed=1)
    high = side(tmp_path, "beta", skill=0.8, seed=2)
    told = lines(low, high)
    assert list(told) == ["Better", "Certainty", "Cost", "But", "Further scores"]
    first, second = high.scores.miou, low.scores.miou
    assert told["Better"] == (
        f"beta, {100 * (first - second):.1f} points ahead of alpha on Demo city, split val, 6 frames, over 19 "
        f"classes of Cityscapes: mean IoU {100 * first:.1f} % against {100 * second:.1f} %."
    )
    counted = [
        replace(one, scores=replace(one.scores, classes_averaged=number))
        for one, number in ((low, 19), (high, 18))
    ]
    assert "over 18 or 19 of 19 classes of Cityscapes:" in lines(*counted)["Better"]
    interval = bootstrap_difference(high.scores.per_frame, low.scores.per_frame)
    assert (
        f"from the choice of frames ({100 * interval.low:+.1f} to {100 * interval.high:+.1f} points"
        in told["Certainty"]
    )
    # The better run's numbers come first.
    assert "beta: a network call over all views takes 50 ms against 40 ms (a made machine)" in told["Cost"]
    assert told["But"] == "alpha is better in no class by more than the noise from the choice of frames."
    assert told["Further scores"].startswith("Neither calibration nor scores under weather")


def test_frames_that_do_not_tell_are_said_not_to(tmp_path):
    told = lines(side(tmp_path, "alpha", skill=0.6, seed=1), side(tmp_path, "beta", skill=0.6, seed=2))
    assert told["Better"].startswith("The difference is within noise.")
    assert told["Certainty"].startswith("With other frames the order could be reversed")
    alone = lines(
        side(tmp_path, "gamma", skill=0.6, frames=1, seed=1),
        side(tmp_path, "delta", skill=0.5, frames=1, seed=2),
    )
    assert alone["Certainty"].startswith("Not known: there is no interval")


def test_runs_of_different_frames_have_no_better_one(tmp_path):
    sides = side(tmp_path, "alpha", skill=0.4), side(tmp_path, "beta", skill=0.8, frames=4)
    assert lines(*sides) == {
        "Better": "Not known: the two were scored on different frames (alpha on Demo city, split val, 6 frames; "
        "beta on Demo city, split val, 4 frames); score both on the same."
    }


def test_weather_and_calibration_stand_beside_the_scores_where_they_are_of_this_data(tmp_path):
    sides = side(tmp_path, "alpha", skill=0.8, sure=0.9), side(tmp_path, "beta", skill=0.5, sure=0.7)
    errors = [abs(sure - each.scores.pixel_accuracy) for sure, each in zip((0.9, 0.7), sides, strict=True)]
    said = f"calibration error {100 * errors[0]:.1f} % against {100 * errors[1]:.1f} %"
    assert lines(*sides)["Further scores"] == f"alpha and beta: {said}."
    for each, scores in zip(sides, ((0.8, 0.6, 0.4), (0.5, 0.5, 0.5)), strict=True):
        store_weather(each.run, *scores, set_name="demo", data="Another town")
    assert "weather" not in lines(*sides)["Further scores"]
    for each, scores in zip(sides, ((0.8, 0.6, 0.4), (0.5, 0.5, 0.5)), strict=True):
        store_weather(each.run, *scores, set_name="fog")
    # By trapezoids (0.7 + 0.5) / 2 of 0.8, and all of 0.5.
    assert (
        "under synthetic weather 75.0 % against 100.0 % of the score is kept"
        in lines(*sides)["Further scores"]
    )
