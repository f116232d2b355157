"""Weights that the encoder should start from and cannot: one sentence, whatever Keras raises."""

import keras
import pytest
from small_models import build_small

from segcore.errors import InputError
from segcore.models.mobilenet_segnet import load_encoder_weights


def test_a_missing_file_is_named(tmp_path):
    path = str(tmp_path / "none.weights.h5")
    with pytest.raises(InputError, match=r"none\.weights\.h5' cannot be loaded \(.*expected 'imagenet' or a"):
        load_encoder_weights(build_small("mobilenet_segnet"), path, alpha=0.25)


def test_a_failed_download_is_told_in_one_line(monkeypatch):
    def offline(*_, **__):
        raise Exception("URL fetch failure on https://example.org/mobilenet.h5: None -- no route\nmore")

    monkeypatch.setattr(keras.src.applications.mobilenet.file_utils, "get_file", offline)
    with pytest.raises(
        InputError,
        match=r"^The encoder weights 'imagenet' cannot be loaded \(URL fetch.* alpha 0\.25; without",
    ):
        load_encoder_weights(build_small("mobilenet_segnet"), "imagenet", alpha=0.25)
