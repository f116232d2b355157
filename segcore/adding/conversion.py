"""Conversion of files of other frameworks to ONNX, once, when a run is added."""

import subprocess
import sys
import zipfile
from pathlib import Path

from segcore.errors import InputError

ENDINGS = (".onnx", ".keras", ".h5", ".hdf5", ".tflite")
"""Endings of network files that can be added. All except the first are converted, which needs TensorFlow."""

_OPSET = 17
_MOST_SECONDS = 900
# Conversion runs in another process: this one does not load TensorFlow, and a file that crashes it does no harm.
_KERAS = """
import os, sys
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
source, target, opset, height, width = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
import keras, tensorflow as tf, tf2onnx
model = keras.saving.load_model(source, compile=False, safe_mode=True)
if len(model.inputs) != 1:
    sys.exit(f"SegCompare: it has {len(model.inputs)} inputs, expected one, the picture")
shape = tuple(model.inputs[0].shape)
if len(shape) != 4:
    sys.exit(f"SegCompare: its input has the shape {shape}, expected (batch, height, width, 3)")
def convert(shape):
    signature = [tf.TensorSpec((1, *shape), model.inputs[0].dtype, name="image")]
    function = tf.function(lambda image: model(image, training=False))
    tf2onnx.convert.from_function(function, input_signature=signature, opset=opset, output_path=target)
try:
    convert(shape[1:])
except Exception:
    if None not in shape[1:]:
        raise
    # Some layers can only be converted for one size.
    sides = iter((height, width))
    convert([next(sides) if side is None else side for side in shape[1:]])
"""


def as_onnx(source: Path, target: Path, *, size: tuple[int, int]) -> None:
    """Convert a network file to ONNX.

    Args:
        source: a file with one of ``ENDINGS`` except ``.onnx``. Keras files are loaded in safe mode: code in them
            never runs.
        target: path of the ONNX file.
        size: (height, width) for the conversion, if the network takes any size but can only be converted for one.

    Raises:
        InputError: the file cannot be converted, or TensorFlow or tf2onnx is not installed.
    """
    ending = source.suffix.lower()
    _check_kind(source, ending)
    # Absolute paths, because a name may begin with "-".
    paths, opset = (str(source.absolute()), str(target.absolute())), str(_OPSET)
    if ending == ".tflite":
        command = ["-m", "tf2onnx.convert", "--tflite", paths[0], "--output", paths[1], "--opset", opset]
    else:
        command = ["-c", _KERAS, *paths, opset, *map(str, size)]
    try:
        done = subprocess.run(
            # -P: a file keras.py in the working folder must not be imported instead of Keras.
            [sys.executable, "-P", *command],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{source} was not converted within {_MOST_SECONDS // 60} minutes; convert it to ONNX."
        ) from error
    if done.returncode or not target.is_file():
        raise InputError(f"{source} cannot be converted to ONNX: {_reason(done.stderr)}.")


def _check_kind(source: Path, ending: str) -> None:
    try:
        with source.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}.") from error
    is_right = {
        ".keras": start[:2] == b"PK" and zipfile.is_zipfile(source),
        ".h5": start == b"\x89HDF\r\n\x1a\n",
        ".hdf5": start == b"\x89HDF\r\n\x1a\n",
        ".tflite": start[4:8] == b"TFL3",
    }
    if not is_right[ending]:
        raise InputError(f"{source} is not a {ending} file, despite its name; give the file of the network.")
    if source.name.endswith(".weights.h5"):
        raise InputError(
            f"{source} holds weights without their network; save the whole model with model.save."
        )


def _reason(output: str) -> str:
    """Return the most helpful line of a converter's output."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if ours := next(
        (line.removeprefix("SegCompare: ") for line in lines if line.startswith("SegCompare: ")), None
    ):
        return ours
    missing = next((line for line in lines if line.startswith("ModuleNotFoundError")), None)
    if missing:
        package = missing.rpartition("named ")[2].strip("'\"").partition(".")[0]
        return f"the package {package} is missing; install tensorflow and tf2onnx"
    if any("safe_mode" in line or "Lambda" in line for line in lines):
        return "it holds code (a Lambda layer), which never runs here; export it as ONNX where you trained it"
    errors = [line for line in lines if "Error" in line.partition(":")[0]] or lines
    return (errors[-1][:200] if errors else "the converter gave no reason").rstrip(".")
