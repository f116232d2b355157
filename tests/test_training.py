"""Training as a user runs it: a command, a kill, a second command; and what stops it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from makers import make_cityscapes

from segcore.files import sha256_of
from segcore.runs import check_weights, find_run

PROJECT = Path(__file__).resolve().parent.parent
TINY = {
    "model": "unet_xception",
    "arguments": {"filters": [8, 8], "head_stride": 4},
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


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_cityscapes(tmp_path_factory.mktemp("city"), frames={"train": 5, "val": 2}, size=(32, 64))


@pytest.fixture
def config(tmp_path):
    return write_config(tmp_path / "tiny.json")


def write_config(path, **changes):
    path.write_text(json.dumps(TINY | changes))
    return path


def command(runs, data, config, *extra):
    return [
        *(sys.executable, "-m", "segcore", "train", "--run", "tiny"),
        *("--data", str(data), "--config", str(config), *map(str, extra)),
    ]


def environment(runs):
    return os.environ | {"SEGCORE_RUNS": str(runs), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}


def train(runs, data, config, *extra, **arguments):
    return subprocess.run(
        command(runs, data, config, *extra),
        cwd=PROJECT,
        env=environment(runs),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **arguments,
    )


def history(runs):
    return pd.read_csv(runs / "tiny" / "history.csv", na_values="NA")


def test_a_kill_loses_no_epoch_and_counts_none_twice(tmp_path, data, config):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert train(whole, data, config).returncode == 0

    process = subprocess.Popen(
        command(killed, data, config), cwd=PROJECT, env=environment(killed), stdout=subprocess.DEVNULL
    )
    state = killed / "tiny" / "checkpoint" / "state.npz"
    deadline = time.monotonic() + 240
    while not state.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert state.exists()

    resumed = train(killed, data, config, "--resume")
    assert resumed.returncode == 0, resumed.stderr[-2000:]
    assert history(killed)["epoch"].tolist() == [1, 2, 3]
    # The same frames, flips and steps in the same order: the same curves, but for the order of float sums.
    for column in ("loss", "val_loss", "learning_rate"):
        np.testing.assert_allclose(history(killed)[column], history(whole)[column], rtol=1e-3)
    run = find_run("tiny", killed)
    check_weights(run)
    assert run.record["best_epoch"] == history(killed)["val_mean_iou"].idxmax() + 1


def test_the_folder_tells_how_it_was_made(tmp_path, data, config):
    result = train(tmp_path, data, config, "--epochs", 1, "--loss", "ce+dice", "--learning-rate", 0.01)
    assert result.returncode == 0, result.stderr[-2000:]
    record = find_run("tiny", tmp_path).record
    assert record["training"]["loss"] == "ce+dice"
    assert record["training"]["learning_rate"] == 0.01
    assert record["data"] == {
        "name": "Cityscapes", "split": "train", "frames": 5, "cities": ["aachen"], "frame_size": [32, 64],
    }  # fmt: skip
    assert record["weights_sha256"] == sha256_of(tmp_path / "tiny" / "model.weights.h5")
    assert str(tmp_path) not in (tmp_path / "tiny" / "run.json").read_text()

    again = train(tmp_path, data, config)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    changed = train(tmp_path, data, config, "--resume", "--batch-size", 3)
    assert changed.returncode == 2
    assert "batch_size" in changed.stderr
    assert history(tmp_path)["epoch"].tolist() == [1]


def test_a_loss_that_is_no_number_stops_with_the_frames(tmp_path, data):
    config = write_config(tmp_path / "hot.json", learning_rate=1e30, warmup_steps=0)
    result = train(tmp_path, data, config)
    assert result.returncode == 2
    assert "The loss is" in result.stderr and "epoch 1" in result.stderr and "aachen_" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path, data, config):
    resource = pytest.importorskip("resource", reason="file size limits exist on POSIX only")
    assert train(tmp_path, data, config, "--epochs", 1).returncode == 0
    state = tmp_path / "tiny" / "checkpoint" / "state.npz"
    before = sha256_of(state)

    def no_file_beyond_20_kb():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    result = train(tmp_path, data, config, "--resume", preexec_fn=no_file_beyond_20_kb)
    assert result.returncode == 2, result.stderr[-2000:]
    assert "Traceback" not in result.stderr and "checkpoint is intact" in result.stderr
    assert sha256_of(state) == before
    assert not list((tmp_path / "tiny" / "checkpoint").glob(".*"))
    assert train(tmp_path, data, config, "--resume").returncode == 0
    assert history(tmp_path)["epoch"].tolist() == [1, 2, 3]


def test_data_that_vanishes_in_mid_training_is_named(tmp_path, config):
    data = make_cityscapes(tmp_path / "city", frames={"train": 3, "val": 1}, size=(32, 64))
    assert train(tmp_path, data, config, "--epochs", 1).returncode == 0
    next((data / "leftImg8bit" / "train").rglob("*_leftImg8bit.*")).write_bytes(b"")
    result = train(tmp_path, data, config, "--resume")
    assert result.returncode == 2
    assert "epoch 2" in result.stderr and "aachen" in result.stderr and "--resume" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [({"epoch": 3}, "unknown key epoch"), ({"loss": "l2"}, "Unknown loss"), ({"arguments": {"depth": 3}}, "depth"),
     ({"model": "resnet"}, "resnet"), ({"image_size": [30, 64]}, "divisible by 32")],
)  # fmt: skip
def test_an_unusable_configuration_is_one_line_and_code_2(tmp_path, data, content, message):
    result = train(tmp_path / "runs", data, write_config(tmp_path / "bad.json", **content))
    assert result.returncode == 2
    assert message in result.stderr and "Traceback" not in result.stderr
    assert not (tmp_path / "runs").exists()


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path, data, config):
    result = train(tmp_path, data, config, "--resume")
    assert result.returncode == 2
    assert "no checkpoint" in result.stderr
