"""A new run on a few frames: shares that were counted by hand, and what looks wrong."""

import numpy as np
import pytest
from makers import make_cityscapes
from street_network import SIZE, street_onnx

from segcore.adding.candidate import describe, opened
from segcore.adding.description import Options
from segcore.adding.publishing import write_network
from segcore.adding.trial import shares_of, try_run, warnings_of
from segcore.frames.dataset import open_dataset
from segcore.runs.run import Run


@pytest.fixture
def frames(tmp_path):
    return open_dataset(make_cityscapes(tmp_path / "data", frames=8, size=SIZE)).frames("val")


@pytest.fixture
def run_with(tmp_path):
    def run_with(classes=None, **options) -> Run:
        folder = tmp_path / f"run{len(list(tmp_path.glob('run*')))}"
        folder.mkdir()
        with opened(street_onnx(tmp_path / "street.onnx")) as candidate:
            description = describe(candidate, Options(size=SIZE, **options), classes)
            return write_network(folder, candidate, description, source="street.onnx")

    return run_with


def test_the_right_setting_has_the_best_score(run_with, frames):
    trial = try_run(run_with(preset="raw"), frames, "Made city")
    assert trial.frames == 5 and trial.classes == 8 and not trial.warnings
    assert trial.miou > 0.97
    assert next(iter(trial.shares)) == "sky" and abs(sum(trial.shares.values()) - 1) < 1e-9
    swapped = try_run(run_with(preset="raw", channels="bgr"), frames, "Made city")
    assert swapped.miou < 0.5


def test_a_wrong_normalisation_is_warned_of(run_with, frames):
    trial = try_run(run_with(preset="zero-to-one"), frames, "Made city")
    assert trial.miou < 0.1
    assert trial.warnings and "check the normalisation" in trial.warnings[0]


def test_classes_that_the_frames_do_not_have_are_a_warning(run_with, frames, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("\n".join(f"thing {place}" for place in range(19)))
    trial = try_run(run_with(names, preset="raw"), frames, "Made city")
    assert trial.miou is None and "has no class of" in trial.warnings[-1]


def test_frames_without_ground_truth_have_no_score(run_with, tmp_path):
    data = open_dataset(make_cityscapes(tmp_path / "bare", frames=2, size=SIZE, with_truth=False))
    trial = try_run(run_with(preset="raw"), data.frames("val"), "bare")
    assert trial.miou is None and trial.frames == 2 and not trial.warnings
    assert len(trial.in_words()) == 1 and trial.in_words()[0].startswith("on 2 frames of bare: sky ")


def test_shares_are_of_all_pixels_the_largest_first(run_with):
    run = run_with(preset="raw")
    maps = [np.array([[0, 0, 10]], np.uint8), np.array([[0, 255, 0, 0, 13]], np.uint8)]
    assert shares_of(run, maps) == {"road": 5 / 8, "sky": 1 / 8, "car": 1 / 8, "no class": 1 / 8}


def test_one_class_of_nine_tenths_is_suspicious():
    assert warnings_of({"road": 0.89, "sky": 0.11}) == ()
    (told,) = warnings_of({"sky": 0.9, "road": 0.1})
    assert told.startswith("One class, sky, has 90% of the pixels; check the normalisation")
    assert warnings_of({}) == ()


def test_a_mean_iou_below_a_tenth_is_suspicious():
    shares = {"road": 0.6, "sky": 0.4}
    (told,) = warnings_of(shares, 0.046)
    assert told.startswith("The mean IoU is only 4.6%; check the normalisation")
    assert warnings_of(shares, 0.1) == warnings_of(shares, None) == ()
