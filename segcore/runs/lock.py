"""One writer at a time for the folder of a run: a lock of the operating system, which ends with its process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segcore.errors import InputError

try:
    import fcntl
except ImportError:  # Windows, which has no such lock.
    fcntl = None

LOCK_FILE = ".lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a run's folder, which is made if it is not there, and removed if it is empty in the end.

    A crash or a kill leaves the lock's file, but not the lock. Where the file system has no locks, as some of
    clusters, nothing is locked.

    Raises:
        InputError: another process holds it.
        OSError: the folder cannot be written or made.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        handle = _lock(folder / LOCK_FILE)
        try:
            yield
        finally:
            # As long as it is held, so that nobody holds the lock of a file that is there no more.
            (folder / LOCK_FILE).unlink(missing_ok=True)
            os.close(handle)
    finally:
        for place in made:
            try:
                place.rmdir()
            except OSError:
                break


def _lock(path: Path) -> int:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            # Another process has just removed the folder, which it had made and left empty.
            continue
        try:
            _lock_handle(handle, path.parent.name)
            if _is_still_there(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock_handle(handle: int, name: str) -> None:
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            f"Another process is training or changing the run {name}; wait until it has ended, or end it."
        ) from error
    except OSError:
        # A file system without locks.
        pass


def _is_still_there(handle: int, path: Path) -> bool:
    """Tell whether ``path`` is the open file, and not a new one after whoever held the lock removed that."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
