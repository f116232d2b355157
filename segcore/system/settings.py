"""Settings: the variables of the environment that SegCompare reads, in one table, and read in this file alone."""

import os
from dataclasses import dataclass
from pathlib import Path

from segcore.errors import InputError


@dataclass(frozen=True)
class Setting:
    """A variable of the environment.

    Attributes:
        name: of the variable.
        meaning: what it says, without a full stop.
        default: what holds without it, in words.
        older: another name that counts where ``name`` is not set.
    """

    name: str
    meaning: str
    default: str
    older: str | None = None


RUNS = Setting(
    "SEGCOMPARE_RUNS",
    "folder of the runs",
    "`weights` of the clone; installed, `~/segcompare/runs` beside the shipped runs",
    "SEGCORE_RUNS",
)
DATA = Setting("SEGCOMPARE_DATA", "folder of a data set", "none", "CITYSCAPES_DATASET")
PUBLIC = Setting(
    "SEGCOMPARE_PUBLIC",
    "1 for a server that strangers reach: they type no folders, write no results and add no runs",
    "0",
)
THREADS = Setting(
    "SEGCOMPARE_THREADS", "threads that compute a network, 1 to 256", "one a processor, at most 8"
)
UPLOADS = Setting(
    "SEGCOMPARE_UPLOADS", "pictures of their own that a visitor can have at a time, 0 to 100", "12, public 4"
)
UPLOAD_MB = Setting("SEGCOMPARE_UPLOAD_MB", "megabytes of such a picture, 1 to 200", "200, public 20")

SETTINGS = (RUNS, DATA, PUBLIC, THREADS, UPLOADS, UPLOAD_MB)


def runs_folder() -> Path | None:
    """Return the folder of runs that is set, or None.

    Raises:
        InputError: it is in the home folder of somebody who does not exist.
    """
    return _folder(RUNS)


def data_folder() -> Path | None:
    """Return the folder of a data set that is set, or None.

    Raises:
        InputError: it is in the home folder of somebody who does not exist.
    """
    return _folder(DATA)


def is_public() -> bool:
    """Tell whether strangers reach this server.

    Raises:
        InputError: the setting is neither 1 nor 0.
    """
    name, value = _value(PUBLIC)
    if value not in ("", "0", "1"):
        raise InputError(f"{name} is {value[:40]!r}; expected 1, or 0 for no public server.")
    return value == "1"


def threads() -> int | None:
    """Return the number of threads that is set to compute a network, or None.

    Raises:
        InputError: the setting is no number from 1 to 256.
    """
    return _number(THREADS, 1, 256)


def most_uploads() -> int:
    """Return how many pictures a visitor can have at a time.

    Raises:
        InputError: a setting that decides this is wrong.
    """
    chosen = _number(UPLOADS, 0, 100)
    return (4 if is_public() else 12) if chosen is None else chosen


def most_upload_megabytes() -> int:
    """Return the greatest size of an uploaded picture, in megabytes.

    Raises:
        InputError: a setting that decides this is wrong.
    """
    return _number(UPLOAD_MB, 1, 200) or (20 if is_public() else 200)


def check_settings() -> None:
    """Read all settings.

    Raises:
        InputError: the first that is wrong.
    """
    for read in (runs_folder, data_folder, is_public, threads, most_uploads, most_upload_megabytes):
        read()


def expanded(path: Path | str) -> Path:
    """Return a path with ``~`` replaced by the home folder.

    Raises:
        InputError: there is no such home folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"The path {path} begins with a home folder that does not exist.") from error


def _value(setting: Setting) -> tuple[str, str]:
    """Return the name under which a setting is set and its text, which is empty where it is not set."""
    for name in filter(None, (setting.name, setting.older)):
        if value := os.environ.get(name, "").strip():
            return name, value
    return setting.name, ""


def _folder(setting: Setting) -> Path | None:
    _, value = _value(setting)
    return expanded(value) if value else None


def _number(setting: Setting, least: int, most: int) -> int | None:
    name, value = _value(setting)
    if not value:
        return None
    # Lengthy numbers of leading zeros aside, int() of a long text takes long and then fails in other words.
    if not (value.isascii() and value.isdecimal() and len(value) <= 6 and least <= int(value) <= most):
        raise InputError(f"{name} is {value[:40]!r}; expected a number from {least} to {most}.")
    return int(value)
