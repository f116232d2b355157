"""The state of an unfinished training, in one file that is replaced as a whole.

Everything that an interruption must not pull apart is in it: variables of model and optimizer, the epochs
done, their history, and which weights were the best. Variables are stored as NumPy arrays in the order that
Keras keeps them in, so a training may go on with another back end than it began with.
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
    """What a training has reached.

    Attributes:
        epochs_done: finished epochs.
        history: one mapping an epoch, keys as in ``segcore.runs.history.HISTORY_COLUMNS``.
        best_epoch: epoch (from 1) with the highest validation mean IoU, or 0.
        best_score: that mean IoU.
        best_sha256: SHA-256 of the weights file of that epoch.
        config: the configuration of the last epochs.
        lineage: how the run came about.
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
            InputError: its configuration cannot be used.
            KeyError: it lacks a key.
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
    """Return where a checkpoint keeps the averaged weights of its best epoch, counted from 1."""
    return Path(folder) / f"best-{epoch:04d}.weights.h5"


def save_state(folder: Path, state: TrainingState, model: keras.Model) -> None:
    """Write ``state`` with all variables of ``model`` and its optimizer."""
    arrays = {
        f"{group}/{index:05d}": keras.ops.convert_to_numpy(variable.value)
        for group, variables in _variables(model)
        for index, variable in enumerate(variables)
    }
    with replace_file(Path(folder) / STATE_FILE) as temporary, temporary.open("wb") as file:
        np.savez(file, state=np.array(json.dumps(state.to_json())), **arrays)


def read_state(folder: Path) -> TrainingState:
    """Read the state without its variables.

    Raises:
        InputError: if there is none, or it is damaged.
    """
    with _opened(folder) as arrays:
        return TrainingState.from_json(json.loads(str(arrays["state"])))


def restore_variables(folder: Path, model: keras.Model) -> None:
    """Put the stored variables into ``model``, compiled and with its optimizer built.

    Raises:
        InputError: if they belong to another model or optimizer.
    """
    with _opened(folder) as arrays:
        for group, variables in _variables(model):
            stored = [name for name in arrays.files if name.startswith(f"{group}/")]
            if len(stored) != len(variables):
                raise InputError(
                    f"The checkpoint in {folder} has {len(stored)} {group} variables and the model has "
                    f"{len(variables)}; resume with the configuration that it was made with."
                )
            for name, variable in zip(sorted(stored), variables, strict=True):
                value = arrays[name]
                if value.shape != tuple(variable.shape):
                    raise InputError(
                        f"The checkpoint in {folder} has {variable.path} in shape {value.shape} and the model "
                        f"in {tuple(variable.shape)}; resume with the configuration that it was made with."
                    )
                variable.assign(value)


def _variables(model: keras.Model):
    return (("model", model.variables), ("optimizer", model.optimizer.variables))


@contextmanager
def _opened(folder: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """Yield the arrays of the state; that one is damaged may show only when it is read."""
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
