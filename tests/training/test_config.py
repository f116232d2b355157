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
        ({"model": "unet", "epochs": 0}, "epochs = 0; expected a whole number of at least 1"),
        ({"model": "unet", "epochs": True}, "epochs = true"),
        ({"model": "unet", "frames": 0}, "frames = 0; expected null or a whole number of at least 1"),
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
    ],
)
def test_unusable_values_are_named_with_what_is_expected(content, message):
    with pytest.raises(InputError, match=message):
        TrainingConfig.from_dict(content)


@pytest.mark.parametrize(
    ("text", "message"), [("[1]", "is a list"), ("{", "no valid JSON"), (None, "cannot be read")]
)
def test_unreadable_files_are_named(tmp_path, text, message):
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=message):
        TrainingConfig.from_file(path)
