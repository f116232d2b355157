"""Marks of frames as CSV: the one format in which they are saved, loaded, and kept by the browser."""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from segcore.errors import InputError
from segcore.reports.archive import csv_text

LONGEST_NOTE = 300
MOST_MEGABYTES = 2
_LONGEST = 1000


@dataclass(frozen=True)
class Mark:
    """A marked frame, the note on it, and what was compared when it was marked; mIoU is 0..1, NaN without truth."""

    data: str
    split: str
    frame: str
    note: str
    run_a: str
    run_b: str
    weather: str
    miou_a: float
    miou_b: float

    @property
    def key(self) -> tuple[str, str, str]:
        """Tells the frame from all others, also from one of the same name in other data."""
        return self.data, self.split, self.frame


def marks_csv(marks: Iterable[Mark]) -> str:
    """Return marks as CSV, one row each; empty where there are none."""
    return csv_text([asdict(mark) for mark in marks])


def check_room(marks: Iterable[Mark]) -> None:
    """Check that marks fit into one file, since what the browser keeps could not be read otherwise.

    Raises:
        InputError: they do not.
    """
    if len(marks_csv(marks).encode()) > MOST_MEGABYTES * 1_000_000:
        raise InputError(
            f"With these there would be more than {MOST_MEGABYTES} MB of marks; remove some first."
        )


def read_marks(content: bytes) -> tuple[Mark, ...]:
    """Return the marks of a CSV file with the columns that `marks_csv` writes, in any order, beside any others.

    Raises:
        InputError: the file is larger than ``MOST_MEGABYTES``, no such CSV, or has a value that cannot be.
    """
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise InputError(f"The file is larger than {MOST_MEGABYTES} MB.")
    try:
        # Some spreadsheets begin a file with a byte order mark.
        lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        columns = lines.fieldnames or ()
        missing = [field.name for field in fields(Mark) if field.name not in columns]
        if missing:
            raise InputError(
                f"The file is no list of marks as this page saves it: it has no column {', '.join(missing)}."
            )
        return tuple(_read(row, lines.line_num) for row in lines)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError("The file is no CSV text in UTF-8.") from error


def _read(row: Mapping[str, str | None], line: int) -> Mark:
    texts = {field.name: row[field.name] for field in fields(Mark)}
    if None in texts.values():
        raise InputError(f"Line {line} has too few values.")
    for name, text in texts.items():
        longest = LONGEST_NOTE if name == "note" else _LONGEST
        if len(text) > longest:
            raise InputError(f"Line {line}: {name} is longer than {longest} characters.")
    if not texts["frame"]:
        raise InputError(f"Line {line} names no frame.")
    scores = {name: _score(texts.pop(name), name, line) for name in ("miou_a", "miou_b")}
    return Mark(**texts, **scores)


def _score(text: str, name: str, line: int) -> float:
    if not text:
        return math.nan
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    # NaN is in no range.
    if not 0 <= score <= 1:
        raise InputError(f"Line {line}: {name} is {text[:40]!r}; expected a number from 0 to 1, or nothing.")
    return score
