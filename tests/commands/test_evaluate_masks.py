"""``evaluate`` on stored masks, on data sets of many forms: scores counted by hand, and no time of a network."""

import re

import numpy as np
import pytest
from foreign_runs import masks_run
from hand_counted import FORMS, make_form, make_runs, miou
from made_datasets import write_picture

from segcore.cli import main
from segcore.frames.dataset import open_dataset
from segcore.reports.model_card import model_card
from segcore.runs.results import read_evaluation
from segcore.runs.run import find_run
from segcore.runs.sets import is_of


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("run", ["flat", "sharp"])
def test_stored_masks_are_scored_in_the_classes_of_the_data(form, run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    make_runs(tmp_path / "runs", form)
    assert main(["evaluate", "--run", run, "--data", str(make_form(tmp_path / "data", form))]) == 0
    printed = capsys.readouterr().out
    number = "1 frame" if len(form.frames) == 1 else f"{len(form.frames)} frames"
    assert printed.startswith(f"{run} on {form.split} of {form.title}: {number}\n")
    assert float(re.search(r"mean IoU +([\d.]+) %", printed)[1]) == round(100 * miou(run, form), 1)
    assert "latency" not in printed


def test_scores_have_the_name_of_the_release_whose_masks_are_chosen(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    masks_run(tmp_path / "runs", "made", {"a": np.zeros((1, 2), np.uint8)})
    write_picture(tmp_path / "data/validation/images/a.jpg", np.zeros((1, 2, 3), np.uint8))
    for release in ("v1.2", "v2.0"):
        write_picture(tmp_path / f"data/validation/{release}/labels/a.png", np.array([[0, 21]], np.uint8))
    command = [
        "evaluate",
        "--run",
        "made",
        "--data",
        str(tmp_path / "data"),
        "--annotation",
        "v2.0",
        "--save",
        "a",
    ]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("made on validation of Mapillary Vistas 2.0: 1 frame\n")
    made = read_evaluation(find_run("made"), "a").provenance
    assert (made.data, made.split) == ("Mapillary Vistas 2.0", "validation")


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A data set of five frames, of which one can be scored, and a run with right masks of all."""
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    right = np.zeros((2, 4), np.uint8)
    right[:, 2:] = 1
    bad = {"other size": right[:, :3], "unknown": right + 7 * right, "damaged": right}
    bad |= {"cut": right, "half": right}
    for name, mask in {"good": right, **bad}.items():
        write_picture(tmp_path / f"data/images/{name}.png", np.full((2, 4, 3), 90, np.uint8))
        write_picture(tmp_path / f"data/masks/{name}.png", mask)
    damaged = tmp_path / "data/masks/damaged.png"
    damaged.write_bytes(damaged.read_bytes()[:-20])
    # Pictures with all of their header.
    for name in ("cut.jpg", "half.bmp"):
        cut = write_picture(tmp_path / f"data/images/{name}", np.full((2, 4, 3), 90, np.uint8))
        cut.write_bytes(cut.read_bytes()[:-3])
        cut.with_suffix(".png").unlink()
    (tmp_path / "data/classes.txt").write_text("road\ncar\n")
    masks_run(tmp_path / "runs", "made", dict.fromkeys(("good", *bad), right), classes=["road", "car"])
    return tmp_path / "data"


def test_all_frames_that_cannot_be_scored_are_named_before_anything_is_predicted(town, capsys):
    assert main(["evaluate", "--run", "made", "--data", str(town)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert (
        "5 of 6 frames cannot be scored; correct the files, or leave these frames out (--skip-unusable): "
        in error
    )
    for part in (
        "damaged.png is damaged",
        "cut.jpg is damaged or incomplete (it is cut off)",
        "half.bmp is damaged or incomplete",
        "other size is 4 x 2",
        "unknown.png holds values",
        "8 on 4 pixels",
    ):
        assert part in error


def test_frames_that_cannot_be_scored_are_left_out_on_demand_and_counted(town, capsys):
    command = ["evaluate", "--run", "made", "--data", str(town), "--save", "town", "--skip-unusable"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("made on all of data: 1 frame (5 more cannot be scored)\n")
    assert re.search(r"mean IoU +100.0 %  over 2 of 2 classes", printed)
    run = find_run("made")
    made = read_evaluation(run, "town").provenance
    assert (made.frames, sorted(made.left_out)) == (1, ["cut", "damaged", "half", "other size", "unknown"])
    assert is_of(run, "town", open_dataset(town).frames("all")) is True
    # A list of a user has no other place where its colours could be looked up: those of Cityscapes for its names.
    assert read_evaluation(run, "town").class_colors == ((128, 64, 128), (0, 0, 142))
    assert "1 frame (5 more cannot be scored)" in model_card(run)
    (town / "masks/good.png").unlink()
    assert main(command) == 2
    assert "5 of 5 frames cannot be scored; correct the files: " in capsys.readouterr().err
