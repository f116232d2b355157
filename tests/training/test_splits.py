"""Which frames of a data set are trained on and validated on, by the names of its splits or as one says."""

from pathlib import Path

import numpy as np
import pytest
from made_datasets import make_dataset, write_picture

from segcore.classes.files import find_space
from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.labels import LABEL_SPACES
from segcore.training.splits import classes_never_seen, training_and_validation_frames, training_frames


def add(root: Path, *names: str) -> None:
    for name in names:
        write_picture(root / "images" / f"{name}.png", np.full((1, 2, 3), 90, np.uint8))
        write_picture(root / "masks" / f"{name}.png", np.array([[7, 26]], np.uint8))


def ids(frames) -> list[str]:
    return [frame.frame_id for frame in frames]


def test_names_of_splits_that_say_what_they_are_for(tmp_path):
    make_dataset(tmp_path / "camvid", "camvid_segnet")
    train, validation = training_and_validation_frames(open_dataset(tmp_path / "camvid"))
    assert (train[0].split, validation[0].split) == ("train", "val")
    make_dataset(tmp_path / "vistas", "mapillary_vistas")
    train, validation = training_and_validation_frames(open_dataset(tmp_path / "vistas"))
    assert (train[0].split, validation[0].split) == ("training", "validation")


def test_splits_may_be_named(tmp_path):
    make_dataset(tmp_path, "camvid_segnet")
    chosen = training_and_validation_frames(open_dataset(tmp_path), train_split="val", val_split="test")
    assert [frames[0].split for frames in chosen] == ["val", "test"]


def test_the_last_frames_of_each_group_may_be_held_out(tmp_path):
    add(
        tmp_path,
        *(f"val/{group}/{group}{index}" for group in "ab" for index in range(5)),
        "val/c/c0",
        "val/c/c1",
    )
    dataset = open_dataset(tmp_path)
    train, validation = training_and_validation_frames(dataset, hold_out=0.4)
    assert ids(train) == ["a0", "a1", "a2", "b0", "b1", "b2", "c0"]
    assert ids(validation) == ["a3", "a4", "b3", "b4", "c1"]


def test_frames_without_ground_truth_are_left_out(tmp_path):
    add(tmp_path, "train/a", "train/b", "val/c")
    (tmp_path / "masks/train/a.png").unlink()
    assert ids(training_frames(open_dataset(tmp_path))) == ["b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {},
            "has the split all; training needs one to train on and another to validate on: .* --hold-out 0.2",
        ),
        ({"val_split": "all"}, "training needs one to train on and another"),
        ({"val_split": "dev"}, "no split 'dev'"),
        ({"hold_out": 0.2, "val_split": "all"}, "give only one of them"),
        ({"hold_out": 1.5}, "expected a share between 0 and 1"),
        ({"hold_out": 0.9}, "leaves no frame to train on"),
        ({"train_split": "dev", "hold_out": 0.2}, "no split 'dev'"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, arguments, message):
    add(tmp_path, "a", "b")
    (tmp_path / "masks/b.png").unlink() if arguments.get("hold_out") == 0.9 else None
    with pytest.raises(InputError, match=message):
        training_and_validation_frames(open_dataset(tmp_path), **arguments)


def test_a_split_without_masks_is_named(tmp_path):
    add(tmp_path, "train/a", "val/b")
    (tmp_path / "masks/val/b.png").unlink()
    with pytest.raises(InputError, match=r"The split 'val' of .* has no frame with ground truth"):
        training_and_validation_frames(open_dataset(tmp_path))


def test_classes_that_masks_cannot_show(tmp_path):
    make_dataset(tmp_path, "camvid_segnet")
    frames = open_dataset(tmp_path).frames("val")
    assert classes_never_seen(frames, find_space("camvid_11")) == ()
    unseen = classes_never_seen(frames, LABEL_SPACES["train_ids"])
    assert {"truck", "rider", "traffic light"} <= set(unseen)
    assert not {"road", "car", "sky", "building"} & set(unseen)
