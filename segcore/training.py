"""Training a run: from a configuration and a data root to a folder in ``weights/``."""

import math
import os
import platform
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from segcore.checkpoint import TrainingState, read_state, restore_variables, save_state
from segcore.data.augmentation import training_transform
from segcore.data.cityscapes import Frame, find_frames, read_label_ids
from segcore.data.generator import FrameSequence
from segcore.errors import InputError
from segcore.files import replace_file, sha256_of
from segcore.labels import LABEL_SPACES
from segcore.layers import PIXEL_OFFSET, PIXEL_SCALE
from segcore.losses import make_loss
from segcore.metrics import Accuracy, MeanIoU
from segcore.models import build_model, logits_model
from segcore.models.mobilenet_segnet import load_encoder_weights
from segcore.runs import HISTORY_FILE, RECORD_FILE, WEIGHTS_FILE, write_history, write_run
from segcore.schedule import WarmupStableDecay
from segcore.training_config import TrainingConfig

CHECKPOINT_FOLDER = "checkpoint"


def train(
    config: TrainingConfig, folder: Path, *, data_root: Path, resume: bool = False, workers: int = 1, verbose=2
) -> TrainingState:
    """Train a run, or go on with one.

    After each epoch the averaged weights are validated at full size, the checkpoint in
    ``folder/checkpoint`` is replaced, and ``folder`` is brought up to date with the best weights so far.

    Args:
        config: how to train. When resuming it must be that of the checkpoint, but for ``epochs`` and
            ``decay_epochs``, which may change to prolong or end a training.
        folder: the run's folder.
        data_root: Cityscapes root with the splits ``train`` and ``val``.
        resume: go on from the checkpoint.
        workers: threads that prepare batches.
        verbose: as in ``keras.Model.fit``: 1 shows a progress bar, 2 a line an epoch.

    Returns:
        What was reached.

    Raises:
        InputError: if the configuration or the data cannot be used, the run exists already, there is nothing
            to resume, or the loss is no longer finite.
    """
    folder = Path(folder)
    state = _initial_state(config, folder, resume=resume)
    train_frames = _labelled_frames(data_root, "train")
    val_frames = _labelled_frames(data_root, "val")
    space = LABEL_SPACES[config.label_space]
    keras.utils.set_random_seed(config.seed)

    validated = build_model(
        config.model, num_classes=space.num_classes, image_size=config.image_size, **config.arguments
    )
    validated.compile(
        loss=make_loss(config.loss), metrics=[MeanIoU(space.num_classes), Accuracy(space.num_classes)]
    )
    model, label_stride = _model_to_train(config, num_classes=space.num_classes)
    steps = math.ceil(len(train_frames) / config.batch_size)
    model.compile(
        optimizer=_optimizer(config, steps_per_epoch=steps),
        loss=make_loss(config.loss, class_weights=_class_weights(config, train_frames)),
        metrics=[MeanIoU(space.num_classes), Accuracy(space.num_classes)],
    )
    model.optimizer.build(model.trainable_variables)
    if resume:
        restore_variables(folder / CHECKPOINT_FOLDER, model)

    def sequence(frames, augment, crop_size, **arguments):
        return FrameSequence(
            frames,
            batch_size=config.batch_size,
            make_transform=lambda: training_transform(
                augment, image_size=config.image_size, crop_size=crop_size, scale=config.scale
            ),
            space=space,
            seed=config.seed,
            workers=workers,
            **arguments,
        )

    train_batches = sequence(
        train_frames,
        config.augment,
        config.step_size,
        epoch=state.epochs_done,
        shuffle=True,
        label_stride=label_stride,
    )
    keeper = _EpochKeeper(
        config=config,
        folder=folder,
        state=state,
        validated=validated,
        val_batches=sequence(val_frames, "none", config.image_size),
        record=_record(config, validated, train_frames),
    )
    if state.epochs_done >= config.epochs:
        keeper.publish()
        return keeper.state
    try:
        model.fit(
            train_batches,
            shuffle=False,
            initial_epoch=state.epochs_done,
            epochs=config.epochs,
            callbacks=[_StopOnNaN(train_batches), keeper],
            verbose=verbose,
        )
    except Exception as error:
        # TensorFlow hands on what a generator raised as an error of its own, without the original.
        if failure := train_batches.failure or keeper.val_batches.failure:
            raise InputError(
                f"Training stopped in epoch {keeper.state.epochs_done + 1}: {failure} The last checkpoint is "
                "intact; put this right and go on by --resume."
            ) from error
        raise
    return keeper.state


def _initial_state(config: TrainingConfig, folder: Path, *, resume: bool) -> TrainingState:
    checkpoint = folder / CHECKPOINT_FOLDER
    if not resume:
        if (folder / RECORD_FILE).exists() or checkpoint.exists():
            raise InputError(
                f"The run {folder.name} exists already; go on with it by --resume, choose another name, or "
                f"remove {folder}."
            )
        return TrainingState(0, (), 0, -1.0, None, config.to_dict())
    state = read_state(checkpoint)
    free = ("epochs", "decay_epochs", "encoder_weights")
    wanted = config.to_dict()
    changed = [key for key in wanted if key not in free and wanted[key] != state.config.get(key)]
    if changed:
        raise InputError(
            f"The checkpoint of {folder.name} was made with another {', '.join(changed)}; only epochs and "
            "decay_epochs may change on --resume."
        )
    return replace(state, config=wanted)


def _labelled_frames(data_root: Path, split: str) -> tuple[Frame, ...]:
    frames = tuple(frame for frame in find_frames(data_root, split=split) if frame.truth_path)
    if not frames:
        raise InputError(
            f"The split {split!r} of {data_root} has no frame with ground truth; training needs labelIds or "
            "instanceIds in train and val."
        )
    return frames


def _model_to_train(config: TrainingConfig, *, num_classes: int) -> tuple[keras.Model, int]:
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(config.precision)
    try:
        model = build_model(
            config.model, num_classes=num_classes, image_size=config.step_size, **config.arguments
        )
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    if config.encoder_weights != "none":
        if config.model != "mobilenet_segnet":
            raise InputError(
                f"Encoder weights are for mobilenet_segnet, but the model is {config.model}; use "
                "--encoder-weights none."
            )
        load_encoder_weights(model, config.encoder_weights, alpha=config.arguments.get("alpha", 1.0))
    return logits_model(model) if config.loss_grid == "logits" else (model, 1)


def _optimizer(config: TrainingConfig, *, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    total = config.epochs * steps_per_epoch
    decay_epochs = config.epochs if config.decay_epochs is None else config.decay_epochs
    optimizer = keras.optimizers.AdamW(
        WarmupStableDecay(
            config.learning_rate,
            warmup_steps=config.warmup_steps,
            decay_steps=min(decay_epochs * steps_per_epoch, max(total - config.warmup_steps, 1)),
            total_steps=total,
        ),
        weight_decay=config.weight_decay,
        use_ema=config.ema > 0,
        ema_momentum=config.ema,
    )
    # Shrinking biases and batch-norm scales gains nothing and costs accuracy (He et al. 2019).
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _class_weights(config: TrainingConfig, frames: Sequence[Frame]) -> tuple[float, ...] | None:
    if config.class_weights == "none":
        return None
    space = LABEL_SPACES[config.label_space]
    counts = np.zeros(256, np.int64)
    for frame in frames:
        counts += np.bincount(space.from_label_ids[read_label_ids(frame)].ravel(), minlength=256)
    shares = counts[: space.num_classes] / max(counts[: space.num_classes].sum(), 1)
    return tuple(1 / np.log(1.02 + shares))


def _record(config: TrainingConfig, model: keras.Model, frames: Sequence[Frame]) -> dict:
    height, width = read_label_ids(frames[0]).shape
    return {
        "format": 1,
        "architecture": config.model,
        "arguments": config.arguments,
        "label_space": config.label_space,
        "num_classes": LABEL_SPACES[config.label_space].num_classes,
        "input_size": list(config.image_size),
        "normalization": {"scale": PIXEL_SCALE, "offset": PIXEL_OFFSET},
        "parameters": model.count_params(),
        # A path says nothing to others and something about the machine.
        "training": {**config.to_dict(), "encoder_weights": _public_name(config.encoder_weights)},
        "data": {
            "name": "Cityscapes",
            "split": "train",
            "frames": len(frames),
            "cities": sorted({frame.city for frame in frames}),
            "frame_size": [height, width],
        },
        "seed": config.seed,
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "numpy": np.__version__,
            "albumentations": version("albumentations"),
        },
        "hardware": f"{platform.machine()}, {os.cpu_count()} CPU cores",
    }


def _public_name(encoder_weights: str) -> str:
    return encoder_weights if encoder_weights in ("none", "imagenet") else Path(encoder_weights).name


class _StopOnNaN(keras.callbacks.Callback):
    """Ends a training whose loss is no longer a finite number, and names the batch."""

    def __init__(self, batches: FrameSequence):
        super().__init__()
        self.batches = batches

    def on_train_batch_end(self, batch: int, logs: Mapping | None = None) -> None:
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise InputError(
                f"The loss is {logs['loss']} in epoch {self.batches.epoch + 1}, batch {batch + 1} (frames "
                f"{', '.join(self.batches.batch_frames(batch))}); try a lower --learning-rate, a longer "
                "warm-up or float32, and go on from the last epoch by --resume."
            )


class _EpochKeeper(keras.callbacks.Callback):
    """Validates, checkpoints and publishes at the end of each epoch."""

    def __init__(self, *, config, folder: Path, state: TrainingState, validated, val_batches, record: dict):
        super().__init__()
        self.config = config
        self.folder = folder
        self.checkpoint = folder / CHECKPOINT_FOLDER
        self.state = state
        self.validated = validated
        self.val_batches = val_batches
        self.record = record
        self.started = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: Mapping | None = None) -> None:
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        self.validated.set_weights(_averaged_weights(self.model))
        scores = self.validated.evaluate(self.val_batches, return_dict=True, verbose=0)
        # In place, so that the line that Keras shows for the epoch has them too.
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
        self.publish()

    def publish(self) -> None:
        """Bring the run's folder up to date with the checkpoint; doing it twice changes nothing."""
        best = self._best_path(self.state.best_epoch)
        published = self.folder / WEIGHTS_FILE
        if not published.exists() or sha256_of(published) != self.state.best_sha256:
            with replace_file(published) as temporary:
                shutil.copyfile(best, temporary)
        for outdated in self.checkpoint.glob("best-*.weights.h5"):
            if outdated != best:
                outdated.unlink()
        write_history(self.folder / HISTORY_FILE, pd.DataFrame(self.state.history))
        write_run(
            self.folder,
            {
                **self.record,
                "date": datetime.now(UTC).date().isoformat(),
                "best_epoch": self.state.best_epoch,
                "epochs": self.state.epochs_done,
                "weights_sha256": self.state.best_sha256,
            },
        )

    def _keep_best(self, epoch: int, score: float) -> None:
        # Under a name of its own until the checkpoint refers to it, so that no interruption can leave a
        # checkpoint whose best weights are already overwritten.
        path = self._best_path(epoch)
        with replace_file(path) as temporary:
            self.validated.save_weights(temporary)
        self.state = replace(
            self.state, best_epoch=epoch, best_score=score, best_sha256=sha256_of(path)
        )

    def _best_path(self, epoch: int) -> Path:
        return self.checkpoint / f"best-{epoch:04d}.weights.h5"


def _averaged_weights(model: keras.Model) -> list[np.ndarray]:
    """Return the model's weights, the trainable ones averaged over the steps if the optimizer does that."""
    averages = {}
    if model.optimizer.use_ema:
        averages = {
            id(variable): average
            for variable, average in zip(
                model.trainable_variables, model.optimizer._model_variables_moving_average, strict=True
            )
        }
    return [keras.ops.convert_to_numpy(averages.get(id(weight), weight)) for weight in model.weights]
