"""Files of a run after each epoch of training: best weights, curves, record and the graph for ONNX Runtime."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import keras
import pandas as pd

from segcore.models.layers import PIXEL_OFFSET, PIXEL_SCALE
from segcore.predict.onnx.export import publish_graph
from segcore.runs.history import write_history
from segcore.runs.record import OwnRecord, Record
from segcore.runs.run import HISTORY_FILE, WEIGHTS_FILE, write_run
from segcore.system.files import remove_leftovers, replace_file, sha256_of
from segcore.training.checkpoint import CHECKPOINT_FOLDER, STATE_FILE, TrainingState, best_weights_path

# Keys of a record that users and other commands add; training keeps them.
_ADDED_BY_OTHERS = ("inference_sizes", "sharpening", "averages", "notes")


def record_of(model: keras.Model, state: TrainingState, known: Record | None) -> Record:
    """Return the record of a run during training; ``publish`` adds the values that change with each epoch.

    Args:
        model: the model that is validated and stored.
        state: configuration and history of the training.
        known: the present record, if there is one; keys that users and other commands added are kept.
    """
    config = state.config
    added = known.to_json() if known else {}
    content = {
        "format": 1,
        "architecture": config.model,
        "arguments": config.arguments,
        "label_space": config.space.name,
        **({} if isinstance(config.label_space, str) else {"classes": config.label_space}),
        "num_classes": config.space.num_classes,
        "input_size": list(config.image_size),
        "normalization": {"scale": PIXEL_SCALE, "offset": PIXEL_OFFSET},
        "parameters": model.count_params(),
        "training": {**config.to_dict(), "encoder_weights": config.encoder_name},
        **state.lineage.to_record(),
        "seed": config.seed,
        **{key: added[key] for key in _ADDED_BY_OTHERS if added.get(key)},
        # Until the first epoch is done.
        "weights_sha256": None,
    }
    return OwnRecord.from_json(content, where="the training's record")


def renamed(record: Record, now: Record) -> Record:
    """Return the record of a finished run with the name of its data from ``now``; nothing else changes."""
    name = now.to_json()["data"]["name"]
    return record.updated(data={**record.to_json().get("data", {}), "name": name})


def remove_leftovers_of_checkpoint(folder: Path) -> None:
    """Remove the temporary files of killed trainings in the checkpoint of a run; no training of it may be running."""
    checkpoint = folder / CHECKPOINT_FOLDER
    best = best_weights_path(checkpoint, 0).name.replace("0000", "*")
    remove_leftovers(checkpoint / STATE_FILE, checkpoint / best)


def publish(folder: Path, state: TrainingState, record: Record) -> None:
    """Update the run's folder from its checkpoint; a second call changes nothing.

    Args:
        folder: the run's folder.
        state: that of the checkpoint.
        record: what ``record_of`` returned, or a record with a date, which it keeps.
    """
    best = best_weights_path(folder / CHECKPOINT_FOLDER, state.best_epoch)
    published = folder / WEIGHTS_FILE
    if not published.exists() or sha256_of(published) != state.best_sha256:
        with replace_file(published) as temporary:
            shutil.copyfile(best, temporary)
    for outdated in best.parent.glob("best-*.weights.h5"):
        if outdated != best:
            outdated.unlink()
    write_history(folder / HISTORY_FILE, pd.DataFrame(state.history))
    run = write_run(
        folder,
        record.updated(
            # A record that has one is of epochs done before.
            date=record.date or datetime.now(UTC).date().isoformat(),
            best_epoch=state.best_epoch,
            epochs=state.epochs_done,
            weights_sha256=state.best_sha256,
        ),
    )
    publish_graph(run)
