"""``python -m segcore adapt``: let a run adapt its normalisation to unusual frames."""

import argparse
import sys

from segcore.commands.options import add_root_option, as_many, open_data
from segcore.runs.lock import only_writer
from segcore.runs.run import RECORD_FILE, Run, find_run, read_run, write_run
from segcore.system.counting import counted
from segcore.system.files import check_writable
from segcore.system.progress import progress
from segcore.system.quiet import quiet_import

_SCORES = "evaluate it again, as stored scores are of the run as it was"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", required=True, help="name of the run; `runs` lists them")
    add_root_option(parser)
    parser.add_argument("--split", help="split that holds usual frames (default: that for training)")
    parser.add_argument(
        "--frames",
        type=int,
        default=60,
        metavar="N",
        help="number of frames to measure, spread over the split (default: 60)",
    )
    parser.add_argument("--off", action="store_true", help="turn the adaptation off")


def run(arguments: argparse.Namespace) -> int:
    """Measure the usual change of each layer, write it to ``run.json``, and print it."""
    folder = find_run(arguments.run).path
    check_writable(folder / RECORD_FILE, remedy="make its folder writable, or set SEGCOMPARE_RUNS")
    with only_writer(folder):
        return _adapt(read_run(folder), arguments)


def _adapt(chosen: Run, arguments: argparse.Namespace) -> int:
    if arguments.off:
        write_run(chosen.path, chosen.record.without("adaptation"))
        sys.stdout.write(f"{chosen.name} no longer adapts; {_SCORES}\n")
        return 0
    dataset = open_data(arguments.data)
    split = arguments.split or dataset.training_split or dataset.usual_split
    frames = as_many(dataset.frames(split), arguments.frames)
    with quiet_import():
        from segcore.predict.adaptation import usual_changes
        from segcore.predict.keras_network import load_model

    models = [load_model(chosen, image_size=size) for size in chosen.inference_sizes]
    with progress(f"adapt {chosen.name}") as report:
        usual = usual_changes(models, [frame.image_path for frame in frames], progress=report)
    write_run(chosen.path, chosen.record.updated(adaptation=usual))
    sys.stdout.write(
        f"usual change of each layer's features from frame to frame, on {counted(len(frames), 'frame')}\n"
    )
    sys.stdout.writelines(f"{change:6.3f}  {layer}\n" for layer, change in usual.items())
    sys.stdout.write(f"{chosen.name} now adapts where a frame changes them further; {_SCORES}\n")
    return 0
