"""Weight averaging: one network whose weights are the average over several runs; it is as fast as one of them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.predict.keras_network import load_model
from segcore.predict.onnx.export import publish_graph
from segcore.runs.lineage import AveragedRun, Averaging
from segcore.runs.lock import only_writer
from segcore.runs.run import HISTORY_FILE, RECORD_FILE, WEIGHTS_FILE, Run, write_run
from segcore.system.files import check_writable, replace_file, sha256_of
from segcore.training.callbacks import settle_batch_norm
from segcore.training.config import TrainingConfig
from segcore.training.setup import make_batches
from segcore.training.splits import training_frames
from segcore.training.weights_file import round_kernels, save_weights

_ALIKE = {
    "architecture": lambda run: run.architecture,
    "arguments": lambda run: run.arguments,
    "label_space": lambda run: (run.label_space, run.space.class_names),
}


def average_runs(runs: Sequence[Run], folder: Path, *, data_root: Path, command: str) -> Run:
    """Write a run with the average of the weights of ``runs``, and return it.

    Trainings that started from the same weights end in the same valley of the loss, and their average is often better
    than each of them (Wortsman et al. 2022). Batch statistics are measured for the average, at the size of the first
    run. Curves and record are those of the first run; the record also names the averaged runs.

    Args:
        runs: at least two, with weights of one architecture.
        folder: of the new run.
        data_root: folder of a data set; batch statistics are measured on its training split.
        command: the command line, for the record.

    Raises:
        InputError: ``folder`` is already a run or cannot be written, the runs differ or cannot be loaded, or the first
            run has no record of its training.
        OSError: the disk is full.
    """
    first, *others = runs
    if (folder / RECORD_FILE).exists():
        raise InputError(f"The run {folder.name} already exists; choose another name, or remove {folder}.")
    for other in others:
        if differing := [name for name, of in _ALIKE.items() if of(other) != of(first)]:
            raise InputError(
                f"The runs {first.name} and {other.name} differ in {', '.join(differing)}; only runs with the same "
                "values can be averaged."
            )
    if not first.training:
        raise InputError(
            f"The run {first.name} has no record of its training, which is needed to measure batch statistics for the "
            "average; put another run first."
        )
    check_writable(folder / RECORD_FILE, remedy="make its folder writable, or set SEGCOMPARE_RUNS")
    with only_writer(folder):
        return _write_average(runs, folder, data_root=data_root, command=command)


def _write_average(runs: Sequence[Run], folder: Path, *, data_root: Path, command: str) -> Run:
    first, *others = runs
    config = TrainingConfig.from_dict({**first.training, "encoder_weights": "none"})
    frames = training_frames(open_dataset(data_root))
    model = load_model(first)
    weights = [
        model.get_weights(),
        *(load_model(other, image_size=first.input_size).get_weights() for other in others),
    ]
    model.set_weights([np.mean(same, axis=0) for same in zip(*weights, strict=True)])
    round_kernels(model, config.kernel_bits)
    settle_batch_norm(model, make_batches(config, frames, training=False, shuffle=True))
    with replace_file(folder / WEIGHTS_FILE) as temporary:
        save_weights(model, temporary)
    if (first.path / HISTORY_FILE).exists():
        shutil.copyfile(first.path / HISTORY_FILE, folder / HISTORY_FILE)
    sha256 = sha256_of(folder / WEIGHTS_FILE)
    averaging = Averaging(
        weights_sha256=sha256,
        of=tuple(
            AveragedRun.from_json(
                {"run": run.name, "epoch": run.best_epoch, "weights_sha256": run.weights_sha256},
                where=f"the run {run.name}",
            )
            for run in runs
        ),
        command=command,
    )
    averages = [entry.to_json() for entry in (*first.record.averages, averaging)]
    # The usual changes were measured with other weights.
    record = first.record.without("adaptation")
    run = write_run(folder, record.updated(averages=averages, weights_sha256=sha256))
    publish_graph(run)
    return run
