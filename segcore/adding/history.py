"""Conversion of the curves of a foreign training to the columns of own runs."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from segcore.adding.history_epochs import Points, by_epoch, filled, per_epoch
from segcore.adding.history_tables import SourceTable, read_tables
from segcore.errors import InputError
from segcore.runs.curve_names import CURVE_NAMES, RATIOS, choose_columns, read_curve_name
from segcore.runs.curve_table import read_epoch, read_number
from segcore.runs.history import HISTORY_COLUMNS
from segcore.system.counting import counted

_MOST_LISTED = 20
# A ratio that was averaged in float32 may be slightly above 1.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class _Source:
    """The source of one of our columns."""

    table: int
    places: tuple[int, ...]
    """Indices of columns in the table; if there are several, they are parts of a sum."""
    others: tuple[str, ...] = ()
    """Other columns that also fit."""
    since_start: bool = False
    """Whether the values are measured from the start of the training."""


def read_foreign_history(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Read the curves of a training that another tool logged.

    If an epoch has several rows, the last value of each column counts. Without an epoch column, steps 0, 1, 2, ... or
    1, 2, 3, ... are epochs; other steps are grouped into epochs, each of which ends where the validation was logged.
    Without steps each row is an epoch. IoU and accuracy in percent are divided by 100. If several columns fit,
    ``curve_names.choose_columns`` decides. Parts of a loss in logs of Ultralytics are added, as Ultralytics does.

    Args:
        path: a file of Keras, PyTorch Lightning, Ultralytics, TensorBoard or Weights & Biases, or a similar table or
            JSON file (see ``history_tables``); or a folder of such files, since TensorBoard and Weights & Biases
            export one file per curve.

    Returns:
        One row per epoch with the columns ``HISTORY_COLUMNS``: epoch int64 from 1, the others float64, NaN for missing
        values, IoU and accuracy in 0..1; and sentences that say how the file was understood.

    Raises:
        InputError: the file cannot be read, is too large (limits: 100,000 rows, 500 columns, 50 MB), has no column with
            a known name, or a value is not a finite number or not an epoch.
    """
    path = Path(path)
    tables = read_tables(path)
    sources = _find_sources(tables)
    if not sources:
        raise InputError(
            f"{path.name} has the columns {_listed([name for table in tables for name in table.header])}, none of "
            "which is known; rename the columns of the curves (for TensorBoard, the files), such as train_loss and "
            f"val_miou: known names are {_known_names()}."
        )
    points = [
        _read_points(table, {name: source for name, source in sources.items() if source.table == place})
        for place, table in enumerate(tables)
    ]
    curves, counting = by_epoch(points)
    epochs = sorted({epoch for curve in curves.values() for epoch in curve})
    if not epochs:
        raise InputError(f"{path.name} has no number in {_listed(list(sources))}; at least one is expected.")
    history = pd.DataFrame({"epoch": np.array(epochs, dtype="int64")}).reindex(columns=list(HISTORY_COLUMNS))
    history[list(HISTORY_COLUMNS[1:])] = math.nan
    sentences = []
    for name in HISTORY_COLUMNS:
        if name not in sources:
            continue
        values = np.array([curves[name].get(epoch, math.nan) for epoch in epochs])
        sentence = _read_from(name, sources[name], tables)
        if sources[name].since_start:
            values = per_epoch(values, history["epoch"].to_numpy())
        if name.removeprefix("val_") in RATIOS:
            values, scaled = _as_ratio(values, name, sources[name], tables)
            sentence += ", in percent and divided by 100" if scaled else ""
        sentence += ", which has no number" if np.isnan(values).all() else ""
        history[name] = values
        sentences.append(f"{sentence}.")
    if epochs[0] == 0:
        history["epoch"] += 1
        counting += ", counted from 1 instead of 0"
    count = counted(len(epochs), "epoch")
    return history, [f"{count}: {counting}.", *sentences, *_left_out(tables, sources)]


def _find_sources(tables: Sequence[SourceTable]) -> dict[str, _Source]:
    places = [(table, place) for table, found in enumerate(tables) for place in range(len(found.names))]
    fitting = choose_columns([tables[table].names[place] for table, place in places])
    sources = {}
    for name, found in fitting.items():
        if name in HISTORY_COLUMNS and name != "epoch":
            (first, place), *others = (places[index] for index in found)
            sources[name] = _Source(first, (place,), tuple(tables[at].header[other] for at, other in others))
    for at, table in enumerate(tables):
        if any(name.startswith("metrics/") or name in ("lr/pg0", "x/lr0") for name in table.names):
            for name, source in _ultralytics(at, table.names).items():
                sources.setdefault(name, source)
    return sources


def _ultralytics(table: int, names: Sequence[str]) -> dict[str, _Source]:
    sources = {}
    for name, split in (("loss", "train"), ("val_loss", "val")):
        parts = tuple(place for place, part in enumerate(names) if re.fullmatch(rf"{split}/\w+_loss", part))
        if parts:
            sources[name] = _Source(table, parts)
    if "time" in names:
        sources["seconds"] = _Source(table, (names.index("time"),), since_start=True)
    return sources


def _read_points(table: SourceTable, sources: dict[str, _Source]) -> Points:
    fitting = choose_columns(table.names)
    epoch_at, step_at = (fitting[name][0] if name in fitting else None for name in ("epoch", "step"))
    epochs: list[float] = []
    steps: list[float] = []
    values: dict[str, list[float]] = {name: [] for name in sources}
    row = 0
    for row, cells in table.rows:
        number = {
            place: _finite(cells[place], table, place, row)
            for place in (epoch_at, step_at, *(at for source in sources.values() for at in source.places))
            if place is not None
        }
        epochs.append(math.nan if epoch_at is None else number[epoch_at])
        steps.append(math.nan if step_at is None else number[step_at])
        if not math.isnan(epochs[-1]):
            read_epoch(epochs[-1], file=table.file, row=row)
        for name, source in sources.items():
            values[name].append(sum(number[place] for place in source.places))
    if not np.isnan(epochs).all():
        return Points(table.file, "epoch", filled(epochs), values)
    if not np.isnan(steps).all():
        return Points(table.file, "step", filled(steps), values)
    return Points(table.file, "row", list(range(1, len(epochs) + 1)), values)


def _finite(cell: str, table: SourceTable, place: int, row: int) -> float:
    number = read_number(cell, file=table.file, column=repr(table.header[place][:60]), row=row)
    if math.isinf(number):
        raise InputError(
            f"{table.file} has {cell[:40]!r} as {table.header[place][:60]!r} in data row {row}; expected a finite "
            "number; leave the cell empty where the training diverged."
        )
    return number


def _as_ratio(
    values: np.ndarray, name: str, source: _Source, tables: Sequence[SourceTable]
) -> tuple[np.ndarray, bool]:
    table = tables[source.table]
    read = read_curve_name(table.names[source.places[0]])
    low, high = np.nanmin(values, initial=0.0), np.nanmax(values, initial=0.0)
    if low < 0 or high > 100 * (1 + _ROUNDING):
        column = table.header[source.places[0]][:60]
        raise InputError(
            f"{table.file} has {low if low < 0 else high:g} as {column!r}, read as {name}; "
            "expected 0 to 1 or 0 to 100 %; rename the column if it is something else."
        )
    percent = high > 1 + _ROUNDING or (read is not None and read.percent)
    return np.clip(values / 100 if percent else values, 0.0, 1.0), percent


def _read_from(name: str, source: _Source, tables: Sequence[SourceTable]) -> str:
    header = tables[source.table].header
    sentence = f"{name} is {' + '.join(repr(header[place]) for place in source.places)}"
    if source.since_start:
        sentence += ", from one epoch to the next"
    if source.others:
        sentence += f" and not {_listed(source.others)}, whose name is less exact or comes later"
    return sentence


def _left_out(tables: Sequence[SourceTable], sources: dict[str, _Source]) -> list[str]:
    read = {(source.table, place) for source in sources.values() for place in source.places}
    mentioned = {name for source in sources.values() for name in source.others}
    left: dict[str, None] = {}
    for at, table in enumerate(tables):
        fitting = choose_columns(table.names)
        counted = {fitting[name][0] for name in ("epoch", "step") if name in fitting}
        for place, name in enumerate(table.header):
            if (at, place) not in read and place not in counted and name not in mentioned:
                left[name] = None
    sentences = [f"Left out: {_listed(list(left))}."] if left else []
    cut = [table.file for table in tables if table.cut_short]
    return [*sentences, *(f"The last row of {file} is incomplete and left out." for file in cut)]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:_MOST_LISTED])
    return f"{shown} and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else shown


def _known_names() -> str:
    return ", ".join(
        name for quantity, names in CURVE_NAMES.items() if quantity not in ("epoch", "step") for name in names
    )
