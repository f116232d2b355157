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


def large(megabytes: int) -> OnnxNetwork:
    """Return a network that needs three values of so many MiB at once, and gives the number that it is fed plus one."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    shape = helper.make_tensor("shape", TensorProto.INT64, [1], [megabytes * 2**18])
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])
    nodes = [
        helper.make_node("Expand", ["x", "shape"], ["many"]),
        helper.make_node("Sin", ["many"], ["waves"]),
        helper.make_node("Sub", ["many", "waves"], ["less"]),
        helper.make_node("Add", ["less", "waves"], ["same"]),
        helper.make_node("Add", ["same", "one"], ["more"]),
        helper.make_node("ReduceMax", ["more"], ["y"], axes=[0]),
    ]
    graph = helper.make_graph(nodes, "large", ends[:1], ends[1:], initializer=[shape, one])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return OnnxNetwork(lambda: model)


def fed(network: OnnxNetwork) -> np.ndarray:
    return network.run(["y"], {"x": np.array([4], np.float32)})[0]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_networks_of_other_sizes_use_the_same_memory():
    release_memory()
    networks = [large(30), large(33)]
    fed(networks[0])
    before = resident_megabytes()
    # Three values of 33 MiB at once would not fit in pieces of 30.
    fed(networks[1])
    assert resident_megabytes() - before < 60


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_large_prediction_needed_is_returned():
    network = large(128)
    assert fed(network) == pytest.approx([5])
    before = resident_megabytes()
    release_memory()
    assert before - resident_megabytes() > 100
    assert fed(network) == pytest.approx([5])
