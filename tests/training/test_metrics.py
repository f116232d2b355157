"""Metrics of an epoch against the confusion matrix that evaluation uses."""

import keras
import numpy as np
import pytest

from segcore.scoring import confusion
from segcore.training.losses import CrossEntropy
from segcore.training.metrics import Accuracy, MeanIoU

VOID = 255
CLASSES = 6
every_metric = pytest.mark.parametrize("metric_class", [MeanIoU, Accuracy])


def reference(metric_class, matrix: np.ndarray) -> float:
    return confusion.mean_iou(matrix) if metric_class is MeanIoU else confusion.pixel_accuracy(matrix)


def batch(seed: int, *, void: float = 0.2, present=range(CLASSES)) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    labels = generator.choice(list(present), size=(2, 16, 12)).astype("uint8")
    labels[generator.random(labels.shape) < void] = VOID
    logits = generator.normal(size=(*labels.shape, CLASSES)).astype("float32")
    # Better than chance, so that classes differ in their scores.
    logits += 2 * np.eye(CLASSES)[labels % CLASSES] * np.linspace(0, 1, CLASSES)
    return labels, logits


def matrix_of(labels: np.ndarray, logits: np.ndarray) -> np.ndarray:
    return confusion.confusion_matrix(labels, logits.argmax(axis=-1), num_classes=CLASSES)


def counts(metric) -> np.ndarray:
    """The accumulated matrix in whole numbers, read from the two words it is kept in."""
    low, high = np.asarray(metric.low).astype("int64"), np.asarray(metric.high).astype("int64")
    return high * (1 << 20) + low


@every_metric
def test_four_pixels_by_hand(metric_class):
    metric = metric_class(3)
    labels = np.array([[[0, 0, 1, VOID]]], "uint8")
    logits = np.eye(3, dtype="float32")[[[[0, 1, 1, 2]]]]
    metric.update_state(labels, logits)
    # Classes 0 and 1 have IoU 1/2; class 2 was predicted on void alone and leaves the mean.
    expected = {MeanIoU: 1 / 2, Accuracy: 2 / 3}[metric_class]
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)


@every_metric
def test_many_batches_agree_with_the_confusion_matrix(metric_class):
    metric, total = metric_class(CLASSES), 0
    for seed in range(25):
        labels, logits = batch(seed)
        metric.update_state(labels, logits)
        total = total + matrix_of(labels, logits)
        assert float(metric.result()) == pytest.approx(reference(metric_class, total), abs=1e-6)
    np.testing.assert_array_equal(counts(metric), total[:-1, :-1])


@every_metric
def test_absent_classes_leave_the_mean(metric_class):
    metric = metric_class(CLASSES)
    labels, logits = batch(1, present=(0, 2, 3))
    logits[..., [1, 4, 5]] = -100
    metric.update_state(labels, logits)
    expected = reference(metric_class, matrix_of(labels, logits))
    assert float(metric.result()) == pytest.approx(expected, abs=1e-6)


@every_metric
def test_a_class_that_is_only_predicted_stays_in_the_mean(metric_class):
    metric = metric_class(3)
    labels = np.zeros((1, 1, 4), "uint8")
    logits = np.eye(3, dtype="float32")[[[[0, 0, 0, 2]]]]
    metric.update_state(labels, logits)
    expected = {MeanIoU: (3 / 4 + 0) / 2, Accuracy: 3 / 4}[metric_class]
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)


@every_metric
def test_void_truth_counts_nowhere(metric_class):
    metric = metric_class(CLASSES)
    labels, logits = batch(2)
    metric.update_state(labels, logits)
    before = float(metric.result())
    metric.update_state(np.full_like(labels, VOID), logits)
    assert float(metric.result()) == before
    assert counts(metric).sum() == (labels != VOID).sum()


@every_metric
def test_nothing_counted_is_a_finite_nothing(metric_class):
    metric = metric_class(CLASSES)
    assert float(metric.result()) == 0
    labels, logits = batch(3)
    metric.update_state(np.full_like(labels, VOID), logits)
    assert float(metric.result()) == 0


@every_metric
def test_reset_forgets(metric_class):
    metric = metric_class(CLASSES)
    for seed in (4, 5):
        metric.reset_state()
        assert not counts(metric).any()
        labels, logits = batch(seed)
        metric.update_state(labels, logits)
    expected = reference(metric_class, matrix_of(labels, logits))
    assert float(metric.result()) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("start", [(1 << 20) - 1, 1 << 24, (1 << 24) + 1, (1 << 31) + 5, 6_000_000_001])
def test_counting_goes_on_exactly_where_floats_and_32_bits_end(start):
    metric = MeanIoU(CLASSES)
    before = np.full((CLASSES, CLASSES), start, "int64")
    metric.low.assign((before % (1 << 20)).astype("int32"))
    metric.high.assign((before // (1 << 20)).astype("int32"))
    expected = before
    for seed in range(3):
        labels, logits = batch(seed)
        metric.update_state(labels, logits)
        expected = expected + matrix_of(labels, logits)[:-1, :-1]
    np.testing.assert_array_equal(counts(metric), expected)
    padded = np.zeros((CLASSES + 1, CLASSES + 1), "int64")
    padded[:-1, :-1] = expected
    assert float(metric.result()) == pytest.approx(confusion.mean_iou(padded), abs=1e-6)


def test_one_cell_past_two_to_the_24_by_updates():
    metric = Accuracy(2)
    labels = np.zeros((1, 1024, 1024), "uint8")
    logits = np.zeros((1, 1024, 1024, 2), "float32")
    logits[..., 0] = 1
    for _ in range(16):
        metric.update_state(labels, logits)
    for _ in range(3):
        metric.update_state(labels[:, :1, :1], logits[:, :1, :1])
    assert counts(metric).tolist() == [[(1 << 24) + 3, 0], [0, 0]]


@every_metric
def test_logits_of_half_precision_are_counted_whole(metric_class):
    metric, exact = metric_class(CLASSES), metric_class(CLASSES)
    labels, logits = batch(6)
    half = logits.astype("float16")
    metric.update_state(labels, half)
    exact.update_state(labels, half.astype("float32"))
    np.testing.assert_array_equal(counts(metric), counts(exact))


@every_metric
def test_labels_may_have_a_channel(metric_class):
    labels, logits = batch(7)
    plain, channel = metric_class(CLASSES), metric_class(CLASSES)
    plain.update_state(labels, logits)
    channel.update_state(labels[..., None].astype("int32"), logits)
    np.testing.assert_array_equal(counts(plain), counts(channel))


@every_metric
def test_weights_of_samples_are_refused(metric_class):
    labels, logits = batch(8)
    with pytest.raises(ValueError, match="sample_weight"):
        metric_class(CLASSES).update_state(labels, logits, sample_weight=np.ones(2))


@every_metric
def test_comes_back_from_its_configuration(metric_class):
    metric = metric_class(CLASSES, name="score")
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert type(restored) is metric_class
    assert (restored.num_classes, restored.name) == (CLASSES, "score")


def test_evaluate_of_a_model_reports_the_scores_of_the_whole_set():
    pictures = np.random.default_rng(9).normal(size=(7, 4, 4, CLASSES)).astype("float32")
    labels = np.random.default_rng(10).integers(0, CLASSES, size=(7, 4, 4)).astype("uint8")
    labels[:, 0] = VOID
    model = keras.Sequential([keras.Input((4, 4, CLASSES)), keras.layers.Rescaling(1.0)])
    model.compile(metrics=[MeanIoU(CLASSES), Accuracy(CLASSES)], loss=CrossEntropy(), jit_compile=False)
    # A last batch that is smaller than the others: a mean of batch scores would weigh it too much.
    scores = model.evaluate(pictures, labels, batch_size=3, verbose=0, return_dict=True)
    matrix = matrix_of(labels, pictures)
    assert scores["mean_iou"] == pytest.approx(confusion.mean_iou(matrix), abs=1e-6)
    assert scores["accuracy"] == pytest.approx(confusion.pixel_accuracy(matrix), abs=1e-6)
