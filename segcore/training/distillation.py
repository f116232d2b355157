"""Distillation: a network learns from the labels and from what a trained one says about each pixel."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from segcore.errors import InputError
from segcore.models.build import add_to_logits, logits_model
from segcore.models.precision import computing_in
from segcore.predict.keras_network import load_model
from segcore.runs.run import find_run
from segcore.training.config import TrainingConfig

TEACHER_LOSS = "teacher_loss"
"""Under this name a training logs the teacher's part of its loss."""


class Distilled(keras.Model):
    """A network whose training loss has a second part: the cross-entropy to a teacher's probabilities, over all
    pixels, void ones too (Hinton et al. 2015, at temperature 1).

    Args:
        inputs: of the network, (B, H, W, 3).
        outputs: of the network: logits (B, h, w, C).
        teacher: takes what the network takes and gives probabilities (B, h, w, C), which are not trained.
    """

    def __init__(self, inputs, outputs, *, teacher: Callable, **arguments):
        super().__init__(inputs, outputs, **arguments)
        self._teacher = teacher
        self._teacher_loss = keras.metrics.Mean(TEACHER_LOSS)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the loss of labels ``y`` and logits ``y_pred`` for ``x``, and in training the teacher's as well."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if not training:
            return loss
        told = ops.stop_gradient(self._teacher(x))
        part = -ops.mean(ops.sum(told * ops.log_softmax(ops.cast(y_pred, "float32")), axis=-1))
        self._teacher_loss.update_state(part)
        return loss + part


def distilled(model: keras.Model, config: TrainingConfig, excess: np.ndarray | None) -> keras.Model:
    """Return ``model``, its weights shared, to be trained with the teacher that ``config`` names.

    Args:
        model: gives logits (B, h, w, C) for frames (B, H, W, 3).
        config: of the training; ``teacher`` is the name of a run.
        excess: what is taken off the logits (C,) of ``model`` when it is stored. The teacher, which is stored
            already, speaks with it, so that both come out alike.

    Raises:
        InputError: there is no such run, it has no weights, or other classes.
    """
    run = find_run(config.teacher)
    if (run.space.name, run.space.class_names) != (config.space.name, config.space.class_names):
        raise InputError(
            f"The teacher {run.name} tells {run.label_space} apart and the training is for {config.space.name}; "
            "choose a teacher of the same label space."
        )
    # In half the bits only where these were enough to learn and its pupil has them too: some processors emulate them.
    wanted = {config.precision, run.training.get("precision")}
    with computing_in("mixed_bfloat16" if wanted == {"mixed_bfloat16"} else "float32"):
        whole = load_model(run, image_size=config.step_size)
    add_to_logits(whole, excess)
    network, _ = logits_model(whole)
    network.trainable = False
    size = model.output.shape[1:3]

    def teacher(x):
        logits = ops.cast(network(ops.cast(x, "float32"), training=False), "float32")
        # Batches of logits are channels last, whatever the back end prefers.
        return ops.softmax(ops.image.resize(logits, size, data_format="channels_last"))

    return Distilled(model.input, model.output, teacher=teacher, name=model.name)
