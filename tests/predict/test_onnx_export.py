"""Networks as ONNX graphs: every architecture, every size, and weights that come from another file."""

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx_makers import SIZE, exported, lively, noise, outputs
from small_models import SMALL, build_small

from segcore.errors import InputError
from segcore.models.build import sharpened
from segcore.predict.onnx.export import as_graph, write_model
from segcore.predict.onnx.graph import IMAGE, SCORES
from segcore.predict.onnx.run_network import read_model
from segcore.predict.onnx.weights import read_weights, with_weights
from segcore.training.weights_file import save_weights


def scores(model: onnx.ModelProto, image: np.ndarray) -> np.ndarray:
    """Return what ONNX Runtime says, as Keras lays it out."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run([SCORES], {IMAGE: image.astype(np.float32)})[0].transpose(0, 2, 3, 1)


@pytest.mark.parametrize("architecture", SMALL)
@pytest.mark.parametrize("sharpening", [0, 0.7])
def test_every_architecture_says_the_same_as_in_keras(architecture, sharpening, tmp_path):
    model, image = lively(architecture), noise(1, *SIZE, 3)
    wanted = outputs(sharpened(model, sharpening), image)
    found = scores(exported(model, tmp_path, sharpening=sharpening, full_size=True), image)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.parametrize("architecture", SMALL)
def test_one_graph_is_good_for_all_sizes(architecture, tmp_path):
    graph = exported(lively(architecture), tmp_path, full_size=True)
    other = build_small(architecture, image_size=(96, 32))
    other.set_weights(lively(architecture).get_weights())
    image = noise(1, 96, 32, 3)
    wanted = outputs(other, image)
    np.testing.assert_allclose(scores(graph, image), wanted, rtol=1e-4, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.parametrize(
    ("architecture", "arguments"),
    [
        ("unet", {"filters": (4, 8), "batch_norm": False, "dropout": 0.5}),
        ("unet_xception", {"filters": (8, 8), "skips": False, "middle_blocks": 1, "head_stride": 4}),
        ("unet_xception", {"filters": (8, 8), "head_stride": 2, "dropout": 0.5}),
        (
            "mobilenet_segnet",
            {"alpha": 0.25, "output_stride": 8, "decoder_filters": (8,), "context": True, "dropout": 0.2},
        ),
        ("fcn", {"filters": (4, 4, 4, 4, 4), "classifier_filters": 4, "batch_norm": False, "dropout": 0.5}),
    ],
)
def test_further_arguments_of_the_architectures(architecture, arguments, tmp_path):
    from segcore.models.build import build_model

    model = build_model(architecture, num_classes=3, image_size=SIZE, **arguments)
    image = noise(1, *SIZE, 3)
    wanted = outputs(model, image)
    found = scores(exported(model, tmp_path, full_size=True), image)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5 + 1e-4 * np.abs(wanted).max())


def test_transposed_convolutions_without_strides_are_plain_ones():
    kinds = {node.op_type for node in as_graph(build_small("unet_xception")).graph.node}
    assert "Conv" in kinds and "ConvTranspose" not in kinds


def test_the_file_is_small_and_takes_its_weights_from_another(tmp_path):
    model, image = lively("unet_xception"), noise(1, *SIZE, 3)
    save_weights(model, tmp_path / "model.weights.h5")
    write_model(as_graph(model), tmp_path / "model.onnx")
    write_model(as_graph(model), tmp_path / "alone.onnx", weights=tmp_path / "model.weights.h5")
    assert (tmp_path / "model.onnx").stat().st_size < 20_000
    onnx.checker.check_model(str(tmp_path / "alone.onnx"), full_check=True)
    outside = read_model(tmp_path / "model.onnx", tmp_path / "model.weights.h5")
    inside = read_model(tmp_path / "alone.onnx")
    np.testing.assert_array_equal(scores(outside, image), scores(inside, image))
    model.load_weights(tmp_path / "model.weights.h5")
    stored = {tuple(np.ravel(value)) for value in map(np.sort, map(np.ravel, model.get_weights()))}
    graph = {
        tuple(np.sort(np.ravel(onnx.numpy_helper.to_array(tensor))))
        for tensor in outside.graph.initializer
        if "/weight" in tensor.name
    }
    assert graph == stored


def test_the_same_network_is_the_same_file(tmp_path):
    for name in ("one", "two"):
        keras.utils.clear_session()
        write_model(as_graph(build_small("segnet")), tmp_path / f"{name}.onnx")
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()


def test_weights_of_another_network_are_refused(tmp_path):
    model, other = build_small("unet_xception"), build_small("segnet")
    wide = keras.models.clone_model(build_small("unet_xception", num_classes=5))
    for each, reason in ((other, "which the graph does not have"), (wide, "has the shape")):
        each.save_weights(tmp_path / "other.weights.h5")
        with pytest.raises(InputError, match=rf"{reason}.*segcore export"):
            with_weights(as_graph(model), read_weights(tmp_path / "other.weights.h5"))
    weights = read_weights(tmp_path / "other.weights.h5")
    weights.pop("logits/weight0")
    with pytest.raises(InputError, match="no logits/weight0"):
        with_weights(as_graph(wide), weights)


def test_files_that_are_none(tmp_path):
    (tmp_path / "text.h5").write_text("no weights")
    with pytest.raises(InputError, match=r"text\.h5 is not a readable weights file"):
        read_weights(tmp_path / "text.h5")
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(InputError, match=r"text\.onnx is not a readable ONNX file"):
        read_model(tmp_path / "text.onnx")
    with pytest.raises(InputError, match=r"none\.onnx is missing"):
        read_model(tmp_path / "none.onnx")
    write_model(as_graph(build_small("unet")), tmp_path / "model.onnx")
    with pytest.raises(InputError, match="has its weights in another file"):
        read_model(tmp_path / "model.onnx")


def test_weights_that_are_not_finite_are_refused(tmp_path):
    model = build_small("unet_xception")
    model.get_layer("logits").bias.assign([np.nan] * 4)
    model.save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(InputError, match="not finite"):
        read_weights(tmp_path / "model.weights.h5")


def test_layers_of_other_projects_are_named():
    inputs = keras.Input((*SIZE, 3))
    x = keras.layers.Rescaling(1)(inputs)
    x = keras.layers.LayerNormalization(name="foreign")(x)
    model = keras.Model(inputs, keras.layers.Conv2D(2, 1, name="logits")(x))
    with pytest.raises(
        InputError, match="foreign cannot be written as ONNX: it is one of the kind LayerNorm"
    ):
        as_graph(model)
