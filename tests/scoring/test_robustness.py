"""Sweeps over weather: scores of summed matrices against direct computation, seeds, and the summaries by hand."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from makers import make_cityscapes, make_run
from PIL import Image
from tiny_runs import tiny_run

from segcore.cli import main
from segcore.effects.chain import Chain, make_step
from segcore.effects.render import apply
from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames, read_frame
from segcore.labels import LABEL_SPACES
from segcore.runs.results import read_robustness
from segcore.runs.run import read_run
from segcore.scoring import robustness
from segcore.scoring.confusion import class_iou, confusion_matrix, mean_iou

SIZE = (64, 96)
SPACE = LABEL_SPACES["train_ids"]


class ByBrightness:
    """A predictor that takes the first 19 steps of brightness for the 19 classes, and keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []

    def classify(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        self.seen.append(image)
        return np.minimum(image.mean(axis=2) // 14, 18).astype(np.uint8), 0.0


@pytest.fixture
def run(tmp_path):
    return read_run(make_run(tmp_path / "runs", "some", input_size=SIZE, weights=False))


@pytest.fixture
def frames(tmp_path):
    return find_frames(make_cityscapes(tmp_path / "data", frames=3, size=SIZE), split="val")


def measure(run, frames, **arguments) -> robustness.Sweep:
    return robustness.sweep(run, frames, set_name="val", predictor=ByBrightness(), **arguments)


def test_scores_are_those_of_the_matrix_of_all_frames(run, frames):
    table = measure(run, frames, effects=["rain", "jpeg"], severities=[2, 4], seed=9).table
    assert list(zip(table["effect"], table["severity"], strict=True)) == [
        *(("rain", level) for level in (0, 2, 4)),
        *(("jpeg", level) for level in (0, 2, 4)),
    ]
    total = np.zeros((20, 20), np.int64)
    for index, frame in enumerate(frames):
        image, label_ids = read_frame(frame)
        step = make_step("jpeg", severity=4)
        image, _ = apply(Chain((step,), seed=robustness.frame_seed(9, "jpeg", index)), image)
        prediction, _ = ByBrightness().classify(image)
        total += confusion_matrix(SPACE.from_label_ids[label_ids], prediction, num_classes=19)
    row = table.iloc[-1]
    assert row["miou"] == mean_iou(total)
    np.testing.assert_array_equal(row[list(SPACE.class_names)].to_numpy(float), class_iou(total))


def test_the_clean_row_is_the_same_for_every_effect_and_uses_untouched_frames(run, frames):
    predictor = ByBrightness()
    table = robustness.sweep(
        run, frames, set_name="val", effects=["fog", "snow"], severities=[5], predictor=predictor
    ).table
    clean = table[table["severity"] == 0].drop(columns="effect")
    assert len(clean) == 2 and clean.iloc[0].equals(clean.iloc[1])
    for index, frame in enumerate(frames):
        assert np.array_equal(predictor.seen[3 * index], read_frame(frame)[0])


def test_a_frame_keeps_its_seed_over_severities_and_no_other_shares_it():
    seeds = [
        robustness.frame_seed(seed, effect, index)
        for seed in (0, 1)
        for effect in ("rain", "snow")
        for index in range(50)
    ]
    assert len(set(seeds)) == len(seeds)
    assert all(type(seed) is int for seed in seeds)
    # Pinned: a stored sweep has to be repeatable with later versions.
    assert robustness.frame_seed(0, "rain", 0) == 1024516109
    assert robustness.frame_seed(7, "fog", 12) == 89595058


def test_a_sweep_repeats_itself_and_depends_on_its_seed(run, frames):
    first, again, other = (
        measure(run, frames, effects=["rain"], severities=[5], seed=seed).table for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert first["miou"].iloc[1] != other["miou"].iloc[1]
    assert first["miou"].iloc[0] == other["miou"].iloc[0]


def test_large_frames_are_measured_at_the_working_size(run, tmp_path):
    frames = find_frames(make_cityscapes(tmp_path / "large", frames=1, size=(640, 1280)), split="val")
    predictor = ByBrightness()
    result = robustness.sweep(
        run, frames, set_name="val", effects=["jpeg"], severities=[1], predictor=predictor
    )
    assert [image.shape for image in predictor.seen] == [(512, 1024, 3)] * 2
    assert result.provenance.frame_size == (512, 1024)


def test_progress_counts_every_prediction(run, frames):
    calls = []
    measure(
        run, frames, effects=["rain", "fog"], severities=[1, 3], progress=lambda *call: calls.append(call)
    )
    assert calls == [(done, 15) for done in range(16)]


def test_all_weather_at_all_severities_is_the_default(run, frames):
    table = measure(run, frames[:1]).table
    assert set(table["effect"]) == {name for name, effect in EFFECTS.items() if effect.group == "weather"}
    assert set(table["severity"]) == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"effects": []}, "at least one effect"),
        ({"severities": []}, "at least one"),
        ({"severities": [0, 1]}, "Severity 0 is always measured"),
        ({"severities": [6]}, "from 0"),
        ({"effects": ["hail"]}, "no effect 'hail'"),
        ({"effects": ["horizontal_flip"]}, "no severity"),
        ({"seed": -1, "effects": ["rain"]}, "seed"),
    ],
)
def test_what_cannot_be_measured_is_refused(run, frames, arguments, reason):
    with pytest.raises(InputError, match=reason):
        measure(run, frames, **arguments)


def test_frames_are_needed_and_so_is_their_truth(run, tmp_path):
    with pytest.raises(InputError, match="no frames"):
        measure(run, [])
    bare = find_frames(make_cityscapes(tmp_path / "bare", frames=1, size=SIZE, with_truth=False), split="val")
    with pytest.raises(InputError, match="no ground truth"):
        measure(run, bare)


def test_a_sweep_is_kept_and_read_again(run, frames):
    result = measure(run, frames, effects=["rain"], severities=[1], seed=4)
    path = robustness.save(run, result)
    assert path == run.path / "robustness" / "val.csv"
    pd.testing.assert_frame_equal(read_robustness(run, "val"), result.table, check_exact=True)
    made = robustness.read_provenance(run, "val")
    assert (made.frames, made.frame_size, made.seed, made.split) == (3, (64, 96), 4, "val")
    assert robustness.read_provenance(run, "other") is None
    path.with_suffix(".json").write_text("[")
    assert robustness.read_provenance(run, "val") is None


@pytest.mark.parametrize(
    "change", [{"split": None}, {"frames": None}, {"frames": "3"}, {"frame_size": [64]}, {"data": 3}]
)
def test_a_provenance_that_cannot_be_shown_is_as_good_as_none(run, frames, change):
    path = robustness.save(run, measure(run, frames, effects=["rain"], severities=[1]))
    made = robustness.read_provenance(run, "val")
    path.with_suffix(".json").write_text(json.dumps(made.to_json() | change))
    assert robustness.read_provenance(run, "val") is None


def test_counts_of_every_frame_are_kept_and_add_up_to_the_table(run, frames):
    result = measure(run, frames, effects=["rain", "fog"], severities=[2])
    path = robustness.save(run, result)
    counts = robustness.read_per_frame(run, "val")
    assert set(counts) == {(None, 0), ("rain", 2), ("fog", 2)}
    table = read_robustness(run, "val").set_index(["effect", "severity"])
    for (effect, level), entries in counts.items():
        assert [entry.frame for entry in entries] == [frame.frame_id for frame in frames]
        tp, fp, fn = (
            np.sum([getattr(entry, key) for entry in entries], axis=0) for key in ("tp", "fp", "fn")
        )
        road = tp[0] / (tp[0] + fp[0] + fn[0])
        assert table["road"][effect or "fog", level] == road
    entry = {"effect": "rain", "severity": 2, "frame": "a", "tp": [1, 2], "fp": [0, 0], "fn": [3, 4]}
    for malformed in ({"effect": "rain"}, entry | {"tp": ["1", "2"]}, entry | {"tp": [1]}):
        path.with_suffix(".jsonl").write_text(f"{json.dumps(entry)}\n{json.dumps(malformed)}\n")
        assert robustness.read_per_frame(run, "val") == {}
    assert robustness.read_per_frame(run, "other") == {}


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
@pytest.mark.parametrize("has_stamps", [True, False])
def test_a_kill_while_saving_never_mixes_two_sweeps(run, frames, moves, has_stamps):
    old, new = (measure(run, frames, effects=["rain"], severities=[1], seed=seed) for seed in (1, 2))
    path = robustness.save(run, old)
    if not has_stamps:
        path.with_suffix(".json").write_text(json.dumps(old.provenance.to_json()))
    done = 0

    def moved(source: Path, target: Path) -> Path:
        nonlocal done
        if done == moves:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
        return rename(source, target)

    def save_and_die() -> None:
        Path.replace = moved
        robustness.save(run, new)

    rename = Path.replace
    process = get_context("fork").Process(target=save_and_die)
    process.start()
    process.join()
    assert process.exitcode == (0 if moves == 3 else -signal.SIGKILL)
    if moves in (1, 2):
        with pytest.raises(InputError, match=r"val\.csv and val\.json are of different measurements"):
            robustness.read_sweep(run, "val")
        assert robustness.read_per_frame(run, "val") == {}
        assert robustness.stored_levels(run, "val", frames, data_name="Cityscapes") == set()
    else:
        expected = old if moves == 0 else new
        read = robustness.read_sweep(run, "val")
        pd.testing.assert_frame_equal(read.table, expected.table, check_exact=True)
        assert read.provenance == expected.provenance
        counts = [[e.counts_to_json() for e in s.per_frame["rain", 1]] for s in (read, expected)]
        assert counts[0] == counts[1]
    for leftover in path.parent.glob(".val-*"):
        os.utime(leftover, (0, 0))
    robustness.save(run, new)
    assert sorted(found.name for found in path.parent.iterdir()) == ["val.csv", "val.json", "val.jsonl"]
    assert robustness.read_sweep(run, "val").provenance.seed == 2


def test_lines_of_a_sweep_that_are_out_of_bounds_count_as_none(run, frames):
    path = robustness.save(run, measure(run, frames[:1], effects=["rain"], severities=[2]))
    path.with_suffix(".json").unlink()
    good = {"effect": "rain", "severity": 2, "frame": "a", "tp": [1, 2], "fp": [0, 0], "fn": [3, 4]}
    lines = path.with_suffix(".jsonl")
    lines.write_text(f"{json.dumps(good)}\n{json.dumps(good | {'frame': 'b'})}\n")
    assert [entry.frame for entry in robustness.read_per_frame(run, "val")["rain", 2]] == ["a", "b"]
    for change in (
        {"frame": "a"},
        {"frame": "\ud800"},
        {"frame": "x" * 1001},
        {"severity": 6},
        {"severity": True},
        {"effect": None},
        {"effect": ["rain"]},
        {"tp": [1, 2**53 + 1]},
    ):
        lines.write_text(f"{json.dumps(good)}\n{json.dumps(good | change)}\n")
        assert robustness.read_per_frame(run, "val") == {}
    lines.write_text("[" * 100_000 + "\n")
    assert robustness.read_per_frame(run, "val") == {}


def table_of(**curves: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"effect": effect, "severity": level, "miou": height, "road": height}
            for effect, heights in curves.items()
            for level, height in enumerate(heights)
        ]
    )


def test_summaries_by_hand():
    summary = robustness.summarize(table_of(fog=[0.8, 0.6, 0.4], rain=[0.5, 0.5, 0.5])).set_index("effect")
    # Two trapezoids of width 1: 0.7 and 0.5, their mean 0.6, of a clean 0.8.
    assert summary.loc["fog"].to_dict() == pytest.approx(
        {"clean": 0.8, "worst": 0.4, "area": 0.6, "kept": 0.75}
    )
    assert summary.loc["rain"].to_dict() == pytest.approx(
        {"clean": 0.5, "worst": 0.5, "area": 0.5, "kept": 1}
    )


def test_uneven_severities_count_by_their_width():
    table = table_of(fog=[0.9, 0.0, 0.0, 0.3])
    summary = robustness.summarize(table[table["severity"].isin([0, 3])])
    assert summary["area"].item() == pytest.approx(0.6)
    table = table[table["severity"].isin([0, 1, 3])]
    # (0.9 + 0) / 2 * 1 + (0 + 0.3) / 2 * 2 = 0.75 over a width of 3.
    assert robustness.summarize(table)["area"].item() == pytest.approx(0.25)


def test_summaries_without_a_clean_score_are_blank():
    table = table_of(fog=[0.8, 0.6])
    summary = robustness.summarize(table[table["severity"] > 0])
    assert np.isnan(summary["clean"].item()) and np.isnan(summary["kept"].item())
    assert np.isnan(robustness.summarize(table_of(fog=[0.0, 0.0]))["kept"].item())


def test_relative_loss_by_hand():
    loss = robustness.relative_loss(table_of(fog=[0.8, 0.6, 0.2], rain=[0.0, 0.0]))
    assert loss["loss"].tolist()[:3] == pytest.approx([0, 0.25, 0.75])
    assert loss["loss"].isna().tolist() == [False, False, False, True, True]


def test_class_columns_are_what_is_left():
    assert robustness.class_columns(table_of(fog=[1.0]).assign(category_miou=1.0)) == ["road"]


@pytest.mark.slow
@pytest.mark.parametrize("label_space", ["train_ids", "categories"])
def test_the_command_measures_keeps_and_tells(tmp_path, monkeypatch, capsys, label_space):
    tiny = tiny_run(tmp_path / "runs", label_space=label_space)
    data = make_cityscapes(tmp_path / "data", frames=5, size=SIZE)
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    command = ["robustness", "--run", "tiny", "--data", str(data), "--effects", "rain", "colour"]
    assert main([*command, "--severities", "1", "5", "--frames", "3", "--save", "some"]) == 0
    told = capsys.readouterr().out
    assert "3 frames" in told and "Rain" in told and "Brightness and contrast" in told
    table = read_robustness(tiny, "some")
    assert list(table["severity"]) == [0, 1, 5] * 2
    assert robustness.class_columns(table) == list(LABEL_SPACES[label_space].class_names)
    assert table["miou"].between(0, 1).all()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--seed", "-4"], "--seed is -4"),
        (["--frames", "0"], "--frames is 0"),
        (["--split", "nowhere"], "nowhere"),
        (["--save", "val/fog"], "'val/fog' is not a valid name of a set"),
        (["--save", "taken"], "taken.csv cannot be written (Is a directory); choose another --save"),
    ],
)
def test_the_command_answers_bad_input_in_one_line(tmp_path, monkeypatch, capsys, arguments, reason):
    folder = make_run(tmp_path / "runs", "some", input_size=SIZE, weights=False)
    (folder / "robustness" / "taken.csv").mkdir(parents=True)
    data = make_cityscapes(tmp_path / "data", frames=1, size=SIZE)
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    assert main(["robustness", "--run", "some", "--data", str(data), *arguments]) == 2
    told = capsys.readouterr().err
    assert reason in told and told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--effects", "rain", "jpeg"], "val"),
        (["--effects", "fog"], "cityscapes_val"),
        (["--effects", "rain", "--severities", "1", "3"], "cityscapes_val"),
        (["--effects", "rain", "--frames", "2"], "cityscapes_val"),
        (["--effects", "rain", "--data-name", "Other data"], "other-data_val"),
        (["--effects", "fog", "--frames", "2", "--save", "val"], "val"),
    ],
)
def test_without_a_name_the_command_replaces_only_what_it_measures_anew(
    run, frames, monkeypatch, capsys, arguments, name
):
    stored = measure(run, frames, effects=["rain"], severities=[2, 5])
    robustness.save(run, stored)

    def sweep(run, frames, *, set_name, **_):
        return replace(stored, provenance=replace(stored.provenance, set_name=set_name))

    monkeypatch.setattr("segcore.commands.robustness.sweep", sweep)
    monkeypatch.setenv("SEGCORE_RUNS", str(run.path.parent))
    data = frames[0].image_path.parents[3]
    command = ["robustness", "--run", "some", "--data", str(data), *arguments]
    assert main(command) == 0
    assert f"{name}.csv" in capsys.readouterr().out
    assert {path.stem for path in (run.path / "robustness").glob("*.csv")} == {"val", name}


def test_a_third_sweep_has_a_number(run, frames, monkeypatch, capsys):
    stored = measure(run, frames, effects=["rain"], severities=[2])
    for set_name in ("val", "cityscapes_val"):
        robustness.save(run, replace(stored, provenance=replace(stored.provenance, set_name=set_name)))
    monkeypatch.setattr(
        "segcore.commands.robustness.sweep",
        lambda *_, **asked: replace(
            stored, provenance=replace(stored.provenance, set_name=asked["set_name"])
        ),
    )
    monkeypatch.setenv("SEGCORE_RUNS", str(run.path.parent))
    data = frames[0].image_path.parents[3]
    assert main(["robustness", "--run", "some", "--data", str(data), "--effects", "fog"]) == 0
    assert "cityscapes_val_3.csv" in capsys.readouterr().out


def test_stored_scores_are_read_without_keras():
    script = (
        "import sys, segcore.scoring.robustness, segcore.commands.robustness\n"
        "heavy = {'tensorflow', 'keras', 'albumentations', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def test_a_damaged_frame_is_named(run, tmp_path):
    root = make_cityscapes(tmp_path / "data", frames=1, size=SIZE)
    frames = find_frames(root, split="val")
    Image.new("RGB", (10, 10)).save(frames[0].image_path)
    with pytest.raises(InputError, match=r"ulm_000000_000019"):
        measure(run, frames)
