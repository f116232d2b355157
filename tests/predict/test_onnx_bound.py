"""A network that never ends is stopped, and the networks after it run as before."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tiny_onnx import tiny_onnx

from segcore.cli import main
from segcore.errors import InputError
from segcore.predict.onnx import network
from segcore.predict.onnx.network import OnnxNetwork

PICTURE = np.zeros((1, 3, 8, 8), np.float32)


def endless_onnx(path):
    """Write a tiny network whose picture first goes through a loop without a last turn."""
    model = onnx.load(tiny_onnx(path))
    turn = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go on"]), helper.make_node("Neg", ["value"], ["negative"])],
        "turn",
        [
            helper.make_tensor_value_info("number", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("negative", TensorProto.FLOAT, None),
        ],
    )
    model.graph.initializer.append(helper.make_tensor("yes", TensorProto.BOOL, [], [True]))
    model.graph.node[0].input[0] = "looped"
    model.graph.node.insert(0, helper.make_node("Loop", ["", "yes", "image"], ["looped"], body=turn))
    onnx.save(model, path)
    return path


def test_a_network_that_never_ends_is_stopped_and_the_next_one_runs(tmp_path, monkeypatch):
    endless, ordinary = (
        OnnxNetwork(path.read_bytes)
        for path in (endless_onnx(tmp_path / "endless.onnx"), tiny_onnx(tmp_path / "a.onnx"))
    )
    monkeypatch.setattr(network, "MOST_SECONDS", 0.2)
    for _ in range(2):
        with pytest.raises(InputError, match=r"not finished one picture after 0\.2 s"):
            endless.run(None, {"image": PICTURE})
    monkeypatch.undo()
    assert ordinary.run(None, {"image": PICTURE})[0].shape == (1, 4, 8, 8)


def test_a_network_that_never_ends_is_not_added(tmp_path, monkeypatch, capfd):
    runs = tmp_path / "runs"
    runs.mkdir()
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(runs))
    monkeypatch.setattr(network, "MOST_SECONDS", 0.2)
    path = str(endless_onnx(tmp_path / "endless.onnx"))
    assert main(["add", path, "--name", "endless", "--preset", "raw"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("segcore: error: The network was stopped, as it had not finished")
    assert list(runs.iterdir()) == []
