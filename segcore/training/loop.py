"""Training a run: from a configuration and a data root to a folder in ``weights/``."""

import math
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import keras

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, find_frames
from segcore.frames.sampling import spread_to_train
from segcore.labels import LABEL_SPACES
from segcore.models.build import build_model
from segcore.runs.run import RECORD_FILE
from segcore.system.files import read_json
from segcore.training.callbacks import EpochKeeper, StopOnNaN
from segcore.training.checkpoint import (
    CHECKPOINT_FOLDER,
    STATE_FILE,
    TrainingState,
    restore_variables,
)
from segcore.training.config import TrainingConfig
from segcore.training.distillation import distilled
from segcore.training.losses import make_loss
from segcore.training.metrics import Accuracy, MeanIoU
from segcore.training.resume import (
    initial_state,
    recorded_circumstances,
    require_nothing_changed,
    set_best_weights,
    stored_state,
)
from segcore.training.setup import (
    circumstances_of,
    describe_run,
    going_on,
    logit_excess,
    make_batches,
    make_optimizer,
    measure_class_weights,
    model_to_train,
    with_command,
    with_sources,
)


def train(
    config: TrainingConfig,
    folder: Path,
    *,
    data_root: Path,
    extra_data: Mapping[str, Path] | None = None,
    extra_repeats: int = 1,
    data_name: str | None = None,
    command: str | None = None,
    resume: bool = False,
    from_best: bool = False,
    workers: int = 1,
    verbose=2,
) -> TrainingState:
    """Train a run, or go on with one.

    After each epoch the averaged weights are validated at full size, the checkpoint in
    ``folder/checkpoint`` is replaced, and ``folder`` is brought up to date with the best weights so far.

    Args:
        config: how to train. When resuming it must be that of the checkpoint, but for
            ``segcore.training.resume.FREE_ON_RESUME`` and ``encoder_weights``, which the first step alone started from.
        folder: the run's folder.
        data_root: Cityscapes root with the splits ``train`` and ``val``. When resuming it may be another.
        extra_data: further roots by the name of their data, whose split ``train`` is trained on as well; they
            take no part in validation, class weights and batch statistics, and nothing of them is pasted into others.
            They may change on resuming.
        extra_repeats: how often an epoch shows each frame of ``extra_data``, cropped and augmented anew.
        data_name: what the record calls the data of ``data_root``; None for its name so far, or "Cityscapes".
        command: what a reader types to do the same, kept in the record.
        resume: go on from the checkpoint.
        from_best: when resuming, go back to the averaged weights of the best epoch and forget the epochs since,
            as one does when these overfit; the optimizer's moments are those of the checkpoint. A run without
            a checkpoint goes on from its stored weights, with an optimizer that starts anew.
        workers: processes that prepare the training batches; for 1 a thread of this process does.
        verbose: as in ``keras.Model.fit``: 1 shows a progress bar, 2 a line an epoch.

    Returns:
        What was reached.

    Raises:
        InputError: if the configuration or the data cannot be used, the run exists already, there is nothing
            to resume or nothing left to train, or the loss is no longer finite.
    """
    folder = Path(folder)
    checkpoint = folder / CHECKPOINT_FOLDER
    has_moments = resume and (checkpoint / STATE_FILE).exists()
    stored = stored_state(folder, from_best=from_best) if resume else None
    reached = initial_state(config, folder, stored, from_best=from_best)
    known = read_json(folder / RECORD_FILE) if (folder / RECORD_FILE).exists() else {}
    if not reached.circumstances:
        reached = replace(reached, circumstances=recorded_circumstances(known))
    config = replace(config, encoder_weights=TrainingConfig.from_dict(reached.config).encoder_weights)
    is_finished = reached.epochs_done >= config.epochs
    train_frames = _frames_to_use(_labelled_frames(data_root, "train"), config.frames)
    val_frames = _labelled_frames(data_root, "val")
    extra = {name: _labelled_frames(root, "train") for name, root in (extra_data or {}).items()}
    all_frames = (*train_frames, *(frame for frames in extra.values() for frame in frames * extra_repeats))
    name = data_name or known.get("data", {}).get("name") or "Cityscapes"
    circumstances = circumstances_of(train_frames, name)
    if is_finished:
        # Nothing is trained here and now, so that this is none of versions and hardware.
        circumstances |= {key: old for key, old in reached.circumstances.items() if key != "data"}
    state = with_sources(going_on(reached, config.to_dict(), circumstances), extra, extra_repeats)
    if is_finished:
        require_nothing_changed(folder.name, stored, state)
        state = replace(state, config=reached.config)
    elif command:
        state = with_command(state, command)
    space = LABEL_SPACES[config.label_space]
    keras.utils.set_random_seed(config.seed)

    validated = build_model(
        config.model, num_classes=space.num_classes, image_size=config.image_size, **config.arguments
    )
    validated.compile(
        loss=make_loss(config.loss), metrics=[MeanIoU(space.num_classes), Accuracy(space.num_classes)]
    )
    # The checkpoint has the encoder too: to go on, nothing must be fetched.
    start = replace(config, encoder_weights="none") if resume else config
    model, label_stride = model_to_train(start, num_classes=space.num_classes)
    class_weights = measure_class_weights(config, train_frames)
    excess = logit_excess(config, class_weights)
    if config.teacher != "none":
        model = distilled(model, config, excess)
    steps = math.ceil(len(all_frames) / config.batch_size)
    # Counted in the steps of today's epochs, so that the schedule ends with the last of them. Without moments it
    # begins with the warm-up, as the first steps of AdamW are too large without.
    steps_done = state.epochs_done * steps if has_moments else 0
    steps_left = (config.epochs - state.epochs_done) * steps
    model.compile(
        optimizer=make_optimizer(config, steps_per_epoch=steps, total_steps=max(steps_done + steps_left, 1)),
        loss=make_loss(config.loss, class_weights=class_weights),
        metrics=[MeanIoU(space.num_classes), Accuracy(space.num_classes)],
    )
    model.optimizer.build(model.trainable_variables)
    if has_moments:
        restore_variables(checkpoint, model)
    if from_best:
        set_best_weights(model, folder, stored, train_frames)
    model.optimizer.iterations.assign(steps_done)

    keeper = EpochKeeper(
        config=config,
        folder=folder,
        state=state,
        validated=validated,
        val_batches=make_batches(config, val_frames, training=False, workers=workers),
        excess=excess,
        settling_batches=make_batches(config, train_frames, training=False, workers=workers, shuffle=True),
        record=_as_known(
            known,
            describe_run(validated, state),
            # The checkpoint is ahead where an interruption kept the record from being written.
            is_finished=is_finished and known.get("epochs") == state.epochs_done,
        ),
    )
    if is_finished:
        keeper.publish()
        return keeper.state
    train_batches = make_batches(
        config,
        all_frames,
        training=True,
        donors=train_frames,
        workers=workers,
        epoch=state.epochs_done,
        shuffle=True,
        label_stride=label_stride,
        use_processes=workers > 1,
    )
    with closing(train_batches):
        try:
            model.fit(
                train_batches,
                shuffle=False,
                initial_epoch=state.epochs_done,
                epochs=config.epochs,
                callbacks=[StopOnNaN(train_batches), keeper],
                verbose=verbose,
            )
        except Exception as error:
            # TensorFlow hands on what a generator raised as an error of its own, without the original.
            sources = (train_batches, keeper.val_batches, keeper.settling_batches)
            if failure := next((source.failure for source in sources if source.failure), None):
                done = keeper.state.epochs_done
                again = "go on by --resume; the last checkpoint is intact" if done else "start again"
                raise InputError(
                    f"Training stopped in epoch {done + 1}: {failure} Put this right and {again}."
                ) from error
            raise
    return keeper.state


def _as_known(known: dict, record: dict, *, is_finished: bool) -> dict:
    """Return ``record`` with what people have put there; of a finished run nothing else is written anew."""
    if is_finished:
        return known | {"data": known.get("data", {}) | {"name": record["data"]["name"]}}
    return record | {
        key: known[key] for key in ("inference_sizes", "sharpening", "averages", "notes") if known.get(key)
    }


def _frames_to_use(frames: tuple[Frame, ...], number: int | None) -> tuple[Frame, ...]:
    if number is None or number == len(frames):
        return frames
    if number > len(frames):
        raise InputError(
            f"The training configuration has frames = {number}, but the split train has {len(frames)} with "
            "ground truth; ask for fewer, or for null to use all."
        )
    return spread_to_train(frames, number)


def _labelled_frames(data_root: Path, split: str) -> tuple[Frame, ...]:
    frames = tuple(frame for frame in find_frames(data_root, split=split) if frame.truth_path)
    if not frames:
        raise InputError(
            f"The split {split!r} of {data_root} has no frame with ground truth; training needs labelIds or "
            "instanceIds in train and val."
        )
    return frames
