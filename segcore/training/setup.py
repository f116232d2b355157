"""Setup of a training: frames, model, optimizer, batches, class weights, and description of versions and hardware."""

import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import keras
import numpy as np

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, count_classes, read_label_ids
from segcore.frames.dataset import open_dataset
from segcore.frames.sampling import spread_to_train
from segcore.models.build import build_model, logits_model
from segcore.models.mobilenet_segnet import load_encoder_weights
from segcore.models.precision import computing_in
from segcore.runs.lineage import Circumstances, TrainedFrames
from segcore.system.hardware import describe_hardware
from segcore.training.augmentation import training_transform
from segcore.training.batches import FrameSequence
from segcore.training.config import TrainingConfig
from segcore.training.copy_paste import RareSegments
from segcore.training.request import TrainingRequest
from segcore.training.schedule import WarmupStableDecay
from segcore.training.splits import training_and_validation_frames, training_frames

_WARMUP_STEPS = 300


@dataclass(frozen=True)
class TrainingFrames:
    """The frames of a training.

    Attributes:
        data_set: training frames of the data set.
        extra: training frames of further data sets, by name.
        validation: validation frames of the data set.
    """

    data_set: tuple[Frame, ...]
    extra: Mapping[str, tuple[Frame, ...]]
    validation: tuple[Frame, ...]

    def of_an_epoch(self, repeats: int) -> tuple[Frame, ...]:
        """Return the frames of an epoch: those of the data set once, those of further data ``repeats`` times."""
        return (*self.data_set, *(frame for frames in self.extra.values() for frame in frames * repeats))


def find_training_frames(config: TrainingConfig, request: TrainingRequest) -> TrainingFrames:
    """Return the frames with ground truth for a request.

    Raises:
        InputError: a split is missing or has none, or there are fewer training frames than ``config.frames``.
    """
    train, validation = training_and_validation_frames(
        open_dataset(request.data_root),
        train_split=request.train_split,
        val_split=request.val_split,
        hold_out=request.hold_out,
    )
    return TrainingFrames(
        data_set=_frames_to_use(train, config.frames),
        extra={name: training_frames(open_dataset(root)) for name, root in request.extra_data.items()},
        validation=validation,
    )


def model_to_train(config: TrainingConfig, *, num_classes: int) -> tuple[keras.Model, int]:
    """Return the model to train, in its precision and with its initial weights, and the stride of its labels.

    Raises:
        InputError: the model cannot be built, or its encoder weights cannot be loaded.
    """
    with computing_in(config.precision):
        model = build_model(
            config.model, num_classes=num_classes, image_size=config.step_size, **config.arguments
        )
    if config.encoder_weights != "none":
        if config.model != "mobilenet_segnet":
            raise InputError(
                f"Encoder weights are only for mobilenet_segnet, but the model is {config.model}; use "
                "--encoder-weights none."
            )
        load_encoder_weights(model, config.encoder_weights, alpha=config.arguments.get("alpha", 1.0))
    return logits_model(model) if config.loss_grid == "logits" else (model, 1)


def make_optimizer(
    config: TrainingConfig, *, steps_per_epoch: int, total_steps: int
) -> keras.optimizers.Optimizer:
    """Return AdamW with the schedule, which ends after ``total_steps``, and the weight averaging of ``config``."""
    # In a short training, a long warm-up would never reach the learning rate.
    usual = min(_WARMUP_STEPS, total_steps // 10)
    warmup_steps = usual if config.warmup_steps is None else config.warmup_steps
    decay_epochs = config.epochs if config.decay_epochs is None else config.decay_epochs
    optimizer = keras.optimizers.AdamW(
        WarmupStableDecay(
            config.learning_rate,
            warmup_steps=warmup_steps,
            decay_steps=min(decay_epochs * steps_per_epoch, max(total_steps - warmup_steps, 1)),
            total_steps=total_steps,
        ),
        weight_decay=config.weight_decay,
        use_ema=config.ema > 0,
        ema_momentum=config.ema,
    )
    # Weight decay of biases and batch-norm scales gains nothing and costs accuracy (He et al. 2019).
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def make_batches(
    config: TrainingConfig,
    frames: Sequence[Frame],
    *,
    training: bool,
    donors: Sequence[Frame] | None = None,
    **arguments,
) -> FrameSequence:
    """Return ``frames`` in batches.

    Args:
        config: size, augmentation, batch size, classes and seed.
        frames: the frames.
        training: True for crops and augmentation; False for whole frames without augmentation.
        donors: frames whose rare classes are pasted into the others if ``config.copy_paste`` is above 0; None for
            ``frames``.
        arguments: further arguments of ``FrameSequence``.

    Raises:
        InputError: ``config.copy_paste`` is above 0, but no frame shows a rare class.
    """
    if training and config.copy_paste:
        pasted_from = frames if donors is None else donors
        segments = RareSegments(pasted_from, space=config.space, share=config.copy_paste)
    else:
        segments = None
    return FrameSequence(
        frames,
        batch_size=config.batch_size,
        make_transform=partial(
            training_transform,
            config.augment if training else "none",
            image_size=config.image_size,
            crop_size=config.step_size if training else config.image_size,
            scale=config.scale,
        ),
        space=config.space,
        segments=segments,
        seed=config.seed,
        **arguments,
    )


def measure_class_weights(config: TrainingConfig, frames: Sequence[Frame]) -> tuple[float, ...] | None:
    """Return the weight of each class from its share of the pixels of ``frames``, or None for equal weights."""
    if config.class_weights == "none":
        return None
    counts = count_classes(frames, config.space).sum(axis=0)
    shares = counts / max(counts.sum(), 1)
    return tuple(1 / np.log(1.02 + shares))


def logit_excess(config: TrainingConfig, class_weights: Sequence[float] | None) -> np.ndarray | None:
    """Return the values, float32 (C,), to subtract from the logits of the classes, or None for no adjustment."""
    if not config.logit_adjustment or class_weights is None:
        return None
    return (config.logit_adjustment * np.log(class_weights)).astype(np.float32)


def circumstances_here(frames: Sequence[Frame], name: str) -> Circumstances:
    """Return frames, versions and hardware of a training on ``frames`` of the data set ``name``, on this machine."""
    backend = keras.backend.backend()
    return Circumstances(
        data=TrainedFrames.of(frames, name=name, frame_size=read_label_ids(frames[0]).shape),
        versions={
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": backend,
            backend: sys.modules[backend].__version__,
            "numpy": np.__version__,
            "albumentations": version("albumentations"),
        },
        hardware=describe_hardware(),
    )


def _frames_to_use(frames: tuple[Frame, ...], number: int | None) -> tuple[Frame, ...]:
    if number is None or number == len(frames):
        return frames
    if number > len(frames):
        raise InputError(
            f"The training configuration has frames = {number}, but there are {len(frames)} with ground truth to train "
            f"on; give --frames {len(frames)} or fewer, or --frames all."
        )
    return spread_to_train(frames, number)
