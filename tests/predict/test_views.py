"""Scores of several views brought to one size: as if each step were done on all classes."""

import cv2
import keras
import numpy as np
import pytest

from segcore.predict.views import (
    View,
    classes_and_confidence,
    confidence_and_entropy,
    likeliest_classes,
    mean_logits,
    probabilities_at,
    softmax,
)

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
        same, confidence = classes_and_confidence(views, size)
        np.testing.assert_array_equal(same, classes)
        assert confidence.dtype == np.float32 and confidence.shape == size
        np.testing.assert_allclose(confidence, softmax(resized).max(-1), atol=1e-5)


def test_of_equal_logits_the_lower_class_wins():
    scores = np.zeros((300, 2, 2), np.float32)[:200]
    scores[[3, 150]] = 1
    only = View(scores, (8, 8), slice(0, 8), slice(0, 8))
    assert (likeliest_classes([only], (8, 8)) == 3).all()
    scores[199] = 2
    assert (likeliest_classes([only], (16, 4)) == 199).all()


def of_probabilities(*rows: list[float]) -> View:
    """Return a view of one line of pixels with these probabilities, none of them 0."""
    scores = np.log(np.array(rows, np.float32)).T[:, np.newaxis]
    return View(np.ascontiguousarray(scores), scores.shape[1:], slice(0, 1), slice(0, len(rows)))


def test_confidence_is_the_largest_probability_and_entropy_runs_from_0_to_1():
    sure, half = [1 - 3e-9, 1e-9, 1e-9, 1e-9], [0.5 - 1e-9, 0.5 - 1e-9, 1e-9, 1e-9]
    confidence, entropy = confidence_and_entropy([of_probabilities(sure, [0.25] * 4, half)])
    assert confidence.dtype == entropy.dtype == np.float32
    assert confidence[0] == pytest.approx([1, 0.25, 0.5])
    # Half of the classes alike is half of the way in the logarithm: log 2 of log 4.
    assert entropy[0] == pytest.approx([0, 1, 0.5], abs=1e-6)


def test_entropy_of_one_class_is_refused():
    with pytest.raises(ValueError, match="at least 2 classes"):
        confidence_and_entropy([of_probabilities([1.0], [1.0])])


def test_confidence_and_probes_are_those_of_the_probabilities():
    views = [
        view(64, 128, slice(8, 120), mirrored=False, seed=1),
        view(48, 96, slice(6, 90), mirrored=True, seed=2),
    ]
    probabilities = softmax(mean_logits(views))
    confidence, entropy = confidence_and_entropy(views)
    np.testing.assert_allclose(confidence, probabilities.max(-1), atol=1e-6)
    shannon = -(probabilities * np.log(probabilities)).sum(-1)
    np.testing.assert_allclose(entropy, shannon / np.log(CLASSES), atol=1e-6)
    np.testing.assert_allclose(probabilities_at(views, 60, 3), probabilities[60, 3], atol=1e-6)
