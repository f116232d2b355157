"""Settings: the environment variables of SegCompare. Only this file reads them."""

import os
from dataclasses import dataclass
from pathlib import Path

from segcore.errors import InputError
from segcore.system.text import printable


@dataclass(frozen=True)
class Setting:
    """An environment variable.

    Attributes:
        name: of the variable.
        meaning: what it sets, without a full stop.
        default: the default value in words.
        older: a former name, which is read if ``name`` is not set.
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
    "1 for a public server: visitors cannot enter folders, write results or add runs",
    "0",
)
THREADS = Setting(
    "SEGCOMPARE_THREADS", "number of threads that run a network, 1 to 256", "one per CPU core, at most 8"
)
UPLOADS = Setting(
    "SEGCOMPARE_UPLOADS", "largest number of uploaded pictures of one visitor, 0 to 100", "12, public 4"
)
UPLOAD_MB = Setting(
    "SEGCOMPARE_UPLOAD_MB", "largest size of an uploaded picture in megabytes, 1 to 200", "200, public 20"
)

SETTINGS = (RUNS, DATA, PUBLIC, THREADS, UPLOADS, UPLOAD_MB)


def runs_folder() -> Path | None:
    """Return the folder of runs of the settings, or None.

    Raises:
        InputError: the path begins with the home folder of an unknown user, or is not valid Unicode.
    """
    return _folder(RUNS)


def data_folder() -> Path | None:
    """Return the folder of the data set of the settings, or None.

    Raises:
        InputError: the path begins with the home folder of an unknown user, or is not valid Unicode.
    """
    return _folder(DATA)


def is_public() -> bool:
    """Return whether this is a public server.

    Raises:
        InputError: the setting is neither 1 nor 0.
    """
    name, value = _value(PUBLIC)
    if value not in ("", "0", "1"):
        raise InputError(f"{name} is {value[:40]!r}; expected 1 for a public server, or 0.")
    return value == "1"


def threads() -> int | None:
    """Return the number of threads that run a network, or None if it is not set.

    Raises:
        InputError: the setting is not a number from 1 to 256.
    """
    return _number(THREADS, 1, 256)


def most_uploads() -> int:
    """Return how many uploaded pictures one visitor can have at a time.

    Raises:
        InputError: the setting, or that of a public server, is wrong.
    """
    chosen = _number(UPLOADS, 0, 100)
    return (4 if is_public() else 12) if chosen is None else chosen


def most_upload_megabytes() -> int:
    """Return the largest size of an uploaded picture in megabytes.

    Raises:
        InputError: the setting, or that of a public server, is wrong.
    """
    return _number(UPLOAD_MB, 1, 200) or (20 if is_public() else 200)


def check_settings() -> None:
    """Check all settings.

    Raises:
        InputError: a setting is wrong; the message is about the first one.
    """
    for read in (runs_folder, data_folder, is_public, threads, most_uploads, most_upload_megabytes):
        read()


def expanded(path: Path | str) -> Path:
    """Return a path with ``~`` replaced by the home folder.

    Raises:
        InputError: ``path`` begins with the home folder of an unknown user.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"The path {path} begins with a home folder that does not exist.") from error


def _value(setting: Setting) -> tuple[str, str]:
    """Return the name under which a setting is set, and its text; the text is empty if it is not set."""
    for name in filter(None, (setting.name, setting.older)):
        if value := os.environ.get(name, "").strip():
            return name, value
    return setting.name, ""


def _folder(setting: Setting) -> Path | None:
    name, value = _value(setting)
    if value != printable(value):
        raise InputError(f"{name} is {value!a}, which is not valid text; rename the folder.")
    return expanded(value) if value else None


def _number(setting: Setting, least: int, most: int) -> int | None:
    name, value = _value(setting)
    if not value:
        return None
    # int() is slow for a long text and fails with a message of its own: check the length before.
    if not (value.isascii() and value.isdecimal() and len(value) <= 6 and least <= int(value) <= most):
        raise InputError(f"{name} is {value[:40]!r}; expected a number from {least} to {most}.")
    return int(value)
