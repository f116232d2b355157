"""Reading of tables in files of foreign trainings.

Sources of the formats:

- Keras: ``keras/src/callbacks/csv_logger.py`` ("epoch" from 0, then the metrics sorted by name, "NA" for a missing
  one) and ``History.history``, an object of lists, as JSON.
- PyTorch Lightning: ``lightning/fabric/loggers/csv_logs.py``, metrics.csv. One row for each call of ``log_metrics``, so
  training and validation are in different rows; always "step", and "epoch" unless a callback logged (such as
  ``LearningRateMonitor``).
- Ultralytics: ``ultralytics/engine/trainer.py``, results.csv. "epoch", "time" since the start, "train/..._loss",
  "metrics/..." of the validation, "val/..._loss", "lr/pg0"; for semantic segmentation "metrics/mIoU" and
  "metrics/pixel_acc" (``SemanticMetrics.keys``). Older versions and YOLOv5 pad names and numbers with spaces.
- TensorBoard: ``tensorboard/plugins/scalar/http_api.md``. One file per curve: CSV with "Wall time,Step,Value" or JSON
  ``[[wall time, step, value], ...]``, saved as run-RUN-tag-TAG.csv with "_" for "/".
- Weights & Biases: charts exported as CSV, "Step","RUN - METRIC","RUN - METRIC__MIN","RUN - METRIC__MAX"
  (github.com/wandb/wandb, issue 5349).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segcore.errors import InputError
from segcore.runs.curve_table import (
    MOST_BYTES,
    MOST_COLUMNS,
    check_columns,
    check_rows,
    parse_table,
    read_curves,
)

EXPECTED = "a CSV table with one row per epoch, or JSON such as Keras' history.history, is expected"
_SUFFIXES = (".csv", ".json")


@dataclass(frozen=True)
class SourceTable:
    """One table of a foreign training."""

    file: str
    """Name of the file, for messages."""
    header: list[str]
    """Names of the columns in the file."""
    names: list[str]
    """Names for ``read_curve_name``: without the name of a run, "" for a column that is left out."""
    rows: Iterable[tuple[int, list[str]]]
    """Yields (number of the row, from 1; as many cells as names); may raise InputError."""
    cut_short: bool = False
    """Whether an incomplete last row was left out."""


def read_tables(path: Path) -> list[SourceTable]:
    """Return the table of a file, or the tables of the CSV and JSON files in a folder, sorted by name.

    Raises:
        InputError: there is no file, there are too many files, or a file is not such a table.
    """
    path = Path(path)
    if not path.is_dir():
        return [_read(path)]
    try:
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix.lower() in _SUFFIXES and not file.name.startswith(".") and file.is_file()
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if not files:
        raise InputError(f"{path} has no .csv or .json file; the exported curves are expected there.")
    if len(files) > MOST_COLUMNS or sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise InputError(
            f"{path} holds {len(files):,} files; at most {MOST_COLUMNS} of {MOST_BYTES // 1_000_000} MB in total are "
            "read; put only the curves of this run into one folder."
        )
    return [_read(file) for file in files]


def _read(path: Path) -> SourceTable:
    text = read_curves(path)
    if text.lstrip()[:1] in ("{", "["):
        return _json_table(text, path)
    table = parse_table(text, file=path.name)
    if [cell.lower() for cell in table.header] == ["wall time", "step", "value"]:
        return _tensorboard(path, table.rows, cut_short=table.cut_short)
    return SourceTable(path.name, table.header, _names(table.header, path), table.rows, table.cut_short)


def _names(header: list[str], path: Path) -> list[str]:
    logged = header[1:]
    if not logged or not all(" - " in cell for cell in logged):
        return header
    runs = sorted({cell.rpartition(" - ")[0] for cell in logged})
    if len(runs) > 1:
        raise InputError(
            f"{path.name} holds the curves of {len(runs)} runs ({', '.join(runs)[:120]}); "
            "hide all but one in the chart and export it again."
        )
    metrics = [cell.rpartition(" - ")[2] for cell in logged]
    return [header[0], *("" if metric.endswith(("__MIN", "__MAX")) else metric for metric in metrics)]


def _tensorboard(
    path: Path, rows: Iterable[tuple[int, list[str]]], *, cut_short: bool = False
) -> SourceTable:
    parts = re.fullmatch(r"run[-_](.*?)-tag-(.*)", path.stem)
    # Keras writes training and validation as two runs: run-fit_validation-tag-epoch_loss.csv.
    run_end = re.split(r"[^A-Za-z]", parts[1])[-1] if parts else ""
    split = run_end if run_end.lower() in ("train", "validation", "val", "valid", "eval", "test") else ""
    name = f"{split} {parts[2]}".strip() if parts else path.stem
    return SourceTable(path.name, ["Wall time", "Step", path.name], ["", "step", name], rows, cut_short)


def _json_table(text: str, path: Path) -> SourceTable:
    try:
        # Not within the bounds of our own files: trainings that diverged log NaN.
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not valid JSON ({error}); {EXPECTED}.") from error
    if isinstance(content, list) and content:
        check_rows(len(content), file=path.name)
        if all(isinstance(entry, list) and len(entry) == 3 for entry in content):
            return _tensorboard(path, _as_cells(content))
        if all(isinstance(entry, dict) for entry in content):
            header = list(dict.fromkeys(key for entry in content for key in entry))
            check_columns(len(header), file=path.name)
            return SourceTable(
                path.name, header, header, _as_cells([entry.get(key) for key in header] for entry in content)
            )
    if isinstance(content, dict):
        if isinstance(content.get("history"), dict):
            content = content["history"]
        # pandas writes a column as an object from row to value.
        columns = {
            name: list(values.values()) if isinstance(values, dict) else values
            for name, values in content.items()
            if isinstance(values, list | dict) and values
        }
        if columns:
            return _table_of_columns(columns, path)
    raise InputError(f"{path.name} holds no curves; {EXPECTED}.")


def _table_of_columns(columns: dict[str, list], path: Path) -> SourceTable:
    first, rows = next((name, len(values)) for name, values in columns.items())
    check_rows(rows, file=path.name)
    check_columns(len(columns), file=path.name)
    for name, values in columns.items():
        if len(values) != rows:
            raise InputError(
                f"{path.name} has {rows} values of {first[:40]!r} and {len(values)} of {name[:40]!r}; "
                "expected one value per epoch of each, with null for a value that was not logged."
            )
    header = list(columns)
    return SourceTable(path.name, header, header, _as_cells(zip(*columns.values(), strict=True)))


def _as_cells(rows: Iterable[Iterable]) -> Iterable[tuple[int, list[str]]]:
    return ((row, [_as_cell(value) for value in values]) for row, values in enumerate(rows, start=1))


def _as_cell(value: object) -> str:
    # As text, so that numbers of JSON and of tables are read by the same function.
    return str(value) if isinstance(value, str | int | float | None) else type(value).__name__
