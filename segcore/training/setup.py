"""What a training starts from: model, optimizer, class weights, and the record of it all."""

import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version

import keras
import numpy as np

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, count_classes, read_label_ids
from segcore.labels import LABEL_SPACES
from segcore.models.build import build_model, logits_model
from segcore.models.layers import PIXEL_OFFSET, PIXEL_SCALE
from segcore.models.mobilenet_segnet import load_encoder_weights
from segcore.models.precision import computing_in
from segcore.system.hardware import describe_hardware
from segcore.training.augmentation import training_transform
from segcore.training.batches import FrameSequence
from segcore.training.checkpoint import TrainingState
from segcore.training.config import TrainingConfig
from segcore.training.copy_paste import RareSegments
from segcore.training.schedule import WarmupStableDecay

# How long a training is to last says nothing about the epochs that it has had.
_NOT_OF_EPOCHS = ("epochs", "decay_epochs")
# What ends a command that goes on with what another, or the same without it, began.
RESUME = " --resume"


def model_to_train(config: TrainingConfig, *, num_classes: int) -> tuple[keras.Model, int]:
    """Return the model whose loss is taken, in its precision and with its start weights, and its labels' stride."""
    with computing_in(config.precision):
        model = build_model(
            config.model, num_classes=num_classes, image_size=config.step_size, **config.arguments
        )
    if config.encoder_weights != "none":
        if config.model != "mobilenet_segnet":
            raise InputError(
                f"Encoder weights are for mobilenet_segnet, but the model is {config.model}; use "
                "--encoder-weights none."
            )
        load_encoder_weights(model, config.encoder_weights, alpha=config.arguments.get("alpha", 1.0))
    return logits_model(model) if config.loss_grid == "logits" else (model, 1)


def make_optimizer(
    config: TrainingConfig, *, steps_per_epoch: int, total_steps: int
) -> keras.optimizers.Optimizer:
    """Return AdamW with the schedule, which ends after ``total_steps``, and the weight averaging of ``config``."""
    decay_epochs = config.epochs if config.decay_epochs is None else config.decay_epochs
    optimizer = keras.optimizers.AdamW(
        WarmupStableDecay(
            config.learning_rate,
            warmup_steps=config.warmup_steps,
            decay_steps=min(decay_epochs * steps_per_epoch, max(total_steps - config.warmup_steps, 1)),
            total_steps=total_steps,
        ),
        weight_decay=config.weight_decay,
        use_ema=config.ema > 0,
        ema_momentum=config.ema,
    )
    # Shrinking biases and batch-norm scales gains nothing and costs accuracy (He et al. 2019).
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
        frames: what to read.
        training: cropped and augmented, as a training step sees them; otherwise whole and as they are.
        donors: frames whose rare classes are pasted into the others, if ``config`` says so; None for ``frames``.
        arguments: further ones of ``FrameSequence``.

    Raises:
        InputError: there is to be pasted, and no frame shows a rare class.
    """
    space = LABEL_SPACES[config.label_space]
    if training and config.copy_paste:
        segments = RareSegments(frames if donors is None else donors, space=space, share=config.copy_paste)
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
        space=space,
        segments=segments,
        seed=config.seed,
        **arguments,
    )


def measure_class_weights(config: TrainingConfig, frames: Sequence[Frame]) -> tuple[float, ...] | None:
    """Return the weight of each class by its share of the pixels of ``frames``, or None for equal weights."""
    if config.class_weights == "none":
        return None
    space = LABEL_SPACES[config.label_space]
    counts = count_classes(frames, space).sum(axis=0)
    shares = counts / max(counts.sum(), 1)
    return tuple(1 / np.log(1.02 + shares))


def logit_excess(config: TrainingConfig, class_weights: Sequence[float] | None) -> np.ndarray | None:
    """Return what is to be taken off the logits of each class, float32 (classes,), or None for nothing."""
    if not config.logit_adjustment:
        return None
    return (config.logit_adjustment * np.log(class_weights)).astype(np.float32)


def circumstances_of(frames: Sequence[Frame], name: str) -> dict:
    """Return ``data``, ``versions`` and ``hardware`` of a training on ``frames`` of the data ``name``, here and now."""
    backend = keras.backend.backend()
    return {
        "data": {
            "name": name,
            "split": "train",
            "frames": len(frames),
            "cities": sorted({frame.city for frame in frames}),
            "frame_size": list(read_label_ids(frames[0]).shape),
        },
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": backend,
            backend: sys.modules[backend].__version__,
            "numpy": np.__version__,
            "albumentations": version("albumentations"),
        },
        "hardware": describe_hardware(),
    }


def going_on(state: TrainingState, config: dict, circumstances: dict) -> TrainingState:
    """Return ``state`` to go on with ``config`` and ``circumstances``, with a note of what was otherwise so far."""
    # What a setting was before there was such a setting is its default.
    before = TrainingConfig.from_dict(state.config).to_dict()
    settings = {
        key: old for key, old in before.items() if key not in _NOT_OF_EPOCHS and config.get(key) != old
    }
    other = {key: old for key, old in state.circumstances.items() if _differs(old, circumstances[key])}
    earlier = state.earlier
    if state.epochs_done and (settings or other):
        earlier = (*earlier, {"to_epoch": state.epochs_done, "settings": settings, **other})
    return replace(state, config=config, circumstances=state.circumstances | circumstances, earlier=earlier)


def _differs(old: dict | str, new: dict | str) -> bool:
    """Tell whether a circumstance is another now; to have got another name, or a key more, is no difference."""
    if not isinstance(old, dict):
        return old != new
    return any(key != "name" and new.get(key) != value for key, value in old.items())


def with_command(state: TrainingState, command: str) -> TrainingState:
    """Return ``state`` with a note of the command that trains the coming epochs."""
    # One that ended before its first epoch did has trained nothing.
    commands = tuple(entry for entry in state.commands if entry["from_epoch"] <= state.epochs_done)
    if commands and commands[-1]["command"].removesuffix(RESUME) == command.removesuffix(RESUME):
        return replace(state, commands=commands)
    entry = {"from_epoch": state.epochs_done + 1, "command": command}
    return replace(state, commands=(*commands, entry))


def with_sources(
    state: TrainingState, extra: Mapping[str, Sequence[Frame]], repeats: int = 1
) -> TrainingState:
    """Return ``state`` with a note of the further frames that the coming epochs are trained on."""
    sources = [
        {
            "name": name,
            "split": "train",
            "frames": len(frames),
            "repeats": repeats,
            "cities": sorted({frame.city for frame in frames}),
        }
        for name, frames in extra.items()
    ]
    last = state.extra_data[-1]["sources"] if state.extra_data else []
    if sources == last:
        return state
    entry = {"from_epoch": state.epochs_done + 1, "sources": sources}
    return replace(state, extra_data=(*state.extra_data, entry))


def describe_run(model: keras.Model, state: TrainingState) -> dict:
    """Return what ``run.json`` says from the start: model, training, data, versions and hardware.

    Args:
        model: the model that is validated and stored.
        state: how and on what the run is trained, and what that was in earlier epochs.
    """
    config = TrainingConfig.from_dict(state.config)
    return {
        "format": 1,
        "architecture": config.model,
        "arguments": config.arguments,
        "label_space": config.label_space,
        "num_classes": LABEL_SPACES[config.label_space].num_classes,
        "input_size": list(config.image_size),
        "normalization": {"scale": PIXEL_SCALE, "offset": PIXEL_OFFSET},
        "parameters": model.count_params(),
        "training": {**config.to_dict(), "encoder_weights": config.encoder_name},
        **({"commands": list(state.commands)} if state.commands else {}),
        **({"earlier": list(state.earlier)} if state.earlier else {}),
        "data": {
            **state.circumstances["data"],
            **({"extra": list(state.extra_data)} if state.extra_data else {}),
        },
        "seed": config.seed,
        "versions": state.circumstances["versions"],
        "hardware": state.circumstances["hardware"],
    }
