"""``python -m segcore refresh``: what is out of date is made anew, and nothing else."""

from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from makers import make_cityscapes, make_run, read_scores, write_scores
from tiny_runs import SIZE, edit_record, tiny_run

from segcore.cli import main
from segcore.commands import refresh
from segcore.effects.kinds import SEVERITIES
from segcore.frames.cityscapes import find_frames
from segcore.reports.score_tables import SCORE_MARKS
from segcore.runs.evaluation import FrameCounts, Provenance
from segcore.runs.run import Run, read_run
from segcore.scoring.robustness import CLEAN, WEATHER, Sweep, read_per_frame, read_provenance, save

WHOLE_WEATHER = [(None, CLEAN), *product(WEATHER, SEVERITIES)]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A folder with a README, a run and a demo city of two frames."""
    run = tiny_run(tmp_path / "weights")
    edit_record(
        run.path,
        versions={"backend": "tensorflow"},
        training={
            "epochs": 5,
            "loss": "ce",
            "augment": "flip",
            "encoder_weights": "none",
            "precision": "float32",
        },
    )
    (tmp_path / "README.md").write_text(f"# Made\n\n{SCORE_MARKS[0]}\n{SCORE_MARKS[1]}\n\nmore\n")
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "weights"))
    monkeypatch.setattr(refresh, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=2, size=SIZE))
    monkeypatch.setattr(refresh, "_EXAMPLE", "ulm_000001_000019")
    return tmp_path


def run_of(project: Path) -> Run:
    return read_run(project / "weights" / "tiny")


def work_of(capsys) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("tiny on ")]


@pytest.mark.slow
def test_all_is_made_once_and_again_when_the_weights_change(project, capsys):
    root = make_cityscapes(project / "cityscapes", frames=3, size=SIZE, seed=5)
    command = ["refresh", "--cityscapes", str(root), "--data-name", "Made", "--frames", "2"]
    assert main(command) == 0
    assert work_of(capsys) == [
        "tiny on demo: evaluated on 2 frames",
        "tiny on demo: measured under weather on 2 frames",
        "tiny on val: evaluated on 3 frames",
        "tiny on val: measured under weather on 2 frames",
    ]
    run = run_of(project)
    demo, val = (read_scores(run, name) for name in ("demo", "val"))
    assert (demo["data"], val["data"]) == ("Demo city", "Made")
    assert demo["weights_sha256"] == val["weights_sha256"] == run.weights_sha256
    counts = read_per_frame(run, "val")
    assert {effect for effect, _ in counts} == {None, *WEATHER}
    # The first and the last of three.
    assert [entry.frame for entry in counts[None, 0]] == ["ulm_000000_000019", "ulm_000002_000019"]
    assert [path.name for path in (run.path / "example").iterdir()] == ["ulm_000001_000019_labelIds.png"]
    readme = (project / "README.md").read_text()
    assert readme.startswith("# Made\n") and readme.endswith(f"{SCORE_MARKS[1]}\n\nmore\n")
    for scores in (demo, val):
        assert f"{100 * scores['miou']:.1f} %" in readme
        assert f"{100 * scores['miou']:.1f} %" in (run.path / "README.md").read_text()

    assert main(command) == 0
    assert work_of(capsys) == []
    assert main([*command[:-1], "1"]) == 0
    assert work_of(capsys) == [
        f"tiny on {name}: measured under weather on 1 frame" for name in ("demo", "val")
    ]

    other = tiny_run(project / "elsewhere", seed=1)
    run.weights_path.write_bytes(other.weights_path.read_bytes())
    edit_record(run.path, weights_sha256=other.weights_sha256)
    assert main(["refresh", "--frames", "1"]) == 0
    assert len(work_of(capsys)) == 2
    assert read_scores(run, "demo")["weights_sha256"] == other.weights_sha256
    assert read_provenance(run, "demo").weights_sha256 == other.weights_sha256
    readme = (project / "README.md").read_text()
    assert "Demo city val" in readme and "Made val" not in readme, "scores of other weights are not shown"


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [{"data": "Other"}, {"per_frame": []}, {"weights_sha256": "0" * 64}, {"inference_sizes": [[32, 32]]}],
    ids=lambda change: next(iter(change)),
)
def test_scores_of_something_else_are_out_of_date(project, monkeypatch, capsys, change):
    monkeypatch.setattr(refresh, "_is_measured", lambda *arguments: True)
    assert main(["refresh"]) == 0
    run = run_of(project)
    stored = read_scores(run, "demo")
    write_scores(run, stored | change)
    capsys.readouterr()
    assert main(["refresh"]) == 0
    assert work_of(capsys) == ["tiny on demo: evaluated on 2 frames"]
    assert read_scores(run, "demo")["confusion"] == stored["confusion"]
    (run.path / "evaluation" / "demo.json").write_text("{")
    assert main(["refresh"]) == 0
    assert len(work_of(capsys)) == 1
    assert main(["refresh", "--force", "--frames", "1"]) == 0
    assert len(work_of(capsys)) == 2


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (WHOLE_WEATHER, True),
        ([*WHOLE_WEATHER, ("jpeg", 1)], True),
        ([(effect, level) for effect, level in WHOLE_WEATHER if level in (0, 5)], False),
        (WHOLE_WEATHER[1:], False),
    ],
    ids=["whole", "more", "one severity", "not clean"],
)
def test_weather_is_measured_once_it_is_stored_at_all_severities(tmp_path, levels, expected):
    run = read_run(make_run(tmp_path / "weights", "some"))
    frames = find_frames(make_cityscapes(tmp_path / "data", frames=1, size=SIZE), split="val")
    made = Provenance.of(run, frames, set_name="val", data_name="Made", frame_sizes={SIZE})
    per_frame = {level: [FrameCounts(frames[0].frame_id, [1], [0], [0])] for level in levels}
    save(run, Sweep(pd.DataFrame(), made, per_frame))
    assert refresh._is_measured(run, refresh._FrameSet("val", "Made", frames, frames)) is expected


def test_a_run_without_weights_keeps_its_scores(project, capsys):
    make_run(project / "weights", "scores_only")
    before = (project / "weights/scores_only/evaluation/val.json").read_bytes()
    assert main(["refresh", "--run", "scores_only"]) == 2
    told = capsys.readouterr()
    assert "scores_only: has no weights, its scores are kept" in told.out
    assert "scores_only: run.json lacks 'encoder_weights', which its card needs" in told.err
    assert (project / "weights/scores_only/evaluation/val.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--frames", "0"], "--frames is 0; expected 1 or more"),
        (["--run", "tinny"], "There is no run 'tinny'"),
        (["--cityscapes", "absent"], "The data set absent does not exist"),
    ],
)
def test_bad_input_is_one_sentence_before_any_work(project, capsys, arguments, expected):
    assert main(["refresh", *arguments]) == 2
    told = capsys.readouterr().err
    assert expected in told and told.count("\n") == 1
