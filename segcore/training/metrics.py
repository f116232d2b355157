"""Keras metrics from one confusion matrix over the whole epoch.

They agree with ``segcore.scoring.confusion``: pixels whose truth is void are left out, scores come from the summed
matrix, not from means over batches, and classes in neither truth nor prediction are not in the mean.
"""

import keras
from keras import ops

from segcore.labels import VOID

# Counts are two int32 words, low and high, because float32 is not exact above 2^24 and some back ends have no int64.
# Full-size Cityscapes has 6e9 pixels per epoch.
_WORD = 1 << 20


class _ConfusionMetric(keras.metrics.Metric):
    """Sums a confusion matrix (C, C) of valid pixels; rows are the truth, columns the prediction.

    Args:
        num_classes: number of classes C.
    """

    def __init__(self, num_classes: int, *, name: str):
        super().__init__(name=name, dtype="float32")
        self.num_classes = num_classes
        shape = (num_classes, num_classes)
        self.low = self.add_weight(shape=shape, initializer="zeros", dtype="int32", name="low")
        self.high = self.add_weight(shape=shape, initializer="zeros", dtype="int32", name="high")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Count labels (B, H, W), 0..C-1 or void, and logits (B, H, W, C); at most 2^24 pixels per batch.

        Raises:
            ValueError: ``sample_weight`` is not None.
        """
        if sample_weight is not None:
            raise ValueError("Confusion matrices count whole pixels; sample_weight is not supported.")
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        predictions = ops.reshape(ops.argmax(y_pred, axis=-1), (-1,))
        valid = ops.cast(ops.not_equal(labels, VOID), "float32")
        truth = ops.one_hot(ops.where(labels == VOID, 0, labels), self.num_classes, dtype="float32")
        predicted = ops.one_hot(predictions, self.num_classes, dtype="float32")
        counts = ops.matmul(ops.transpose(truth * valid[:, None]), predicted)
        low = self.low + ops.cast(counts, "int32")
        self.high.assign(self.high + low // _WORD)
        self.low.assign(low % _WORD)

    def matrix(self):
        """Return the matrix so far, float32 (C, C)."""
        return ops.cast(self.high, "float32") * float(_WORD) + ops.cast(self.low, "float32")

    def get_config(self):
        return {"num_classes": self.num_classes, "name": self.name}


def _mean_over_present(numerator, denominator):
    present = ops.cast(denominator > 0, "float32")
    values = numerator / ops.maximum(denominator, 1.0)
    return ops.sum(values * present) / ops.maximum(ops.sum(present), 1.0)


@keras.saving.register_keras_serializable("segcore")
class MeanIoU(_ConfusionMetric):
    """Mean over classes of TP / (TP + FP + FN)."""

    def __init__(self, num_classes: int, name: str = "mean_iou"):
        super().__init__(num_classes, name=name)

    def result(self):
        matrix = self.matrix()
        hits = ops.diagonal(matrix)
        return _mean_over_present(hits, ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - hits)


@keras.saving.register_keras_serializable("segcore")
class Accuracy(_ConfusionMetric):
    """Share of valid pixels with the right class."""

    def __init__(self, num_classes: int, name: str = "accuracy"):
        super().__init__(num_classes, name=name)

    def result(self):
        matrix = self.matrix()
        return ops.sum(ops.diagonal(matrix)) / ops.maximum(ops.sum(matrix), 1.0)
