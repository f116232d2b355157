"""The training curves of a run: one row per epoch in ``history.csv``."""

from pathlib import Path

import pandas as pd

from segcore.errors import InputError
from segcore.runs.curve_names import choose_columns
from segcore.runs.curve_table import open_table, read_epoch, read_number
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


def read_history(run: Run) -> pd.DataFrame:
    """Read the curves of a run.

    Returns:
        One row per epoch with the columns ``HISTORY_COLUMNS``: epoch int64 from 1, the others float64, NaN for a
        value that was not logged. Files of Keras' ``CSVLogger`` (epochs from 0, other column order, ``NA``) are read
        as well. If a resumed training went back to an earlier epoch, its rows replace the older ones. An incomplete
        last row of an interrupted training is left out.

    Raises:
        InputError: the file is missing, has no finished epoch, or a value is not a number.
    """
    table = open_table(run.path / HISTORY_FILE)
    columns = {name: places[0] for name, places in choose_columns(table.header).items()}
    if "epoch" not in columns:
        raise InputError(
            f"{HISTORY_FILE} has no column 'epoch' but {', '.join(table.header)[:200]}; "
            "it must have one row per epoch."
        )
    by_epoch: dict[int, dict[str, float]] = {}
    for row, cells in table.rows:
        values = {
            name: read_number(cells[place], file=HISTORY_FILE, column=name, row=row)
            for name, place in columns.items()
            if name in HISTORY_COLUMNS
        }
        epoch = read_epoch(values["epoch"], file=HISTORY_FILE, row=row)
        while by_epoch and epoch <= next(reversed(by_epoch)):
            by_epoch.popitem()
        by_epoch[epoch] = values
    if not by_epoch:
        raise InputError(f"{HISTORY_FILE} holds no finished epoch yet.")
    history = pd.DataFrame(by_epoch.values(), columns=list(HISTORY_COLUMNS), dtype="float64")
    history["epoch"] = history["epoch"].astype("int64") + (1 if 0 in by_epoch else 0)
    return history


def write_history(path: Path, history: pd.DataFrame) -> None:
    """Write curves as ``history.csv`` at ``path``, atomically; missing columns and NaN become ``NA``."""
    with replace_file(path) as temporary:
        history.reindex(columns=list(HISTORY_COLUMNS)).to_csv(temporary, index=False, na_rep="NA")
