"""Losses against values worked out by hand, NumPy references, and Keras' own; and their blindness to void."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from segcore.errors import InputError
from segcore.training.losses import LOSSES, CrossEntropy, CrossEntropyDice, Dice, Jaccard, make_loss

VOID = 255
every_loss = pytest.mark.parametrize("name", list(LOSSES))

# Two pixels, two classes: probabilities (3/4, 1/4) and (1/2, 1/2), truth 0 and 1.
LOGITS = np.log(np.array([[[[3, 1], [1, 1]]]], "float32"))
LABELS = np.array([[[0, 1]]], "uint8")


def random_batch(seed: int = 0, *, num_classes: int = 5, void: float = 0.3):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, num_classes, size=(3, 8, 6)).astype("uint8")
    labels[generator.random(labels.shape) < void] = VOID
    logits = generator.normal(scale=2, size=(3, 8, 6, num_classes)).astype("float32")
    return labels, logits


def value(loss, labels, logits) -> float:
    return float(loss(labels, logits))


def value_and_gradient(loss, labels, logits) -> tuple[float, np.ndarray]:
    with tf.GradientTape() as tape:
        tensor = tf.constant(logits)
        tape.watch(tensor)
        result = loss(labels, tensor)
    return float(result), tape.gradient(result, tensor).numpy()


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits.astype("float64") - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def overlap_reference(labels, logits, *, score) -> float:
    """1 - the mean over the classes in the truth of ``score(intersection, truth, prediction)``."""
    probabilities = softmax(logits)[labels != VOID]
    truth = labels[labels != VOID]
    scores = []
    for index in np.unique(truth):
        mine = truth == index
        column = probabilities[:, index]
        scores.append(score(column[mine].sum(), mine.sum(), column.sum()))
    return 1 - np.mean(scores)


def dice_score(intersection, truth, prediction):
    return 2 * intersection / (truth + prediction)


def jaccard_score(intersection, truth, prediction):
    return intersection / (truth + prediction - intersection)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (CrossEntropy(), (math.log(4 / 3) + math.log(2)) / 2),
        (CrossEntropy(class_weights=(1, 3)), (math.log(4 / 3) + 3 * math.log(2)) / 4),
        # Class 0: 2 * 3/4 / (1 + 5/4) = 2/3; class 1: 2 * 1/2 / (1 + 3/4) = 4/7.
        (Dice(), 1 - (2 / 3 + 4 / 7) / 2),
        # Class 0: 3/4 / (1 + 5/4 - 3/4) = 1/2; class 1: 1/2 / (1 + 3/4 - 1/2) = 2/5.
        (Jaccard(), 1 - (1 / 2 + 2 / 5) / 2),
        (CrossEntropyDice(), (math.log(4 / 3) + math.log(2)) / 2 + 1 - (2 / 3 + 4 / 7) / 2),
        (CrossEntropyDice(class_weights=(1, 0)), math.log(4 / 3) + 1 - (2 / 3 + 4 / 7) / 2),
    ],
)
def test_two_pixels_by_hand(loss, expected):
    assert value(loss, LABELS, LOGITS) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("void", [0.0, 0.3, 0.9])
def test_cross_entropy_is_that_of_keras(void):
    labels, logits = random_batch(1, void=void)
    reference = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=VOID)
    assert value(CrossEntropy(), labels, logits) == pytest.approx(value(reference, labels, logits), rel=1e-5)


def test_cross_entropy_has_the_gradient_of_keras():
    labels, logits = random_batch(2)
    reference = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=VOID)
    _, gradient = value_and_gradient(CrossEntropy(), labels, logits)
    _, expected = value_and_gradient(reference, labels, logits)
    np.testing.assert_allclose(gradient, expected, atol=1e-7)


def test_class_weights_against_a_loop():
    labels, logits = random_batch(3)
    weights = [0.5, 1, 2, 4, 0]
    probabilities = softmax(logits)
    total = weight_sum = 0.0
    for index in np.ndindex(*labels.shape):
        if labels[index] != VOID:
            total -= weights[labels[index]] * math.log(probabilities[index][labels[index]])
            weight_sum += weights[labels[index]]
    loss = value(CrossEntropy(class_weights=weights), labels, logits)
    assert loss == pytest.approx(total / weight_sum, rel=1e-5)
    doubled = CrossEntropy(class_weights=[2 * weight for weight in weights])
    assert value(doubled, labels, logits) == pytest.approx(loss, rel=1e-6)


def test_equal_class_weights_change_nothing():
    labels, logits = random_batch(4)
    weighted = CrossEntropy(class_weights=[3] * 5)
    assert value(weighted, labels, logits) == pytest.approx(value(CrossEntropy(), labels, logits), rel=1e-6)


@pytest.mark.parametrize(("loss", "score"), [(Dice(), dice_score), (Jaccard(), jaccard_score)])
@pytest.mark.parametrize("seed", range(4))
def test_overlap_against_numpy(loss, score, seed):
    labels, logits = random_batch(seed)
    # A class that the truth lacks must not enter the mean, though some probability falls on it.
    labels[labels == seed] = VOID
    expected = overlap_reference(labels, logits, score=score)
    assert value(loss, labels, logits) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", [Dice(), Jaccard(), CrossEntropy(), CrossEntropyDice()])
def test_a_perfect_prediction_costs_nothing(loss):
    labels, _ = random_batch(5)
    truth = np.where(labels == VOID, 0, labels)
    assert value(loss, labels, 30 * np.eye(5, dtype="float32")[truth]) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("loss", [Dice(), Jaccard()])
def test_a_prediction_without_overlap_costs_one(loss):
    labels, _ = random_batch(6)
    wrong = (np.where(labels == VOID, 0, labels) + 1) % 5
    assert value(loss, labels, 30 * np.eye(5, dtype="float32")[wrong]) == pytest.approx(1, abs=1e-5)


def test_dice_and_jaccard_are_of_one_kind_for_a_single_class():
    labels, logits = random_batch(7, num_classes=2)
    labels[labels == 1] = VOID
    dice, jaccard = 1 - value(Dice(), labels, logits), 1 - value(Jaccard(), labels, logits)
    assert dice == pytest.approx(2 * jaccard / (1 + jaccard), rel=1e-5)


@every_loss
@pytest.mark.parametrize("strange", [1e4, -1e4, np.inf, np.nan])
def test_void_pixels_are_seen_in_neither_value_nor_gradient(name, strange):
    labels, logits = random_batch(8)
    void = labels == VOID
    loss = make_loss(name)
    expected, expected_gradient = value_and_gradient(loss, labels, logits)
    assert not expected_gradient[void].any()
    assert expected_gradient[~void].all(axis=-1).any()
    changed = logits.copy()
    changed[void, 0] = strange
    result, gradient = value_and_gradient(loss, labels, changed)
    assert result == expected
    np.testing.assert_array_equal(gradient, expected_gradient)


@every_loss
def test_adding_void_pixels_changes_nothing(name):
    labels, logits = random_batch(9, void=0)
    more_labels = np.concatenate([labels, np.full_like(labels, VOID)])
    more_logits = np.concatenate([logits, np.full_like(logits, 7)])
    loss = make_loss(name)
    assert value(loss, more_labels, more_logits) == pytest.approx(value(loss, labels, logits), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "class_weights"),
    [*((name, None) for name in LOSSES), ("ce", (1, 2, 3, 4, 5)), ("ce+dice", (1, 2, 3, 4, 5))],
)
def test_a_batch_of_void_alone_costs_a_finite_nothing(name, class_weights):
    labels, logits = random_batch(10)
    loss = make_loss(name, class_weights=class_weights)
    result, gradient = value_and_gradient(loss, np.full_like(labels, VOID), logits)
    assert result == 0
    assert not gradient.any()


@every_loss
def test_large_logits_stay_finite(name):
    labels, logits = random_batch(11)
    for dtype in ("float32", "float16"):
        result, gradient = value_and_gradient(make_loss(name), labels, (logits * 5000).astype(dtype))
        assert np.isfinite(result)
        assert np.isfinite(gradient).all()


@every_loss
def test_the_gradient_is_that_of_small_differences(name):
    labels, logits = random_batch(12)
    _, gradient = value_and_gradient(make_loss(name), labels, logits)
    direction = np.random.default_rng(0).normal(size=logits.shape).astype("float32")
    step = 1e-2
    ahead = value(make_loss(name), labels, logits + step * direction)
    behind = value(make_loss(name), labels, logits - step * direction)
    assert (gradient * direction).sum() == pytest.approx((ahead - behind) / (2 * step), rel=2e-2, abs=1e-4)


@every_loss
def test_labels_may_be_of_any_integer_type_and_have_a_channel(name):
    labels, logits = random_batch(13)
    expected = value(make_loss(name), labels, logits)
    assert value(make_loss(name), labels.astype("int32"), logits) == expected
    assert value(make_loss(name), labels[..., None], logits) == expected


@every_loss
def test_comes_back_from_its_configuration(name):
    labels, logits = random_batch(14)
    loss = make_loss(name, class_weights=(1, 2, 3, 4, 5) if name.startswith("ce") else None)
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(restored) is type(loss)
    assert restored.get_config() == loss.get_config()
    assert value(restored, labels, logits) == value(loss, labels, logits)


@every_loss
def test_a_model_learns_from_it(name):
    keras.utils.set_random_seed(0)
    labels, _ = random_batch(15, num_classes=3)
    pictures = np.eye(3, dtype="float32")[labels % 3]
    model = keras.Sequential([keras.Input((8, 6, 3)), keras.layers.Conv2D(3, 1)])
    model.compile(keras.optimizers.Adam(0.1), loss=make_loss(name), jit_compile=False)
    losses = [float(model.train_on_batch(pictures, labels)) for _ in range(40)]
    assert losses[-1] < losses[0] / 3


def test_an_unknown_loss_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"'focal'.*ce, dice, jaccard, ce\+dice"):
        make_loss("focal")


@pytest.mark.parametrize("name", ["dice", "jaccard"])
def test_class_weights_without_cross_entropy_are_refused(name):
    with pytest.raises(InputError, match="takes no class weights"):
        make_loss(name, class_weights=(1, 2))
