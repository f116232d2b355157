"""``python -m segcore export``: export a run as ONNX, or quantise it to 8 bits."""

import argparse
import sys
from pathlib import Path

from segcore.commands.options import as_many, open_data, size_option
from segcore.errors import InputError
from segcore.frames.images import read_image
from segcore.runs.run import MODEL_FILE, Run, check_weights, find_run, runs_root
from segcore.system.files import check_writable
from segcore.system.progress import progress
from segcore.system.quiet import quiet_import


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", required=True, help="name of the run; `runs` lists them")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write the network with its weights to one ONNX file, for use elsewhere",
    )
    what.add_argument("--int8", metavar="NAME", help="add a run of this name that computes in 8 bits")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="ROOT",
        help="data set for --int8; its frames give the ranges of the activations",
    )
    parser.add_argument("--split", help="split of that data set (default: that for training)")
    parser.add_argument(
        "--frames",
        type=int,
        default=24,
        metavar="N",
        help="number of frames, spread over the split (default: 24)",
    )
    parser.add_argument(
        "--size",
        type=size_option,
        metavar="HxW",
        help="input size of the 8-bit run, height x width (default: that of the run)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Export, and print the path or the name of the new run."""
    chosen = find_run(arguments.run)
    if chosen.kind != "network":
        raise InputError(
            f"The run {chosen.name} is not a network of this project; only these can be exported."
        )
    if arguments.output:
        check_writable(arguments.output, remedy="choose another --output")
        check_weights(chosen)
    with quiet_import():
        from segcore.predict.onnx.export import export_run, write_model
    if arguments.int8:
        return _quantised(arguments, chosen)
    if arguments.output and not chosen.has_network:
        raise InputError(f"The run {chosen.name} has no weights for {arguments.output}; choose another run.")
    target = arguments.output or chosen.path / MODEL_FILE
    write_model(export_run(chosen), target, weights=chosen.weights_path if arguments.output else None)
    sys.stdout.write(f"{target}\n")
    return 0


def _quantised(arguments: argparse.Namespace, chosen: Run) -> int:
    from segcore.adding.publishing import check_name, new_run
    from segcore.adding.quantised import write_quantised

    check_name(runs_root(), arguments.int8)
    dataset = open_data(arguments.data)
    split = arguments.split or dataset.training_split or dataset.usual_split
    frames = as_many(dataset.frames(split), arguments.frames)
    with new_run(runs_root(), arguments.int8) as folder, progress(f"quantise {chosen.name}") as report:
        images = []
        report(0, len(frames))
        for done, frame in enumerate(frames, start=1):
            images.append(read_image(frame.image_path))
            report(done, len(frames))
        write_quantised(folder, chosen, images, size=arguments.size or chosen.network_size)
    sys.stdout.write(f"{runs_root() / arguments.int8}\n")
    return 0
