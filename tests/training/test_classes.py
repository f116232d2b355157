"""Trainings in classes of other lists than Cityscapes': a list that comes along, and one of a file."""

import json

import numpy as np
import pytest
from hand_counted import ELEVEN
from made_datasets import write_picture

from segcore.classes.files import find_space
from segcore.cli import main
from segcore.errors import InputError
from segcore.runs.run import check_weights, find_run
from segcore.training.config import TrainingConfig

TINY = {
    "model": "unet_xception",
    "arguments": {"filters": [16], "head_stride": 2},
    "image_size": [32, 64],
    "augment": "flip",
    "loss_grid": "logits",
    "batch_size": 2,
    "warmup_steps": 2,
    "class_weights": "log",
    "epochs": 1,
}


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Two folders of frames whose left half is road and whose right half is cars, in ``ELEVEN`` classes."""
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    mask = np.full((32, 64), ELEVEN.index("road"), np.uint8)
    mask[:, 32:] = ELEVEN.index("car")
    image = np.where(mask[..., None] == ELEVEN.index("car"), np.uint8(200), np.uint8(40)).repeat(3, axis=2)
    for split, number in (("train", 3), ("val", 1)):
        for index in range(number):
            write_picture(tmp_path / f"town/images/{split}/{index}.png", image)
            write_picture(tmp_path / f"town/masks/{split}/{index}.png", mask)
    (tmp_path / "town/classes.txt").write_text("\n".join(ELEVEN))
    return tmp_path / "town"


@pytest.mark.slow
@pytest.mark.parametrize("listed", [True, False], ids=["CamVid's", "of a file"])
def test_a_run_is_trained_in_classes_of_any_list_and_scored_in_those_of_its_data(
    data, tmp_path, listed, capfd
):
    label_space = "camvid_11" if listed else str(data / "classes.txt")
    (tmp_path / "tiny.json").write_text(json.dumps(TINY))
    command = ["train", "--run", "tiny", "--data", str(data), "--config", str(tmp_path / "tiny.json")]
    command += ["--label-space", label_space]
    assert main(command) == 0, capfd.readouterr().err
    run = find_run("tiny")
    check_weights(run)
    assert run.num_classes == 11
    assert run.space.class_names == (find_space("camvid_11").class_names if listed else ELEVEN)
    # Nothing of the machine is told.
    assert str(tmp_path) not in (run.path / "run.json").read_text()
    assert main([*command, "--epochs", "2", "--resume"]) == 0, capfd.readouterr().err
    assert find_run("tiny").record.epochs == 2
    assert main(["evaluate", "--run", "tiny", "--data", str(data), "--save", "town"]) == 0
    scores = json.loads((run.path / "evaluation" / "town.json").read_text())
    assert scores["class_names"] == list(ELEVEN)
    # All 2048 pixels are of two classes: road and car.
    assert (
        [sum(row) for row in scores["confusion"]][3] == [sum(row) for row in scores["confusion"]][8] == 1024
    )


@pytest.mark.parametrize(
    "label_space", [["road"], [f"class {index}" for index in range(255)], ["a", "a"], [3], 3, "no.txt"]
)
def test_a_list_that_cannot_be_trained_is_refused(label_space):
    with pytest.raises(InputError):
        TrainingConfig.from_dict({"model": "unet", "label_space": label_space})


@pytest.mark.parametrize("number", [2, 254])
def test_as_many_classes_as_masks_can_hold_are_taken(number):
    config = TrainingConfig.from_dict(
        {"model": "unet", "label_space": [f"class {index}" for index in range(number)]}
    )
    assert config.space.num_classes == number
    assert TrainingConfig.from_dict(config.to_dict()) == config
