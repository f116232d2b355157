"""A lock for the folder of a run, so that one process writes at a time; the system releases it with the process."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segcore.errors import InputError
from segcore.runs.run import HISTORY_FILE, MODEL_FILE, RECORD_FILE, WEIGHTS_FILE
from segcore.system.files import remove_leftovers

if sys.platform != "win32":  # Windows has no such lock.
    import fcntl

LOCK_FILE = ".lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a run's folder; create the folder if it is missing, remove it if it is empty at the end.

    A killed process leaves the lock file, but not the lock. On a file system without locks, as on some clusters,
    nothing is locked.

    Raises:
        InputError: another process holds the lock.
        OSError: the folder cannot be written or created.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        handle = _lock(folder / LOCK_FILE)
        try:
            remove_leftovers(
                *(folder / name for name in (RECORD_FILE, WEIGHTS_FILE, HISTORY_FILE, MODEL_FILE))
            )
            yield
        finally:
            # Remove the file while the lock is held, so that no process gets the lock of a removed file.
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
            # Another process has just removed the folder because it was empty.
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
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            f"Another process is training or changing the run {name}; wait until it has ended, or stop it."
        ) from error
    except OSError:
        # A file system without locks.
        pass


def _is_still_there(handle: int, path: Path) -> bool:
    """Return whether ``path`` is still the open file: the holder of the lock may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
