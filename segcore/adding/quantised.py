"""A copy of a run, quantised to 8 bits, as a new run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segcore.adding.publishing import common_record
from segcore.predict.onnx.export import export_run, write_model
from segcore.predict.onnx.graph import SCORES
from segcore.predict.onnx.quantise import quantise
from segcore.predict.onnx.weights import read_weights, with_weights
from segcore.runs.network_io import NetworkInput, NetworkOutput
from segcore.runs.record import record_from_json
from segcore.runs.run import MODEL_FILE, Run, check_weights, write_run
from segcore.system.files import sha256_of


def write_quantised(folder: Path, run: Run, images: Sequence[np.ndarray], *, size: tuple[int, int]) -> Run:
    """Write the 8-bit copy of a run with a network of this project into an empty folder and return it.

    Args:
        folder: empty, such as one of ``segcore.adding.publishing.new_run``.
        run: with a network of this project and its weights.
        images: uint8 RGB (height, width, 3), similar to those of the training; the range of each feature is measured
            on them.
        size: (height, width) in pixels of the only view of the copy, both divisible by 32.

    Raises:
        InputError: the weights are damaged or do not fit, there is no image, or ``size`` is not allowed.
    """
    check_weights(run)
    how_in = NetworkInput(size=size, layout="NHWC", multiple=32)
    whole = with_weights(export_run(run), read_weights(run.weights_path))
    write_model(quantise(whole, images, size=size), folder / MODEL_FILE)
    content = {
        **common_record("onnx", run.space, source=f"{run.name}, in 8 bits"),
        "input": how_in.to_json(),
        "output": NetworkOutput(SCORES, "logits", "NCHW").to_json(),
        "parameters": run.parameters,
        "weights_sha256": sha256_of(folder / MODEL_FILE),
        "notes": [
            f"The network of {run.name} (weights {(run.weights_sha256 or '')[:12]}) with weights and features of 8 "
            f"bits: ONNX Runtime's static quantisation, QDQ, per channel, ranges measured on {len(images)} frames. "
            "One view, no adaptation."
        ],
    }
    return write_run(folder, record_from_json(content))
