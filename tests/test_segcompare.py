"""The command ``segcompare``, what an installed package does differently, and the files that name dependencies."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from makers import make_cityscapes, make_run

from segcompare.__main__ import app_command, main
from segcore.errors import InputError

ROOT = Path(__file__).resolve().parents[1]


def pinned(name: str) -> dict[str, str]:
    """Return package to version of a file of requirements."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.MULTILINE))


def test_words_that_are_no_options_are_commands(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path))
    assert main(["runs"]) == 0
    assert f"There are no runs in {tmp_path}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["add"])
    assert "usage: segcompare add" in capsys.readouterr().err


def test_the_app_starts_with_the_folders_and_the_port(tmp_path):
    data = make_cityscapes(tmp_path / "streets", frames=1)
    command, variables = app_command(data=data, runs=tmp_path / "runs", port=8600, browser=False)
    assert command[1:5] == ["-m", "streamlit", "run", str(ROOT / "app.py")]
    assert {"--server.port=8600", "--server.headless=true", "--server.showEmailPrompt=false"} <= {*command}
    assert variables == {"SEGCOMPARE_DATA": str(data), "SEGCOMPARE_RUNS": str(tmp_path / "runs")}
    command, variables = app_command(data=None, runs=None, port=None, browser=True)
    assert "--server.headless=false" in command
    assert not any(word.startswith("--server.port") for word in command)
    assert variables == {}


def test_relative_folders_are_those_of_the_shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_cityscapes(tmp_path / "streets", frames=1)
    _, variables = app_command(data=Path("streets"), runs=Path("runs"), port=None, browser=True)
    assert variables == {
        "SEGCOMPARE_DATA": str(tmp_path / "streets"),
        "SEGCOMPARE_RUNS": str(tmp_path / "runs"),
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nowhere"], "segcompare: error: The data set nowhere does not exist"),
        (["--runs", "file"], "segcompare: error: --runs file is no folder"),
        (["--runs", "~nobody-of-this-name"], "begins with a home folder that does not exist"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8" * 5000])
def test_a_port_is_a_number_of_a_port(port, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([f"--port={port}"])
    assert stopped.value.code == 2
    assert "is no port; expected a number from 1 to 65535" in capsys.readouterr().err


def test_a_wrong_setting_is_told_before_the_app_starts(monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "on")
    with pytest.raises(InputError, match="SEGCOMPARE_PUBLIC is 'on'"):
        app_command(data=None, runs=None, port=None, browser=True)


@pytest.fixture
def installed(tmp_path: Path):
    """Return a function that runs Python code beside a library that lies as a wheel puts it, with one shipped run."""
    place = tmp_path / "site-packages"
    shutil.copytree(ROOT / "segcore", place / "segcore", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "segcompare").mkdir()
    (place / "segcompare" / "app.py").touch()
    make_run(place / "segcompare" / "weights", "shipped")

    def run(code: str) -> str:
        environment = {"PATH": "", "HOME": str(tmp_path / "home"), "PYTHONPATH": str(place)}
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    return run


LIST = "from segcore.runs.run import list_runs, runs_root; print(runs_root(), *(r.path for r in list_runs().runs))"


def test_an_installed_package_lists_its_runs_and_the_users(installed, tmp_path):
    own, shipped = (
        tmp_path / "home" / "segcompare" / "runs",
        tmp_path / "site-packages" / "segcompare" / "weights",
    )
    assert installed(LIST).split() == [str(own), str(shipped / "shipped")]
    make_run(own, "mine")
    assert installed(LIST).split() == [str(own), str(own / "mine"), str(shipped / "shipped")]
    # A copy of a shipped run stands in its place.
    make_run(own, "shipped")
    assert installed(LIST).split() == [str(own), str(own / "mine"), str(own / "shipped")]
    (own / "shipped" / "run.json").write_text("{")
    assert installed(LIST).split() == [str(own), str(own / "mine")]


def test_nothing_is_written_into_an_installed_package(installed, tmp_path):
    code = """
from segcore.errors import InputError
from segcore.runs.run import find_run
from segcore.system.files import check_writable, write_json
path = find_run("shipped").path / "evaluation" / "new.json"
for act in (lambda: check_writable(path, remedy="x"), lambda: write_json(path, {})):
    try:
        act()
    except InputError as error:
        print(error)
print(path.exists())
"""
    first, second, exists = installed(code).splitlines()
    assert first == second
    assert first.endswith(
        "belongs to the installed package and cannot be changed; copy its run to your own runs and use the copy."
    )
    assert exists == "False"


def test_what_the_image_installs_has_the_versions_of_requirements_txt():
    everything, asked, locked = map(
        pinned, ("requirements.txt", "requirements-app.in", "requirements-app.txt")
    )
    assert asked.items() <= everything.items()
    assert asked.items() <= locked.items()
    assert everything.keys() - asked.keys() == {"tensorflow", "tensorflow-cpu", "keras", "tf2onnx"}
    assert locked.keys().isdisjoint({"tensorflow", "tensorflow-cpu", "keras", "tf2onnx"})
    # Each with at least one hash.
    text = (ROOT / "requirements-app.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) >= len(locked)
    assert all("--hash=sha256:" in entry for entry in entries)


def test_a_wheel_holds_what_the_image_copies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = re.findall(r"^COPY (\S+) ", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {*copied} - {"requirements-app.txt", ".streamlit"} <= {
        *wheel["only-include"],
        *wheel["force-include"],
    }
    assert ".streamlit/config.toml" in wheel["force-include"]
