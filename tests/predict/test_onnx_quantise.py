"""Networks in 8 bits: nearly the same answer from a quarter of the bytes."""

import numpy as np
import pytest
from onnx_makers import SIZE, exported, lively, noise

from segcore.errors import InputError
from segcore.frames.letterbox import letterbox
from segcore.predict.onnx.graph import IMAGE, SCORES
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.onnx.quantise import quantise


def scores_of(graph, size, image):
    pixels, _ = letterbox(image, size)
    return OnnxNetwork(lambda: graph).run([SCORES], {IMAGE: pixels[np.newaxis]})[0]


@pytest.mark.parametrize("architecture", ["unet_xception", "mobilenet_segnet"])
def test_a_quantised_network_says_nearly_the_same(architecture, tmp_path):
    graph = exported(lively(architecture), tmp_path, sharpening=0.5)
    images = [noise(*SIZE, 3, seed=seed) for seed in range(4)]
    small = quantise(graph, images, size=SIZE)
    assert all(node.op_type != "ConvTranspose" for node in small.graph.node)
    assert small.metadata_props == graph.metadata_props
    for size in (SIZE, (32, 64)):
        wanted, found = scores_of(graph, size, images[0]), scores_of(small, size, images[0])
        assert np.abs(found - wanted).mean() < 0.15 * wanted.std()


def test_without_pictures_there_is_no_range(tmp_path):
    with pytest.raises(InputError, match="no picture"):
        quantise(exported(lively("unet_xception"), tmp_path), [], size=SIZE)
