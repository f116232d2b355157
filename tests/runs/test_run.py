import errno
import json
import os
from pathlib import Path

import pytest
from makers import make_run

from segcore.errors import InputError
from segcore.runs import run as runs


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
    assert (run.parameters, run.weights_sha256, run.has_network) == (2_345_678, None, False)
    assert run.weights_path == tmp_path / "alpha" / "model.weights.h5"
    assert run.best_epoch == 9


def test_a_run_looks_at_pictures_in_its_own_size_unless_it_names_others(tmp_path):
    path = make_run(tmp_path, "alpha", input_size=(96, 192))
    one = runs.read_run(path)
    assert one.inference_sizes == ((96, 192),)
    edit_record(path, inference_sizes=[[64, 128], [128, 256]])
    two = runs.read_run(path)
    assert two.inference_sizes == ((64, 128), (128, 256))
    assert one.version != two.version


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
    assert runs.runs_root() == Path(runs.__file__).resolve().parents[2] / "weights"
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
        ({"label_space": "ade20k"}, ["no class list 'ade20k'", "ade20k_150"]),
        ({"label_space": ["train_ids"]}, ["label_space"]),
        ({"num_classes": 8}, ["num_classes = 8", "19"]),
        ({"num_classes": True}, ["num_classes"]),
        (
            {"commands": ["train"]},
            ['commands[0] = "train"; expected commands to be a list of objects with from_epoch and command'],
        ),
        (
            {"commands": [{"from_epoch": "1", "command": "train"}]},
            ['commands[0].from_epoch = "1"; expected a whole number'],
        ),
        ({"earlier": [{"to_epoch": 3}]}, ["lacks 'earlier[0].settings'; expected an object"]),
        (
            {"earlier": [{"to_epoch": 3, "settings": {}, "data": "other"}]},
            ['earlier[0].data = "other"; expected an object'],
        ),
        (
            {"data": {"extra": [{"from_epoch": 3, "sources": ["rendered"]}]}},
            ['data.extra[0].sources[0] = "rendered"; expected data.extra[0].sources to be a list of objects'],
        ),
        ({"notes": "one"}, ["notes", "a list of texts"]),
        ({"input_size": [256]}, ["input_size", "[height, width]"]),
        ({"input_size": [256, 0]}, ["input_size"]),
        ({"input_size": "256x512"}, ["input_size"]),
        ({"inference_sizes": [[64, 128], 96]}, ["inference_sizes", "a list of [height, width]"]),
        ({"sharpening": -0.5}, ["sharpening", "a number in 0..10"]),
        ({"sharpening": "much"}, ["sharpening", "a number in 0..10"]),
        ({"adaptation": 1}, ["adaptation", "an object of numbers of at least 0"]),
        ({"adaptation": {"conv1_bn": -0.5}}, ["adaptation", "an object of numbers of at least 0"]),
        ({"adaptation": {"conv1_bn": None}}, ["adaptation", "one for each layer"]),
        ({"format": 2}, ["format = 2"]),
        ({"arguments": []}, ["arguments"]),
        ({"parameters": -1}, ["parameters"]),
        ({"weights_sha256": "abc"}, ["weights_sha256"]),
        ({"best_epoch": "last"}, ["best_epoch"]),
        ({"best_epoch": 10**9}, ["best_epoch", "up to 1,000,000"]),
        ({"parameters": 10**30}, ["run.json has a number of 100 bits", "at most 2^53"]),
        ({"arguments": {"num_classes": 3}}, ["arguments", "without num_classes and image_size"]),
        ({"arguments": {"filters": [1e6]}}, ["arguments", "numbers up to 65536"]),
        ({"arguments": {"filters": [8] * 1001}}, ["arguments", "at most 1000 values"]),
        ({"input_size": [256, 10**6]}, ["input_size[1] = 1000000", "1 to 65,536"]),
        ({"hardware": ["a machine"]}, ["hardware", "a text"]),
        ({"versions": {"keras": 3}}, ["versions.keras = 3", "texts"]),
        ({"training": {"loss": ["ce"]}}, ["training.loss", "texts"]),
        ({"data": {"name": 7}}, ["data.name = 7", "a text"]),
        ({"notes": ["\ud800"]}, ["'\\ud800'", "not valid Unicode"]),
        ({"notes": ["a" * 20_001]}, ["notes[0]", "a list of texts"]),
        ({"mine": "a" * 200_000}, ["a text of 200,000 characters"]),
        ({"mine": json.loads("[" * 40 + "]" * 40)}, ["more than 32 deep"]),
        ({"kind": "tflite"}, ['kind = "tflite"', "network, onnx, masks"]),
        ({"kind": ["onnx"]}, ["kind", "network, onnx, masks"]),
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


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "1e300"])
def test_numbers_without_bounds_are_a_broken_run(tmp_path, number):
    path = make_run(tmp_path, "bad")
    text = (path / "run.json").read_text()
    (path / "run.json").write_text(text.replace("{", f'{{"mine": {number}, ', 1))
    assert "expected finite numbers of at most 2^53" in reason_of(tmp_path, "bad")


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    make_run(tmp_path, "good")
    for name in ("pipe", "circle"):
        (make_run(tmp_path, name) / "run.json").unlink()
    os.mkfifo(tmp_path / "pipe" / "run.json")
    (tmp_path / "circle" / "run.json").symlink_to("run.json")
    assert [run.name for run in runs.list_runs(tmp_path).runs] == ["good"]
    assert reason_of(tmp_path, "pipe").startswith("run.json is not a regular file")
    assert "run.json cannot be read" in reason_of(tmp_path, "circle")


def test_keys_that_are_not_known_are_kept(tmp_path):
    path = make_run(tmp_path, "alpha")
    edit_record(path, mine={"a": [1, 2.5, None]}, data={"name": "Streets", "licence": "mine"})
    run = runs.write_run(path, runs.read_run(path).record.updated(seed=7))
    stored = json.loads((path / "run.json").read_text())
    assert (stored["mine"], stored["data"]["licence"], stored["seed"]) == ({"a": [1, 2.5, None]}, "mine", 7)
    assert "seed" not in run.record.without("seed").to_json()


def test_a_folder_whose_name_is_no_utf8_is_a_broken_run(tmp_path):
    path = make_run(tmp_path, "alpha")
    path.rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    make_run(tmp_path, "beta")
    listed = runs.list_runs(tmp_path)
    assert [run.name for run in listed.runs] == ["beta"]
    (broken,) = listed.broken
    # It can be shown by every page.
    assert broken.name == r"caf\udce9" and broken.reason.endswith("is not valid text; rename it.")


def test_json_that_is_no_utf8_is_a_broken_run(tmp_path):
    path = make_run(tmp_path, "bad")
    (path / "run.json").write_bytes(b'{"architecture": "\xff\xfe"}')
    assert "not a text file" in reason_of(tmp_path, "bad")


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


def test_a_folder_that_may_not_be_entered_is_named_and_the_others_go_on(tmp_path, monkeypatch):
    make_run(tmp_path, "good")
    make_run(tmp_path, "lost+found")
    is_file = Path.is_file

    def refused(path):
        if path.parent.name == "lost+found":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refused)
    assert [run.name for run in runs.list_runs(tmp_path).runs] == ["good"]
    assert reason_of(tmp_path, "lost+found") == "the folder cannot be read: Permission denied."


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
        runs.write_run(run.path, run.record.updated(input_size=None))
    assert runs.read_run(run.path).record == run.record
    assert runs.write_run(run.path, run.record.updated(seed=7)).record.seed == 7
