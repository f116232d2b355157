"""Training as a user runs it: a command, a kill, a second command; and what stops it."""

import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import partialmethod
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from makers import make_cityscapes, stored_record
from PIL import Image
from tiny_runs import edit_record

from segcore.cli import main
from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames, read_label_ids
from segcore.labels import LABEL_SPACES
from segcore.models.build import build_model, logit_bias
from segcore.runs.lock import only_writer
from segcore.runs.run import check_weights, find_run
from segcore.system.files import sha256_of
from segcore.training.callbacks import EpochKeeper

PROJECT = Path(__file__).resolve().parents[2]
TINY = {
    "model": "unet_xception",
    "arguments": {"filters": [16], "head_stride": 2},
    "image_size": [32, 64],
    "augment": "flip",
    "loss_grid": "logits",
    "epochs": 3,
    "batch_size": 2,
    "warmup_steps": 2,
    "ema": 0.5,
    "seed": 3,
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def untraced():
    """No graphs: tracing one takes longer than these few steps. Trainings in a process of their own trace as ever."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_cityscapes(tmp_path_factory.mktemp("city"), frames={"train": 5, "val": 2}, size=(32, 64))


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return write_config(tmp_path_factory.mktemp("config") / "tiny.json")


@pytest.fixture(scope="module")
def one_epoch(data, config, tmp_path_factory):
    """The folder of a run with one epoch, trained once for all tests that go on from there."""
    runs = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGCORE_RUNS", str(runs))
        assert main(command(data, config, "--epochs", 1)) == 0
    return runs / "tiny"


@pytest.fixture
def begun(tmp_path, one_epoch, monkeypatch):
    """A copy of the run with one epoch, as "tiny" among the runs of the test."""
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path))
    return shutil.copytree(one_epoch, tmp_path / "tiny")


def write_config(path, **changes):
    path.write_text(json.dumps(TINY | changes))
    return path


def command(data, config, *extra):
    return ["train", "--run", "tiny", "--data", str(data), "--config", str(config), *map(str, extra)]


@pytest.fixture
def train(tmp_path, monkeypatch, capfd):
    """Run the command in this process; return its exit code and what it wrote to stderr."""

    def run(data, config, *extra, runs=tmp_path):
        monkeypatch.setenv("SEGCORE_RUNS", str(runs))
        capfd.readouterr()
        code = main(command(data, config, *extra))
        return code, capfd.readouterr().err

    return run


def start(runs, data, config, *extra, **arguments):
    """Start the command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "segcore", *command(data, config, *extra)],
        cwd=PROJECT,
        env=os.environ | {"SEGCORE_RUNS": str(runs)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **arguments,
    )


def wait_until(condition):
    deadline = time.monotonic() + 900
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(pid):
    """Return the ids of the processes that a process has started, where the system lists them."""
    return [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]


def is_running(pid):
    status = Path(f"/proc/{pid}/status")
    try:
        # A zombie has ended; whoever adopted it may be slow to notice.
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


def history(runs):
    return pd.read_csv(runs / "tiny" / "history.csv", na_values="NA")


def test_a_kill_loses_no_epoch_and_counts_none_twice(tmp_path, data, config, train):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert train(data, config, runs=whole)[0] == 0

    process = start(killed, data, config, "--workers", 2)
    state = killed / "tiny" / "checkpoint" / "state.npz"
    wait_until(lambda: state.exists() or process.poll() is not None)
    workers = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert state.exists()
    wait_until(lambda: not any(map(is_running, workers)))

    outcome = train(data, config, "--resume", "--workers", 2, runs=killed)
    assert outcome[0] == 0, outcome[1]
    assert history(killed)["epoch"].tolist() == [1, 2, 3]
    # The same frames, flips and steps in the same order: the same curves, but for the order of float sums.
    for column in ("loss", "val_loss", "learning_rate"):
        np.testing.assert_allclose(history(killed)[column], history(whole)[column], rtol=1e-3)
    run = find_run("tiny", killed)
    check_weights(run)
    assert stored_record(run)["best_epoch"] == history(killed)["val_mean_iou"].idxmax() + 1


def test_the_folder_tells_how_it_was_made(tmp_path, data, config, train):
    code, errors = train(data, config, "--epochs", 1, "--loss", "ce+dice", "--learning-rate", 0.01)
    assert code == 0, errors
    record = stored_record(find_run("tiny", tmp_path))
    assert record["training"]["loss"] == "ce+dice"
    assert record["training"]["learning_rate"] == 0.01
    backend = record["versions"]["backend"]
    assert record["versions"][backend] == sys.modules[backend].__version__
    assert record["data"] == {
        "name": "Cityscapes", "split": "train", "frames": 5, "cities": ["aachen"], "frame_size": [32, 64],
    }  # fmt: skip
    assert record["weights_sha256"] == sha256_of(tmp_path / "tiny" / "model.weights.h5")
    assert str(tmp_path) not in (tmp_path / "tiny" / "run.json").read_text()

    code, errors = train(data, config)
    assert code == 2 and "already exists" in errors
    code, errors = train(data, config, "--resume", "--seed", 7)
    assert code == 2 and "has another seed; with --resume only epochs, " in errors
    assert history(tmp_path)["epoch"].tolist() == [1]


def test_a_loss_that_is_no_number_stops_with_the_frames_and_what_to_try(tmp_path, data, train):
    hot = write_config(tmp_path / "hot.json", learning_rate=1e15, warmup_steps=0)
    code, errors = train(data, hot, runs=tmp_path / "hot")
    assert code == 2
    advice = r"\); (start again|continue .*--resume) with a lower --learning-rate"
    assert re.search(r"The loss is (nan|inf) in epoch \d, batch \d \(frames aachen_.*" + advice, errors)

    calm = write_config(tmp_path / "calm.json")
    assert train(data, calm, "--epochs", 1)[0] == 0
    # What the message advises is possible.
    code, errors = train(data, calm, "--resume", "--learning-rate", 1e-4, "--precision", "mixed_bfloat16")
    assert code == 0, errors
    assert history(tmp_path)["epoch"].tolist() == [1, 2, 3]
    assert np.isfinite(history(tmp_path)["loss"]).all()


@pytest.mark.parametrize(
    ("precision", "emulated", "told"),
    [("mixed_bfloat16", True, True), ("mixed_bfloat16", False, False), ("float32", True, False)],
)
def test_where_bfloat16_is_the_slower_one_the_command_says_so(
    config, train, monkeypatch, tmp_path, precision, emulated, told
):
    monkeypatch.setattr("segcore.commands.train.emulates_bfloat16", lambda: emulated)
    # It says so before it looks for frames, of which there are none here.
    code, errors = train(tmp_path / "nowhere", config, "--precision", precision)
    assert code == 2
    assert ("give --precision float32" in errors) == told


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits exist on POSIX only")
def test_a_full_disk_leaves_the_last_checkpoint(tmp_path, data, config, begun, train):
    import resource

    state = tmp_path / "tiny" / "checkpoint" / "state.npz"
    before = sha256_of(state)

    def no_file_beyond_20_kb():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = start(tmp_path, data, config, "--resume", preexec_fn=no_file_beyond_20_kb)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2, errors
    assert errors.count("\n") == 1 and "checkpoint is intact" in errors
    assert sha256_of(state) == before
    assert not list((tmp_path / "tiny" / "checkpoint").glob(".*"))
    assert "free some space there and continue" in errors and "checkpoint/" in errors
    assert train(data, config, "--resume")[0] == 0
    assert history(tmp_path)["epoch"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("workers", [1, 2])
def test_data_that_vanishes_in_mid_training_is_named(tmp_path, config, train, monkeypatch, workers):
    data = make_cityscapes(tmp_path / "city", frames={"train": 5, "val": 2}, size=(32, 64))

    class LosesTheData(EpochKeeper):
        def on_epoch_end(self, epoch, logs):
            super().on_epoch_end(epoch, logs)
            shutil.rmtree(data)

    monkeypatch.setattr("segcore.training.loop.EpochKeeper", LosesTheData)
    code, errors = train(data, config, "--workers", workers)
    assert code == 2
    assert errors.count("\n") == 1
    assert re.search(r"epoch 2: .*aachen.*--resume; the last checkpoint is intact", errors)
    assert multiprocessing.active_children() == []

    monkeypatch.setattr("segcore.training.loop.EpochKeeper", EpochKeeper)
    make_cityscapes(data, frames={"train": 5, "val": 2}, size=(32, 64))
    assert train(data, config, "--resume")[0] == 0
    assert history(tmp_path)["epoch"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"epoch": 3}, "unknown key epoch"),
        ({"loss": "l2"}, "Unknown loss"),
        ({"arguments": {"depth": 3}}, "depth"),
        ({"model": "resnet"}, "resnet"),
        ({"image_size": [30, 64]}, "divisible by 32"),
        ({"encoder_weights": "imagenet"}, "Encoder weights are only for mobilenet_segnet"),
        ({"copy_paste": 0.5}, "nothing to paste"),
        ({"augment": "rain"}, "Unknown augmentation 'rain'"),
    ],
)
def test_an_unusable_configuration_is_one_line_and_code_2(tmp_path, data, train, content, message):
    runs = tmp_path / "runs"
    code, errors = train(data, write_config(tmp_path / "bad.json", **content), runs=runs)
    assert code == 2
    assert message in errors and errors.count("\n") == 1
    assert not runs.exists()


@pytest.mark.parametrize("name", ["", "exp/one", "../one", ".one"])
def test_a_name_under_which_a_run_is_not_found_again_is_refused(tmp_path, data, config, train, name):
    code, errors = train(data, config, "--run", name)
    assert code == 2 and "is not a valid name of a run" in errors and errors.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_has_had_its_epochs_is_not_told_of_what_it_was_not_trained_with(
    tmp_path, data, config, train
):
    assert train(data, config, "--epochs", 2, "--data-name", "Made streets")[0] == 0
    assert find_run("tiny", tmp_path).record.data.name == "Made streets"
    # As if it had been trained elsewhere, some time ago.
    elsewhere = {"hardware": "NVIDIA H200", "versions": {"backend": "jax"}, "date": "2020-02-02"}
    before = stored_record(edit_record(tmp_path / "tiny", **elsewhere))
    other = make_cityscapes(tmp_path / "other", frames={"train": 4, "val": 2}, size=(32, 64))
    for changed in (("--loss", "dice"), ("--extra-data", f"Same={data}"), ("--data", other)):
        code, errors = train(data, config, "--resume", "--epochs", 2, *changed)
        assert code == 2 and "is already trained for 2 epochs" in errors and "give --epochs above 2" in errors
        assert stored_record(find_run("tiny", tmp_path)) == before
    (tmp_path / "tiny" / "model.weights.h5").unlink()
    assert train(data, config, "--resume", "--epochs", 1)[0] == 0
    check_weights(find_run("tiny", tmp_path))
    assert stored_record(find_run("tiny", tmp_path)) == before


def test_a_checkpoint_that_is_damaged_inside_is_one_line(tmp_path, data, config, begun, train):
    path = tmp_path / "tiny" / "checkpoint" / "state.npz"
    content = bytearray(path.read_bytes())
    # In the middle, where the numbers of a variable are, and not in the list of what the file holds.
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(value ^ 255 for value in content[middle : middle + 64])
    path.write_bytes(content)
    code, errors = train(data, config, "--resume", "--epochs", 2)
    assert code == 2 and "state.npz is damaged" in errors and errors.count("\n") == 1


def test_a_record_with_a_comma_too_many_is_one_line(tmp_path, data, config, begun, train):
    (tmp_path / "tiny" / "run.json").write_text('{"notes": ["mine",]}')
    code, errors = train(data, config, "--resume", "--epochs", 2)
    assert code == 2 and "run.json is not valid JSON" in errors and errors.count("\n") == 1


def test_without_a_checkpoint_there_is_nothing_to_resume(data, config, train):
    code, errors = train(data, config, "--resume")
    assert code == 2 and "no checkpoint" in errors


def test_further_frames_are_trained_on_and_told_and_the_schedule_still_ends(
    tmp_path, data, config, begun, train
):
    further = make_cityscapes(tmp_path / "further", frames={"train": 4, "val": 1}, size=(32, 64))
    code, errors = train(
        data, config, "--resume", "--extra-data", f"Rendered={further}", "--extra-repeats", 2
    )
    assert code == 0, errors
    source = {"name": "Rendered", "split": "train", "frames": 4, "repeats": 2, "cities": ["aachen"]}
    assert stored_record(find_run("tiny", tmp_path))["data"]["extra"] == [
        {"from_epoch": 2, "sources": [source]}
    ]
    given = "python -m segcore train --run tiny --data ROOT --config tiny.json"
    assert stored_record(find_run("tiny", tmp_path))["commands"] == [
        {"from_epoch": 1, "command": f"{given} --epochs 1"},
        {"from_epoch": 2, "command": f"{given} --extra-repeats 2 --extra-data Rendered=PLACE --resume"},
    ]
    # Seven steps an epoch where the first had three: the rate is zero after the last step all the same.
    assert history(tmp_path)["learning_rate"].iloc[-1] == pytest.approx(0, abs=1e-9)

    code, errors = train(data, config, "--resume", "--extra-data", str(further))
    assert code == 2 and "expected NAME=ROOT" in errors
    code, errors = train(data, config, *["--extra-data", f"Rendered={further}"] * 2)
    assert code == 2 and "names 'Rendered' twice" in errors
    code, errors = train(data, config, "--resume", "--extra-repeats", 0)
    assert code == 2 and "--extra-repeats is 0; expected a whole number from 1 to 1000." in errors
    code, errors = train(data, config, "--resume", "--scale", 1.5, 0.5)
    assert code == 2 and "scale = [1.5, 0.5]; expected [lowest, highest]" in errors


def test_the_last_epochs_may_have_another_loss_other_batches_scales_and_frames_and_the_record_tells(
    tmp_path, data, config, train, monkeypatch
):
    assert train(data, config, "--epochs", 2)[0] == 0
    before = stored_record(find_run("tiny", tmp_path))
    other = make_cityscapes(tmp_path / "other", frames={"train": 4, "val": 2}, size=(32, 64))
    monkeypatch.setattr("segcore.training.setup.describe_hardware", lambda: "another machine")
    for _ in range(2):
        code, errors = train(
            other, config, "--resume", "--loss", "dice", "--batch-size", 4, "--scale", 1, 1.2
        )
        assert code == 0, errors
    record = stored_record(find_run("tiny", tmp_path))
    assert {name: record["training"][name] for name in ("batch_size", "loss", "scale")} == {
        "batch_size": 4,
        "loss": "dice",
        "scale": [1.0, 1.2],
    }
    assert record["commands"][-1]["command"].endswith(" --batch-size 4 --scale 1.0 1.2 --resume")
    assert record["earlier"] == [
        {
            "to_epoch": 2,
            "settings": {"batch_size": 2, "loss": "ce", "scale": [0.75, 1.5]},
            "data": before["data"],
            "hardware": before["hardware"],
        }
    ]
    assert record["data"] == before["data"] | {"frames": 4} and record["hardware"] == "another machine"
    assert history(tmp_path)["epoch"].tolist() == [1, 2, 3]


def test_rare_classes_may_be_pasted_in_the_last_epochs_and_the_record_tells(tmp_path, config, train):
    streets = make_cityscapes(tmp_path / "streets", frames={"train": 5, "val": 2}, size=(32, 64))
    truth = next(streets.glob("gtFine/train/*/*_000000_*"))
    labels = np.array(Image.open(truth))
    labels[10:14, 10:14] = 27
    Image.fromarray(labels).save(truth)
    for runs in (tmp_path / "with", tmp_path / "without"):
        assert train(streets, config, "--epochs", 1, runs=runs)[0] == 0
        pasted = ("--copy-paste", 1) if runs.name == "with" else ()
        code, errors = train(streets, config, "--resume", *pasted, runs=runs)
        assert code == 0, errors
    record = stored_record(find_run("tiny", tmp_path / "with"))
    assert record["training"]["copy_paste"] == 1
    assert record["earlier"] == [{"to_epoch": 1, "settings": {"copy_paste": 0}}]
    assert record["commands"][-1]["command"].endswith(" --copy-paste 1.0 --resume")
    both = [history(tmp_path / name)["loss"].tolist() for name in ("with", "without")]
    assert both[0][0] == both[1][0] and both[0][1] != both[1][1]


def test_the_last_epochs_may_have_a_teacher_and_the_record_tells(tmp_path, data, config, begun, train):
    code, errors = train(data, config, "--resume", "--teacher", "wise")
    assert code == 2 and "There is no run 'wise' in " in errors and errors.count("\n") == 1
    shutil.copytree(tmp_path / "tiny", tmp_path / "wise")
    for epochs in (2, 3):
        code, errors = train(data, config, "--resume", "--teacher", "wise", "--epochs", epochs)
        assert code == 0, errors
    run = find_run("tiny", tmp_path)
    assert stored_record(run)["training"]["teacher"] == "wise"
    assert stored_record(run)["earlier"] == [{"to_epoch": 1, "settings": {"teacher": "none"}}]
    assert stored_record(run)["commands"][-1]["command"].endswith(" --epochs 3 --teacher wise --resume")
    assert history(tmp_path)["epoch"].tolist() == [1, 2, 3]
    # That of the labels alone: with the teacher's part, about ln(19) at this early time, it would be twice.
    assert history(tmp_path)["loss"].max() < 1.3 * history(tmp_path)["loss"][0]
    check_weights(run)


def test_going_back_to_the_best_epoch_starts_from_its_weights_and_forgets_the_later_ones(
    tmp_path, data, train
):
    adjusted = {"class_weights": "log", "logit_adjustment": 0.5}
    config = write_config(tmp_path / "tiny.json", **adjusted)
    assert train(data, config, "--epochs", 1)[0] == 0
    code, errors = train(data, config, "--resume", "--loss", "ce+dice", "--extra-data", f"Same={data}")
    assert code == 0, errors
    before = history(tmp_path)
    # As if the first epoch had been the best: with weights that no step from the last ones could reach.
    model = build_model(TINY["model"], num_classes=19, image_size=TINY["image_size"], **TINY["arguments"])
    checkpoint = tmp_path / "tiny" / "checkpoint"
    (last,) = checkpoint.glob("best-*.weights.h5")
    model.load_weights(last)
    for variable in model.trainable_variables:
        variable.assign_add(np.full(variable.shape, 0.1, np.float32))
    model.save_weights(checkpoint / "best-0001.weights.h5")
    wanted = [variable.numpy() for variable in model.trainable_variables]
    with np.load(checkpoint / "state.npz") as stored:
        arrays = dict(stored)
    state = json.loads(str(arrays["state"])) | {"best_epoch": 1, "best_score": -1.0}
    state["config"]["encoder_weights"] = "PLACE/encoder.weights.h5"
    np.savez(checkpoint / "state.npz", **arrays | {"state": np.array(json.dumps(state))})

    slow = ("--resume", "--from-best", "--epochs", 2, "--learning-rate", 1e-12)
    code, errors = train(data, config, *slow)
    assert code == 0, errors
    pd.testing.assert_frame_equal(history(tmp_path).head(1), before.head(1))
    assert history(tmp_path)["epoch"].tolist() == [1, 2]
    run = find_run("tiny", tmp_path)
    assert stored_record(run)["training"]["loss"] == "ce"
    assert stored_record(run)["training"]["encoder_weights"] == "encoder.weights.h5"
    assert [entry["from_epoch"] for entry in stored_record(run)["commands"]] == [1, 2]
    assert stored_record(run)["commands"][1]["command"].endswith(
        " --learning-rate 1e-12 --from-best --resume"
    )
    assert "extra" not in stored_record(run)["data"] and run.best_epoch == 2
    assert stored_record(run)["earlier"] == [{"to_epoch": 1, "settings": {"learning_rate": 0.001}}]
    model.load_weights(run.weights_path)
    for variable, values in zip(model.trainable_variables, wanted, strict=True):
        # Stored in half precision on the way.
        np.testing.assert_allclose(variable.numpy(), values, rtol=2**-11, atol=1e-5)


def test_a_run_without_its_checkpoint_goes_on_from_the_stored_weights(tmp_path, data, train):
    adjusted = {"class_weights": "log", "logit_adjustment": 0.5, "learning_rate": 0.1}
    config = write_config(tmp_path / "tiny.json", **adjusted)
    code, errors = train(data, config, "--epochs", 2, "--extra-data", f"Same={data}")
    assert code == 0, errors
    run, before = find_run("tiny", tmp_path), history(tmp_path)
    epochs = run.best_epoch
    shutil.rmtree(run.path / "checkpoint")
    content = {path.name: path.read_bytes() for path in run.path.iterdir()}
    code, errors = train(data, config, "--resume")
    assert code == 2 and "has no checkpoint; give --from-best as well" in errors
    model = build_model(TINY["model"], num_classes=19, image_size=TINY["image_size"], **TINY["arguments"])
    model.load_weights(run.weights_path)
    wanted = [variable.numpy() for variable in model.trainable_variables]

    # A rate at which nothing moves tells that the weights are those, and not fresh ones.
    still = ("--resume", "--from-best", "--epochs", epochs + 1, "--learning-rate", 1e-12)
    edit_record(run.path, weights_sha256="0" * 64)
    code, errors = train(data, config, *still)
    assert code == 2 and "copy the file again" in errors
    edit_record(run.path, training={})
    code, errors = train(data, config, *still)
    assert code == 2 and errors.count("\n") == 1
    for name, stored in content.items():
        (run.path / name).write_bytes(stored)
    code, errors = train(data, config, *still)
    assert code == 0, errors
    pd.testing.assert_frame_equal(history(tmp_path).head(epochs), before.head(epochs))
    assert history(tmp_path)["epoch"].tolist() == list(range(1, epochs + 2))
    again = find_run("tiny", tmp_path)
    assert stored_record(again)["earlier"] == [{"to_epoch": epochs, "settings": {"learning_rate": 0.1}}]
    assert [entry["from_epoch"] for entry in stored_record(again)["commands"]] == [1, epochs + 1]
    model.load_weights(again.weights_path)
    for variable, values in zip(model.trainable_variables, wanted, strict=True):
        np.testing.assert_allclose(variable.numpy(), values, rtol=2**-11, atol=1e-5)
    # From here on as any training.
    code, errors = train(data, config, "--resume", "--epochs", epochs + 2)
    assert code == 0, errors


def test_frames_may_be_enlarged_for_the_last_epochs_and_the_weights_are_then_of_these(tmp_path, data, train):
    assert train(data, write_config(tmp_path / "tiny.json"), "--epochs", 1)[0] == 0
    edit_record(tmp_path / "tiny", notes=["one"], inference_sizes=[[64, 128]])
    checkpoint = tmp_path / "tiny" / "checkpoint" / "state.npz"
    with np.load(checkpoint) as stored:
        arrays = dict(stored)
    # As if nothing could be better.
    state = json.loads(str(arrays["state"])) | {"best_score": 1.0}
    np.savez(checkpoint, **arrays | {"state": np.array(json.dumps(state))})
    larger = write_config(tmp_path / "larger.json", image_size=[64, 128], kernel_bits=3)
    code, errors = train(data, larger, "--resume", "--epochs", 2)
    assert code == 0, errors
    run = find_run("tiny", tmp_path)
    assert (run.input_size, run.best_epoch) == ((64, 128), 2)
    assert stored_record(run)["earlier"] == [
        {"to_epoch": 1, "settings": {"image_size": [32, 64], "kernel_bits": 11}}
    ]
    assert (stored_record(run)["notes"], stored_record(run)["inference_sizes"]) == (["one"], [[64, 128]])
    model = build_model(TINY["model"], num_classes=19, image_size=(64, 128), **TINY["arguments"])
    model.load_weights(run.weights_path)
    for variable in model.trainable_variables:
        if len(variable.shape) > 1:
            assert (np.frexp(variable.numpy())[0] * 2**3 % 1 == 0).all()


def test_there_is_nothing_to_go_back_to_without_resuming(data, config, train):
    code, errors = train(data, config, "--from-best")
    assert code == 2 and "give --resume as well" in errors


def test_logit_adjustment_takes_its_share_of_the_class_weights_off_the_stored_bias(tmp_path, data, train):
    biases = {}
    for share in (0.0, 0.5):
        runs = tmp_path / str(share)
        config = {"epochs": 1, "class_weights": "log", "logit_adjustment": share}
        code, errors = train(data, write_config(tmp_path / "adjusted.json", **config), runs=runs)
        assert code == 0, errors
        model = build_model(TINY["model"], num_classes=19, image_size=TINY["image_size"], **TINY["arguments"])
        model.load_weights(runs / "tiny" / "model.weights.h5")
        biases[share] = logit_bias(model).numpy()
    labels = np.stack([read_label_ids(frame) for frame in find_frames(data, split="train")])
    shares = np.array([(LABEL_SPACES["train_ids"].from_label_ids[labels] == i).sum() for i in range(19)])
    weights = 1 / np.log(1.02 + shares / shares.sum())
    np.testing.assert_allclose(biases[0.0] - biases[0.5], 0.5 * np.log(weights), atol=1e-5)


def test_a_number_of_frames_is_spread_over_the_cities(tmp_path, train):
    data = make_cityscapes(tmp_path / "data", frames={"train": 3, "val": 1}, size=(32, 64), city="bonn")
    make_cityscapes(data, frames={"train": 3}, size=(32, 64), city="zons")
    code, errors = train(data, write_config(tmp_path / "few.json", frames=2, epochs=1))
    assert code == 0, errors
    stored = stored_record(find_run("tiny", tmp_path))["data"]
    assert (stored["frames"], stored["cities"]) == (2, ["bonn", "zons"])

    many = write_config(tmp_path / "many.json", frames=7, epochs=1)
    code, errors = train(data, many, runs=tmp_path / "runs")
    assert code == 2 and "frames = 7, but there are 6" in errors
    assert "give --frames 6 or fewer, or --frames all." in errors
    for given, taken in ((4, 4), ("all", 6)):
        code, errors = train(data, many, "--frames", given, runs=tmp_path / str(given))
        assert code == 0, errors
        assert find_run("tiny", tmp_path / str(given)).record.data.frames == taken


def test_a_training_goes_on_with_its_own_configuration_and_options_override_it(
    tmp_path, data, train, monkeypatch
):
    config = write_config(tmp_path / "tiny.json", encoder_weights="none")
    assert train(data, config, "--epochs", 1, "--loss", "dice", "--learning-rate", 0.01)[0] == 0
    before = find_run("tiny", tmp_path).training
    config.unlink()

    def go_on(*options):
        code = main(["train", "--run", "tiny", "--data", str(data), "--resume", *map(str, options)])
        return code, stored_record(find_run("tiny", tmp_path))

    assert go_on("--epochs", 2) == (0, stored_record(find_run("tiny", tmp_path)))
    code, record = go_on("--epochs", 3, "--loss", "ce", "--frames", 4)
    assert code == 0 and history(tmp_path)["epoch"].tolist() == [1, 2, 3]
    assert record["training"] == before | {"epochs": 3, "loss": "ce", "frames": 4}
    assert [(entry["to_epoch"], entry["settings"]) for entry in record["earlier"]] == [
        (2, {"loss": "dice", "frames": None})
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--model", "segnet"), "has another model; with --resume only epochs, "),
        (("--ema", "0.9"), "has another ema; with --resume only epochs, "),
        (
            ("--encoder-weights", "imagenet"),
            "--encoder-weights is imagenet, but the training of tiny began with none",
        ),
    ],
)
def test_an_option_that_may_not_change_on_resuming_is_one_line(
    tmp_path, data, config, begun, train, options, message
):
    code, errors = train(data, config, "--resume", "--epochs", 2, *options)
    assert code == 2 and message in errors and errors.count("\n") == 1
    assert history(tmp_path)["epoch"].tolist() == [1]


def test_with_the_defaults_validation_follows_training_from_few_steps_on(tmp_path, train):
    streets = make_cityscapes(tmp_path / "streets", frames={"train": 4}, size=(32, 64))
    # On the very frames that it is trained on, validation can only be worse by its own doing.
    for kind in ("leftImg8bit", "gtFine"):
        shutil.copytree(streets / kind / "train", streets / kind / "val")
    content = {"model": "unet_xception", "arguments": {"filters": [16, 16]}, "image_size": [32, 64]}
    config = tmp_path / "defaults.json"
    config.write_text(json.dumps(content | {"augment": "none", "batch_size": 2, "epochs": 10}))
    code, errors = train(streets, config, "--learning-rate", 0.01)
    assert code == 0, errors
    first, last = history(tmp_path).iloc[0], history(tmp_path).iloc[-1]
    assert last["mean_iou"] > 2 * first["mean_iou"]
    assert last["val_mean_iou"] > 0.9 * last["mean_iou"]


def test_a_collapse_is_told_once(tmp_path, data, train, monkeypatch):
    monkeypatch.setattr(
        "segcore.training.callbacks.warning_of_collapse",
        lambda rows: "Validation collapses." if len(rows) == 2 else None,
    )
    code, errors = train(data, write_config(tmp_path / "tiny.json"))
    assert code == 0 and errors.count("Validation collapses.\n") == 1


def test_two_trainings_of_one_run_at_a_time_are_refused(tmp_path, data, config, train):
    with only_writer(tmp_path / "tiny"):
        code, errors = train(data, config)
        assert code == 2 and "Another process is training or changing the run tiny" in errors
        assert errors.count("\n") == 1
    assert not (tmp_path / "tiny").exists()
    assert train(data, config, "--epochs", 1)[0] == 0
    assert not (tmp_path / "tiny" / ".lock").exists()


def test_a_folder_that_cannot_be_written_is_noticed_before_the_work(tmp_path, config, train):
    (tmp_path / "runs").touch()
    # There is no data either, which would be noticed next.
    code, errors = train(tmp_path / "nowhere", config, runs=tmp_path / "runs")
    assert code == 2 and "run.json cannot be written (" in errors and errors.count("\n") == 1


def test_a_kill_between_two_files_is_told_and_mended_by_going_on(tmp_path, data, config, begun, train):
    folder = tmp_path / "tiny"
    record = (folder / "run.json").read_text()
    edit_record(folder, weights_sha256="0" * 64, epochs=0)
    leftovers = [folder / ".run-abcd1234.json", folder / "checkpoint" / ".state-abcd1234.npz"]
    for path in leftovers:
        path.touch()
    with pytest.raises(
        InputError, match=r"the training was stopped while it wrote them; continue .*--resume"
    ):
        check_weights(find_run("tiny", tmp_path))
    assert main(["train", "--run", "tiny", "--data", str(data), "--resume"]) == 0
    assert json.loads((folder / "run.json").read_text()) == json.loads(record)
    check_weights(find_run("tiny", tmp_path))
    assert not any(path.exists() for path in leftovers)
