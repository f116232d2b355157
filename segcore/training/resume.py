"""The start of a resumed training: from its checkpoint, or from the stored run."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.frames.frame import Frame
from segcore.models.build import add_to_logits, build_model
from segcore.runs.history import read_history
from segcore.runs.lineage import Circumstances, TrainedFrames
from segcore.runs.record import Record, record_from_json
from segcore.runs.run import RECORD_FILE, WEIGHTS_FILE, Run, check_weights, read_run
from segcore.system.counting import counted
from segcore.system.files import read_json, replace_file
from segcore.training.callbacks import set_averaged_weights
from segcore.training.checkpoint import (
    CHECKPOINT_FOLDER,
    STATE_FILE,
    TrainingState,
    best_weights_path,
    read_state,
    restore_variables,
)
from segcore.training.config import TrainingConfig
from segcore.training.lineage import Lineage
from segcore.training.request import TrainingRequest
from segcore.training.setup import (
    TrainingFrames,
    circumstances_here,
    logit_excess,
    measure_class_weights,
)

# Settings that may change: to make a training longer or shorter, to continue after a loss that was not finite, to
# finish with another loss or augmentation, and settings of the stored weights only.
FREE_ON_RESUME = (
    "epochs",
    "decay_epochs",
    "learning_rate",
    "warmup_steps",
    "precision",
    "loss",
    "class_weights",
    "augment",
    "copy_paste",
    "image_size",
    "scale",
    "crop_size",
    "batch_size",
    "logit_adjustment",
    "kernel_bits",
    "teacher",
    "frames",
)


@dataclass(frozen=True)
class Start:
    """The start of a training.

    Attributes:
        state: the state, without dropped epochs.
        stored: the stored state of the run, or None for a new training.
        record: the present ``run.json``.
        from_best: whether the weights are those of the best epoch, not those of the last.
        has_moments: whether the checkpoint has the optimizer's moments.
    """

    state: TrainingState
    stored: TrainingState | None
    record: Record | None
    from_best: bool
    has_moments: bool


def find_start(request: TrainingRequest) -> Start:
    """Return the start of a training.

    Raises:
        InputError: the run already exists and shall not be resumed, there is nothing to resume, or the configuration
            changes a setting that must not change.
    """
    folder = request.folder
    stored = stored_state(folder, from_best=request.from_best) if request.resume else None
    state = initial_state(request.config, folder, stored, from_best=request.from_best)
    record = record_from_json(read_json(folder / RECORD_FILE)) if (folder / RECORD_FILE).exists() else None
    if record and state.lineage.circumstances == Circumstances():
        state = replace(state, lineage=replace(state.lineage, circumstances=record.circumstances))
    return Start(
        state=state,
        stored=stored,
        record=record,
        from_best=request.from_best,
        has_moments=request.resume and (folder / CHECKPOINT_FOLDER / STATE_FILE).exists(),
    )


def stored_config(folder: Path, *, from_best: bool) -> TrainingConfig:
    """Return the configuration of a stored run; with ``from_best`` that of its best epoch.

    Raises:
        InputError: there is nothing to continue from.
    """
    stored = stored_state(folder, from_best=from_best)
    return (back_to_best(stored) if from_best else stored).config


def state_to_go_on(
    config: TrainingConfig, request: TrainingRequest, start: Start, frames: TrainingFrames
) -> TrainingState:
    """Return the state at the start of a training, with the command and circumstances of the next epochs.

    Raises:
        InputError: no epoch is left, but settings or circumstances differ, so the record would be wrong.
    """
    state = start.state
    is_finished = state.epochs_done >= config.epochs
    known = start.record.data.name if start.record and start.record.data else None
    name = request.data_name or known or open_dataset(request.data_root).name
    here = circumstances_here(frames.data_set, name)
    if is_finished:
        # No epoch is trained now, so present versions and hardware are not recorded.
        here = here.updated(replace(state.lineage.circumstances, data=None))
    sources = [
        TrainedFrames.of(further, name=source, repeats=request.extra_repeats)
        for source, further in frames.extra.items()
    ]
    lineage = state.lineage.with_change(state.epochs_done, state.config, config, here)
    lineage = lineage.with_further_data(state.epochs_done, sources)
    if is_finished:
        assert start.stored is not None, "a new training has epochs left"
        state = replace(state, lineage=lineage)
        _require_nothing_changed(request.folder.name, start.stored, state)
        return state
    if request.command:
        lineage = lineage.with_command(state.epochs_done, request.command)
    return replace(state, config=config, lineage=lineage)


def stored_state(folder: Path, *, from_best: bool) -> TrainingState:
    """Return the state of the checkpoint in ``folder``, or without a checkpoint the state in the run's record.

    Raises:
        InputError: there is no run, its checkpoint or its weights are damaged, or it has no checkpoint and
            ``from_best`` is False.
    """
    if (folder / CHECKPOINT_FOLDER / STATE_FILE).exists() or not (folder / RECORD_FILE).exists():
        return read_state(folder / CHECKPOINT_FOLDER)
    if not from_best:
        raise InputError(
            f"The run {folder.name} has no checkpoint; give --from-best as well to continue from its stored weights."
        )
    return _recorded_state(read_run(folder))


def initial_state(
    config: TrainingConfig, folder: Path, stored: TrainingState | None, *, from_best: bool
) -> TrainingState:
    """Return the state at the start of a training with ``config``.

    Args:
        config: the configuration.
        folder: the run's folder.
        stored: the result of ``stored_state``, or None for a new training.
        from_best: drop the epochs after the best one.

    Raises:
        InputError: a new training finds an existing run, ``from_best`` is given for a new training, or ``config``
            changes a setting that must not change.
    """
    if from_best and not stored:
        raise InputError("--from-best continues an existing training; give --resume as well.")
    if not stored:
        if (folder / RECORD_FILE).exists() or (folder / CHECKPOINT_FOLDER / STATE_FILE).exists():
            raise InputError(
                f"The run {folder.name} already exists; continue it with --resume, choose another name, or "
                f"remove {folder}."
            )
        return TrainingState(0, (), 0, -1.0, None, config)
    state = back_to_best(stored) if from_best else stored
    wanted, before = config.to_dict(), state.config.to_dict()
    changed = [
        key
        for key in wanted
        if key not in (*FREE_ON_RESUME, "encoder_weights") and wanted[key] != before[key]
    ]
    if changed:
        raise InputError(
            f"The checkpoint of {folder.name} has another {', '.join(changed)}; with --resume only "
            f"{', '.join(FREE_ON_RESUME)} may change."
        )
    if config.image_size != state.config.image_size:
        # The best weights so far are for frames of another size; the record now has the new size.
        state = replace(state, best_epoch=0, best_score=-1.0)
    return state


def set_start_weights(model: keras.Model, folder: Path, start: Start, frames: Sequence[Frame]) -> None:
    """Load the weights and the optimizer's moments for the start of a training into ``model``.

    Args:
        model: to be trained, with its optimizer built; a new training does not change it.
        folder: the run's folder.
        start: the result of ``find_start``.
        frames: for measuring class weights.

    Raises:
        InputError: the checkpoint is damaged or belongs to another model.
    """
    if start.has_moments:
        restore_variables(folder / CHECKPOINT_FOLDER, model)
    if start.from_best and start.stored is not None:
        _keep_stored_weights(folder, start.stored)
        set_averaged_weights(model, _best_weights(folder, back_to_best(start.stored), frames))


def _best_weights(folder: Path, best: TrainingState, frames: Sequence[Frame]) -> list[np.ndarray]:
    config = best.config
    kept = build_model(
        config.model,
        num_classes=config.space.num_classes,
        image_size=config.image_size,
        **config.arguments,
    )
    kept.load_weights(best_weights_path(folder / CHECKPOINT_FOLDER, best.best_epoch))
    # The stored weights are without the excess of logits from class weights; training needs it.
    add_to_logits(kept, logit_excess(config, measure_class_weights(config, frames)))
    return kept.get_weights()


def back_to_best(state: TrainingState) -> TrainingState:
    """Return ``state`` as it was after the best epoch.

    Raises:
        InputError: no epoch is done yet.
    """
    best = state.best_epoch
    if not best:
        raise InputError("No epoch is done yet, so there is no best one to go back to; omit --from-best.")
    return replace(
        state,
        epochs_done=best,
        history=state.history[:best],
        config=state.lineage.config_at(best, state.config),
        lineage=state.lineage.back_to(best),
    )


def _require_nothing_changed(name: str, stored: TrainingState, state: TrainingState) -> None:
    is_same = (
        state.epochs_done == stored.epochs_done
        and state.lineage.changes == stored.lineage.changes
        and state.lineage.further_data == stored.lineage.further_data
    )
    if not is_same:
        raise InputError(
            f"The run {name} is already trained for {counted(stored.epochs_done, 'epoch')}, so the changes would "
            f"have no effect; give --epochs above {state.epochs_done}."
        )


def _recorded_state(run: Run) -> TrainingState:
    """Return the training state of the stored weights of ``run``, from its record and its curves.

    Raises:
        InputError: the run has no weights, or its record or curves are incomplete.
    """
    check_weights(run)
    history = read_history(run)
    epoch = run.best_epoch
    if not (run.has_network and run.training and epoch is not None and epoch in set(history["epoch"])):
        raise InputError(
            f"The training of {run.name} cannot be continued: it needs {WEIGHTS_FILE} and, in {RECORD_FILE}, its "
            "training and the best epoch of its curves."
        )
    rows = tuple(history.astype(object).to_dict("records"))
    best = next(row["val_mean_iou"] for row in rows if row["epoch"] == epoch)
    return TrainingState(
        epochs_done=len(rows),
        history=rows,
        best_epoch=epoch,
        best_score=best if np.isfinite(best) else -1.0,
        best_sha256=run.weights_sha256,
        config=TrainingConfig.from_dict(run.training),
        lineage=Lineage.from_record(run.record),
    )


def _keep_stored_weights(folder: Path, stored: TrainingState) -> None:
    """Copy the run's weights to the place of a checkpoint's best weights, if they are not there."""
    best = best_weights_path(folder / CHECKPOINT_FOLDER, stored.best_epoch)
    if not best.exists():
        with replace_file(best) as temporary:
            shutil.copyfile(folder / WEIGHTS_FILE, temporary)
