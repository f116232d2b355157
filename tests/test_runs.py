import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from makers import make_evaluation, make_history, make_run

from segcore import runs
from segcore.errors import InputError


def edit_record(path: Path, **changes: object) -> None:
    record = json.loads((path / "run.json").read_text())
    record.update(changes)
    (path / "run.json").write_text(json.dumps(record))


def reason_of(root: Path, name: str, *, check: bool = False) -> str:
    listed = runs.list_runs(root, check=check)
    return {broken.name: broken.reason for broken in listed.broken}[name]


def test_run_gives_what_its_record_says(tmp_path):
    run = runs.read_run(make_run(tmp_path, "alpha", epochs=10, input_size=(96, 192), architecture="unet"))
    assert (run.name, run.architecture, run.arguments) == ("alpha", "unet", {})
    assert (run.label_space, run.num_classes, run.input_size) == ("train_ids", 19, (96, 192))
    assert (run.parameters, run.weights_sha256, run.has_weights) == (2_345_678, None, False)
    assert run.weights_path == tmp_path / "alpha" / "model.weights.h5"
    assert run.best_epoch == 9


def test_loss_is_one_since_the_last_change_to_it(tmp_path):
    path = make_run(tmp_path, "alpha")
    assert runs.read_run(path).loss_since == 1
    changes = [{"to_epoch": 4, "settings": {"loss": "ce"}}, {"to_epoch": 7, "settings": {"batch_size": 2}}]
    edit_record(path, earlier=changes)
    assert runs.read_run(path).loss_since == 5
    edit_record(path, earlier=[*changes, {"to_epoch": 8, "settings": {"loss_grid": "full"}}])
    assert runs.read_run(path).loss_since == 9


def test_list_is_sorted_and_passes_over_files_and_hidden_folders(tmp_path):
    make_run(tmp_path, "b")
    make_run(tmp_path, "a")
    (tmp_path / ".cache").mkdir()
    (tmp_path / "README.md").write_text("runs")
    listed = runs.list_runs(tmp_path)
    assert [run.name for run in listed.runs] == ["a", "b"]
    assert listed.broken == ()


def test_root_comes_from_the_environment_else_from_the_project(tmp_path, monkeypatch):
    assert runs.runs_root() == Path(runs.__file__).resolve().parent.parent / "weights"
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path))
    assert runs.runs_root() == tmp_path


def test_no_folder_of_runs_is_an_empty_list_but_a_wrong_variable_is_named(tmp_path, monkeypatch):
    assert runs.list_runs(tmp_path / "none") == runs.RunList((), ())
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "typo"))
    listed = runs.list_runs()
    assert listed.runs == ()
    assert "does not exist" in listed.broken[0].reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"architecture": "deeplab"}, ["deeplab", "mobilenet_segnet"]),
        ({"architecture": 3}, ["architecture"]),
        ({"label_space": "ade20k"}, ["ade20k", "train_ids"]),
        ({"label_space": ["train_ids"]}, ["label_space"]),
        ({"num_classes": 8}, ["num_classes = 8", "19"]),
        ({"num_classes": True}, ["num_classes"]),
        ({"commands": ["train"]}, ["commands", "from_epoch and command"]),
        ({"commands": [{"from_epoch": "1", "command": "train"}]}, ["commands", "from_epoch and command"]),
        ({"earlier": [{"to_epoch": 3}]}, ["earlier", "to_epoch and settings"]),
        (
            {"data": {"extra": [{"from_epoch": 3, "sources": ["rendered"]}]}},
            ["data", "from_epoch and sources"],
        ),
        ({"notes": "one"}, ["notes", "a list of texts"]),
        ({"input_size": [256]}, ["input_size", "[height, width]"]),
        ({"input_size": [256, 0]}, ["input_size"]),
        ({"input_size": "256x512"}, ["input_size"]),
        ({"format": 2}, ["format = 2"]),
        ({"arguments": []}, ["arguments"]),
        ({"parameters": -1}, ["parameters"]),
        ({"weights_sha256": "abc"}, ["weights_sha256"]),
        ({"best_epoch": "last"}, ["best_epoch"]),
    ],
)
def test_bad_record_is_named_with_what_is_wrong_and_the_others_go_on(tmp_path, changes, words):
    make_run(tmp_path, "good")
    edit_record(make_run(tmp_path, "bad"), **changes)
    listed = runs.list_runs(tmp_path)
    assert [run.name for run in listed.runs] == ["good"]
    reason = reason_of(tmp_path, "bad")
    assert all(word in reason for word in words), reason
    assert "\n" not in reason


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1, 2]", '"text"', '{"format": NaN}', "[" * 100_000, "\x00\x01"],
    ids=["empty", "cut", "list", "text", "nan", "nested", "binary"],
)
def test_malformed_json_is_a_broken_run(tmp_path, content):
    path = make_run(tmp_path, "bad")
    (path / "run.json").write_text(content)
    assert "run.json" in reason_of(tmp_path, "bad")


def test_json_that_is_no_utf8_is_a_broken_run(tmp_path):
    path = make_run(tmp_path, "bad")
    (path / "run.json").write_bytes(b'{"architecture": "\xff\xfe"}')
    assert "not valid JSON" in reason_of(tmp_path, "bad")


@pytest.mark.parametrize(
    "key", ["format", "architecture", "label_space", "num_classes", "input_size", "weights_sha256"]
)
def test_each_required_key_is_asked_for(tmp_path, key):
    path = make_run(tmp_path, "bad")
    record = json.loads((path / "run.json").read_text())
    del record[key]
    (path / "run.json").write_text(json.dumps(record))
    assert f"lacks '{key}'" in reason_of(tmp_path, "bad")


def test_missing_files_are_named(tmp_path):
    (tmp_path / "empty").mkdir()
    edit_record(make_run(tmp_path, "weightless"), weights_sha256="0" * 64)
    (tmp_path / "training" / "checkpoint").mkdir(parents=True)
    assert reason_of(tmp_path, "empty").startswith("run.json is missing")
    assert "first epoch" in reason_of(tmp_path, "training")
    assert reason_of(tmp_path, "weightless").startswith("model.weights.h5 is missing")


def test_wrong_weights_are_found_only_when_checked(tmp_path):
    path = make_run(tmp_path, "alpha")
    (path / "model.weights.h5").write_bytes(b"abc")
    # sha256 of b"abc", the example of FIPS 180-2
    edit_record(path, weights_sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    assert len(runs.list_runs(tmp_path, check=True).runs) == 1
    (path / "model.weights.h5").write_bytes(b"abd")
    assert len(runs.list_runs(tmp_path).runs) == 1
    assert "sha256" in reason_of(tmp_path, "alpha", check=True)


def test_find_run_names_the_known_ones_and_gives_the_reason_of_a_broken_one(tmp_path):
    make_run(tmp_path, "alpha")
    make_run(tmp_path, "beta")
    (tmp_path / "gamma").mkdir()
    assert runs.find_run("beta", tmp_path).name == "beta"
    with pytest.raises(InputError, match="known runs: alpha, beta"):
        runs.find_run("delta", tmp_path)
    with pytest.raises(InputError, match=r"run\.json is missing"):
        runs.find_run("gamma", tmp_path)
    with pytest.raises(InputError, match="There is no run"):
        runs.find_run("../" + tmp_path.name + "/alpha", tmp_path)


def test_write_run_refuses_a_bad_record_and_leaves_the_old_one(tmp_path):
    run = runs.read_run(make_run(tmp_path, "alpha"))
    with pytest.raises(InputError, match="input_size"):
        runs.write_run(run.path, {**run.record, "input_size": None})
    assert runs.read_run(run.path).record == run.record
    assert runs.write_run(run.path, {**run.record, "seed": 7}).record["seed"] == 7


def test_history_survives_writing_and_reading(tmp_path):
    run = runs.read_run(make_run(tmp_path, "alpha", epochs=5))
    history = make_history(5, seed=3)
    history.loc[2, "val_loss"] = math.nan
    runs.write_history(run.path / "history.csv", history)
    assert "NA" in (run.path / "history.csv").read_text().splitlines()[3]
    pd.testing.assert_frame_equal(runs.read_history(run), history, check_exact=True)
    assert [path.name for path in run.path.glob(".*")] == []


def history_of(tmp_path: Path, text: str) -> pd.DataFrame:
    path = make_run(tmp_path, "alpha", epochs=0)
    (path / "history.csv").write_text(text)
    return runs.read_history(runs.read_run(path))


def test_keras_log_counts_from_zero_and_may_order_and_name_columns_otherwise(tmp_path):
    history = history_of(tmp_path, "epoch,acc,loss,lr,val_loss\n0,0.5,1.5,0.001,NA\n1,0.6,1.25,0.0005,1.75\n")
    assert list(history.columns) == list(runs.HISTORY_COLUMNS)
    assert history["epoch"].tolist() == [1, 2]
    assert history["accuracy"].tolist() == [0.5, 0.6]
    assert history["learning_rate"].tolist() == [0.001, 0.0005]
    assert math.isnan(history["val_loss"][0])
    assert history["val_loss"][1] == 1.75
    assert history["mean_iou"].isna().all()


def test_metrics_of_keras_are_known_by_their_own_names_and_the_first_of_a_kind_counts(tmp_path):
    history = history_of(
        tmp_path,
        "epoch,sparse_categorical_accuracy,val_mean_io_u_1,val_mean_io_u_2,top_5\n1,0.5,0.25,0.75,0.9\n",
    )
    assert history[["accuracy", "val_mean_iou"]].to_numpy().tolist() == [[0.5, 0.25]]


def test_resumed_training_replaces_the_epochs_it_repeats(tmp_path):
    history = history_of(tmp_path, "epoch,loss\n1,3\n2,2\n3,1\nepoch,loss\n2,20\n3,10\n4,5\n")
    assert history["epoch"].tolist() == [1, 2, 3, 4]
    assert history["loss"].tolist() == [3, 20, 10, 5]


def test_last_row_cut_short_is_left_out(tmp_path):
    history = history_of(tmp_path, "epoch,loss,val_loss\n1,3,4\n2,2,3\n3,0.")
    assert history["epoch"].tolist() == [1, 2]


def test_semicolons_byte_order_mark_and_diverged_losses_are_read(tmp_path):
    history = history_of(tmp_path, "\ufeffepoch;loss;val_loss\n1;inf;nan\n2;1e-3;\n")
    assert history["loss"].tolist() == [math.inf, 0.001]
    assert history["val_loss"].isna().all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("epoch,loss\n", "no finished epoch"),
        ("loss,val_loss\n1,2\n", "no column 'epoch'"),
        ("epoch,loss\n1,2\n2,high\n", "'high' as loss in data row 2"),
        ("epoch,loss\n1,2,3\n2,1\n", "3 values in data row 1"),
        ("epoch,loss\n1\n2,1\n", "1 values in data row 1"),
        ("epoch,loss\nNA,2\n", "epoch nan"),
        ("epoch,loss\n1.5,2\n", "epoch 1.5"),
        ("epoch,loss\n-1,2\n", "epoch -1"),
    ],
)
def test_history_that_cannot_be_used_is_refused_with_the_reason(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        history_of(tmp_path, text)


def test_history_that_is_no_text_or_missing_is_refused(tmp_path):
    path = make_run(tmp_path, "alpha", epochs=0)
    with pytest.raises(InputError, match="missing"):
        runs.read_history(runs.read_run(path))
    (path / "history.csv").write_bytes(b"\xff\xfe\x00epoch")
    with pytest.raises(InputError, match="not a text table"):
        runs.read_history(runs.read_run(path))


def test_evaluation_survives_writing_and_reading(tmp_path):
    run = runs.read_run(make_run(tmp_path, "alpha", evaluation=False))
    assert runs.evaluation_sets(run) == ()
    assert runs.read_evaluation(run, "val") is None
    evaluation = make_evaluation(set_name="demo_val", frames=3)
    path = runs.write_evaluation(run, evaluation)
    assert runs.evaluation_sets(run) == ("demo_val",)
    assert runs.read_evaluation(run, "demo_val") == evaluation
    # One matrix row and one frame a line keeps differences readable.
    assert len(path.read_text().splitlines()) == len(evaluation) + 2 + 20 + 1 + 3 + 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"confusion": [[1, 2], [3, 4]]}, "20 x 20"),
        ({"confusion": [[0.5] * 20] * 20}, "pixel counts"),
        ({"confusion": [[-1] * 20] * 20}, "pixel counts"),
        ({"miou": 54.2}, "0..1"),
        ({"classes": {"road": "good"}}, "classes"),
        ({"per_frame": [{"frame": "a", "miou": 0.5}]}, "tp, fp and fn"),
        ({"frames": "many"}, "frames"),
        ({"set": "../escape"}, "set"),
    ],
)
def test_malformed_evaluation_is_refused(tmp_path, changes, words):
    run = runs.read_run(make_run(tmp_path, "alpha"))
    evaluation = {**make_evaluation(), **changes}
    with pytest.raises(InputError, match=words):
        runs.write_evaluation(run, evaluation)
    (run.path / "evaluation" / "val.json").write_text(json.dumps(evaluation))
    with pytest.raises(InputError, match=words):
        runs.read_evaluation(run, "val")


def test_set_names_do_not_lead_out_of_the_folder(tmp_path):
    run = runs.read_run(make_run(tmp_path, "alpha"))
    make_run(tmp_path, "beta")
    for name in ("../../beta/evaluation/val", "/etc/passwd", "", ".."):
        with pytest.raises(InputError, match="no name for a set"):
            runs.read_evaluation(run, name)


def test_robustness_survives_writing_and_reading(tmp_path):
    run = runs.read_run(make_run(tmp_path, "alpha"))
    table = pd.DataFrame(
        {
            "effect": ["fog", "fog"],
            "severity": [0, 1],
            "miou": [0.5, 0.25],
            "road": [0.9, np.nan],
            "null": [0.0, 1.0],
        }
    )
    runs.write_robustness(run, "val", table)
    assert runs.robustness_sets(run) == ("val",)
    assert runs.read_robustness(run, "other") is None
    pd.testing.assert_frame_equal(runs.read_robustness(run, "val"), table, check_exact=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "effect,severity\nfog,1\n",
        "effect,severity,miou\nfog,high,0.5\n",
        "effect,severity,miou\nfog,1,x\n",
    ],
)
def test_malformed_robustness_is_refused(tmp_path, text):
    run = runs.read_run(make_run(tmp_path, "alpha"))
    (run.path / "robustness").mkdir()
    (run.path / "robustness" / "val.csv").write_text(text)
    with pytest.raises(InputError, match=r"robustness/val\.csv"):
        runs.read_robustness(run, "val")


def test_reading_runs_imports_no_tensorflow_and_no_keras():
    code = "import sys, segcore.runs; print({'tensorflow', 'keras', 'streamlit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("indent", [None, 1, 2])
def test_scores_without_their_frames_are_the_same_scores_in_any_layout(tmp_path, indent):
    run = runs.read_run(make_run(tmp_path, "a", evaluation=False))
    evaluation = make_evaluation(frame_ids=('odd "name" ], [', "\\n ]"))
    path = runs.write_evaluation(run, evaluation)
    if indent is not None:
        path.write_text(json.dumps(evaluation, indent=indent), encoding="utf-8")
    scores = runs.read_evaluation(run, "val", with_frames=False)
    assert scores == {key: value for key, value in evaluation.items() if key != "per_frame"}


def test_frames_are_passed_over_unread_where_only_scores_are_asked_for(tmp_path):
    run = runs.read_run(make_run(tmp_path, "a", evaluation=False))
    path = runs.write_evaluation(run, make_evaluation())
    path.write_text(path.read_text().replace('"tp": [', '"tp": {', 1), encoding="utf-8")
    assert runs.read_evaluation(run, "val", with_frames=False)["frames"] == 6
    with pytest.raises(InputError, match="not valid JSON"):
        runs.read_evaluation(run, "val")
