"""Files: written so that a reader sees the old content or the new and never half of either, read with one sentence
for what is wrong."""

import errno
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from segcore.errors import InputError
from segcore.system.bounds import check_bounds
from segcore.system.places import is_unchangeable

LARGEST_JSON = 200_000_000
"""Bytes of a JSON file; that of 20,000 frames' counts has a tenth."""


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` and move it over ``path`` when the block succeeds.

    The temporary file keeps the suffix of ``path``, since some writers choose their format by it. On an
    error it is removed and ``path`` stays as it was; only a process that is killed leaves it.

    Raises:
        InputError: it belongs to an installed package.
        OSError: it cannot be written; on a full disk the error names ``path``.
    """
    path = Path(path)
    _refuse_unchangeable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix, suffix = _around_random(path)
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if not is_full_disk(error):
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _refuse_unchangeable(path: Path) -> None:
    if is_unchangeable(path):
        raise InputError(
            f"{path} came with the installed package and stays as it is; copy its run to your own runs and use that."
        )


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files that processes left which were killed while they replaced ``path``.

    No process may be replacing it now.

    Args:
        path: a file, which need not exist; its name may hold wildcards, as in "best-*.weights.h5".
    """
    prefix, suffix = _around_random(Path(path))
    # Eight characters are what ``tempfile`` puts between them.
    for leftover in Path(path).parent.glob(f"{prefix}{'?' * 8}{suffix}"):
        leftover.unlink(missing_ok=True)


def is_full_disk(error: OSError) -> bool:
    """Tell whether an error says that there is no room for a file: on the disk, in a quota or under a limit."""
    return error.errno in {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _around_random(path: Path) -> tuple[str, str]:
    # All suffixes: Keras insists on ".weights.h5".
    return f".{path.name.split('.')[0]}-", "".join(path.suffixes)


def read_json(path: Path, *, prepare: Callable[[str], str] = str) -> dict:
    """Read an object of a JSON file, whose text ``prepare`` may change before.

    Raises:
        InputError: no such file or no regular one, malformed JSON, a number that JSON does not know, no object, or
            something beyond ``segcore.system.bounds``.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path.name} is no file; put a JSON file there.")
        if status.st_size > LARGEST_JSON:
            raise InputError(f"{path.name} has {status.st_size:,} bytes; at most {LARGEST_JSON:,} are read.")
        text = prepare(path.read_text(encoding="utf-8"))
        content = json.loads(text, parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise InputError(f"{path.name} is missing.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not valid JSON: {error}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} holds {type(content).__name__}; a JSON object is expected.")
    check_bounds(content, where=path.name)
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def write_json(path: Path, content: object) -> None:
    """Write ``content`` as indented JSON, atomically.

    Raises:
        InputError: it has something beyond ``segcore.system.bounds``.
    """
    check_bounds(content, where=Path(path).name)
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def check_writable(path: Path, *, remedy: str) -> None:
    """Refuse a file that could not be written, before the work and not after it; nothing is left behind.

    Args:
        path: the file, which need not exist, nor its folder.
        remedy: what the user may do, the end of the message.

    Raises:
        InputError: its folder cannot be written or made, it is a folder itself, or it belongs to an installed package.
    """
    path = Path(path)
    _refuse_unchangeable(path)
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # Permissions do not tell of a file system that is full or mounted to be read only.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise not_writable(path, error, remedy=remedy) from error


def not_writable(path: Path, error: OSError, *, remedy: str) -> InputError:
    """Return the error to raise where ``path`` could not be written because of ``error``."""
    return InputError(f"{path} cannot be written ({error.strerror or error}); {remedy}.")


def require_space(path: Path, size: int) -> None:
    """Raise OSError if ``size`` bytes cannot be written to ``path``, which is made or emptied.

    For writers that do not survive a full disk: HDF5 takes the whole process with it.
    """
    with Path(path).open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
            file.truncate(0)


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_version(path: Path) -> tuple[int, int] | None:
    """Return what changes with the content of a file, for the keys of caches; None without a file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
