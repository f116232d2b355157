"""A run with a small network, whose untrained weights give different classes."""

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import keras
import numpy as np
from makers import make_run

from segcore.models.build import build_model
from segcore.predict.onnx.export import as_graph, write_model
from segcore.runs.run import MODEL_FILE, Run, read_run
from segcore.system.files import sha256_of

SIZE = (64, 96)
ARCHITECTURE = "unet_xception"
ARGUMENTS = {"filters": (16, 24)}


def tiny_run(
    root: Path,
    name: str = "tiny",
    *,
    label_space: str = "train_ids",
    arguments: dict = ARGUMENTS,
    seed: int = 0,
    onnx: bool = True,
) -> Run:
    """Write a run that predicts several classes; with initial weights its logits would be nearly equal.

    With ``onnx`` it has a ``model.onnx`` like a published run, otherwise Keras predicts.
    """
    made = _made(label_space, json.dumps(arguments), seed, onnx)
    return read_run(shutil.copytree(made, Path(root) / name))


_MADE = tempfile.TemporaryDirectory(prefix="tiny_runs-")


# Building and exporting a network takes a second, and many tests need the same.
@cache
def _made(label_space: str, arguments_as_json: str, seed: int, onnx: bool) -> Path:
    arguments = json.loads(arguments_as_json)
    path = make_run(
        tempfile.mkdtemp(dir=_MADE.name),
        "tiny",
        evaluation=False,
        input_size=SIZE,
        architecture=ARCHITECTURE,
        arguments=arguments,
        seed=seed,
    )
    num_classes = {"train_ids": 19, "categories": 7}[label_space]
    keras.utils.set_random_seed(seed)
    model = build_model(ARCHITECTURE, num_classes=num_classes, image_size=SIZE, **arguments)
    noise = np.random.default_rng(seed).integers(0, 256, (1, *SIZE, 3)).astype(np.float32)
    kernel, bias = model.get_layer("logits").get_weights()
    logits = keras.ops.convert_to_numpy(model(noise, training=False))
    scale = 3 / logits.std()
    bias = bias - scale * logits.mean((0, 1, 2))
    # The class "train" is never predicted, like some rare classes.
    bias[16:17] = -1000
    model.get_layer("logits").set_weights([kernel * scale, bias])
    model.save_weights(path / "model.weights.h5")
    if onnx:
        write_model(as_graph(model), path / MODEL_FILE)
    edit_record(
        path,
        label_space=label_space,
        num_classes=num_classes,
        parameters=model.count_params(),
        weights_sha256=sha256_of(path / "model.weights.h5"),
    )
    return path


def edit_record(path: Path, **changes) -> Run:
    """Change keys of a run's ``run.json`` and read the run again."""
    record = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps(record | changes))
    return read_run(path)
