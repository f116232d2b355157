"""A run is there as a whole or not at all, and what killed processes left goes."""

import os
import time

import pytest

from segcore.adding.publishing import new_run
from segcore.errors import InputError


def test_a_run_appears_when_it_is_complete_and_not_when_it_fails(tmp_path):
    with new_run(tmp_path, "mine") as folder:
        (folder / "run.json").touch()
        assert not (tmp_path / "mine").exists()
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["run.json"]
    with pytest.raises(KeyError), new_run(tmp_path, "other"):
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    with pytest.raises(InputError, match="There is already a run 'mine'"), new_run(tmp_path, "mine"):
        pass


def test_folders_that_killed_processes_left_are_removed_after_a_day(tmp_path):
    for name, days in ((".adding-old", 1.1), (".adding-new", 0.9), (".other", 9)):
        (tmp_path / name / "mine").mkdir(parents=True)
        then = time.time() - days * 24 * 3600
        os.utime(tmp_path / name, (then, then))
    with new_run(tmp_path, "mine"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {".adding-new", ".other", "mine"}
