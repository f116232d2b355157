"""The scaling of pixels outside of the graph: the same features, bit for bit, as inside."""

import numpy as np
import onnxruntime
import pytest
from onnx_makers import SIZE, exported, lively, noise
from small_models import SMALL

from segcore.errors import InputError
from segcore.frames.letterbox import letterbox
from segcore.predict.onnx.graph import IMAGE
from segcore.predict.onnx.pixels import without_scaling


def scores(graph, fed: np.ndarray) -> np.ndarray:
    return onnxruntime.InferenceSession(graph.SerializeToString()).run(None, {IMAGE: fed})[0]


@pytest.mark.parametrize("architecture", SMALL)
def test_the_graph_without_scaling_gives_the_same_scores(architecture, tmp_path):
    graph = exported(lively(architecture), tmp_path)
    picture = noise(SIZE[0], 50, 3)
    boxed, (rows, columns) = letterbox(picture, SIZE)
    assert columns == slice(23, 73)
    shorter, scaling = without_scaling(graph)
    fed = scaling.features(picture, SIZE, rows, columns)
    np.testing.assert_array_equal(scores(shorter, fed), scores(graph, boxed[np.newaxis]))
    assert len(graph.graph.node) == len(shorter.graph.node) + 3
    with pytest.raises(InputError, match=r"does not begin with the scaling.*segcore export"):
        without_scaling(shorter)


def test_pixels_become_features_from_minus_one_to_one_and_margins_zero(tmp_path):
    _, scaling = without_scaling(exported(lively("fcn"), tmp_path))
    picture = np.array([[[0, 51, 255]]], np.uint8)
    found = scaling.features(picture, (1, 3), slice(0, 1), slice(1, 2))
    np.testing.assert_allclose(found[0, :, 0], [[0, -1, 0], [0, -0.6, 0], [0, 1, 0]], atol=1e-6)
