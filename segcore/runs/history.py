"""The curves of a run: one row an epoch in ``history.csv``."""

import csv
import math
import re
from pathlib import Path

import pandas as pd

from segcore.errors import InputError
from segcore.runs.run import HISTORY_FILE, Run
from segcore.system.files import replace_file

HISTORY_COLUMNS = (
    "epoch",
    "loss",
    "val_loss",
    "mean_iou",
    "val_mean_iou",
    "accuracy",
    "val_accuracy",
    "learning_rate",
    "seconds",
)
# Names under which Keras logs the same quantities when nobody gave the metric a name.
_HISTORY_ALIASES = {
    "lr": "learning_rate",
    "acc": "accuracy",
    "categorical_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "mean_io_u": "mean_iou",
    "one_hot_mean_io_u": "mean_iou",
}
_MISSING = {"", "na", "nan", "n/a", "none", "null"}


def read_history(run: Run) -> pd.DataFrame:
    """Read the curves of a run.

    Returns:
        One row an epoch with the columns ``HISTORY_COLUMNS``: epoch int64 from 1 on, the others float64, NaN
        where nothing was logged. Files of Keras' ``CSVLogger`` (epochs from 0 on, other column order, ``NA``)
        are read as well. Where a resumed training went back to an earlier epoch, its rows replace the
        older ones; a last row cut short by an interruption is left out.

    Raises:
        InputError: no such file, no finished epoch, or something in it is not a number.
    """
    path = run.path / HISTORY_FILE
    rows = _read_rows(path)
    header = _column_names(rows[0])
    if "epoch" not in header:
        raise InputError(
            f"{HISTORY_FILE} has no column 'epoch' but {', '.join(header)}; it must have one row an epoch."
        )
    by_epoch: dict[int, dict[str, float]] = {}
    last_line = len(rows) - 1
    for line, cells in enumerate(rows[1:], start=1):
        if len(cells) < len(header) and line == last_line:
            continue
        if len(cells) != len(header):
            raise InputError(
                f"{HISTORY_FILE} has {len(cells)} values in data row {line}; {len(header)} are expected."
            )
        if cells == rows[0]:
            continue
        values = {
            name: _number(cell, column=name, line=line)
            for name, cell in zip(header, cells, strict=True)
            if name in HISTORY_COLUMNS
        }
        epoch = values["epoch"]
        if not (math.isfinite(epoch) and epoch >= 0 and epoch == int(epoch)):
            raise InputError(
                f"{HISTORY_FILE} gives the epoch {epoch} in data row {line}; expected a whole number."
            )
        if by_epoch and epoch <= next(reversed(by_epoch)):
            by_epoch = {earlier: row for earlier, row in by_epoch.items() if earlier < epoch}
        by_epoch[int(epoch)] = values
    if not by_epoch:
        raise InputError(f"{HISTORY_FILE} holds no finished epoch yet.")
    history = pd.DataFrame(by_epoch.values(), columns=list(HISTORY_COLUMNS), dtype="float64")
    history["epoch"] = history["epoch"].astype("int64") + (1 if 0 in by_epoch else 0)
    return history


def write_history(path: Path, history: pd.DataFrame) -> None:
    """Write curves as ``history.csv`` at ``path``, atomically; missing columns and NaN become ``NA``."""
    with replace_file(path) as temporary:
        history.reindex(columns=list(HISTORY_COLUMNS)).to_csv(temporary, index=False, na_rep="NA")


def _column_names(header: list[str]) -> list[str]:
    names: list[str] = []
    for cell in header:
        # Keras counts metrics of one kind: mean_io_u_1.
        prefix, name = re.fullmatch(r"(val_|)(.*?)(?:_\d+)?", cell.strip().lower(), re.DOTALL).groups()
        name = prefix + _HISTORY_ALIASES.get(name, name)
        names.append(cell if name in names else name)
    return names


def _read_rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        first_line = text.partition("\n")[0]
        delimiter = next((mark for mark in ",;\t" if mark in first_line), ",")
        rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if row]
    except FileNotFoundError as error:
        raise InputError(f"{path.name} is missing; this run has no curves.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path.name} is not a text table: {error}.") from error
    if not rows:
        raise InputError(f"{path.name} is empty; a header and one row an epoch are expected.")
    return rows


def _number(cell: str, *, column: str, line: int) -> float:
    if cell.strip().lower() in _MISSING:
        return math.nan
    try:
        return float(cell)
    except ValueError:
        raise InputError(
            f"{HISTORY_FILE} has {cell[:40]!r} as {column} in data row {line}; expected a number."
        ) from None
