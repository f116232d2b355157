"""One run of several: whose weights it has, whose statistics, and what it tells of them."""

import errno
import json
import os

import keras
import numpy as np
import pytest
from makers import make_cityscapes, stored_record
from tiny_runs import SIZE, edit_record, tiny_run

from segcore.cli import main
from segcore.errors import InputError
from segcore.predict.keras_network import load_model
from segcore.reports.model_card import model_card
from segcore.reports.run_history import run_history
from segcore.runs.lock import only_writer
from segcore.runs.run import check_weights, find_run
from segcore.training.config import TrainingConfig

RECORD = {
    "training": TrainingConfig(model="unet_xception", image_size=SIZE, batch_size=2).to_dict(),
    "data": {
        "name": "Streets",
        "split": "train",
        "frames": 6,
        "cities": ["aachen"],
        "frame_size": list(SIZE),
    },
    "versions": {"backend": "tensorflow"},
    "hardware": "two cores",
    "epochs": 12,
    "seed": 0,
}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Two runs of one architecture, and streets to measure on."""
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    for seed, name in enumerate(("first", "second")):
        run = tiny_run(tmp_path / "runs", name, seed=seed)
        edit_record(run.path, **RECORD, sharpening=1, adaptation={"entry_bn": 0.5})
    return make_cityscapes(tmp_path / "city", frames={"train": 6}, size=SIZE)


def average(root, *names, run="average"):
    return main(["average", "--of", *names, "--run", run, "--data", str(root)])


def test_kernels_are_the_average_and_statistics_are_measured_for_it(root):
    assert average(root, "first", "second") == 0
    made = find_run("average")
    check_weights(made)
    assert made.sharpening == 1 and not made.adaptation, "measured of other weights"
    of = [load_model(find_run(name)) for name in ("first", "second")]
    model = load_model(made)
    for average_of_both, *both in zip(
        model.trainable_variables, *(one.trainable_variables for one in of), strict=True
    ):
        expected = np.mean([keras.ops.convert_to_numpy(one) for one in both], axis=0)
        # Stored with the eleven bits of half precision.
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(average_of_both), expected, rtol=1e-3, atol=1e-6
        )
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization))
    before = next(layer for layer in of[0].layers if isinstance(layer, keras.layers.BatchNormalization))
    assert not np.allclose(*(keras.ops.convert_to_numpy(layer.moving_mean) for layer in (first, before)))


def test_runs_of_two_sizes_are_averaged_at_that_of_the_first(root):
    larger = [2 * length for length in SIZE]
    edit_record(
        find_run("second").path, input_size=larger, training=RECORD["training"] | {"image_size": larger}
    )
    assert average(root, "first", "second") == 0
    assert average(root, "second", "first", run="large") == 0
    small, large = find_run("average"), find_run("large")
    assert (list(small.input_size), list(large.input_size)) == (list(SIZE), larger)
    models = [load_model(run, image_size=SIZE) for run in (small, large)]
    for one, other in zip(*(model.trainable_variables for model in models), strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (one, other)))


def test_the_record_and_the_card_tell_what_was_averaged(root):
    edit_record(find_run("first").path, best_epoch=7, notes=["By hand."])
    assert average(root, "first", "second") == 0
    made = find_run("average")
    of = [find_run(name) for name in ("first", "second")]
    assert stored_record(made)["averages"] == [
        {
            "weights_sha256": made.weights_sha256,
            "of": [
                {"run": run.name, "epoch": run.best_epoch, "weights_sha256": run.weights_sha256} for run in of
            ],
            "command": "python -m segcore average --of first second --run average --data ROOT",
        }
    ]
    assert stored_record(made)["notes"] == ["By hand."]
    assert (made.path / "history.csv").read_bytes() == (of[0].path / "history.csv").read_bytes()
    card = model_card(made)
    assert "The weights are the mean of several trainings' weights, each the best on the validation" in card
    told = f"the mean of epoch 7 of first and epoch {of[1].best_epoch} of second, made by `python"
    assert f"The weights are now {told}" in run_history(made)
    later = edit_record(
        made.path, averages=[stored_record(made)["averages"][0] | {"weights_sha256": "0" * 64}]
    )
    assert f"The training continued from {told}" in run_history(later)
    assert "The weights are those of epoch 7, the best" in model_card(later)


@pytest.mark.parametrize(
    ("names", "run", "message"),
    [
        (("first",), "average", "--of names first; expected two or more different runs"),
        (("first", "first"), "average", "expected two or more different runs"),
        (("first", "third"), "average", "There is no run 'third'"),
        (("first", "second"), "second", "The run second already exists"),
        (("first", "second"), "a/b", "is not a valid name of a run"),
        (("first", "wide"), "average", "differ in arguments; only runs with the same values"),
        (("untold", "second"), "average", "untold has no record of its training"),
        (("first", "bare"), "average", "bare keeps its scores but not its weights"),
    ],
)
def test_what_cannot_be_averaged_is_one_line_and_leaves_nothing(root, tmp_path, capsys, names, run, message):
    runs = tmp_path / "runs"
    edit_record(tiny_run(runs, "wide").path, arguments={"filters": [8, 8]})
    untold = tiny_run(runs, "untold").path / "run.json"
    record = json.loads(untold.read_text())
    del record["training"]
    untold.write_text(json.dumps(record))
    edit_record(tiny_run(runs, "bare").path, weights_sha256=None)
    before = sorted(path.name for path in runs.iterdir())
    assert average(root, *names, run=run) == 2
    errors = capsys.readouterr().err
    assert message in errors and errors.count("\n") == 1
    assert sorted(path.name for path in runs.iterdir()) == before


def test_a_malformed_entry_about_averages_breaks_the_run_in_one_sentence(root):
    for entry in ({"of": "second"}, {"of": [], "command": "", "weights_sha256": "0" * 64}):
        with pytest.raises(InputError, match="averages"):
            edit_record(find_run("first").path, averages=[entry])


def test_a_run_that_is_being_trained_is_not_averaged_over(root, tmp_path, capsys):
    with only_writer(tmp_path / "runs" / "average"):
        assert average(root, "first", "second") == 2
    assert "Another process is training or changing the run average" in capsys.readouterr().err


def test_a_full_disk_names_the_file_and_leaves_no_run(root, tmp_path, monkeypatch, capsys):
    def full(model, path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("segcore.training.averaging.save_weights", full)
    assert average(root, "first", "second") == 2
    errors = capsys.readouterr().err
    assert "average/model.weights.h5 cannot be written (No space left on device); correct this" in errors
    assert errors.count("\n") == 1 and not (tmp_path / "runs" / "average").exists()
