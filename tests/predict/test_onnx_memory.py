"""Memory of predictions goes back to the system, and the next prediction is the same."""

import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from segcore.predict.onnx.network import OnnxNetwork, release_memory


def resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_large_prediction_needed_is_returned():
    # x is repeated 2**25 times, 128 MiB in float32, one added to each, and the highest value is the output.
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    shape = helper.make_tensor("shape", TensorProto.INT64, [1], [2**25])
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])
    nodes = [
        helper.make_node("Expand", ["x", "shape"], ["many"]),
        helper.make_node("Add", ["many", "one"], ["more"]),
        helper.make_node("ReduceMax", ["more"], ["y"], axes=[0]),
    ]
    graph = helper.make_graph(nodes, "large", ends[:1], ends[1:], initializer=[shape, one])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    network = OnnxNetwork(lambda: model)
    value = {"x": np.array([4], np.float32)}
    assert network.run(["y"], value)[0] == [5]
    before = resident_megabytes()
    release_memory()
    assert before - resident_megabytes() > 100
    assert network.run(["y"], value)[0] == [5]
