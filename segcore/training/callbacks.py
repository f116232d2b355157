"""Callbacks of a training: stop on a loss that is not finite, and validate and store every epoch."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from segcore.errors import InputError
from segcore.models.build import add_to_logits
from segcore.runs.record import Record
from segcore.system.files import replace_file, sha256_of
from segcore.training.batches import FrameSequence
from segcore.training.checkpoint import CHECKPOINT_FOLDER, TrainingState, best_weights_path, save_state
from segcore.training.collapse import warning_of_collapse
from segcore.training.config import TrainingConfig
from segcore.training.distillation import TEACHER_LOSS
from segcore.training.publish import publish
from segcore.training.weights_file import round_kernels, save_weights

SETTLING_BATCHES = 16


class StopOnNaN(keras.callbacks.Callback):
    """Stops a training whose loss is not finite, with an error that names the batch."""

    def __init__(self, batches: FrameSequence):
        super().__init__()
        self.batches = batches

    def on_train_batch_end(self, batch: int, logs: Mapping | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            epoch = self.batches.epoch + 1
            again = "start again" if epoch == 1 else "continue from the last epoch by --resume"
            raise InputError(
                f"The loss is {loss} in epoch {epoch}, batch {batch + 1} (frames "
                f"{', '.join(self.batches.batch_frames(batch))}); {again} with a lower --learning-rate, more "
                "--warmup-steps or --precision float32."
            )


class EpochKeeper(keras.callbacks.Callback):
    """Validates, checkpoints and publishes at the end of each epoch."""

    def __init__(
        self,
        *,
        config: TrainingConfig,
        folder: Path,
        state: TrainingState,
        validated: keras.Model,
        val_batches: FrameSequence,
        settling_batches: FrameSequence,
        excess: np.ndarray | None,
        record: Record,
        warn: Callable[[str], None],
    ):
        super().__init__()
        self.config = config
        self.folder = folder
        self.checkpoint = folder / CHECKPOINT_FOLDER
        self.state = state
        self.validated = validated
        self.val_batches = val_batches
        self.settling_batches = settling_batches
        self.excess = excess
        self.record = record
        self.warn = warn
        self.started = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: Mapping | None = None) -> None:
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        # The curve of the loss shows only the loss of the labels, as in validation.
        logs["loss"] -= logs.pop(TEACHER_LOSS, 0.0)
        self.validated.set_weights(averaged_weights(self.model))
        # First, so that batch statistics and scores belong to the rounded weights, which are stored.
        round_kernels(self.validated, self.config.kernel_bits)
        settle_batch_norm(self.validated, self.settling_batches)
        add_to_logits(self.validated, self.excess, factor=-1)
        scores = self.validated.evaluate(self.val_batches, return_dict=True, verbose=0)
        # In place, so that Keras prints them in the epoch's line too.
        logs.update({f"val_{name}": value for name, value in scores.items()})
        row = {
            "epoch": epoch + 1,
            **{name: float(value) for name, value in logs.items()},
            "learning_rate": float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)),
            "seconds": round(time.monotonic() - self.started, 1),
        }
        self.state = replace(self.state, epochs_done=epoch + 1, history=(*self.state.history, row))
        if row["val_mean_iou"] > self.state.best_score:
            self._keep_best(epoch + 1, row["val_mean_iou"])
        save_state(self.checkpoint, self.state, self.model)
        publish(self.folder, self.state, self.record)
        if warning := warning_of_collapse(self.state.history):
            self.warn(warning)

    def _keep_best(self, epoch: int, score: float) -> None:
        # Each epoch has its own file, so that an interruption never leaves a checkpoint whose best weights are
        # already overwritten.
        path = best_weights_path(self.checkpoint, epoch)
        with replace_file(path) as temporary:
            save_weights(self.validated, temporary)
        self.state = replace(self.state, best_epoch=epoch, best_score=score, best_sha256=sha256_of(path))


def averaged_weights(model: keras.Model) -> list[np.ndarray]:
    """Return the model's weights; the trainable ones are averaged over the steps if the optimizer does that."""
    averages = {}
    if model.optimizer.use_ema:
        averages = {
            id(variable): average
            for variable, average in zip(
                model.trainable_variables, model.optimizer._model_variables_moving_average, strict=True
            )
        }
    return [keras.ops.convert_to_numpy(averages.get(id(weight), weight)) for weight in model.weights]


def set_averaged_weights(model: keras.Model, weights: Sequence[np.ndarray]) -> None:
    """Set the model's weights, and their averages over the steps if the optimizer keeps these."""
    model.set_weights(weights)
    if model.optimizer.use_ema:
        values = {id(variable): value for variable, value in zip(model.weights, weights, strict=True)}
        averages = model.optimizer._model_variables_moving_average
        for variable, average in zip(model.trainable_variables, averages, strict=True):
            # Not the variable itself: on JAX both would share one buffer, which a step cannot donate twice.
            average.assign(values[id(variable)])


def settle_batch_norm(model: keras.Model, batches: FrameSequence) -> None:
    """Measure the statistics of all batch normalisations again, on the first ``SETTLING_BATCHES`` of ``batches``.

    The running statistics of the training belong to the weights of many steps, not to the last or averaged weights.
    With them an averaged network can be worse than chance (Izmailov et al. 2018, section 3.3). So can any network
    after a few hundred steps, since a running average with the momentum 0.99 still contains its initial values (Wu and
    Johnson 2021, "Rethinking 'Batch' in BatchNorm", section 3).
    """
    normalizations = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not normalizations:
        return
    kept = [layer.momentum for layer in normalizations]
    for index in range(min(SETTLING_BATCHES, len(batches))):
        for layer in normalizations:
            # With this momentum the running average is the mean over the batches so far.
            layer.momentum = index / (index + 1)
        model(keras.ops.cast(batches[index][0], "float32"), training=True)
    for layer, momentum in zip(normalizations, kept, strict=True):
        layer.momentum = momentum
