"""What a training that goes on begins with: from its checkpoint, or from what is stored of its run."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame
from segcore.labels import LABEL_SPACES
from segcore.models.build import add_to_logits, build_model
from segcore.runs.history import read_history
from segcore.runs.run import RECORD_FILE, WEIGHTS_FILE, Run, check_weights, read_run
from segcore.system.files import replace_file
from segcore.training.callbacks import set_averaged_weights
from segcore.training.checkpoint import (
    CHECKPOINT_FOLDER,
    STATE_FILE,
    TrainingState,
    best_weights_path,
    read_state,
)
from segcore.training.config import TrainingConfig
from segcore.training.setup import logit_excess, measure_class_weights

# To prolong or end a training, to go on where the loss was no number, to finish with another loss or with frames
# shown in another way, and what only concerns the stored weights.
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
)


def stored_state(folder: Path, *, from_best: bool) -> TrainingState:
    """Return the state of the checkpoint in ``folder`` or, where there is none, what the run's record tells of it.

    Raises:
        InputError: there is no run, its checkpoint or its weights are damaged, or it has no checkpoint and is not to
            go on ``from_best``.
    """
    if (folder / CHECKPOINT_FOLDER / STATE_FILE).exists() or not (folder / RECORD_FILE).exists():
        return read_state(folder / CHECKPOINT_FOLDER)
    if not from_best:
        raise InputError(
            f"The run {folder.name} has no checkpoint; give --from-best as well to go on from its stored weights."
        )
    return _recorded_state(read_run(folder))


def initial_state(
    config: TrainingConfig, folder: Path, stored: TrainingState | None, *, from_best: bool
) -> TrainingState:
    """Return the state that a training with ``config`` begins with.

    Args:
        config: how to train.
        folder: the run's folder.
        stored: what ``stored_state`` returned, or None for a training from the start.
        from_best: without what came after the best epoch.

    Raises:
        InputError: there is a run already and nothing stored to go on with, or the reverse, or ``config`` changes
            what may not change.
    """
    if from_best and not stored:
        raise InputError("--from-best goes on with a training that is there already; give --resume as well.")
    if not stored:
        if (folder / RECORD_FILE).exists() or (folder / CHECKPOINT_FOLDER / STATE_FILE).exists():
            raise InputError(
                f"The run {folder.name} exists already; go on with it by --resume, choose another name, or "
                f"remove {folder}."
            )
        return TrainingState(0, (), 0, -1.0, None, config.to_dict())
    state = back_to_best(stored) if from_best else stored
    wanted = config.to_dict()
    changed = [
        key
        for key in wanted
        if key not in (*FREE_ON_RESUME, "encoder_weights") and wanted[key] != state.config.get(key)
    ]
    if changed:
        raise InputError(
            f"The checkpoint of {folder.name} was made with another {', '.join(changed)}; only "
            f"{', '.join(FREE_ON_RESUME)} may change on --resume."
        )
    if wanted["image_size"] != state.config["image_size"]:
        # The best weights so far are for frames of another size; from now on the record tells of this one.
        state = replace(state, best_epoch=0, best_score=-1.0)
    return state


def set_best_weights(
    model: keras.Model, folder: Path, stored: TrainingState, frames: Sequence[Frame]
) -> None:
    """Put the weights of the best epoch of ``stored`` into ``model``, as its averages over the steps too.

    Args:
        model: to be trained, with its optimizer built.
        folder: the run's folder.
        stored: what ``stored_state`` returned.
        frames: what class weights are measured on.
    """
    _keep_stored_weights(folder, stored)
    best = back_to_best(stored)
    config = TrainingConfig.from_dict(best.config | {"encoder_weights": "none"})
    kept = build_model(
        config.model,
        num_classes=LABEL_SPACES[config.label_space].num_classes,
        image_size=config.image_size,
        **config.arguments,
    )
    kept.load_weights(best_weights_path(folder / CHECKPOINT_FOLDER, best.best_epoch))
    # Stored without the excess that the class weights leave, which training has.
    add_to_logits(kept, logit_excess(config, measure_class_weights(config, frames)))
    set_averaged_weights(model, kept.get_weights())


def require_nothing_changed(name: str, stored: TrainingState, state: TrainingState) -> None:
    """Raise InputError if the record would tell of settings or data that no epoch was trained with."""
    told = ("epochs_done", "earlier", "extra_data")
    if any(getattr(state, key) != getattr(stored, key) for key in told):
        raise InputError(
            f"The run {name} has had its {stored.epochs_done} epochs, so that nothing would be trained with "
            f"what is changed; give --epochs above {state.epochs_done}."
        )


def recorded_circumstances(record: Mapping) -> dict:
    """Return what ``circumstances_of`` did when the run's ``record`` was written, as far as it is there."""
    found = {key: record[key] for key in ("data", "versions", "hardware") if key in record}
    if "data" in found:
        found["data"] = {key: value for key, value in found["data"].items() if key != "extra"}
    return found


def back_to_best(state: TrainingState) -> TrainingState:
    """Return ``state`` as it was after the best epoch, without what is recorded of the epochs since.

    Raises:
        InputError: no epoch is done yet.
    """
    best = state.best_epoch
    if not best:
        raise InputError(
            "No epoch is done yet, so that there is no best one to go back to; leave out --from-best."
        )
    config, circumstances = dict(state.config), dict(state.circumstances)
    # The oldest change since comes last and so has the last word.
    for entry in reversed(state.earlier):
        if entry["to_epoch"] >= best:
            config |= entry["settings"]
            circumstances |= {key: entry[key] for key in circumstances if key in entry}
    return replace(
        state,
        epochs_done=best,
        history=state.history[:best],
        config=config,
        circumstances=circumstances,
        earlier=tuple(entry for entry in state.earlier if entry["to_epoch"] < best),
        extra_data=tuple(entry for entry in state.extra_data if entry["from_epoch"] <= best),
        commands=tuple(entry for entry in state.commands if entry["from_epoch"] <= best),
    )


def _recorded_state(run: Run) -> TrainingState:
    """Return the state in which the stored weights of ``run`` were, as far as its record and its curves tell.

    Raises:
        InputError: the run has no weights, or its record or curves do not tell how they were trained.
    """
    check_weights(run)
    history = read_history(run)
    if not (run.has_weights and run.training and run.best_epoch in set(history["epoch"])):
        raise InputError(
            f"The run {run.name} cannot be trained on: it needs {WEIGHTS_FILE} and, in {RECORD_FILE}, its training and "
            "the best epoch of its curves."
        )
    rows = tuple(history.astype(object).to_dict("records"))
    best = next(row["val_mean_iou"] for row in rows if row["epoch"] == run.best_epoch)
    record = run.record
    return TrainingState(
        epochs_done=len(rows),
        history=rows,
        best_epoch=run.best_epoch,
        best_score=best if np.isfinite(best) else -1.0,
        best_sha256=run.weights_sha256,
        config=TrainingConfig.from_dict(run.training).to_dict(),
        extra_data=tuple(run.data.get("extra", ())),
        earlier=tuple(record.get("earlier", ())),
        commands=tuple(record.get("commands", ())),
        circumstances=recorded_circumstances(record),
    )


def _keep_stored_weights(folder: Path, stored: TrainingState) -> None:
    """Put the run's weights where a checkpoint has them, unless they are there."""
    best = best_weights_path(folder / CHECKPOINT_FOLDER, stored.best_epoch)
    if not best.exists():
        with replace_file(best) as temporary:
            shutil.copyfile(folder / WEIGHTS_FILE, temporary)
