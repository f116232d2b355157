"""Files of Keras and TensorFlow Lite become ONNX that predicts the same; code in them never runs."""

import io
import runpy
import subprocess
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import numpy as np
import pytest

from segcore.adding import conversion
from segcore.adding.candidate import describe, opened
from segcore.adding.conversion import as_onnx
from segcore.adding.description import Options
from segcore.adding.inspection import inspect_network
from segcore.errors import InputError
from segcore.predict.onnx.network import OnnxNetwork

pytestmark = pytest.mark.slow
SIZE = (32, 64)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture
def in_this_process(monkeypatch):
    """Let the converter run in this process: another one takes seconds to load TensorFlow."""

    def run(command: list[str], **_options) -> subprocess.CompletedProcess:
        python, isolated, way, program, *arguments = command
        assert (python, isolated) == (sys.executable, "-P")
        monkeypatch.setattr(sys, "argv", [program, *arguments])
        said, code = io.StringIO(), 0
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            try:
                if way == "-m":
                    runpy.run_module(program, run_name="__main__")
                else:
                    exec(program, {"__name__": "__main__"})
            except SystemExit as ended:
                code = 0 if ended.code in (None, 0) else 1
                said.write(f"{ended.code}\n")
            except Exception:
                code = 1
                said.write(traceback.format_exc())
        return subprocess.CompletedProcess(command, code, "", said.getvalue())

    # The converter sets it for its process.
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    here = SimpleNamespace(run=run, TimeoutExpired=subprocess.TimeoutExpired)
    monkeypatch.setattr(conversion, "subprocess", here)


def _network(keras, size):
    image = keras.Input((*size, 3))
    features = keras.layers.Conv2D(8, 3, 2, padding="same", activation="relu")(image)
    scores = keras.layers.Conv2D(19, 1)(features)
    return keras.Model(image, keras.layers.UpSampling2D(2, interpolation="bilinear")(scores))


def _same(path, wanted, picture):
    network = OnnxNetwork(path.read_bytes)
    (found,) = network.run(None, {network.input_name: picture})
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("sides", [SIZE, (None, None)])
def test_a_keras_file_predicts_the_same(keras, in_this_process, tmp_path, ending, sides):
    keras.utils.set_random_seed(1)
    model = _network(keras, sides)
    model.save(tmp_path / f"a{ending}")
    as_onnx(tmp_path / f"a{ending}", tmp_path / "a.onnx", size=SIZE)
    picture = np.random.default_rng(0).uniform(0, 255, (1, *SIZE, 3)).astype(np.float32)
    # This layer can only be converted for one size, so that free sides take the one that was given.
    assert inspect_network(tmp_path / "a.onnx").sides("NHWC") == SIZE
    _same(tmp_path / "a.onnx", keras.ops.convert_to_numpy(model(picture)), picture)


def test_free_sides_stay_free_where_the_layers_allow_it(keras, in_this_process, tmp_path):
    image = keras.Input((None, None, 3))
    keras.Model(image, keras.layers.Conv2D(19, 1)(image)).save(tmp_path / "a.keras")
    with opened(tmp_path / "a.keras") as candidate:
        assert candidate.facts.sides("NHWC") == (None, None)
        found = describe(candidate, Options(preset="raw", size=(64, 96)), None)
        assert (found.how_in.size, found.how_in.multiple, found.how_out.layout) == ((64, 96), 32, "NHWC")


@pytest.mark.filterwarnings("ignore:'tf2onnx.convert' found in sys.modules")
def test_the_bytes_that_a_tflite_file_takes_are_known(keras, in_this_process, tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    keras.utils.set_random_seed(2)
    image = keras.Input((*SIZE, 3))
    model = keras.Model(image, keras.layers.Conv2D(4, 3, padding="same")(image))
    pictures = np.random.default_rng(0).uniform(0, 255, (4, 1, *SIZE, 3)).astype(np.float32)
    converter = tensorflow.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([picture] for picture in pictures)
    converter.target_spec.supported_ops = [tensorflow.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tensorflow.int8
    (tmp_path / "a.tflite").write_bytes(converter.convert())
    classes = tmp_path / "four.txt"
    classes.write_text("road\nsky\nperson\ncar\n")
    with opened(tmp_path / "a.tflite") as candidate:
        assert candidate.facts.dtype == "int8" and candidate.facts.sides("NHWC") == SIZE
        step, zero = candidate.facts.quantisation
        # The pixels 0..255 take all 256 steps.
        assert step == pytest.approx(1, abs=0.01) and zero == -128
        bare = describe(candidate, Options(), classes)
        assert bare.how_in.scale == (1, 1, 1) and bare.how_in.offset == (-128, -128, -128)
        raw = describe(candidate, Options(preset="raw"), classes)
        np.testing.assert_allclose(raw.how_in.scale, 1, atol=0.01)
        np.testing.assert_allclose(raw.how_in.offset, -128, atol=0.01)


def _lambda(keras, image):
    return keras.Model(
        image, keras.layers.Conv2D(19, 1)(keras.layers.Lambda(lambda value: value / 255)(image))
    )


def _two_inputs(keras, image):
    other = keras.Input((*SIZE, 3))
    return keras.Model([image, other], keras.layers.Conv2D(19, 1)(image + other))


def _not_a_picture(keras, image):
    numbers = keras.Input((7,))
    return keras.Model(numbers, keras.layers.Dense(3)(numbers))


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (_lambda, "a.keras", "holds code (a Lambda layer), which never runs here"),
        (_lambda, "a.h5", "holds code (a Lambda layer), which never runs here"),
        (_two_inputs, "a.keras", "has 2 inputs, expected one, the picture"),
        (_not_a_picture, "a.keras", "expected (batch, height, width, 3)"),
    ],
)
def test_keras_files_that_cannot_be_converted(keras, in_this_process, tmp_path, make, name, said):
    make(keras, keras.Input((*SIZE, 3))).save(tmp_path / name)
    with pytest.raises(InputError) as raised:
        as_onnx(tmp_path / name, tmp_path / "a.onnx", size=SIZE)
    assert said in str(raised.value) and "\n" not in str(raised.value)
    assert not (tmp_path / "a.onnx").exists()


def test_a_tflite_file_of_nonsense(tmp_path):
    (tmp_path / "-a.tflite").write_bytes(b"\x08\x00\x00\x00TFL3" + bytes(range(256)))
    with pytest.raises(InputError, match="cannot be converted to ONNX"):
        as_onnx(tmp_path / "-a.tflite", tmp_path / "a.onnx", size=SIZE)


def test_a_module_beside_the_file_is_not_taken_for_keras(keras, tmp_path, monkeypatch):
    (tmp_path / "keras.py").write_text("raise SystemExit('SegCompare: the wrong module')")
    monkeypatch.chdir(tmp_path)
    image = keras.Input((*SIZE, 3))
    keras.Model(image, keras.layers.Conv2D(19, 1)(image)).save("a.keras")
    as_onnx(tmp_path / "a.keras", tmp_path / "a.onnx", size=SIZE)
    assert (tmp_path / "a.onnx").is_file()
