"""``python -m segcore add``: every kind of file becomes a run, and what cannot leaves one sentence and nothing else."""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from makers import make_cityscapes
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from street_network import SIZE, street_onnx
from tiny_onnx import tiny_onnx

import segcore.commands.add
from segcore.classes.files import known_spaces
from segcore.cli import main
from segcore.frames.dataset import open_dataset
from segcore.predict.predictor import load_predictor
from segcore.runs.history import read_history
from segcore.runs.run import find_run

PROJECT = Path(__file__).parents[2]
SIDES = f"{SIZE[0]}x{SIZE[1]}"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    root = tmp_path / "runs"
    root.mkdir()
    monkeypatch.setenv("SEGCORE_RUNS", str(root))
    monkeypatch.setattr(
        segcore.commands.add, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=3, size=SIZE)
    )
    return root


@pytest.fixture
def refused(runs, capsys):
    """Add something that cannot be added; return the one line of stderr."""

    def refused(*arguments, name="new") -> str:
        before = sorted(path.name for path in runs.iterdir())
        assert main(["add", *map(str, arguments), "--name", name]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1 and lines[0].startswith("segcore: error: ")
        # Neither the run nor a hidden folder of a half of it.
        assert sorted(path.name for path in runs.iterdir()) == before
        return lines[0]

    return refused


def test_a_network_is_added_and_tried(runs, tmp_path, capsys):
    path = street_onnx(tmp_path / "street.onnx")
    assert main(["add", str(path), "--name", "street", "--preset", "raw", "--size", SIDES]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == (
        "added street: ONNX network, 19 classes (road, sidewalk, building, ..., motorcycle, bicycle)"
    )
    assert "any size, used at 64 x 128 pixels (height x width), letterbox, rgb, NCHW, float32" in said.out
    assert "on 3 frames of Cityscapes: sky" in said.out and "over 8 classes" in said.out
    assert "evaluate --run street" in said.out and said.err == ""
    run = find_run("street")
    assert run.kind == "onnx" and run.record.source == "street.onnx" and run.parameters == 19 * 4
    # It is whole: what was tried is what is kept, without the file that it came from.
    path.unlink()
    assert load_predictor(run).classify(np.full((*SIZE, 3), (128, 64, 128), np.uint8))[0].max() == 0


def test_wrong_channels_are_seen_in_the_score(runs, tmp_path, capsys):
    path = street_onnx(tmp_path / "street.onnx", channels="bgr")
    scores = {}
    for channels in ("rgb", "bgr"):
        arguments = ["--name", channels, "--preset", "raw", "--size", SIDES, "--channels", channels]
        assert main(["add", str(path), *arguments]) == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("mean IoU"))
        scores[channels] = float(line.split(": ")[1].split("%")[0])
    assert scores["bgr"] > 97 and scores["rgb"] < 50


def test_one_class_for_nearly_all_is_warned_of(runs, tmp_path, capsys):
    path = street_onnx(tmp_path / "street.onnx")
    assert main(["add", str(path), "--name", "dark", "--preset", "zero-to-one", "--size", SIDES]) == 0
    assert "segcore: warning: One class, " in capsys.readouterr().err


def test_means_and_deviations_of_bytes_and_a_factor(runs, tmp_path):
    mean, std = np.array([104.0, 117.0, 123.0]), 57.0
    path = street_onnx(
        tmp_path / "street.onnx", channels="bgr", scale=(1 / std / 255,) * 3, offset=tuple(-mean / std / 255)
    )
    options = [
        "--mean",
        "104",
        "117",
        "123",
        "--std",
        "57",
        "--range",
        "255",
        "--factor",
        "1/255",
        "--channels",
        "bgr",
    ]
    assert main(["add", str(path), "--name", "odd", "--size", SIDES, *options]) == 0
    how = find_run("odd").network_input
    np.testing.assert_allclose(how.scale, [1 / 57 / 255] * 3, rtol=1e-6)
    np.testing.assert_allclose(how.offset, -mean / 57 / 255, rtol=1e-6)


def test_twenty_outputs_with_void_last(runs, tmp_path, capsys):
    path = tiny_onnx(
        tmp_path / "a.onnx", colors=[(12 * place, 255 - 12 * place, 7 * place) for place in range(20)]
    )
    assert main(["add", str(path), "--name", "twenty", "--preset", "raw", "--classes", "cityscapes_20"]) == 0
    assert find_run("twenty").space.class_names[-1] == "void"


def test_a_text_file_of_classes_may_have_remarks_below(runs, tmp_path):
    path = tiny_onnx(tmp_path / "a.onnx", output="classes", size=(64, 128))
    names = tmp_path / "names.txt"
    names.write_text("road\nsky\nperson\ncar\n\nand 255 is what is not scored\nsee the paper\n")
    assert main(["add", str(path), "--name", "four", "--preset", "raw", "--classes", str(names)]) == 0
    assert find_run("four").space.class_names == ("road", "sky", "person", "car")


def test_curves_come_along(runs, tmp_path, capsys):
    curves = tmp_path / "log.csv"
    curves.write_text("epoch,loss,val_loss\n0,2,3\n1,1,2\n")
    path = street_onnx(tmp_path / "street.onnx")
    arguments = ["--name", "street", "--preset", "raw", "--size", SIDES, "--history", str(curves)]
    assert main(["add", str(path), *arguments]) == 0
    assert "history: 2 epochs" in capsys.readouterr().out
    assert read_history(find_run("street"))["val_loss"].tolist() == [3, 2]


@pytest.fixture
def masks(runs, tmp_path):
    """Return a folder of masks that are the ground truth of the frames."""
    folder = tmp_path / "masks"
    folder.mkdir()
    for frame in open_dataset(tmp_path / "demo").frames("val"):
        shutil.copy(frame.truth_path, folder / f"{frame.frame_id}.png")
    return folder


def test_masks_are_added_and_scored(masks, capsys):
    assert main(["add", str(masks), "--name", "truth"]) == 0
    said = capsys.readouterr()
    assert "added truth: stored masks, 34 classes" in said.out and said.err == ""
    # The truth itself is right everywhere.
    assert "mean IoU on these frames: 100.0%, over 8 classes" in said.out


def test_the_next_command_is_complete(masks, tmp_path, capsys):
    for name in ("first", "second"):
        assert main(["add", str(masks), "--name", name]) == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last.startswith(
            f"next: python -m segcore evaluate --run {name} --data {tmp_path}/demo --split val --save "
        )
        # Scores of the same frames keep the name under which the first has them.
        assert last.rsplit(" ")[-1] == ("cityscapes_val" if name == "first" else "mine")
        assert main(["evaluate", "--run", name, "--data", f"{tmp_path}/demo", "--save", "mine"]) == 0
        assert f"stored in {tmp_path}/runs/{name}/evaluation/mine.json" in capsys.readouterr().out


def test_masks_that_lack_frames(masks, refused, capsys):
    next(iter(sorted(masks.iterdir()))).unlink()
    said = refused(masks)
    assert "1 of 3 frames of Cityscapes has no mask: ulm_000000_000019; add their masks" in said
    assert main(["add", str(masks), "--name", "new", "--allow-missing"]) == 0
    assert "1 of 3 frames" in capsys.readouterr().err
    assert len(list((find_run("new").path / "predictions").iterdir())) == 2


def test_masks_of_other_frames(masks, refused, tmp_path, capsys):
    data = make_cityscapes(tmp_path / "other", frames=2, size=SIZE, city="bochum")
    assert "check --data and --split" in refused(masks, "--data", data)
    for path in masks.iterdir():
        path.rename(path.with_name(f"other-{path.name}"))
    assert main(["add", str(masks), "--name", "new"]) == 0
    assert "no mask belongs to a frame of the demo city" in capsys.readouterr().err


def test_masks_of_other_sizes_and_encodings(masks, refused):
    path = min(masks.iterdir())
    Image.fromarray(np.full((64, 64), 26, np.uint8)).save(path)
    assert "aspect ratio of their frames" in refused(masks)
    Image.fromarray(np.full(SIZE, 77, np.uint8)).save(path)
    assert "77 on 8,192 pixels" in refused(masks)
    Image.fromarray(np.full(SIZE, 26, np.uint8)).save(path)
    assert "It can be read with --encoding label-ids" in refused(masks, "--encoding", "train-ids")
    for path in masks.iterdir():
        Image.fromarray(np.full(SIZE, 13, np.uint8)).save(path)
    assert "choose --encoding train-ids" in refused(masks)
    assert "need --classes" in refused(masks, "--encoding", "indices")


def test_a_folder_without_masks(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "has no masks" in refused(tmp_path / "empty")


def _changed(path, change):
    model = onnx.load(path)
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def _external(model):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../elsewhere.bin")


def _external_inside(model):
    """Hide such a tensor in an attribute."""
    tensor = TensorProto(
        name="hidden", data_type=TensorProto.FLOAT, dims=[3], data_location=TensorProto.EXTERNAL
    )
    tensor.external_data.add(key="location", value="/etc/passwd")
    model.graph.node.append(helper.make_node("Constant", [], ["hidden"], value=tensor))


def _own_operator(model):
    model.graph.node[0].domain = "my.company"
    model.opset_import.append(helper.make_opsetid("my.company", 1))


def _unknown_operator(model):
    model.graph.node[0].op_type = "Dream"


def _second_input(model):
    model.graph.input.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1]))


def _new_opset(model):
    model.opset_import[0].version = 900


def _free_channels(model):
    shape = [1, "channels", "height", "width"]
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("image", TensorProto.FLOAT, shape))


def _not_finite(model):
    bias = numpy_helper.from_array(np.full(19, np.nan, np.float32), "bias")
    model.graph.initializer[1].CopyFrom(bias)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_external, "keeps its weights in '../elsewhere.bin'"),
        (_external_inside, "keeps its weights in '/etc/passwd'"),
        (_own_operator, "has operators of 'my.company'"),
        (_unknown_operator, "ONNX Runtime cannot run the network"),
        (_second_input, "has 2 inputs (image, mask)"),
        (_new_opset, "operator set 900"),
        (_free_channels, "no axis has three colours"),
        (_not_finite, "not finite (NaN or infinite)"),
    ],
)
def test_networks_that_cannot_be_runs(refused, tmp_path, change, said):
    path = _changed(street_onnx(tmp_path / "a.onnx"), change)
    assert said in refused(path, "--preset", "raw", "--size", SIDES)


def _not_finite_for_bright_pixels(model):
    nodes = [
        helper.make_node("Sub", ["most", "image"], ["rest"]),
        helper.make_node("Sqrt", ["rest"], ["root"]),
        *model.graph.node,
    ]
    nodes[2].input[0] = "root"
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(numpy_helper.from_array(np.float32(128), "most"))


def test_values_that_are_not_finite_for_pictures_alone(refused, tmp_path):
    # The grey picture that is shown first is of 127.
    path = _changed(street_onnx(tmp_path / "a.onnx"), _not_finite_for_bright_pixels)
    assert "values that are not finite" in refused(path, "--preset", "raw", "--size", SIDES)


def test_four_thousand_classes(refused, tmp_path):
    path = tiny_onnx(tmp_path / "a.onnx", colors=[(1, 2, 3)] * 4000, size=(32, 64))
    assert "gives 4,000 scores per pixel; at most 254" in refused(path, "--preset", "raw")
    # These would take 8 GB, so they are not even computed.
    path = tiny_onnx(tmp_path / "a.onnx", colors=[(1, 2, 3)] * 4000, size=(512, 1024))
    assert "has the shape (1, 4000, 512, 1024); at most 254" in refused(path, "--preset", "raw")


def test_two_gigabytes(refused, tmp_path):
    for name in ("a.onnx", "a.tflite", "a.h5"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(2_100_000_000)
        assert "has 2.1 GB" in refused(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.onnx", b"PK\x03\x04 something else", "is not an ONNX file"),
        ("a.onnx", b"", "is not an ONNX file"),
        ("a.keras", b"PK\x03\x04 no archive", "is not a .keras file"),
        ("a.h5", b"\x89HDF", "is not a .h5 file"),
        ("a.tflite", b"TFL3", "is not a .tflite file"),
        ("a.weights.h5", b"\x89HDF\r\n\x1a\n", "holds weights without their network"),
        ("a.pt", b"anything", "ends with '.pt'; expected one of .onnx"),
        ("model", b"anything", "ends with 'nothing'"),
    ],
)
def test_files_that_are_something_else(refused, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    assert said in refused(tmp_path / name)


def test_sources_that_are_no_files(refused, tmp_path):
    loop = tmp_path / "loop.onnx"
    loop.symlink_to(loop)
    assert "cannot be read: Too many levels of symbolic links" in refused(loop)
    assert "cannot be read: No such file" in refused(tmp_path / "none.onnx")
    assert "No such file" in refused(tmp_path / "none")


def test_what_has_to_be_known_is_asked_for(refused, tmp_path):
    street, four = street_onnx(tmp_path / "street.onnx"), tiny_onnx(tmp_path / "four.onnx")
    assert "give --preset imagenet|" in refused(street)
    assert "give --classes" in refused(four, "--preset", "raw")
    assert "the nearest names are" in refused(four, "--preset", "raw", "--classes", "cityscape")
    said = refused(street, "--preset", "raw", "--classes", "cityscapes_20")
    assert "has 20 classes, but the network gives 19" in said


def test_names_of_runs(refused, runs, tmp_path):
    street = street_onnx(tmp_path / "street.onnx")
    for name in ("", "../up", ".hidden", "a/b", "a\nb"):
        assert "is not a valid name of a run" in refused(street, "--preset", "raw", name=name)
    (runs / "taken").mkdir()
    assert "There is already a run 'taken'" in refused(street, "--preset", "raw", name="taken")


def test_a_run_of_that_name_made_meanwhile_stays(runs, tmp_path, monkeypatch):
    def and_meanwhile(*arguments, **more):
        (runs / "new").mkdir()
        (runs / "new" / "theirs").touch()

    monkeypatch.setattr(segcore.commands.add, "try_run", and_meanwhile)
    assert main(["add", str(street_onnx(tmp_path / "a.onnx")), "--preset", "raw", "--name", "new"]) == 2
    assert [path.name for path in runs.iterdir()] == ["new"]
    assert [path.name for path in (runs / "new").iterdir()] == ["theirs"]


def test_bad_curves_are_found_before_anything_is_done(refused, tmp_path):
    curves = tmp_path / "log.csv"
    curves.write_text("a,b\n1,2\n")
    street = street_onnx(tmp_path / "street.onnx")
    assert "none of which is known" in refused(street, "--preset", "raw", "--history", curves)


def test_a_converter_that_is_not_installed_is_named(refused, tmp_path, monkeypatch):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'tf2onnx'\" >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    (tmp_path / "a.tflite").write_bytes(b"\x00\x00\x00\x00TFL3")
    assert "the package tf2onnx is missing; install tensorflow and tf2onnx" in refused(tmp_path / "a.tflite")


def test_the_record_says_where_it_is_from(runs, tmp_path):
    assert (
        main(["add", str(street_onnx(tmp_path / "my net.onnx")), "--preset", "raw", "--name", "my net"]) == 0
    )
    record = json.loads((runs / "my net" / "run.json").read_text())
    assert record["source"] == "my net.onnx" and record["classes"] == "train_ids" and record["kind"] == "onnx"


def test_the_documentation_names_options_and_lists_that_exist():
    text = (PROJECT / "docs" / "your-own-model.md").read_text()
    parser = argparse.ArgumentParser()
    segcore.commands.add.add_arguments(parser)
    # Those of other programs stand behind their names.
    ours = re.sub(r"(python tools/deploy.py|python -m tf2onnx.convert).*", "", text)
    options = set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", ours))
    assert options - set(parser._option_string_actions) == set() and len(options) > 15
    listed = re.search(r"an included list\s+\(([^)]*)\)", text).group(1)
    named = set(re.findall(r"`(\w+)`", listed))
    assert named | {"train_ids"} == set(known_spaces())
