"""What an ONNX file says of itself, and the sentence for each file that no run can be made of."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tiny_onnx import tiny_onnx

from segcore.adding.inspection import copy_whole, inspect_network
from segcore.errors import InputError


def test_what_is_in_the_file_is_read(tmp_path):
    facts = inspect_network(
        tiny_onnx(tmp_path / "a.onnx", layout="NHWC", dtype="uint8", output="classes", size=(32, 64))
    )
    assert (facts.input_name, facts.dtype, facts.input_shape) == ("image", "uint8", (1, 32, 64, 3))
    assert facts.layout == "NHWC" and facts.sides("NHWC") == (32, 64)
    assert facts.outputs[0].made_by == "ArgMax" and facts.outputs[0].is_integer
    assert facts.outputs[0].classes == 4 and facts.quantisation is None
    # Four classes of three channels and a bias each.
    assert facts.parameters == 16


def test_free_sides_are_none(tmp_path):
    facts = inspect_network(tiny_onnx(tmp_path / "a.onnx"))
    assert facts.layout == "NCHW" and facts.input_shape == (1, 3, None, None)


def test_a_layout_that_both_axes_allow_is_none(tmp_path):
    assert inspect_network(tiny_onnx(tmp_path / "a.onnx", size=(32, 3))).layout is None


def _changed(path, change):
    model = onnx.load(tiny_onnx(path))
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def _second_input(model):
    model.graph.input.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1]))


def _own_operator(model):
    model.graph.node[0].domain = "my.company"
    model.opset_import.append(helper.make_opsetid("my.company", 1))


def _external(model):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../elsewhere.bin")


def _new_opset(model):
    model.opset_import[0].version = 900


def _shape(*sides):
    def change(model):
        value = helper.make_tensor_value_info("image", TensorProto.FLOAT, list(sides))
        model.graph.input[0].CopyFrom(value)

    return change


def _text_input(model):
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("image", TensorProto.INT64, [1, 3, 8, 8]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_second_input, "has 2 inputs (image, mask); expected one"),
        (_own_operator, "has operators of 'my.company'"),
        (_external, "keeps its weights in '../elsewhere.bin'"),
        (_new_opset, "operator set 900"),
        (_shape(1, "channels", 8, 8), "no axis has three colours"),
        (_shape(1, 3, 8), "has 3 axes"),
        (_shape(8, 3, 8, 8), "takes 8 pictures at once"),
        (_text_input, "has the type int64; expected uint8, int8, float32, float16. Export it in float32"),
        (lambda model: model.graph.ClearField("node"), "has no network"),
    ],
)
def test_what_cannot_be_a_run_is_said_in_a_sentence(tmp_path, change, said):
    with pytest.raises(InputError) as raised:
        inspect_network(_changed(tmp_path / "a.onnx", change))
    assert said in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"PK\x03\x04 something else", b"{}", b"\xff" * 5000])
def test_other_files_are_no_networks(tmp_path, content):
    path = tmp_path / "a.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not an ONNX file"):
        inspect_network(path)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        inspect_network(tmp_path / "none.onnx")
    with pytest.raises(InputError, match="not a regular file"):
        inspect_network(tmp_path)


def test_a_file_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "a.onnx"
    with path.open("wb") as file:
        file.truncate(2_100_000_000)
    with pytest.raises(InputError, match=r"has 2\.1 GB"):
        inspect_network(path)


def test_weights_of_a_valid_file_are_what_was_written(tmp_path):
    model = onnx.load(tiny_onnx(tmp_path / "a.onnx", colors=((10, 20, 30), (40, 50, 60))))
    weights = numpy_helper.to_array(model.graph.initializer[0])
    np.testing.assert_allclose(weights[:, :, 0, 0] * 500, [[10, 20, 30], [40, 50, 60]], rtol=1e-6)


def test_a_type_that_onnx_does_not_have_is_said(tmp_path):
    def change(model):
        model.graph.input[0].type.tensor_type.elem_type = 99

    with pytest.raises(InputError, match="has the type number 99; expected uint8"):
        inspect_network(_changed(tmp_path / "a.onnx", change))


def _with_weights_beside(path):
    """Write a network as PyTorch's default does: its weights in ``<name>.data``."""
    model = onnx.load(tiny_onnx(path, colors=((10, 20, 30), (40, 50, 60))))
    onnx.save_model(model, path, save_as_external_data=True, location=f"{path.name}.data", size_threshold=0)
    return path


def test_weights_in_a_file_beside_it_are_moved_into_the_copy(tmp_path):
    source, folder = _with_weights_beside(tmp_path / "a.onnx"), tmp_path / "elsewhere"
    folder.mkdir()
    copy_whole(source, folder / "b.onnx")
    (tmp_path / "a.onnx.data").unlink()
    assert inspect_network(folder / "b.onnx").parameters == 8
    weights = numpy_helper.to_array(onnx.load(folder / "b.onnx").graph.initializer[0])
    np.testing.assert_allclose(weights[:, :, 0, 0] * 500, [[10, 20, 30], [40, 50, 60]], rtol=1e-6)


def test_a_file_without_others_is_copied_as_it_is(tmp_path):
    source = tiny_onnx(tmp_path / "a.onnx")
    copy_whole(source, tmp_path / "b.onnx")
    assert (tmp_path / "b.onnx").read_bytes() == source.read_bytes()


def test_weights_that_are_missing_or_too_short(tmp_path):
    source, beside = _with_weights_beside(tmp_path / "a.onnx"), tmp_path / "a.onnx.data"
    beside.write_bytes(beside.read_bytes()[:5])
    with pytest.raises(InputError, match=r"weights of .*a\.onnx cannot be read from a\.onnx\.data"):
        copy_whole(source, tmp_path / "b.onnx")
    beside.unlink()
    with pytest.raises(InputError, match=r"'a\.onnx\.data', which is not in its folder.*external_data=False"):
        copy_whole(source, tmp_path / "b.onnx")
    assert not (tmp_path / "b.onnx").exists()


def test_weights_in_another_folder_are_not_read(tmp_path):
    (tmp_path / "elsewhere.bin").write_bytes(bytes(1000))
    (tmp_path / "inner").mkdir()
    source = _changed(tmp_path / "inner" / "a.onnx", _external)
    with pytest.raises(InputError, match=r"'\.\./elsewhere\.bin', which is not in its folder"):
        copy_whole(source, tmp_path / "b.onnx")


def test_weights_that_make_one_file_too_large_are_refused_unread(tmp_path):
    source = _with_weights_beside(tmp_path / "a.onnx")
    with (tmp_path / "a.onnx.data").open("wb") as file:
        file.truncate(2_100_000_000)
    with pytest.raises(InputError, match=r"have 2\.1 GB, more than the 2 GB"):
        copy_whole(source, tmp_path / "b.onnx")


def test_errors_name_the_file_that_was_given(tmp_path):
    path = _changed(tmp_path / "a.onnx", _second_input)
    with pytest.raises(InputError, match=r"^given\.onnx has 2 inputs"):
        inspect_network(path, name=Path("given.onnx"))
