"""Configurations: what is refused, and that the committed ones are complete."""

import json
from pathlib import Path

import pytest

from segcore.errors import InputError
from segcore.training.config import TrainingConfig

COMMITTED = sorted((Path(__file__).parents[2] / "configs").glob("*.json"))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_configurations_survive_a_round_trip(path):
    config = TrainingConfig.from_file(path)
    assert TrainingConfig.from_dict(config.to_dict()) == config
    assert json.loads(path.read_text()).items() <= config.to_dict().items()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"model": "unet", "epoch": 3}, "unknown key epoch"),
        ({"epochs": 3}, "names no model"),
        ({"model": "unet", "epochs": 0}, "epochs = 0; expected a whole number from 1"),
        ({"model": "unet", "epochs": True}, "epochs = true"),
        ({"model": "unet", "frames": 0}, "frames = 0; expected null or a whole number from 1"),
        ({"model": "unet", "epochs": 5, "decay_epochs": 6}, "decay_epochs = 6"),
        ({"model": "unet", "learning_rate": float("nan")}, "learning_rate = NaN; expected a number above 0"),
        ({"model": "unet", "image_size": [256]}, r"image_size = \[256\]; expected \[height, width\]"),
        ({"model": "unet", "scale": [1.5, 0.5]}, r"scale = \[1.5, 0.5\]; expected \[lowest, highest\]"),
        ({"model": "unet", "scale": [1, float("inf")]}, "both from 0.1 to 10"),
        ({"model": "unet", "scale": [75, 150]}, "both from 0.1 to 10"),
        ({"model": "unet", "ema": 1.0}, "ema"),
        ({"model": "unet", "logit_adjustment": 0.5}, "logit_adjustment = 0.5; .* 0 without class_weights"),
        ({"model": "unet", "class_weights": "log", "logit_adjustment": 1.5}, "a number from 0 to 1"),
        ({"model": "unet", "copy_paste": 1.5}, "copy_paste = 1.5; expected a number from 0 to 1"),
        ({"model": "unet", "label_space": "32"}, 'label_space = "32"; expected one of train_ids, categories'),
        ({"model": 3}, "model = 3; expected text"),
        (
            {"model": "unet", "epochs": 10**400},
            r"epochs = 10+\.\.\.; expected a whole number from 1 to 1000000",
        ),
        ({"model": "unet", "seed": 2**32}, "seed = 4294967296; expected a whole number from 0 to 4294967295"),
        ({"model": "unet", "batch_size": 10**9}, "batch_size"),
        ({"model": "unet", "learning_rate": 1e300}, "learning_rate"),
        ({"model": "unet", "weight_decay": float("inf")}, "weight_decay"),
        ({"model": "unet", "image_size": [32, 10**6]}, "each from 1 to 16384"),
        ({"model": "unet", "teacher": "\ud800"}, "teacher.*printable"),
        ({"model": "x" * 1001}, "model.*at most 1000 printable"),
        ({"model": "unet", "arguments": {"filters": [[1e9]]}}, "arguments.*numbers up to 65536"),
        ({"model": "unet", "arguments": {"filters": [8] * 2000}}, "at most 1000 values"),
    ],
)
def test_unusable_values_are_named_with_what_is_expected(content, message):
    with pytest.raises(InputError, match=message):
        TrainingConfig.from_dict(content)


@pytest.mark.parametrize(
    ("text", "message"), [("[1]", "is a list"), ("{", "not valid JSON"), (None, "is missing")]
)
def test_unreadable_files_are_named(tmp_path, text, message):
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=message):
        TrainingConfig.from_file(path)
