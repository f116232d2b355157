"""What a person reads when a back end of Keras starts, or is not there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segcore.errors import InputError
from segcore.system.quiet import quiet_import

PROJECT = Path(__file__).resolve().parents[2]
WITHOUT_TORCH = (
    "import sys; sys.modules['torch'] = None; from segcore.cli import main; sys.exit(main(sys.argv[1:]))"
)


def test_native_chatter_is_dropped_and_errors_are_not(capfd, monkeypatch):
    # As in a process whose parent was quiet, too.
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet_import():
        os.write(2, b"chatter")
    os.write(2, b"after")
    with pytest.raises(ZeroDivisionError), quiet_import():
        raise ZeroDivisionError
    os.write(2, b" all")
    assert capfd.readouterr().err == "after all"


def test_who_asks_for_the_chatter_reads_it(capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    with quiet_import():
        os.write(2, b"chatter")
    assert capfd.readouterr().err == "chatter"


def test_a_package_that_is_missing_is_named():
    with (
        pytest.raises(InputError, match=r"module no_such_package is not installed; .*KERAS_BACKEND"),
        quiet_import(),
    ):
        import no_such_package  # noqa: F401


def test_a_back_end_that_is_missing_ends_a_command_with_one_line(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            WITHOUT_TORCH,
            "train",
            "--run",
            "x",
            "--data",
            str(tmp_path),
            "--model",
            "unet",
        ],
        cwd=PROJECT,
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("segcore: error: The module torch is not installed;")
    assert done.stderr.count("\n") == 1
