"""``python -m segcore export``: the file that is written predicts the same, and nearly the same in 8 bits."""

import numpy as np
import onnx
import pytest
from makers import make_cityscapes, make_run
from onnx import TensorProto
from tiny_onnx import tiny_onnx
from tiny_runs import SIZE, tiny_run

from segcore.adding.candidate import describe, opened
from segcore.adding.description import Options
from segcore.adding.publishing import write_network
from segcore.cli import main
from segcore.predict.predictor import load_predictor
from segcore.runs.run import find_run


@pytest.fixture
def root(tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    monkeypatch.setenv("SEGCORE_RUNS", str(runs))
    return runs


@pytest.fixture
def image():
    return np.random.default_rng(3).integers(0, 256, (*SIZE, 3), dtype=np.uint8)


def test_a_run_gets_its_graph_and_predicts_as_before(root, image, capsys):
    run = tiny_run(root, onnx=False)
    wanted = load_predictor(run).logits(image)[0]
    assert main(["export", "--run", "tiny"]) == 0
    assert capsys.readouterr().out.strip() == str(root / "tiny" / "model.onnx")
    model = onnx.load(root / "tiny" / "model.onnx", load_external_data=False)
    kernels = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 4]
    assert kernels and all(tensor.data_location == TensorProto.EXTERNAL for tensor in kernels)
    assert find_run("tiny").starts_quickly
    np.testing.assert_allclose(load_predictor(find_run("tiny")).logits(image)[0], wanted, atol=1e-4)


def test_a_file_for_elsewhere_stands_by_itself(root, image, tmp_path):
    run = tiny_run(root)
    wanted = load_predictor(run).predict(image)
    assert main(["export", "--run", "tiny", "--output", str(tmp_path / "elsewhere.onnx")]) == 0
    # Added as somebody else's network, it gives the same classes.
    with opened(tmp_path / "elsewhere.onnx") as candidate:
        description = describe(candidate, Options(preset="raw", size=SIZE, layout="NHWC"), None)
        (tmp_path / "added").mkdir()
        added = write_network(tmp_path / "added", candidate, description, source="elsewhere.onnx")
        found = load_predictor(added).predict(image)
    np.testing.assert_array_equal(found.class_map, wanted.class_map)


def test_a_twin_in_8_bits_is_a_run_of_its_own(root, image, tmp_path):
    run = tiny_run(root)
    data = make_cityscapes(tmp_path / "data", frames=3, size=SIZE)
    assert main(["export", "--run", "tiny", "--int8", "twin", "--data", str(data), "--split", "val"]) == 0
    twin = find_run("twin")
    assert twin.kind == "onnx" and twin.space is run.space and twin.inference_sizes == (SIZE,)
    kernels = [tensor for tensor in onnx.load(twin.weights_path).graph.initializer if len(tensor.dims) == 4]
    assert kernels and all(tensor.data_type == TensorProto.INT8 for tensor in kernels)
    found, wanted = (load_predictor(one).logits(image)[0] for one in (twin, run))
    assert np.abs(found - wanted).mean() < 0.2 * wanted.std()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--run", "nothing"], "There is no run 'nothing'"),
        (["--run", "bare", "--output", "{}/a.onnx"], "has no weights for"),
        (["--run", "foreign"], "is not a network of this project"),
        (["--run", "tiny", "--int8", "tiny", "--data", "{}"], "There is already a run 'tiny'"),
        (["--run", "tiny", "--int8", "../twin", "--data", "{}"], "is not a valid name of a run"),
        (["--run", "tiny", "--int8", "twin"], "The folder of the frames is unknown"),
        (["--run", "tiny", "--output", "{}"], "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_said(root, tmp_path, capsys, arguments, said):
    tiny_run(root)
    make_run(root, "bare")
    with opened(tiny_onnx(tmp_path / "a.onnx", size=(64, 96))) as candidate:
        description = describe(candidate, Options(preset="raw"), _four_classes(tmp_path))
        (root / "foreign").mkdir()
        write_network(root / "foreign", candidate, description, source="a.onnx")
    assert main(["export", *(argument.format(tmp_path) for argument in arguments)]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error
    assert {path.name for path in root.iterdir()} == {"tiny", "bare", "foreign"}


def _four_classes(tmp_path):
    path = tmp_path / "classes.txt"
    path.write_text("road\nsky\nperson\ncar\n")
    return path
