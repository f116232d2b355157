"""HISTORY.md says how a run was trained, from its record alone."""

from dataclasses import replace

import pytest
from makers import make_run, stored_record, with_record

from segcore.reports.run_history import run_history
from segcore.runs.record import record_from_json
from segcore.runs.run import find_run


@pytest.fixture
def run(tmp_path):
    make_run(tmp_path, "mine", epochs=3)
    return find_run("mine", tmp_path)


def test_a_record_without_changes_has_its_data_alone(run):
    history = run_history(run)
    assert history.startswith("# How mine was trained\n")
    headings = [line for line in history.splitlines() if line.startswith("## ")]
    assert headings == ["## Data"]
    assert "\n- Trained on made streets train, 40 frames (aachen) of 128 x 64 pixels.\n" in history
    assert history.endswith("\nWritten by `python -m segcore card`.\n")


def test_the_commands_stand_there_each_with_the_epoch_it_begins_with(run):
    run = with_record(
        run,
        commands=[
            {"from_epoch": 1, "command": "python -m segcore train --run mine --data ROOT"},
            {"from_epoch": 3, "command": "python -m segcore train --run mine --data ROOT --resume"},
        ],
    )
    assert (
        "## Commands\n"
        "\n- From epoch 1 on: `python -m segcore train --run mine --data ROOT`"
        "\n- From epoch 3 on: `python -m segcore train --run mine --data ROOT --resume`\n"
    ) in run_history(run)


def test_data_of_earlier_and_further_data_of_later_epochs_are_told(run):
    other = {"name": "Streets", "split": "train", "frames": 7, "cities": ["ulm"], "frame_size": [32, 64]}
    run = with_record(run, earlier=[{"to_epoch": 1, "settings": {}, "data": other}])
    source = {"name": "Demo city", "split": "train", "frames": 90, "cities": ["altenrode", "neuwerda"]}
    run = with_record(
        run,
        data=stored_record(run)["data"]
        | {
            "extra": [
                {"from_epoch": 17, "sources": [source]},
                {"from_epoch": 20, "sources": [source | {"repeats": 4}]},
            ]
        },
    )
    named = "Demo city train, 90 frames (altenrode, neuwerda)"
    assert (
        "## Data\n"
        "\n- Up to epoch 1: Streets train, 7 frames (ulm) of 64 x 32 pixels."
        "\n- Trained after that on made streets train, 40 frames (aachen) of 128 x 64 pixels."
        f"\n- From epoch 17 on, further data: {named}."
        f"\n- From epoch 20 on, further data: {named}, each 4 times an epoch.\n"
    ) in run_history(run)
    assert "## Earlier settings" not in run_history(run), "no setting changed"


def test_settings_machines_and_versions_of_earlier_epochs_are_told(run):
    versions = {"keras": "3.15.0", "backend": "jax", "jax": "0.7"}
    run = with_record(
        run,
        earlier=[
            {"to_epoch": 2, "settings": {"batch_size": 8, "crop_size": [192, 384]}},
            {"to_epoch": 4, "settings": {"loss": "ce"}, "versions": versions, "hardware": "NVIDIA H200"},
        ],
    )
    assert (
        "\n- Up to epoch 2: `batch_size=8`, `crop_size=[192, 384]`."
        "\n- Up to epoch 4: `loss=ce`, on NVIDIA H200, jax back end (keras 3.15.0, jax 0.7).\n"
    ) in run_history(run)


def test_notes_stand_there(run):
    run = with_record(run, notes=["By hand.", "Twice."])
    assert "## Notes\n\n- By hand.\n- Twice.\n" in run_history(run)


def test_averages_are_of_now_or_of_before(run):
    average = {
        "weights_sha256": "1" * 64,
        "of": [
            {"run": "one", "epoch": 7, "weights_sha256": "2" * 64},
            {"run": "two", "weights_sha256": "3" * 64},
        ],
        "command": "python -m segcore average",
    }
    run = with_record(run, averages=[average])
    told = "mean of epoch 7 of one and two, made by `python -m segcore average`."
    assert f"\n- The training continued from the {told}" in run_history(run)
    run = with_record(run, weights_sha256="1" * 64)
    assert f"\n- The weights are now the {told}" in run_history(run)


def test_a_foreign_run_has_no_history(run):
    masks = {"format": 1, "kind": "masks", "classes": "categories", "encoding": "label-ids"}
    record = record_from_json(masks | {"weights_sha256": None})
    assert run_history(replace(run, record=record)) is None
