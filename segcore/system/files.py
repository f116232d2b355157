"""Atomic writing of files, and reading of JSON files with one clear error sentence."""

import errno
import hashlib
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from segcore.errors import InputError
from segcore.system.bounds import check_bounds
from segcore.system.places import is_unchangeable
from segcore.system.reading import parse_json, read_text

OLD_LEFTOVER = 3600
"""Seconds; no living process takes so long to write one file."""
_RANDOM = 8
"""Characters that ``tempfile`` puts between prefix and suffix."""
LARGEST_JSON = 200_000_000
"""Largest size of a JSON file in bytes; ten times the counts of 20,000 frames."""


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` and move it to ``path`` when the block succeeds.

    A reader sees either the old file or the new one, never a part. The temporary file keeps the suffix of ``path``,
    because some writers choose their format by it. After an error the temporary file is removed and ``path`` is
    unchanged. Only a process that is killed leaves a temporary file.

    Raises:
        InputError: ``path`` belongs to an installed package.
        OSError: ``path`` cannot be written; on a full disk the error names ``path``.
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
        if error.errno is None or not is_full_disk(error):
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


@contextmanager
def replace_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Replace several files as `replace_file` does; they are moved one after the other when all are written.

    A full disk or an error leaves all of them unchanged. Only a kill between two moves can leave old and new files
    together. The first of ``paths`` is moved last, so the last one can contain checksums of the others.
    """
    with ExitStack() as stack:
        yield tuple(stack.enter_context(replace_file(path)) for path in paths)


def _refuse_unchangeable(path: Path) -> None:
    if is_unchangeable(path):
        raise InputError(
            f"{path} belongs to the installed package and cannot be changed; copy its run to your own runs "
            "and use the copy."
        )


def remove_leftovers(*paths: Path, least_age: float = 0) -> None:
    """Remove the temporary files of processes that were killed while they replaced one of ``paths``.

    Call this only while no process replaces them, or with an age that no living process reaches. Each folder is listed
    once.

    Args:
        paths: files, which need not exist; a name may have wildcards, as in "best-*.weights.h5".
        least_age: smallest age of a removed file, in seconds since it was last written.
    """
    wanted: dict[Path, set[tuple[str, str]]] = defaultdict(set)
    for path in map(Path, paths):
        wanted[path.parent].add(_around_random(path))
    for folder, around in wanted.items():
        patterns = [pair for pair in around if set(pair[0]) & set("*?[")]
        try:
            hidden = [entry for entry in os.scandir(folder) if entry.name.startswith(".")]
        except OSError:
            continue  # The folder does not exist yet, or writing into it will report the error.
        for entry in hidden:
            prefix, suffix = _around(entry.name)
            is_wanted = (prefix, suffix) in around or any(
                fnmatchcase(prefix, pattern) and suffix == ending for pattern, ending in patterns
            )
            if is_wanted and (not least_age or time.time() - entry.stat().st_mtime >= least_age):
                Path(entry.path).unlink(missing_ok=True)


def is_full_disk(error: OSError) -> bool:
    """Return whether an error means that there is no space for a file: full disk, quota or size limit."""
    return error.errno in {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _around_random(path: Path) -> tuple[str, str]:
    # All suffixes, because Keras requires ".weights.h5".
    return f".{path.name.split('.')[0]}-", "".join(path.suffixes)


def _around(name: str) -> tuple[str, str]:
    """Return what `_around_random` returns, by the name of a temporary file; empty for any other."""
    head, dot, ending = name[1:].partition(".")
    prefix, random = head[:-_RANDOM], head[-_RANDOM:]
    return (f".{prefix}", dot + ending) if prefix.endswith("-") and len(random) == _RANDOM else ("", "")


def read_json(path: Path, *, prepare: Callable[[str], str] = str) -> dict:
    """Read a JSON file that holds an object.

    Args:
        path: of the file.
        prepare: changes the text of the file before it is parsed.

    Raises:
        InputError: the file is missing or not a regular file, is not valid JSON, holds NaN or Infinity, does not
            hold an object, or exceeds a limit of ``segcore.system.bounds``.
    """
    text = read_text(path, most_bytes=LARGEST_JSON, expected="a JSON object is expected")
    content = parse_json(prepare(text), name=path.name)
    if not isinstance(content, dict):
        raise InputError(f"{path.name} holds {type(content).__name__}; a JSON object is expected.")
    return content


def write_json(path: Path, content: object) -> None:
    """Write ``content`` as indented JSON, atomically.

    Raises:
        InputError: ``content`` exceeds a limit of ``segcore.system.bounds``, or ``path`` belongs to an installed
            package.
        OSError: ``path`` cannot be written.
    """
    check_bounds(content, where=Path(path).name)
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def check_writable(path: Path, *, remedy: str) -> None:
    """Check before long work that its output file can be written; no file is left behind.

    Args:
        path: the file; neither the file nor its folder need exist.
        remedy: what the user can do, the end of the message.

    Raises:
        InputError: the folder cannot be written or created, ``path`` is a folder, or it belongs to an installed
            package.
    """
    path = Path(path)
    _refuse_unchangeable(path)
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # Permissions do not show a file system that is full or mounted read-only, so write a file.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise not_writable(path, error, remedy=remedy) from error


def not_writable(path: Path, error: OSError, *, remedy: str) -> InputError:
    """Return the InputError for ``path``, which cannot be written because of ``error``; ``remedy`` ends it."""
    return InputError(f"{path} cannot be written ({error.strerror or error}); {remedy}.")


def require_space(path: Path, size: int) -> None:
    """Create or empty ``path`` and check that the disk has space for ``size`` bytes.

    This is for writers such as HDF5, which end the whole process on a full disk.

    Raises:
        OSError: there is no space, or the file cannot be created.
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
    """Return (modification time in ns, size in bytes) of a file as a cache key; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
