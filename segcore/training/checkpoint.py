"""The state of an unfinished training, in one file that is replaced atomically.

It contains everything that must stay consistent after an interruption: variables of model and optimizer, the number
of epochs, their history, and the best epoch. Variables are NumPy arrays in the order of Keras, so a training can
continue on another back end.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from segcore.errors import InputError
from segcore.system.files import replace_file
from segcore.training.config import TrainingConfig
from segcore.training.lineage import Lineage

CHECKPOINT_FOLDER = "checkpoint"
STATE_FILE = "state.npz"


@dataclass(frozen=True)
class TrainingState:
    """The state of a training.

    Attributes:
        epochs_done: number of finished epochs.
        history: one mapping per epoch, keys as in ``segcore.runs.history.HISTORY_COLUMNS``.
        best_epoch: epoch (from 1) with the highest validation mean IoU, or 0.
        best_score: that mean IoU, 0..1.
        best_sha256: SHA-256 of the weights file of that epoch.
        config: the configuration of the last epochs.
        lineage: history of commands, settings, data and hardware.
    """

    epochs_done: int
    history: tuple[dict, ...]
    best_epoch: int
    best_score: float
    best_sha256: str | None
    config: TrainingConfig
    lineage: Lineage = field(default_factory=Lineage)

    @classmethod
    def from_json(cls, content: Mapping) -> "TrainingState":
        """Return the state in the JSON object of a checkpoint.

        Raises:
            InputError: its configuration is not valid.
            KeyError: a key is missing.
        """
        return cls(
            epochs_done=content["epochs_done"],
            history=tuple(content["history"]),
            best_epoch=content["best_epoch"],
            best_score=content["best_score"],
            best_sha256=content["best_sha256"],
            config=TrainingConfig.from_dict(content["config"]),
            lineage=Lineage.from_state(content),
        )

    def to_json(self) -> dict:
        return {
            "epochs_done": self.epochs_done,
            "history": list(self.history),
            "best_epoch": self.best_epoch,
            "best_score": self.best_score,
            "best_sha256": self.best_sha256,
            "config": self.config.to_dict(),
            **self.lineage.to_state(),
        }


def best_weights_path(folder: Path, epoch: int) -> Path:
    """Return the path of the averaged weights of a checkpoint's best epoch, counted from 1."""
    return Path(folder) / f"best-{epoch:04d}.weights.h5"


def save_state(folder: Path, state: TrainingState, model: keras.Model) -> None:
    """Write ``state`` and all variables of ``model`` and its optimizer, atomically."""
    arrays = {
        f"{group}/{index:05d}": keras.ops.convert_to_numpy(variable.value)
        for group, variables in _variables(model)
        for index, variable in enumerate(variables)
    }
    with replace_file(Path(folder) / STATE_FILE) as temporary, temporary.open("wb") as file:
        np.savez(file, state=np.array(json.dumps(state.to_json())), **arrays)


def read_state(folder: Path) -> TrainingState:
    """Read the state without the variables.

    Raises:
        InputError: there is no checkpoint, or it is damaged.
    """
    with _opened(folder) as arrays:
        return TrainingState.from_json(json.loads(str(arrays["state"])))


def restore_variables(folder: Path, model: keras.Model) -> None:
    """Load the stored variables into ``model``, which is compiled and whose optimizer is built.

    Raises:
        InputError: the checkpoint is damaged, or its variables belong to another model or optimizer.
    """
    with _opened(folder) as arrays:
        for group, variables in _variables(model):
            stored = [name for name in arrays.files if name.startswith(f"{group}/")]
            if len(stored) != len(variables):
                raise InputError(
                    f"The checkpoint in {folder} has {len(stored)} {group} variables, but the model has "
                    f"{len(variables)}; resume with the configuration of the checkpoint."
                )
            for name, variable in zip(sorted(stored), variables, strict=True):
                value = arrays[name]
                if value.shape != tuple(variable.shape):
                    raise InputError(
                        f"The checkpoint in {folder} has {variable.path} with the shape {value.shape}, but the model "
                        f"with {tuple(variable.shape)}; resume with the configuration of the checkpoint."
                    )
                variable.assign(value)


def _variables(model: keras.Model):
    return (("model", model.variables), ("optimizer", model.optimizer.variables))


@contextmanager
def _opened(folder: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """Yield the arrays of the state; a damaged array may raise only when it is read."""
    path = Path(folder) / STATE_FILE
    try:
        with np.load(path, allow_pickle=False) as arrays:
            yield arrays
    except FileNotFoundError as error:
        raise InputError(
            f"There is no checkpoint in {folder}; start the training without --resume."
        ) from error
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"The checkpoint {path} is damaged ({error}); remove its folder and start without --resume."
        ) from error
