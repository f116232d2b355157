"""Replacing files: what a full disk says, and what a killed process leaves."""

import errno
import os

import pytest

from segcore.system.files import remove_leftovers, replace_file


def test_a_full_disk_names_the_file_that_was_to_be_written(tmp_path):
    path = tmp_path / "state.npz"
    path.write_text("old")
    with pytest.raises(OSError) as told, replace_file(path):
        # As a write says it: without a name.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert (told.value.errno, told.value.filename) == (errno.ENOSPC, str(path))
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_another_error_stays_as_it_was(tmp_path):
    error = OSError(errno.EIO, "Input/output error", "source.h5")
    with pytest.raises(OSError) as told, replace_file(tmp_path / "model.weights.h5"):
        raise error
    assert told.value is error


def test_leftovers_of_killed_processes_are_removed_and_nothing_else(tmp_path):
    class Killed(BaseException):
        pass

    left = {}
    for name in ("best-0012.weights.h5", "best-0013.weights.h5", "run.json"):
        with pytest.raises(Killed), replace_file(tmp_path / name) as temporary:
            left[name] = temporary.name
            raise Killed
        # A kill leaves what an exception removes.
        (tmp_path / left[name]).touch()
    kept = {"best-0012.weights.h5", ".lock", ".best-notes.weights.h5", left["run.json"]}
    for name in kept:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "best-*.weights.h5", tmp_path / "nowhere" / "run.json")
    assert {path.name for path in tmp_path.iterdir()} == kept
    remove_leftovers(tmp_path / "run.json", least_age=3600)
    assert {path.name for path in tmp_path.iterdir()} == kept
    remove_leftovers(tmp_path / "run.json")
    assert {path.name for path in tmp_path.iterdir()} == kept - {left["run.json"]}
