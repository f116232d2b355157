"""``python -m segcore add``: add a model or a folder of predicted masks from elsewhere as a run."""

import argparse
import sys
from pathlib import Path

import pandas as pd

from segcore.adding.candidate import describe, opened
from segcore.adding.conversion import ENDINGS
from segcore.adding.description import FALLBACK_SIZE, PRESETS, Options, read_number
from segcore.adding.history import read_foreign_history
from segcore.adding.masks import FolderOfMasks, check_sizes, missing_in_words, open_masks, write_masks
from segcore.adding.publishing import check_name, new_run, write_network
from segcore.adding.trial import Trial, try_run
from segcore.classes.files import find_space, known_spaces, read_space
from segcore.commands.options import how_to_score, size_option
from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.frames.demo import DEMO_CITY
from segcore.frames.encoding import KINDS as MASK_KINDS
from segcore.frames.encoding import encoding_of
from segcore.frames.frame import Frame
from segcore.labels import LabelSpace
from segcore.reports.run_in_words import class_list_in_words, input_in_words, output_in_words
from segcore.runs.network_io import CHANNELS, FITS, LAYOUTS, OUTPUTS
from segcore.runs.run import Run, find_run, runs_root
from segcore.system.progress import progress
from segcore.system.settings import expanded

_MASK_CLASSES = {
    "label-ids": "label_ids",
    "train-ids": "train_ids",
    "instance-ids": "label_ids",
    "colors": "label_ids",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("source", type=Path, help=f"a model ({', '.join(ENDINGS)}) or a folder of PNG masks")
    parser.add_argument("--name", required=True, help="name of the new run")
    parser.add_argument(
        "--classes",
        metavar="FILE|LIST",
        help=f"classes in the order of the model's outputs: a file, or one of {', '.join(known_spaces())}",
    )
    parser.add_argument(
        "--history", type=Path, metavar="FILE", help="training curves of the model (CSV or JSON)"
    )
    parser.add_argument(
        "--data", type=Path, metavar="ROOT", help="data set to try the model on (default: the demo city)"
    )
    parser.add_argument("--split", help="split of that data set (default: the one for validation)")
    feeding = parser.add_argument_group("how a picture goes into the network")
    feeding.add_argument("--preset", choices=tuple(PRESETS), help="a common normalisation of the pixels")
    feeding.add_argument(
        "--mean",
        type=_number,
        nargs="+",
        metavar="NUMBER",
        help="mean to subtract: one number, or one per channel",
    )
    feeding.add_argument(
        "--std", type=_number, nargs="+", metavar="NUMBER", help="divisor: one number, or one per channel"
    )
    feeding.add_argument(
        "--range",
        type=int,
        choices=(1, 255),
        default=1,
        help="highest pixel value that --mean and --std refer to (default: 1)",
    )
    feeding.add_argument(
        "--factor",
        type=_number,
        default=1.0,
        help="factor for the normalised pixels, such as 1/255 (default: 1)",
    )
    feeding.add_argument(
        "--channels", choices=CHANNELS, default="rgb", help="order of the colour channels (default: rgb)"
    )
    feeding.add_argument(
        "--size",
        type=size_option,
        metavar="HxW",
        help="input size, height x width, where the file leaves it open",
    )
    feeding.add_argument(
        "--fit",
        choices=FITS,
        help="how frames are resized: letterbox keeps the aspect ratio (default), stretch does not",
    )
    feeding.add_argument("--layout", choices=LAYOUTS, help="layout of the input, where the file does not say")
    reading = parser.add_argument_group("how its output is read")
    reading.add_argument(
        "--output", metavar="NAME", help="name of the output to use, where the model has several"
    )
    reading.add_argument(
        "--output-kind", choices=OUTPUTS, help="what the output holds, where the file does not say"
    )
    reading.add_argument(
        "--output-layout", choices=LAYOUTS, help="layout of the output, where its shape does not say"
    )
    masks = parser.add_argument_group("how masks are read")
    masks.add_argument(
        "--encoding",
        choices=MASK_KINDS,
        default="label-ids",
        help="what the values of the masks mean (default: label-ids)",
    )
    masks.add_argument(
        "--allow-missing", action="store_true", help="add the masks even if some frames have none"
    )


def run(arguments: argparse.Namespace) -> int:
    """Add the run, print how its input and output are used, and its results on a few frames."""
    check_name(runs_root(), arguments.name)
    history = _history(arguments.history)
    frames, data = _frames(arguments)
    add = _add_masks if arguments.source.is_dir() else _add_network
    added, trial = add(arguments, history, frames, data)
    root = DEMO_CITY if arguments.data is None else arguments.data
    _report(added, trial)
    program = arguments.program
    sys.stdout.write(how_to_score(added.name, frames if trial else (), root=root, program=program))
    return 0


def _frames(arguments: argparse.Namespace) -> tuple[tuple[Frame, ...], str]:
    """Return the frames to try the run on, empty if there are none, and the name of their data set."""
    if arguments.data is None and not DEMO_CITY.is_dir():
        return (), ""
    dataset = open_dataset(DEMO_CITY if arguments.data is None else expanded(arguments.data))
    return dataset.frames(arguments.split or dataset.usual_split), dataset.name


def _add_masks(
    arguments: argparse.Namespace, history: pd.DataFrame | None, frames: tuple[Frame, ...], data: str
) -> tuple[Run, Trial | None]:
    space = _classes_of_masks(arguments)
    masks = open_masks(arguments.source, encoding_of(arguments.encoding, space))
    title = f"read the masks of {arguments.name}"
    with new_run(runs_root(), arguments.name) as folder, progress(title) as report:
        added = write_masks(folder, masks, space, history=history, progress=report)
        frames = _checked(arguments, masks, frames, data)
        trial = try_run(added, frames, data) if frames else None
    return find_run(arguments.name), trial


def _checked(
    arguments: argparse.Namespace, masks: FolderOfMasks, frames: tuple[Frame, ...], data: str
) -> tuple[Frame, ...]:
    """Return the frames that have masks.

    Raises:
        InputError: frames have no mask, or masks do not have the aspect ratio of their frames.
    """
    found = masks.of(frames)
    if not found and arguments.data is None:
        sys.stderr.write(
            "segcore: no mask belongs to a frame of the demo city, so masks and frames were not compared; give --data "
            "ROOT to compare them\n"
        )
        return ()
    missing = missing_in_words(masks, frames, data)
    if missing and not (found and arguments.allow_missing):
        remedy = "or give --allow-missing" if found else "or check --data and --split"
        raise InputError(f"{missing}; add their masks, {remedy}.")
    if missing:
        sys.stderr.write(f"segcore: warning: {missing}\n")
    check_sizes(masks, found)
    return found


def _add_network(
    arguments: argparse.Namespace, history: pd.DataFrame | None, frames: tuple[Frame, ...], data: str
) -> tuple[Run, Trial | None]:
    source: Path = arguments.source
    with opened(source, size=arguments.size or FALLBACK_SIZE) as candidate:
        description = describe(candidate, _options(arguments), arguments.classes)
        with new_run(runs_root(), arguments.name) as folder:
            added = write_network(folder, candidate, description, source=source.name, history=history)
            trial = try_run(added, frames, data) if frames else None
    return find_run(arguments.name), trial


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        size=arguments.size,
        fit=arguments.fit,
        preset=arguments.preset,
        mean=None if arguments.mean is None else tuple(arguments.mean),
        std=None if arguments.std is None else tuple(arguments.std),
        pixel_range=float(arguments.range),
        factor=arguments.factor,
        channels=arguments.channels,
        layout=arguments.layout,
        output=arguments.output,
        output_kind=arguments.output_kind,
        output_layout=arguments.output_layout,
    )


def _classes_of_masks(arguments: argparse.Namespace) -> LabelSpace:
    classes = arguments.classes or _MASK_CLASSES.get(arguments.encoding)
    if classes is None:
        raise InputError(
            f"Masks with the encoding {arguments.encoding} need --classes, a file that lists their classes."
        )
    return find_space(classes) if classes in known_spaces() else read_space(Path(classes))


def _history(path: Path | None) -> pd.DataFrame | None:
    if path is None:
        return None
    history, notes = read_foreign_history(path)
    for note in notes:
        sys.stdout.write(f"history: {note}\n")
    return history


def _report(added: Run, trial: Trial | None) -> None:
    lines = [f"added {added.name}: {added.architecture}, {class_list_in_words(added.space)}"]
    if added.kind == "onnx":
        lines += [f"input   {input_in_words(added)}", f"output  {output_in_words(added)}"]
    if trial is not None:
        lines += trial.in_words()
    sys.stdout.write("\n".join(lines) + "\n")
    for warning in trial.warnings if trial else ():
        sys.stderr.write(f"segcore: warning: {warning}\n")


def _number(text: str) -> float:
    try:
        return read_number(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
