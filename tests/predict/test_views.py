"""Scores of several views brought to one size: as if each step were done on all classes."""

import cv2
import keras
import numpy as np
import pytest

from segcore.predict.views import View, likeliest_classes, mean_logits

CLASSES = 5


def view(height: int, width: int, columns: slice, *, mirrored: bool, seed: int) -> View:
    scores = np.random.default_rng(seed).normal(size=(CLASSES, height // 4, width // 4)).astype(np.float32)
    return View(scores, (height, width), slice(0, height), columns, mirrored)


def step_by_step(views: list[View]) -> np.ndarray:
    """Return the mean logits as a predictor of Keras makes them."""
    maps = []
    for each in views:
        enlarge = keras.layers.UpSampling2D(4, interpolation="bilinear")
        full = keras.ops.convert_to_numpy(enlarge(each.scores.transpose(1, 2, 0)[np.newaxis]))[0]
        full = full[:, ::-1] if each.mirrored else full
        maps.append(np.ascontiguousarray(full[each.rows, each.columns]))
    height, width = maps[0].shape[:2]
    return sum(cv2.resize(each, (width, height)) for each in maps) / len(maps)


@pytest.mark.parametrize("margin", [0, 8])
def test_the_mean_is_that_of_all_looks_at_full_size(margin):
    sizes = [(64, 128), (48, 96), (32, 64)]
    views = [
        view(
            height,
            width,
            slice(margin * height // 64, width - margin * height // 64),
            mirrored=index == 1,
            seed=index,
        )
        for index, (height, width) in enumerate(sizes)
    ]
    wanted = step_by_step(views)
    np.testing.assert_allclose(mean_logits(views), wanted, atol=1e-5)
    for size in ((64, 128 - 2 * margin), (50, 77), (130, 200)):
        resized = cv2.resize(wanted, size[::-1])
        classes = likeliest_classes(views, size)
        assert classes.dtype == np.uint8 and classes.shape == size
        assert (classes == resized.argmax(-1)).mean() > 0.999


def test_of_equal_logits_the_lower_class_wins():
    scores = np.zeros((300, 2, 2), np.float32)[:200]
    scores[[3, 150]] = 1
    only = View(scores, (8, 8), slice(0, 8), slice(0, 8))
    assert (likeliest_classes([only], (8, 8)) == 3).all()
    scores[199] = 2
    assert (likeliest_classes([only], (16, 4)) == 199).all()
