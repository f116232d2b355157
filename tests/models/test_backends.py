"""Models, losses and metrics on the other back ends of Keras, against what TensorFlow gives.

A back end is chosen before Keras is imported, so each of them has a process of its own.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_models import SMALL, build_small

from segcore.training.losses import LOSSES, make_loss
from segcore.training.metrics import MeanIoU
from segcore.training.weights_file import save_weights

pytestmark = pytest.mark.slow

# Runs in the other process: rebuilds what is described in the folder and writes down what differs.
OTHER_PROCESS = """
import json, sys
from pathlib import Path
import keras
import numpy as np
from small_models import SMALL, build_small
from segcore.training.losses import LOSSES, make_loss
from segcore.training.metrics import MeanIoU

folder = Path(sys.argv[1])
given = np.load(folder / "given.npz")
report = {"backend": keras.backend.backend(), "logits": {}, "losses": {}}
for architecture in SMALL:
    model = build_small(architecture, image_size=(32, 64), seed=99)
    model.load_weights(folder / f"{architecture}.weights.h5")
    logits = keras.ops.convert_to_numpy(model(given["pictures"]))
    report["logits"][architecture] = float(np.abs(logits - given[architecture]).max())
for name in LOSSES:
    weights = (1, 2, 3, 4) if name.startswith("ce") else None
    report["losses"][name] = float(make_loss(name, class_weights=weights)(given["labels"], given["unet"]))
metric = MeanIoU(4)
metric.update_state(given["labels"], given["unet"])
report["mean_iou"] = float(metric.result())

model = build_small("segnet", image_size=(32, 64))
model.compile(keras.optimizers.Adam(1e-3), loss=make_loss("ce+dice"), metrics=[MeanIoU(4)])
steps = [model.train_on_batch(given["pictures"], given["labels"], return_dict=True) for _ in range(4)]
report["training"] = [float(step["loss"]) for step in steps]
print(json.dumps(report))
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_back_end_gives_the_same(backend, tmp_path):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, size=(2, 32, 64, 3)).astype("float32")
    labels = generator.choice([0, 1, 2, 3, 255], size=(2, 32, 64)).astype("uint8")
    expected = {}
    for architecture in SMALL:
        model = build_small(architecture, image_size=(32, 64))
        path = tmp_path / f"{architecture}.weights.h5"
        save_weights(model, path)
        model.load_weights(path)
        expected[architecture] = np.asarray(model(pictures))
    np.savez(tmp_path / "given.npz", pictures=pictures, labels=labels, **expected)

    report = run_with(backend, tmp_path)

    assert report["backend"] == backend
    for architecture, difference in report["logits"].items():
        assert difference < 1e-3 * np.abs(expected[architecture]).max(), architecture
    for name in LOSSES:
        loss = make_loss(name, class_weights=(1, 2, 3, 4) if name.startswith("ce") else None)
        assert report["losses"][name] == pytest.approx(float(loss(labels, expected["unet"])), rel=1e-4)
    metric = MeanIoU(4)
    metric.update_state(labels, expected["unet"])
    assert report["mean_iou"] == pytest.approx(float(metric.result()), abs=1e-6)
    assert np.isfinite(report["training"]).all()
    assert report["training"][-1] < report["training"][0]


def run_with(backend: str, folder: Path) -> dict:
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(root), str(root / "tests"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, str(folder)],
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": path.rstrip(os.pathsep)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
