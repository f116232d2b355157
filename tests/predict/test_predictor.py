"""Loading runs, good and damaged, and what they predict."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import h5py
import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from makers import make_run, with_record
from tiny_runs import ARCHITECTURE, ARGUMENTS, SIZE, edit_record, tiny_run

from segcore.errors import InputError
from segcore.frames.letterbox import letterbox
from segcore.models.build import build_model, logits_model
from segcore.models.layers import Sharpen
from segcore.predict import predictor as inference
from segcore.predict.keras_network import load_model
from segcore.predict.predictor import load_predictor
from segcore.predict.views import View, likeliest_classes, softmax
from segcore.runs.run import Run, read_run
from segcore.system.files import sha256_of


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return tiny_run(tmp_path_factory.mktemp("runs"), onnx=False)


@pytest.fixture(scope="module")
def predictor(run: Run):
    return load_predictor(run)


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*SIZE, 3), dtype=np.uint8)


def test_the_stored_weights_are_what_predicts(run, predictor, image):
    model = build_model(ARCHITECTURE, num_classes=19, image_size=SIZE, **ARGUMENTS)
    model.load_weights(run.weights_path)
    expected = keras.ops.convert_to_numpy(model(image[np.newaxis].astype(np.float32), training=False))[0]
    logits, _ = predictor.logits(image)
    np.testing.assert_allclose(logits, expected, atol=1e-4)
    assert len(np.unique(expected.argmax(-1))) > 3
    prediction = predictor.predict(image)
    np.testing.assert_array_equal(prediction.class_map, expected.argmax(-1))
    np.testing.assert_array_equal(prediction.probabilities.argmax(-1), expected.argmax(-1))
    assert prediction.seconds > 0


def test_shapes_and_dtypes_at_any_size(predictor):
    for size in (SIZE, (128, 192), (33, 77), (1, 1)):
        prediction = predictor.predict(np.full((*size, 3), 99, np.uint8))
        assert prediction.class_map.shape == size
        assert prediction.class_map.dtype == np.uint8
        assert prediction.class_map.max() < 19
        assert prediction.probabilities.shape[2] == 19
        assert prediction.probabilities.dtype == np.float32
        np.testing.assert_allclose(prediction.probabilities.sum(-1), 1, atol=1e-5)


def test_classify_is_predict_without_probabilities(predictor, image):
    class_map, seconds = predictor.classify(image)
    np.testing.assert_array_equal(class_map, predictor.predict(image).class_map)
    assert seconds > 0
    found = predictor.classify_with_confidence(image)
    confidence = found.confidence
    np.testing.assert_array_equal(found.class_map, class_map)
    # One view is all there is.
    assert 0 < found.first_view_seconds <= found.seconds
    assert confidence.shape == class_map.shape and 1 / 19 <= confidence.min() <= confidence.max() <= 1


def test_a_run_of_two_sizes_looks_twice_with_the_same_weights_once_at_the_mirror_image(run, image):
    both = with_record(run, inference_sizes=[[*SIZE], [32, 64]])
    small = with_record(run, input_size=[32, 64])
    large, _ = load_predictor(run).logits(image)
    mirrored, _ = load_predictor(small).logits(image[:, ::-1].copy())
    enlarged = cv2.resize(mirrored[:, ::-1].copy(), SIZE[::-1])
    logits, _ = load_predictor(both).logits(image)
    np.testing.assert_allclose(logits, (large + enlarged) / 2, atol=1e-4)
    found = load_predictor(both).classify_with_confidence(image)
    assert 0 < found.first_view_seconds < found.seconds


def test_a_run_may_look_twice_at_one_size(run, image):
    twice = with_record(run, inference_sizes=[[*SIZE], [*SIZE]])
    once = load_predictor(run)
    mirrored, _ = once.logits(image[:, ::-1].copy())
    logits, _ = load_predictor(twice).logits(image)
    np.testing.assert_allclose(logits, (once.logits(image)[0] + mirrored[:, ::-1]) / 2, atol=1e-4)


def test_sharpening_is_an_unsharp_mask_of_the_coarse_logits(tmp_path, image):
    arguments = {"filters": [16, 24], "head_stride": 4}
    run = tiny_run(tmp_path, arguments=arguments, onnx=False)
    sharp = with_record(run, sharpening=1.5)
    assert sharp.version != run.version
    coarse = logits_model(load_model(run))[0].predict_on_batch(letterbox(image, SIZE)[0][np.newaxis])[0]
    weights = np.outer((1, 2, 1), (1, 2, 1)) / 16
    smooth = cv2.filter2D(coarse, -1, weights, borderType=cv2.BORDER_REPLICATE)
    expected = cv2.resize(coarse + 1.5 * (coarse - smooth), SIZE[::-1])
    rows, columns = letterbox(image, SIZE)[1]
    np.testing.assert_allclose(
        load_predictor(sharp).logits(image)[0], expected[rows, columns], rtol=1e-5, atol=1e-4
    )


@given(
    values=arrays(np.float32, (1, 3, 4, 2), elements=st.floats(-100, 100, width=32)),
    bias=st.floats(-100, 100, width=32),
    amount=st.floats(0, 10, width=32),
)
def test_a_bias_comes_through_sharpening_as_it_is(values, bias, amount):
    sharpen = Sharpen(amount)
    apart = keras.ops.convert_to_numpy(sharpen(values + bias)) - keras.ops.convert_to_numpy(sharpen(values))
    np.testing.assert_allclose(apart, bias, atol=0.02)


def test_a_further_size_that_cannot_be_built_is_named(run):
    odd = with_record(run, inference_sizes=[[50, 64]])
    with pytest.raises(InputError, match=r"tiny cannot be used: .* divisible by 32"):
        load_predictor(odd)


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="PyTorch calls layer by layer")
def test_every_way_to_call_it_is_compiled_once(predictor, image, monkeypatch):
    """The eager path would call the model's layers in Python each time."""
    calls = []
    ((_, model),) = predictor._network._views
    original = type(model).call

    def counted(self, *arguments, **options):
        calls.append(1)
        return original(self, *arguments, **options)

    monkeypatch.setattr(type(model), "call", counted)
    predictor.predict(image)
    predictor.predict(np.zeros((10, 10, 3), np.uint8))
    assert calls == []
    model(image[np.newaxis])
    assert calls, "the check sees no eager call"


def test_threads_get_the_answer_to_their_own_picture(predictor):
    images = [np.full((*SIZE, 3), value, np.uint8) for value in (0, 80, 160, 255)]
    expected = [predictor.logits(image)[0] for image in images]
    found: dict[int, np.ndarray] = {}

    def ask(index: int) -> None:
        found[index] = predictor.logits(images[index])[0]

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, logits in enumerate(expected):
        np.testing.assert_allclose(found[index], logits, atol=1e-5)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        np.zeros((1, 8, 8, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(predictor, image):
    with pytest.raises(ValueError, match=r"expected an image uint8 \(h, w, 3\), received"):
        predictor.predict(image)


def classes_at(logits: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = logits.shape[:2]
    view = View(logits.transpose(2, 0, 1), (height, width), slice(0, height), slice(0, width))
    return likeliest_classes([view], size)


def test_onnx_runtime_and_keras_predict_the_same(tmp_path, image):
    settings = {"inference_sizes": [[96, 128], [64, 96]], "sharpening": 0}
    of_onnx = edit_record(tiny_run(tmp_path, "onnx").path, **settings)
    of_keras = edit_record(tiny_run(tmp_path, "keras", onnx=False).path, **settings)
    assert of_onnx.starts_quickly and not of_keras.starts_quickly
    for picture in (image, image[:40], image[:, :50]):
        found, wanted = (load_predictor(run).predict(picture) for run in (of_onnx, of_keras))
        np.testing.assert_array_equal(found.class_map, wanted.class_map)
        np.testing.assert_allclose(found.probabilities, wanted.probabilities, atol=1e-4)


def test_a_graph_that_sharpens_otherwise_is_named(tmp_path):
    run = edit_record(tiny_run(tmp_path).path, sharpening=2)
    with pytest.raises(InputError, match=r"has the sharpening 0, but run\.json has 2; write it again with"):
        load_predictor(run)


def test_weights_of_another_network_do_not_fit_the_graph(tmp_path):
    run, other = tiny_run(tmp_path), tiny_run(tmp_path, "other", arguments={"filters": (16, 32)})
    run.weights_path.write_bytes(other.weights_path.read_bytes())
    run = edit_record(run.path, weights_sha256=other.weights_sha256)
    with pytest.raises(InputError, match="do not fit the graph"):
        load_predictor(run)


def test_classes_at_interpolates_scores():
    # One row, two pixels: class 1 leads strongly on the right, class 0 weakly on the left.
    logits = np.array([[[1.0, 0.0], [0.0, 5.0]]], np.float32)
    assert classes_at(logits, (1, 2)).tolist() == [[0, 1]]
    # Pixel centres at 1/4 and 3/4 of the way: 0.75 to 1.25 and 0.25 to 3.75, so class 1 takes three of four.
    assert classes_at(logits, (1, 4)).tolist() == [[0, 1, 1, 1]]


def test_classes_at_of_equal_scores_takes_the_lower_class():
    logits = np.zeros((2, 2, 5), np.float32)
    assert classes_at(logits, (2, 2)).max() == 0
    assert classes_at(logits, (4, 4)).max() == 0


def test_classes_at_agrees_with_enlarging_everything_at_once():
    import cv2

    logits = np.random.default_rng(1).normal(size=(8, 12, 19)).astype(np.float32)
    for size in ((16, 24), (19, 31), (4, 6)):
        expected = cv2.resize(logits, size[::-1]).argmax(-1)
        assert (classes_at(logits, size) == expected).mean() > 0.999


def test_softmax_of_large_scores():
    np.testing.assert_allclose(softmax(np.array([[1000.0, 1000.0, -1000.0]], np.float32)), [[0.5, 0.5, 0]])


def test_a_run_without_weights_says_so(tmp_path):
    with pytest.raises(InputError, match="run bare keeps its scores but not its weights"):
        load_predictor(read_run(make_run(tmp_path, "bare")))


def test_weights_that_were_changed_are_refused(tmp_path):
    path = tiny_run(tmp_path, onnx=False).path
    content = bytearray((path / "model.weights.h5").read_bytes())
    content[len(content) // 2] ^= 1
    (path / "model.weights.h5").write_bytes(content)
    with pytest.raises(InputError, match=r"run tiny cannot be used: model\.weights\.h5 has sha256"):
        load_predictor(read_run(path))


@pytest.mark.parametrize("content", [b"", b"no weights at all", None])
def test_weights_that_are_no_weights_are_refused(tmp_path, content):
    path = tiny_run(tmp_path, onnx=False).path
    weights = path / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:5000] if content is None else content)
    run = edit_record(path, weights_sha256=sha256_of(weights))
    with pytest.raises(InputError, match=r"model\.weights\.h5 does not fit unet_xception"):
        load_predictor(run)


def test_weights_of_another_network_are_refused(tmp_path):
    run = edit_record(tiny_run(tmp_path, onnx=False).path, arguments={"filters": [16, 32]})
    with pytest.raises(InputError, match="does not fit unet_xception"):
        load_predictor(run)
    run = edit_record(
        tiny_run(tmp_path, "other", onnx=False).path,
        architecture="fcn",
        arguments={"filters": [8, 8, 16, 16, 16], "classifier_filters": 16},
    )
    with pytest.raises(InputError, match="does not fit fcn"):
        load_predictor(run)


def change_weights(path: Path, change: Callable[[h5py.Group, str], None]) -> Run:
    """Change the first layer with variables in a run's weights file and record its new checksum."""
    with h5py.File(path / "model.weights.h5", "r+") as file:
        change(file["layers"], next(name for name, layer in file["layers"].items() if len(layer["vars"])))
    return edit_record(path, weights_sha256=sha256_of(path / "model.weights.h5"))


def test_a_layer_that_the_file_lacks_is_noticed(tmp_path):
    def remove(layers: h5py.Group, name: str) -> None:
        del layers[name]

    with pytest.raises(InputError, match="does not fit unet_xception"):
        load_predictor(change_weights(tiny_run(tmp_path, onnx=False).path, remove))


def test_weights_that_are_not_finite_are_noticed(tmp_path):
    def spoil(layers: h5py.Group, name: str) -> None:
        layers[name]["vars"]["0"][...] = np.nan

    with pytest.raises(InputError, match="it holds values that are not finite"):
        load_predictor(change_weights(tiny_run(tmp_path, onnx=False).path, spoil))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arguments": {"depth": 5}}, "no argument depth"),
        ({"arguments": {"filters": "wide"}}, "cannot be built"),
        ({"input_size": [60, 96]}, "divisible by 32"),
        ({"normalization": {"scale": 1 / 255, "offset": 0}}, "scale 0.0039"),
        ({"normalization": {"scale": 2 / 255}}, "offset None"),
    ],
)
def test_records_that_describe_no_network_are_refused(tmp_path, changes, message):
    run = edit_record(tiny_run(tmp_path, onnx=False).path, **changes)
    with pytest.raises(InputError, match=message):
        load_predictor(run)


def test_a_record_without_normalization_is_taken_as_ours(tmp_path):
    path = tiny_run(tmp_path, onnx=False).path
    record = json.loads((path / "run.json").read_text())
    del record["normalization"]
    (path / "run.json").write_text(json.dumps(record))
    assert inference.load_predictor(read_run(path)).run.name == "tiny"
