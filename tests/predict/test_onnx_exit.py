"""A process may end while one of its threads predicts."""

import subprocess
import sys
from pathlib import Path

from tiny_onnx import tiny_onnx

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
import threading
import numpy as np
from segcore.predict.onnx.network import OnnxNetwork

content = open(sys.argv[1], "rb").read()
network = OnnxNetwork(lambda: content)
picture = {network.input_name: np.zeros((1, 3, 640, 1280), np.float32)}
begun = threading.Event()

def predict():
    while True:
        network.run(None, picture)
        begun.set()

threading.Thread(target=predict, daemon=True).start()
assert begun.wait(60)
"""


def test_the_end_of_a_process_waits_for_the_network_that_runs(tmp_path):
    path = tiny_onnx(tmp_path / "model.onnx")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
