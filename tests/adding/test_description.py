"""How a network is fed and read: known from its file where that says it, asked for where it does not."""

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tiny_onnx import COLORS, stripes, tiny_onnx

from segcore.adding.description import (
    PRESETS,
    Options,
    describe_input,
    describe_output,
    normalisation,
    probe_size,
)
from segcore.adding.inspection import inspect_network
from segcore.errors import InputError
from segcore.predict.foreign import ForeignClassifier, ForeignNetwork
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.preprocessing import network_input, network_scores
from segcore.predict.views import likeliest_classes
from segcore.runs.network_io import NetworkOutput

# What a network sees of a pixel, by the documentation of torchvision and of Keras' preprocessing.
BY_HAND = {
    "imagenet": lambda pixel: (
        (pixel / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    ),
    "minus-one-to-one": lambda pixel: pixel / 127.5 - 1,
    "zero-to-one": lambda pixel: pixel / 255,
    "raw": lambda pixel: pixel,
}


@pytest.mark.parametrize("preset", PRESETS)
@given(pixel=st.tuples(*[st.integers(0, 255)] * 3))
def test_a_preset_is_what_its_name_says(preset, pixel):
    scale, offset = normalisation("float32", Options(preset=preset))
    seen = np.array(pixel) * scale + offset
    np.testing.assert_allclose(seen, BY_HAND[preset](np.array(pixel, float)), atol=1e-6)


def test_a_preset_follows_the_order_of_the_channels():
    scale, offset = normalisation("float32", Options(preset="imagenet", channels="bgr"))
    seen = np.array([30, 20, 10]) * scale + offset
    np.testing.assert_allclose(seen, BY_HAND["imagenet"](np.array([10.0, 20, 30]))[::-1], atol=1e-6)


def test_mean_and_deviation_of_bytes_divided_by_255_afterwards():
    options = Options(mean=(104.0, 117.0, 123.0), std=(57.0,), pixel_range=255, factor=1 / 255)
    scale, offset = normalisation("float32", options)
    seen = np.array([10, 20, 30]) * scale + offset
    np.testing.assert_allclose(seen, (np.array([10, 20, 30]) - [104, 117, 123]) / 57 / 255, atol=1e-7)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(), "give --preset imagenet|minus-one-to-one|zero-to-one|raw, or --mean and --std"),
        (Options(preset="imagnet"), "There is no preset 'imagnet'"),
        (Options(preset="raw", std=(1.0,)), "choose one of them"),
        (Options(std=(0.0,)), "must not be 0"),
        (Options(mean=(0.5, 0.5)), "2 numbers are given; expected one, or three"),
        (Options(mean=(float("nan"),)), "must be finite"),
        (
            Options(mean=(123.675, 116.28, 103.53), std=(58.395,)),
            "The mean is 123.675, but the pixels are 0..1",
        ),
    ],
)
def test_a_normalisation_that_is_not_clear_is_asked_for(options, said):
    with pytest.raises(InputError) as raised:
        normalisation("float32", options)
    assert said in str(raised.value)


def test_bytes_need_no_normalisation():
    assert normalisation("uint8", Options()) == ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))


def _described(path, options):
    facts = inspect_network(path)
    how = describe_input(facts, options)
    session = onnxruntime.InferenceSession(path)
    size = probe_size(how)
    picture, _ = stripes(size)
    tried = describe_input(facts, Options(**{**options.__dict__, "size": size}))
    fed, _ = network_input(picture, tried)
    raw = {
        output.name: values
        for output, values in zip(facts.outputs, session.run(None, {"image": fed}), strict=True)
    }
    return how, *describe_output(facts, options, raw, size)


def _classes(path, how, output, picture):
    said = (OnnxNetwork(path.read_bytes), how, output, len(COLORS))
    if output.kind == "classes":
        return ForeignClassifier(*said).classes(picture)[0]
    return likeliest_classes(ForeignNetwork(*said).views(picture)[0], picture.shape[:2])


KINDS = [
    {"layout": "NCHW", "output_layout": "NCHW"},
    {"layout": "NHWC", "output_layout": "NHWC", "stride": 4},
    {"layout": "NHWC", "output_layout": "NCHW", "output": "probabilities"},
    {"layout": "NCHW", "output_layout": "NHWC", "stride": 8, "size": (64, 96)},
    {"layout": "NCHW", "output": "classes"},
    {"layout": "NHWC", "output": "classes", "dtype": "uint8", "size": (64, 64)},
]


@pytest.mark.parametrize("channels", ["rgb", "bgr"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_gives_the_classes_of_a_picture(tmp_path, kind, channels):
    is_bytes = kind.get("dtype") == "uint8"
    options = Options(
        preset=None if is_bytes else "imagenet", channels=channels, size=kind.get("size", (64, 96))
    )
    scale, offset = normalisation(kind.get("dtype", "float32"), options)
    path = tiny_onnx(tmp_path / "a.onnx", channels=channels, scale=scale, offset=offset, **kind)
    how, output, classes = _described(path, options)
    assert how.layout == kind["layout"] and how.channels == channels
    assert how.fit == ("stretch" if how.size == (64, 64) else "letterbox")
    assert output.kind == kind.get("output", "logits")
    assert classes == len(COLORS)
    picture, truth = stripes((64, 96))
    found = _classes(path, how, output, picture)
    # In the middle of the stripes, as a square input squeezes them together.
    columns = [12, 36, 60, 84]
    assert found[32, columns].tolist() == truth[32, columns].tolist() == [0, 1, 2, 3]


def test_letterboxed_pictures_come_back_without_their_margin(tmp_path):
    options = Options(preset="raw", size=(128, 128), fit="letterbox")
    path = tiny_onnx(tmp_path / "a.onnx")
    how, output, _ = _described(path, options)
    picture, truth = stripes((64, 128))
    fed, region = network_input(picture, how)
    assert fed.shape == (1, 3, 128, 128) and region == (slice(32, 96), slice(0, 128))
    assert np.array_equal(_classes(path, how, output, picture), truth)


@pytest.mark.parametrize(
    ("made", "options", "said"),
    [
        ({"size": (32, 64)}, Options(preset="raw", size=(64, 64)), "takes 32x64 (height x width) only"),
        ({}, Options(preset="raw", layout="NHWC"), "no three channels there"),
        ({"size": (32, 3)}, Options(preset="raw"), "choose --layout NCHW or NHWC"),
        ({}, Options(preset="raw", size=(64, 9000)), "sides of at most 4096 pixels"),
        ({}, Options(preset="raw", output="logit"), "no output 'logit'; choose one of scores"),
    ],
)
def test_what_contradicts_the_file_is_said(tmp_path, made, options, said):
    with pytest.raises(InputError) as raised:
        _described(tiny_onnx(tmp_path / "a.onnx", **made), options)
    assert said in str(raised.value)


def test_an_output_whose_axes_are_not_clear_is_asked_for(tmp_path):
    colors = [(index, index, index) for index in range(64)]
    path = tiny_onnx(tmp_path / "a.onnx", colors=colors, size=(64, 64))
    with pytest.raises(InputError, match="choose --output-layout NCHW or NHWC"):
        _described(path, Options(preset="raw"))
    assert _described(path, Options(preset="raw", output_layout="NCHW"))[1].layout == "NCHW"


@pytest.mark.parametrize(
    ("operator", "settings", "output", "options", "said"),
    [
        ("SequenceConstruct", {}, None, {}, "(scores no array); expected a score of each class"),
        ("SequenceConstruct", {}, None, {"output": "scores"}, "is no array of numbers; expected a score"),
        ("Cast", {"to": TensorProto.STRING}, TensorProto.STRING, {}, "can be read as a segmentation"),
        ("Cast", {"to": TensorProto.STRING}, TensorProto.STRING, {"output": "scores"}, "no array of numbers"),
        (
            "ReduceMax",
            {"axes": [1]},
            TensorProto.FLOAT,
            {},
            "values that are not whole numbers, so it is no map",
        ),
        ("Identity", {}, TensorProto.FLOAT, {"output_kind": "probabilities"}, "so they are no probabilities"),
    ],
)
def test_an_output_that_is_no_segmentation_is_said(tmp_path, operator, settings, output, options, said):
    path = tiny_onnx(tmp_path / "a.onnx", scale=(1 / 255,) * 3)
    model = onnx.load(path)
    model.graph.node[-1].output[0] = "inner"
    model.graph.node.append(helper.make_node(operator, ["inner"], ["scores"], **settings))
    value = (
        helper.make_tensor_sequence_value_info("scores", TensorProto.FLOAT, None)
        if output is None
        else helper.make_tensor_value_info("scores", output, None)
    )
    model.graph.output[0].CopyFrom(value)
    onnx.save(model, path)
    with pytest.raises(InputError) as raised:
        _described(path, Options(preset="zero-to-one", **options))
    assert said in str(raised.value) and "\n" not in str(raised.value)


def test_numbers_that_are_not_whole_are_no_classes_of_later_pictures_either():
    half = np.full((1, 1, 8, 8), 0.5, np.float32)
    with pytest.raises(ValueError, match="not whole numbers"):
        network_scores(half, NetworkOutput("scores", "classes"))
    assert network_scores(2 * half, NetworkOutput("scores", "classes")).tolist() == np.ones((8, 8)).tolist()
