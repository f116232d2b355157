"""Losses for dense labels; void pixels affect neither value nor gradient.

Labels are class indices (B, H, W), void is 255; predictions are logits (B, H, W, C). A loss is one number for the
whole batch. A batch without a valid pixel has the loss 0.
"""

import keras
from keras import ops

from segcore.errors import InputError
from segcore.labels import VOID

_EPSILON = 1e-7


class _DenseLoss(keras.losses.Loss):
    """Base class that removes the void pixels from labels and logits before the loss."""

    def call(self, y_true, y_pred):
        """Return the loss of labels (B, H, W) or (B, H, W, 1) and logits (B, H, W, C)."""
        num_classes = y_pred.shape[-1]
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        logits = ops.reshape(ops.cast(y_pred, "float32"), (-1, num_classes))
        valid = ops.not_equal(labels, VOID)
        # Both branches of where() get a gradient, so void logits are replaced before any arithmetic.
        logits = ops.where(valid[:, None], logits, ops.zeros_like(logits))
        truth = ops.one_hot(ops.where(valid, labels, 0), num_classes, dtype="float32")
        valid = ops.cast(valid, "float32")
        return self.dense(truth * valid[:, None], logits, valid)

    def dense(self, truth, logits, valid):
        """Return the loss of one-hot truth (N, C), zero where void, logits (N, C) and validity (N,)."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("segcore")
class CrossEntropy(_DenseLoss):
    """Softmax cross-entropy, averaged over the valid pixels, each weighted by its class.

    Args:
        class_weights: C numbers, or None for equal weights. The average is a weighted mean, so a common factor of all
            weights changes nothing.
    """

    def __init__(self, class_weights=None, name: str = "cross_entropy"):
        super().__init__(name=name)
        self.class_weights = None if class_weights is None else tuple(float(w) for w in class_weights)

    def dense(self, truth, logits, valid):
        weights = valid
        if self.class_weights is not None:
            class_weights = ops.convert_to_tensor(self.class_weights, dtype="float32")
            weights = ops.sum(truth * class_weights, axis=-1)
        pixel_loss = -ops.sum(truth * ops.log_softmax(logits, axis=-1), axis=-1)
        return ops.sum(weights * pixel_loss) / ops.maximum(ops.sum(weights), _EPSILON)

    def get_config(self):
        return {"class_weights": self.class_weights, "name": self.name}


class _SoftOverlap(_DenseLoss):
    """1 - overlap of probabilities and truth for each class of the batch; the mean over these classes."""

    def dense(self, truth, logits, valid):
        probabilities = ops.softmax(logits, axis=-1) * valid[:, None]
        intersection = ops.sum(truth * probabilities, axis=0)
        truth_sum = ops.sum(truth, axis=0)
        overlap = self.overlap(intersection, truth_sum, ops.sum(probabilities, axis=0))
        present = ops.cast(truth_sum > 0, "float32")
        return ops.sum(present * (1.0 - overlap)) / ops.maximum(ops.sum(present), 1.0)

    def overlap(self, intersection, truth_sum, probability_sum):
        """Return the overlap (C,), 0..1, from sums over pixels (C,)."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("segcore")
class Dice(_SoftOverlap):
    """Soft Dice loss (Milletari et al. 2016, but without squares in the denominator) over the batch's true classes."""

    def __init__(self, name: str = "dice"):
        super().__init__(name=name)

    def overlap(self, intersection, truth_sum, probability_sum):
        return 2.0 * intersection / ops.maximum(truth_sum + probability_sum, _EPSILON)

    def get_config(self):
        return {"name": self.name}


@keras.saving.register_keras_serializable("segcore")
class Jaccard(_SoftOverlap):
    """Soft Jaccard (IoU) loss (Rahman and Wang 2016) over the batch's true classes."""

    def __init__(self, name: str = "jaccard"):
        super().__init__(name=name)

    def overlap(self, intersection, truth_sum, probability_sum):
        return intersection / ops.maximum(truth_sum + probability_sum - intersection, _EPSILON)

    def get_config(self):
        return {"name": self.name}


@keras.saving.register_keras_serializable("segcore")
class CrossEntropyDice(_DenseLoss):
    """Cross-entropy plus Dice.

    Args:
        class_weights: as in ``CrossEntropy``; they do not affect the Dice part.
    """

    def __init__(self, class_weights=None, name: str = "cross_entropy_dice"):
        super().__init__(name=name)
        self.cross_entropy = CrossEntropy(class_weights)
        self.dice = Dice()

    def dense(self, truth, logits, valid):
        return self.cross_entropy.dense(truth, logits, valid) + self.dice.dense(truth, logits, valid)

    def get_config(self):
        return {"class_weights": self.cross_entropy.class_weights, "name": self.name}


LOSSES = {"ce": CrossEntropy, "dice": Dice, "jaccard": Jaccard, "ce+dice": CrossEntropyDice}


def make_loss(name: str, *, class_weights=None) -> keras.losses.Loss:
    """Return the loss called ``name`` on the command line; class weights are for its cross-entropy.

    Raises:
        InputError: ``name`` is unknown, or there are class weights for a loss without cross-entropy.
    """
    if name not in LOSSES:
        raise InputError(f"Unknown loss {name!r}; expected one of {', '.join(LOSSES)}.")
    if class_weights is None:
        return LOSSES[name]()
    if "ce" not in name.split("+"):
        raise InputError(f"The loss {name!r} takes no class weights; use them with 'ce' or 'ce+dice'.")
    return LOSSES[name](class_weights=class_weights)
