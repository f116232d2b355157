"""Distillation: a network learns from the labels and from the probabilities of a trained network, the teacher."""

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
"""Name of the teacher's part of the loss in the logs."""


class Distilled(keras.Model):
    """A network with a second part of the training loss: the cross-entropy with a teacher's probabilities.

    It covers all pixels, also void ones (Hinton et al. 2015, at temperature 1).

    Args:
        inputs: of the network, (B, H, W, 3).
        outputs: of the network: logits (B, h, w, C).
        teacher: function from inputs to probabilities (B, h, w, C); it is not trained.
    """

    def __init__(self, inputs, outputs, *, teacher: Callable, **arguments):
        super().__init__(inputs, outputs, **arguments)
        self._teacher = teacher
        self._teacher_loss = keras.metrics.Mean(TEACHER_LOSS)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the loss of labels ``y`` and logits ``y_pred`` for ``x``, in training plus the teacher's part."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if not training:
            return loss
        told = ops.stop_gradient(self._teacher(x))
        part = -ops.mean(ops.sum(told * ops.log_softmax(ops.cast(y_pred, "float32")), axis=-1))
        self._teacher_loss.update_state(part)
        return loss + part


def distilled(model: keras.Model, config: TrainingConfig, excess: np.ndarray | None) -> keras.Model:
    """Return ``model`` with the teacher of ``config`` for training; weights are shared.

    Args:
        model: from frames (B, H, W, 3) to logits (B, h, w, C).
        config: of the training; ``teacher`` is the name of a run.
        excess: values (C,) that are subtracted from the logits of ``model`` when it is stored. The teacher is already
            stored, so they are added to its logits; then both agree.

    Raises:
        InputError: there is no such run, it has no weights, or it has other classes.
    """
    run = find_run(config.teacher)
    if (run.space.name, run.space.class_names) != (config.space.name, config.space.class_names):
        raise InputError(
            f"The teacher {run.name} has the classes {run.label_space}, but the training has {config.space.name}; "
            "choose a teacher with the same classes."
        )
    # In 16 bits only if teacher and student were trained with them: some processors emulate bfloat16 slowly.
    wanted = {config.precision, run.training.get("precision")}
    with computing_in("mixed_bfloat16" if wanted == {"mixed_bfloat16"} else "float32"):
        whole = load_model(run, image_size=config.step_size)
    add_to_logits(whole, excess)
    network, _ = logits_model(whole)
    network.trainable = False
    size = model.output.shape[1:3]

    def teacher(x):
        logits = ops.cast(network(ops.cast(x, "float32"), training=False), "float32")
        # Logits are channels last on every back end.
        return ops.softmax(ops.image.resize(logits, size, data_format="channels_last"))

    return Distilled(model.input, model.output, teacher=teacher, name=model.name)
