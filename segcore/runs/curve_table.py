"""Reading of curves from text tables of own and foreign runs: separators, limits and numbers."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segcore.errors import InputError
from segcore.system.reading import read_text

MOST_BYTES = 50_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 500
LAST_EPOCH = 1_000_000

_LONGEST_LINE = 1_000_000
_MISSING = {"", "na", "nan", "-nan", "n/a", "none", "null"}


@dataclass(frozen=True)
class CurveTable:
    """A header and rows with the same number of cells."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    """Yields (number of the data row, from 1; its cells); raises InputError if a row has more or fewer cells."""
    cut_short: bool
    """Whether an incomplete last row was left out."""


def open_table(path: Path) -> CurveTable:
    """Read a table from a file, see ``parse_table``.

    Raises:
        InputError: as ``parse_table``, or the file cannot be read or is not a text file.
    """
    return parse_table(read_curves(path), file=path.name)


def parse_table(text: str, *, file: str) -> CurveTable:
    """Read a table separated by commas, semicolons or tabs.

    Empty lines, rows that repeat the header (after a resumed training) and a last row with too few cells are left out.

    Args:
        text: of the table.
        file: name of the file, for messages.

    Raises:
        InputError: the table is empty or too large.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(f"{file} is empty; a header and one row per epoch are expected.")
    check_rows(len(lines) - 1, file=file)
    if max(map(len, lines)) > _LONGEST_LINE:
        raise InputError(f"{file} has a line of more than {_LONGEST_LINE:,} characters; it is not a table.")
    try:
        # The right delimiter gives the most cells; quoted names, such as those of runs, may contain commas.
        delimiter, header = max(
            ((mark, next(csv.reader(lines[:1], delimiter=mark))) for mark in ",;\t"),
            key=lambda found: len(found[1]),
        )
        last = next(csv.reader(lines[-1:], delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"{file} is not a text table: {error}.") from error
    check_columns(len(header), file=file)
    cut_short = len(lines) > 1 and len(last) < len(header)
    rows = _rows(lines[1:-1] if cut_short else lines[1:], header, delimiter, file)
    return CurveTable([cell.strip() for cell in header], rows, cut_short)


def read_curves(path: Path) -> str:
    """Return the text of a file of curves.

    Raises:
        InputError: the file is missing, not a regular file, has more than 50 MB, or is not UTF-8.
    """
    expected = "the curves of a training are expected, one row per epoch"
    return read_text(path, most_bytes=MOST_BYTES, expected=expected)


def check_rows(rows: int, *, file: str) -> None:
    """Raise InputError if a table has too many rows."""
    if rows > MOST_ROWS:
        raise InputError(
            f"{file} has {rows:,} rows; at most {MOST_ROWS:,} are read, so keep one row per epoch."
        )


def check_columns(columns: int, *, file: str) -> None:
    """Raise InputError if a table has too many columns."""
    if columns > MOST_COLUMNS:
        raise InputError(
            f"{file} has {columns:,} columns; at most {MOST_COLUMNS} are read, so keep those of the curves."
        )


def _rows(lines: list[str], header: list[str], delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    for row, line in enumerate(lines, start=1):
        try:
            # Line by line: a quotation mark without its partner would join rows, and their numbers.
            cells = next(csv.reader([line], delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise InputError(f"{file} is not a text table in data row {row}: {error}.") from error
        if cells == header:
            continue
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(header):
            raise InputError(f"{file} has {len(cells)} values in data row {row}; {len(header)} are expected.")
        yield row, cells


def read_number(cell: str, *, file: str, column: str, row: int) -> float:
    """Return the number in a cell, NaN for an empty cell or a word such as "NA"; a decimal comma is allowed.

    Raises:
        InputError: the cell is not a number; the message names file, column and row.
    """
    text = cell.strip()
    if text.lower() in _MISSING:
        return math.nan
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"{file} has {cell[:40]!r} as {column} in data row {row}; expected a number."
        ) from None


def read_epoch(value: float, *, file: str, row: int) -> int:
    """Return the number of an epoch.

    Raises:
        InputError: ``value`` is not a whole number in 0..1,000,000; the message names file and row.
    """
    if not (0 <= value <= LAST_EPOCH and value == int(value)):
        raise InputError(
            f"{file} gives the epoch {value} in data row {row}; expected a whole number from 0 to {LAST_EPOCH:,}."
        )
    return int(value)
