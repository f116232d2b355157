"""Text and JSON from files of users: only regular files, of a limited size, within `segcore.system.bounds`."""

import json
import stat
from pathlib import Path
from typing import Any

from segcore.errors import InputError
from segcore.system.bounds import check_bounds


def read_text(path: Path, *, most_bytes: int, expected: str, name: str = "") -> str:
    """Return the text of a file of UTF-8, with or without a byte order mark.

    Args:
        path: of the file; anything but a regular file is not opened, as a pipe would block.
        most_bytes: a larger file is not read.
        expected: what is expected of the file, the end of each message, such as "a class list is expected".
        name: of the file in messages; default: the last part of its path.

    Raises:
        InputError: the file is missing, not a regular file, too large, unreadable, or not UTF-8.
    """
    name = name or path.name
    if "\0" in str(path):
        raise InputError(f"{name!r} is not a valid name of a file; {expected}.")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{name} is not a regular file; {expected}.")
        if status.st_size > most_bytes:
            raise InputError(f"{name} is larger than {_in_words(most_bytes)}; {expected}.")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{name} is missing; {expected}.") from error
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}; {expected}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not a text file of UTF-8; {expected}.") from error


def parse_json(text: str, *, name: str) -> Any:
    """Return what a JSON text holds.

    Raises:
        InputError: it is not valid JSON, holds NaN or Infinity, or exceeds a limit of `segcore.system.bounds`.
    """
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not valid JSON: {error}.") from error
    check_bounds(content, where=name)
    return content


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def _in_words(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1000} kB"
