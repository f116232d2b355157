"""The command line as a person meets it: exit codes, one line for what is wrong, scores that can be used on."""

import errno
import io
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from makers import make_cityscapes, make_evaluation, make_run, read_scores
from PIL import Image
from tiny_runs import tiny_run

from segcore import cli
from segcore.commands import evaluate as evaluate_command
from segcore.commands import runs as runs_command
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import read_run
from segcore.system import progress

ROOT = Path(__file__).resolve().parents[2]
Shell = Callable[..., subprocess.CompletedProcess]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that works, one without weights, and three that are broken in their own way."""
    folder = tmp_path_factory.mktemp("runs")
    tiny_run(folder, "works")
    make_run(folder, "scores_only", skill=0.6)
    damaged = tiny_run(folder, "damaged_weights").weights_path
    damaged.write_bytes(damaged.read_bytes()[:-100])
    (make_run(folder, "damaged_record") / "run.json").write_text('{"format": 1,')
    (make_run(folder, "damaged_scores") / "evaluation" / "val.json").write_text("[]")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cityscapes(tmp_path_factory.mktemp("data"), frames={"train": 1, "val": 3}, size=(64, 96))


@pytest.fixture
def shell(runs: Path) -> Shell:
    """Run ``python -m segcore`` as a process of its own."""

    def call(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess:
        passed_on = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "TF_"))
        }
        environment = passed_on | {"SEGCORE_RUNS": str(runs), **variables}
        return subprocess.run(
            [sys.executable, "-m", "segcore", *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def main(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Call the command line within this process."""
    monkeypatch.setenv("SEGCORE_RUNS", str(runs))
    return lambda *arguments: cli.main([str(argument) for argument in arguments])


def refused(result: subprocess.CompletedProcess) -> str:
    """Check that the process said one sentence and nothing else; return it."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("segcore: error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("segcore: error: ").strip()


def test_runs_are_listed_with_their_scores_and_the_broken_named(shell, runs):
    result = shell("runs")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["run", "model", "parameters"]
    by_name = {line.split()[0]: line for line in lines[1:]}
    scores = read_scores(read_run(runs / "scores_only"), "val")
    assert f"{100 * scores['miou']:.1f} %" in by_name["scores_only"]
    assert "128 x 64" in by_name["scores_only"]
    assert "set val: Demo city, split val, 6 frames" in lines
    assert by_name["works"].endswith("not evaluated")
    assert "val: val.json holds list" in by_name["damaged_scores"]
    assert any(line.startswith("broken: damaged_record: run.json is not valid JSON") for line in lines)


def test_checking_finds_weights_that_were_changed(main, capsys):
    assert main("runs", "--check") == 0
    output = capsys.readouterr().out
    assert "broken: damaged_weights: model.weights.h5 has sha256" in output
    assert "\nworks " in output


def test_an_empty_folder_of_runs_is_no_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path))
    assert cli.main(["runs"]) == 0
    assert f"There are no runs in {tmp_path}" in capsys.readouterr().out


def test_evaluate_writes_what_it_prints(shell, runs, data, tmp_path):
    scores_file = tmp_path / "new" / "scores.json"
    result = shell(
        "evaluate",
        "--run",
        "works",
        "--data",
        data,
        "--split",
        "val",
        "--json",
        scores_file,
        "--save",
        "made",
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    written = json.loads(scores_file.read_text())
    kept = read_scores(read_run(runs / "works"), "made")
    for key in ("miou", "category_miou", "pixel_accuracy", "frames", "classes", "categories"):
        assert written[key] == kept[key]
    assert written["frames"] == 3
    assert len(written["classes"]) == 19
    assert len(written["categories"]) == 7
    assert f"mean IoU        {100 * written['miou']:5.1f} %" in result.stdout
    assert "works on val of Cityscapes: 3 frames, seen at 96 x 64" in result.stdout
    present = [score for score in written["classes"].values() if score is not None]
    assert len(present) == written["classes_averaged"] < 19
    assert written["miou"] == pytest.approx(math.fsum(present) / len(present))


def test_scores_under_a_name_that_has_other_frames_are_warned_of(main, data, runs, capsys):
    # "scores_only" keeps scores of 6 other frames as val, so that these get the name of their data as well.
    assert main("evaluate", "--run", "works", "--data", data, "--save", "val") == 0
    said = capsys.readouterr().err
    assert said.startswith("segcore: warning: scores_only keeps scores of other frames under the name val, ")
    assert said.endswith("--save cityscapes_val tells them apart\n")
    assert main("evaluate", "--run", "works", "--data", data, "--save", "cityscapes_val") == 0
    assert capsys.readouterr().err == ""
    for name in ("val", "cityscapes_val"):
        (runs / "works" / "evaluation" / f"{name}.json").unlink()


@pytest.mark.parametrize("frames", [1, 2])
def test_evaluate_tells_of_other_frames_only_from_several(main, data, monkeypatch, capsys, frames):
    scores = make_evaluation(frames=frames) | {"classes_averaged": 18}
    monkeypatch.setattr(
        evaluate_command, "evaluate", lambda *arguments, **named: Evaluation.from_json(scores)
    )
    assert main("evaluate", "--run", "scores_only", "--data", data) == 0
    told = capsys.readouterr().out
    assert f"{100 * scores['miou']:.1f} %  over 18 of 19 classes" in told
    assert ("other frames of this kind" in told) == (frames > 1)
    assert "nan" not in told


def test_predict_writes_a_mask_for_each_picture(shell, data, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"x")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "notes.txt").write_text("x")
    inputs = (data / "leftImg8bit/val", broken, tmp_path / "more")
    result = shell("predict", "--run", "works", "--input", *inputs, "--output", tmp_path / "out")
    assert result.returncode == 2
    assert result.stderr.splitlines() == [
        f"segcore: error: {broken} is not a readable picture, or it is cut off; expected a PNG, JPEG, WebP, AVIF, BMP, "
        "TIFF, GIF or PPM picture."
    ]
    said = f"3 of 4 pictures predicted into {tmp_path / 'out'}; files left out: 1 of other kinds\n"
    assert result.stdout == said
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [f"ulm_00000{index}_000019_labelIds.png" for index in range(3)]
    with Image.open(tmp_path / "out" / names[0]) as image:
        assert image.mode == "L"
        assert set(np.unique(image)) <= set(range(34))


def test_damaged_weights_are_refused(shell, data, tmp_path):
    message = refused(shell("evaluate", "--run", "damaged_weights", "--data", data))
    assert message.startswith("The run damaged_weights cannot be used: model.weights.h5 has sha256")
    arguments = ("--input", data, "--output", tmp_path / "out", "--format", "color")
    assert "keeps its scores but not its weights" in refused(
        shell("predict", "--run", "scores_only", *arguments)
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"--run": "wurks"}, "There is no run 'wurks'"),
        ({"--run": "damaged_record"}, "Run 'damaged_record' cannot be used: run.json is not valid JSON"),
        ({"--data": "absent"}, "The data set absent does not exist"),
        ({"--split": "vall"}, "There is no split 'vall'"),
        ({"--annotation": "gtCoarse"}, "has no masks of gtCoarse; fetch them"),
        (
            {"--json": "/proc/version/scores.json"},
            "scores.json cannot be written (Not a directory); choose another --json",
        ),
        ({"--save": "val/fog"}, "'val/fog' is not a valid name of a set"),
    ],
)
def test_bad_input_is_one_sentence(shell, data, changes, expected):
    options = {"--run": "works", "--data": data, "--split": "val"} | changes
    message = refused(shell("evaluate", *(word for option in options.items() for word in option)))
    assert expected in message


def test_the_known_are_named(main, data, capsys):
    assert main("evaluate", "--run", "wurks", "--data", data) == 2
    assert "known runs: damaged_scores, damaged_weights, scores_only, works." in capsys.readouterr().err
    assert main("evaluate", "--run", "works", "--data", data, "--split", "vall") == 2
    assert "choose one of train, val." in capsys.readouterr().err


def test_without_data_the_variable_is_named(main, capsys, data, monkeypatch):
    assert main("evaluate", "--run", "works") == 2
    assert "give --data or set SEGCOMPARE_DATA" in capsys.readouterr().err
    monkeypatch.setenv("CITYSCAPES_DATASET", str(data))
    assert main("evaluate", "--run", "works", "--split", "nosuch") == 2
    assert str(data) in capsys.readouterr().err


def test_a_split_without_truth_is_refused(main, tmp_path, capsys):
    bare = make_cityscapes(tmp_path, frames=2, with_truth=False)
    assert main("evaluate", "--run", "works", "--data", bare) == 2
    assert f"The split 'val' of {bare} has 2 frames and no ground truth; " in capsys.readouterr().err


def test_frames_without_truth_are_left_out_and_counted(main, tmp_path, capsys):
    partly = make_cityscapes(tmp_path, frames=3, size=(64, 96))
    (partly / "gtFine/val/ulm/ulm_000001_000019_gtFine_labelIds.png").unlink()
    assert main("evaluate", "--run", "works", "--data", partly, "--json", tmp_path / "scores.json") == 0
    captured = capsys.readouterr()
    assert "1 of 3 frames have no ground truth and are left out" in captured.err
    assert json.loads((tmp_path / "scores.json").read_text())["frames"] == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "required: COMMAND"),
        (("evalute",), "invalid choice: 'evalute'"),
        (("predict", "--run", "works"), "required: --input, --output"),
        (
            ("predict", "--run", "works", "--input", "x", "--output", "y", "--format", "jpeg"),
            "invalid choice",
        ),
        (("predict", "--run", "works", "--input", "x", "--output", "y", "--opacity", "2"), "outside 0 to 1"),
        (
            ("predict", "--run", "works", "--input", "x", "--output", "y", "--opacity", "a"),
            "--opacity: invalid",
        ),
    ],
)
def test_wrong_arguments_end_with_code_2(main, capsys, arguments, expected):
    with pytest.raises(SystemExit) as ended:
        main(*arguments)
    assert ended.value.code == 2
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("command", ["runs", "train", "evaluate", "predict", "card", "refresh"])
def test_every_command_explains_itself(main, capsys, command):
    with pytest.raises(SystemExit) as ended:
        main(command, "--help")
    assert ended.value.code == 0
    assert f"usage: python -m segcore {command}" in capsys.readouterr().out


def test_missing_pictures_are_named_before_anything_is_loaded(main, tmp_path, capsys):
    arguments = ("predict", "--run", "works", "--input", tmp_path / "absent", "--output", tmp_path / "out")
    assert main(*arguments) == 2
    assert "absent does not exist" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_made_is_named(main, data, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert main("predict", "--run", "works", "--input", data, "--output", tmp_path / "file/out") == 2
    assert "cannot be created (Not a directory); choose another --output" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_one_line(main, capsys, monkeypatch):
    monkeypatch.setattr(runs_command, "run", lambda arguments: signal.raise_signal(signal.SIGINT))
    # A shell starts its background jobs with Ctrl-C ignored, and the tests may run in one.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main("runs") == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "segcore: interrupted\n"


def test_a_reader_that_leaves_early_is_no_error(runs):
    command = f"{sys.executable} -m segcore runs | true; exit ${{PIPESTATUS[0]}}"
    environment = os.environ | {"SEGCORE_RUNS": str(runs)}
    result = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_a_disk_that_is_full_is_one_line(main, capsys, monkeypatch):
    def run(arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "weights/works/evaluation/val.json")

    monkeypatch.setattr(evaluate_command, "run", run)
    assert main("evaluate", "--run", "works") == 2
    told = capsys.readouterr().err
    assert told == "segcore: error: No space left on device: 'weights/works/evaluation/val.json'.\n"


def test_names_that_the_terminal_cannot_show_are_no_error(shell, runs, data, tmp_path):
    picture = next(data.rglob("*_leftImg8bit.png"))
    output = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    done = shell(
        "predict", "--run", "works", "--input", picture, "--output", output, PYTHONIOENCODING="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert r"/caf\udce9" in done.stdout and len(list(Path(output).iterdir())) == 1


def test_a_mistake_of_ours_is_not_hidden(main, monkeypatch):
    monkeypatch.setattr(evaluate_command, "find_run", lambda name: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main("evaluate", "--run", "works")


def test_progress_without_a_terminal_is_a_line_now_and_then(monkeypatch):
    clock = iter([0, 0, 10, 40, 45, 100, 130])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(progress.sys, "stderr", io.StringIO())
    with progress.progress("work") as report:
        for done in range(6):
            report(done, 5)
    # 40 s for 2 of 5 leave 60 s; 100 s for 4 of 5 leave 25 s; the end needs no line.
    assert progress.sys.stderr.getvalue() == "work: 2 of 5, 1 min left\nwork: 4 of 5, 25 s left\n"


def test_progress_in_a_terminal_is_a_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress("work") as report:
        report(0, 4)
        report(4, 4)
    assert "work" in terminal.getvalue()
    assert "4/4" in terminal.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (61, "1 min"), (3599, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_durations_in_words(seconds, words):
    assert progress.remaining(seconds) == words
