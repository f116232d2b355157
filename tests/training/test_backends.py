"""One training on all back ends of Keras that are installed, each going on where another left off."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from makers import make_cityscapes

PROJECT = Path(__file__).resolve().parents[2]
BACKENDS = [name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)]
CONFIGS = {
    "unet_xception": {
        "model": "unet_xception",
        "arguments": {"filters": [16, 16], "head_stride": 4, "middle_blocks": 1},
        "precision": "mixed_bfloat16",
    },
    "mobilenet_segnet": {
        "model": "mobilenet_segnet",
        "arguments": {"alpha": 0.25, "output_stride": 16, "decoder_filters": [16, 16]},
    },
}
TINY = {
    "image_size": [32, 64],
    "loss_grid": "logits",
    "class_weights": "log",
    "decay_epochs": 0,
    "batch_size": 2,
    "warmup_steps": 2,
    "ema": 0.5,
}

pytestmark = pytest.mark.slow


def run(backend, *arguments, runs=None):
    """Run Python with these arguments on a back end; return what it wrote to stdout."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | {"KERAS_BACKEND": backend, "SEGCORE_RUNS": str(runs)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{backend}\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.skipif(len(BACKENDS) < 2, reason="only one back end of Keras is installed")
@pytest.mark.parametrize("model", CONFIGS)
def test_a_training_goes_on_under_another_back_end_and_scores_the_same_there(model, tmp_path):
    data = make_cityscapes(tmp_path / "city", frames={"train": 4, "val": 2}, size=(32, 64))
    config = tmp_path / "tiny.json"
    config.write_text(json.dumps(TINY | CONFIGS[model]))
    arguments = ("-m", "segcore", "train", "--run", "tiny", "--data", data, "--config", config)
    # Round to the first again, so that each reads what each other wrote.
    for epochs, backend in enumerate((*BACKENDS, BACKENDS[0]), start=1):
        run(backend, *arguments, "--epochs", epochs, *["--resume"] * (epochs > 1), runs=tmp_path)
    lines = (tmp_path / "tiny" / "history.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["epoch", *map(str, range(1, epochs + 1))]

    scores = []
    for backend in BACKENDS:
        file = tmp_path / f"{backend}.json"
        run(
            backend,
            "-m",
            "segcore",
            "evaluate",
            "--run",
            "tiny",
            "--data",
            data,
            "--json",
            file,
            runs=tmp_path,
        )
        scores.append(json.loads(file.read_text()))
    for other in scores[1:]:
        # A pixel whose two best classes are nearly equal may fall to either.
        assert other["miou"] == pytest.approx(scores[0]["miou"], abs=2e-3)
        assert other["pixel_accuracy"] == pytest.approx(scores[0]["pixel_accuracy"], abs=2e-3)


# The one in use runs these files anyway.
@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != keras.backend.backend()])
def test_averaging_batch_statistics_and_distillation_are_right_on_every_other_back_end(backend):
    files = ("tests/training/test_callbacks.py", "tests/training/test_distillation.py")
    run(backend, "-m", "pytest", "-p", "no:cacheprovider", *files)
