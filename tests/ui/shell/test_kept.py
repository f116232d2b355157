"""Results that are kept until a file changes."""

import itertools
import os
from pathlib import Path

from ui.shell.kept import kept_until_changed

numbers = itertools.count()


@kept_until_changed(lambda path, scale=1: [path], most=8)
def read(path: Path, scale: int = 1) -> tuple[str, int]:
    """Read a file."""
    return path.read_text() * scale, next(numbers)


@kept_until_changed(lambda path: [path], most=8)
def measure(path: Path) -> int:
    return len(path.read_text())


@kept_until_changed(lambda path: [path], most=8, copied=True)
def letters(path: Path) -> list[str]:
    return list(path.read_text())


def test_a_result_is_kept_until_its_file_changes(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("x")
    first = read(path)
    assert read(path) is first
    os.utime(path, ns=(1, 1))
    assert read(path) != first
    path.write_text("xyz")
    assert read(path)[0] == "xyz"


def test_files_arguments_and_functions_are_told_apart(tmp_path: Path):
    path, other = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text("x")
    other.write_text("x")
    assert len({read(path), read(other), read(path, 2)}) == 3
    assert read(path, 2)[0] == "xx"
    assert measure(path) == 1
    assert read.__doc__ == "Read a file."


def test_a_file_may_come_and_go(tmp_path: Path):
    path = tmp_path / "a.txt"

    @kept_until_changed(lambda path: [path], most=8)
    def exists(path: Path) -> bool:
        return path.exists()

    assert not exists(path)
    path.write_text("x")
    assert exists(path)
    path.unlink()
    assert not exists(path)


def test_a_copy_can_be_changed_and_an_error_is_not_kept(tmp_path: Path):
    path = tmp_path / "a.txt"
    try:
        letters(path)
    except FileNotFoundError:
        path.write_text("xy")
    letters(path).append("z")
    assert letters(path) == ["x", "y"]
