"""The lock of a run's folder: who gets it, what it leaves, and that a kill frees it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from segcore.errors import InputError
from segcore.runs.lock import LOCK_FILE, only_writer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such lock")
PROJECT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from segcore.runs.lock import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_until_the_first_ends_or_is_killed(tmp_path):
    folder = tmp_path / "runs" / "tiny"
    for ending in (signal.SIGKILL, None):
        command = [sys.executable, "-c", HOLD, str(folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=PROJECT, text=True, **pipes) as process:
            assert process.stdout.readline() == "held\n"
            refused = pytest.raises(InputError, match="Another process is training or changing the run tiny")
            with refused, only_writer(folder):
                raise AssertionError("both hold it")
            if ending:
                process.send_signal(ending)
            process.communicate()
        # A kill leaves the file, and the file locks nothing.
        assert (folder / LOCK_FILE).exists() == (ending is not None)
        with only_writer(folder):
            (folder / "run.json").touch()
        assert [path.name for path in folder.iterdir()] == ["run.json"]
        (folder / "run.json").unlink()


def test_folders_that_stay_empty_are_removed_and_others_stay(tmp_path):
    with pytest.raises(KeyError), only_writer(tmp_path / "runs" / "tiny"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "runs").mkdir()
    with only_writer(tmp_path / "runs" / "tiny"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_file_in_the_folders_place_is_an_error(tmp_path):
    (tmp_path / "tiny").touch()
    with pytest.raises(OSError), only_writer(tmp_path / "tiny"):
        raise AssertionError("no folder")


def test_where_the_file_system_has_no_locks_the_work_goes_on(tmp_path, monkeypatch):
    def refused(handle, operation):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("segcore.runs.lock.fcntl.flock", refused)
    with only_writer(tmp_path / "tiny"):
        assert (tmp_path / "tiny" / LOCK_FILE).exists()


def test_who_holds_the_lock_removes_what_killed_writers_left(tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name in (".run-abcdefgh.json", ".model-abcdefgh.weights.h5", ".notes-abcdefgh.txt", "run.json"):
        (folder / name).touch()
    with only_writer(folder):
        left = {path.name for path in folder.iterdir()}
    assert left == {".notes-abcdefgh.txt", "run.json", ".lock"}
