"""How a run came about: what a resumed training keeps of the epochs before, and the formats on disk."""

import json
from pathlib import Path

import pytest

from segcore.frames.cityscapes import Frame
from segcore.runs.lineage import (
    AveragedRun,
    Averaging,
    Change,
    Circumstances,
    Command,
    FurtherData,
    TrainedFrames,
)
from segcore.runs.record import Record
from segcore.training.checkpoint import TrainingState
from segcore.training.config import TrainingConfig
from segcore.training.lineage import Lineage
from segcore.training.resume import back_to_best

CONFIG = TrainingConfig(model="unet")
DICE = TrainingConfig(model="unet", loss="dice")
STREETS = TrainedFrames(name="Streets", split="train", frames=5, cities=("aachen",), frame_size=(32, 64))
HERE = Circumstances(
    STREETS, {"keras": "3.15.1", "backend": "tensorflow", "tensorflow": "2.21.0"}, "AMD EPYC, 2 CPU cores"
)
THERE = Circumstances(
    TrainedFrames(name="Streets", split="train", frames=5, cities=("ulm",), frame_size=(32, 64)),
    {"keras": "3.15.1", "backend": "jax", "jax": "0.7"},
    "NVIDIA H200, 16 CPU cores",
)


def test_what_was_otherwise_is_noted_and_forgotten_on_going_back():
    moved = Lineage(circumstances=HERE).with_change(3, CONFIG, DICE, THERE)
    assert moved.changes == (Change.of(3, {"loss": "ce"}, HERE),)
    assert moved.circumstances == THERE
    another = Circumstances(THERE.data, THERE.versions, "another")
    again = moved.with_change(3, DICE, DICE, another)
    assert again.changes[1:] == (Change.of(3, {}, Circumstances(hardware=THERE.hardware)),)
    best = back_to_best(TrainingState(3, ({"epoch": 1}, {"epoch": 2}), 1, 0.5, None, DICE, again))
    assert (best.config, best.lineage) == (CONFIG, Lineage(circumstances=HERE))
    assert (best.epochs_done, best.history) == (1, ({"epoch": 1},))


def test_how_long_a_training_lasts_and_a_name_and_what_was_not_recorded_are_no_change():
    assert Lineage(circumstances=HERE).with_change(0, CONFIG, DICE, THERE).changes == ()
    longer = TrainingConfig(model="unet", epochs=50, decay_epochs=3)
    renamed = Circumstances(
        TrainedFrames(name="Roads", split="train", frames=5, cities=("aachen",), frame_size=(32, 64)),
        HERE.versions,
        HERE.hardware,
    )
    gone_on = Lineage(circumstances=HERE).with_change(3, CONFIG, longer, renamed)
    assert gone_on.changes == () and gone_on.circumstances.data.name == "Roads"
    few = Circumstances(HERE.data, {"keras": "3.15.1", "backend": "tensorflow"}, HERE.hardware)
    for before in (few, Circumstances()):
        lineage = Lineage(circumstances=before).with_change(3, CONFIG, CONFIG, HERE)
        assert lineage.changes == () and lineage.circumstances == HERE


def test_a_command_is_noted_once_and_one_that_trained_no_epoch_is_forgotten():
    lineage = Lineage().with_command(0, "train --epochs 9").with_command(0, "train")
    assert lineage.commands == (Command(from_epoch=1, command="train"),)
    assert lineage.with_command(2, "train --resume") == lineage
    changed = lineage.with_command(2, "train --loss dice --resume")
    assert changed.commands == (
        Command(from_epoch=1, command="train"),
        Command(from_epoch=3, command="train --loss dice --resume"),
    )
    assert changed.back_to(2).commands == (Command(from_epoch=1, command="train"),)
    assert changed.back_to(3) == changed


def test_further_data_is_noted_when_it_changes_and_when_it_ends():
    frame = Frame("ulm_1", "train", "ulm", Path("ulm_1.png"), None)
    source = TrainedFrames.of([frame, frame], name="Drawn", repeats=2)
    assert source == TrainedFrames(name="Drawn", split="train", frames=2, repeats=2, cities=("ulm",))
    assert Lineage().with_further_data(0, []).further_data == ()
    lineage = Lineage().with_further_data(0, [source])
    assert lineage.with_further_data(4, [source]) == lineage
    assert lineage.with_further_data(4, []).further_data == (
        FurtherData(from_epoch=1, sources=(source,)),
        FurtherData(from_epoch=5, sources=()),
    )


# As the versions before these types wrote them: keys and nesting are the format on disk.
RECORD = {
    "commands": [{"from_epoch": 1, "command": "train"}, {"from_epoch": 4, "command": "train --loss dice"}],
    "earlier": [
        {"to_epoch": 2, "settings": {"scale": [0.75, 1.5]}},
        {
            "to_epoch": 3,
            "settings": {},
            "data": {"name": "Streets", "split": "train", "frames": 4, "cities": ["ulm"]},
            "versions": {"backend": "jax"},
            "hardware": "another",
        },
    ],
    "data": {
        "name": "Streets",
        "split": "train",
        "frames": 5,
        "cities": ["aachen"],
        "frame_size": [32, 64],
        "extra": [
            {"from_epoch": 2, "sources": [{"name": "Drawn", "split": "train", "frames": 3, "cities": []}]},
            {"from_epoch": 3, "sources": []},
        ],
    },
    "versions": {"backend": "tensorflow"},
    "hardware": "two cores",
}


def record_of(told: dict) -> Record:
    return Record.from_json({"format": 1, "weights_sha256": None} | told, where="run.json")


def test_a_record_is_written_as_it_was_read():
    lineage = Lineage.from_record(record_of(RECORD))
    assert lineage.further_data[0].sources[0].repeats is None
    assert lineage.to_record() == RECORD
    assert json.loads(json.dumps(lineage.to_record())) == RECORD
    assert Lineage.from_record(record_of({"data": {"name": "Streets"}})).to_record() == {
        "data": {"name": "Streets"}
    }


def test_a_checkpoint_is_written_as_it_was_read():
    data = {key: value for key, value in RECORD["data"].items() if key != "extra"}
    content = {
        "epochs_done": 4,
        "history": [{"epoch": 1, "val_mean_iou": 0.25}],
        "best_epoch": 1,
        "best_score": 0.25,
        "best_sha256": "0" * 64,
        "config": CONFIG.to_dict(),
        "extra_data": RECORD["data"]["extra"],
        "earlier": RECORD["earlier"],
        "commands": RECORD["commands"],
        "circumstances": {
            "data": data,
            "versions": RECORD["versions"],
            "hardware": RECORD["hardware"],
        },
    }
    state = TrainingState.from_json(content)
    assert state.lineage == Lineage.from_record(record_of(RECORD))
    assert json.loads(json.dumps(state.to_json())) == content
    # Older ones lack what was not recorded then.
    old = {key: content[key] for key in list(content)[:6]}
    assert TrainingState.from_json(old).lineage == Lineage()


@pytest.mark.parametrize("epoch", [7, None])
def test_an_averaging_is_written_as_it_was_read(epoch):
    content = {
        "weights_sha256": "a" * 64,
        "of": [{"run": "one", "epoch": epoch, "weights_sha256": "b" * 64}],
        "command": "average",
    }
    averaging = Averaging.from_json(content, where="run.json")
    assert averaging.of == (AveragedRun(run="one", epoch=epoch, weights_sha256="b" * 64),)
    assert json.loads(json.dumps(averaging.to_json())) == content
