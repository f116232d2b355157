"""``python -m segcore train``: train a network, or continue a training."""

import argparse
import dataclasses
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from segcore.commands.options import how_to_score, open_data, run_name
from segcore.errors import InputError
from segcore.runs.record import KNOWN_ARCHITECTURES
from segcore.runs.run import runs_root
from segcore.system.counting import counted
from segcore.system.files import is_full_disk
from segcore.system.hardware import emulates_bfloat16
from segcore.system.quiet import quiet_import
from segcore.training.config import CLASS_WEIGHTS, TrainingConfig, read_config


def _count_or_all(text: str) -> int | str:
    try:
        return text if text == "all" else int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of frames nor 'all'") from error


_MOST = {"workers": 256, "extra-repeats": 1000}
_OVERRIDES: dict[str, tuple[Callable[[str], object], str]] = {
    "model": (str, f"network: {', '.join(KNOWN_ARCHITECTURES)}"),
    "label_space": (str, "classes: the name of a class list, or a file that holds one"),
    "frames": (_count_or_all, "number of training frames, spread over the split, or all (the default)"),
    "epochs": (int, "passes over the training frames"),
    "decay_epochs": (int, "number of last epochs in which the learning rate falls to zero (default: all)"),
    "loss": (str, "loss: ce, dice, jaccard or ce+dice"),
    "augment": (str, "augmentation: none, flip or weather"),
    "copy_paste": (
        float,
        "share of frames that get objects of rare classes pasted in from another frame, 0 to 1",
    ),
    "encoder_weights": (
        str,
        "weights that the encoder of mobilenet_segnet starts from: imagenet, a path or none",
    ),
    "teacher": (str, "name of a run that teaches (knowledge distillation), or none"),
    "batch_size": (int, "frames per step"),
    "learning_rate": (float, "peak learning rate"),
    "warmup_steps": (
        int,
        "steps over which the learning rate rises to its peak (default: 300, or a tenth of all steps if this is less)",
    ),
    "weight_decay": (float, "weight decay of the optimizer AdamW"),
    "ema": (float, "momentum of the moving average of the weights, 0 for none"),
    "class_weights": (str, f"weights of the classes in the loss: {' or '.join(CLASS_WEIGHTS)}"),
    "precision": (str, "precision of the computation: float32 or mixed_bfloat16"),
    "seed": (int, "seed of the weights, the order of frames and the augmentation"),
}
_VALUES = {int: "N", float: "NUMBER", str: "NAME", _count_or_all: "N|all"}
_SPLITS = ("train_split", "val_split", "hold_out")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--run", required=True, metavar="NAME", help="name of the new run, or of that to resume"
    )
    parser.add_argument(
        "--data",
        required=True,
        type=Path,
        metavar="ROOT",
        help="folder of a data set with a training and a validation split",
    )
    parser.add_argument(
        "--train-split", metavar="NAME", help="split to train on (default: that called train or training)"
    )
    parser.add_argument(
        "--val-split",
        metavar="NAME",
        help="split to validate on (default: that called val, valid or validation)",
    )
    parser.add_argument(
        "--hold-out",
        type=float,
        metavar="SHARE",
        help="validate on this share of the split to train on instead, for data without a split for validation",
    )
    parser.add_argument(
        "--data-name", metavar="NAME", help="name to store for the data set (default: its own)"
    )
    parser.add_argument(
        "--extra-data",
        action="append",
        default=[],
        metavar="NAME=ROOT",
        help="also train on the training frames of this data set, such as 'Demo city=PLACE'; may be repeated",
    )
    parser.add_argument(
        "--extra-repeats",
        type=int,
        metavar="N",
        default=1,
        help="number of times an epoch shows each frame of --extra-data (default: 1)",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="configuration as a JSON file, such as those in configs/",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue from the run's checkpoint with its configuration",
    )
    parser.add_argument(
        "--from-best",
        action="store_true",
        help="with --resume: continue from the best epoch and drop the epochs after it",
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        default=1,
        help="processes that prepare batches (default: 1, a thread of this process)",
    )
    parser.add_argument("--threads", type=int, metavar="N", help="CPU cores for TensorFlow (default: all)")
    settings = parser.add_argument_group(
        "settings",
        "Each overrides that of --config, or of the run with --resume; the defaults hold without these.",
    )
    usual = {field.name: field.default for field in dataclasses.fields(TrainingConfig)}
    for name, (kind, text) in _OVERRIDES.items():
        known = isinstance(usual[name], str | int | float)
        settings.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            metavar=_VALUES.get(kind),
            help=f"{text} (default: {usual[name]})" if known else text,
        )
    height, width = TrainingConfig.image_size
    settings.add_argument(
        "--height", type=int, metavar="N", help=f"height of the frames in pixels (default: {height})"
    )
    settings.add_argument(
        "--width", type=int, metavar="N", help=f"width of the frames in pixels (default: {width})"
    )
    settings.add_argument(
        "--scale",
        type=float,
        nargs=2,
        metavar=("LOWEST", "HIGHEST"),
        help="range of the random scale of frames before the crop, with --augment weather (default: "
        f"{' '.join(map(str, TrainingConfig.scale))})",
    )


def _warn(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def run(arguments: argparse.Namespace) -> int:
    """Train, and print the best score at the end."""
    run_name(arguments.run)
    _limit_threads(arguments.threads)
    config = _config(arguments)
    for name, value in (("workers", arguments.workers), ("extra-repeats", arguments.extra_repeats)):
        if not 1 <= value <= _MOST[name]:
            raise InputError(f"--{name} is {value}; expected a whole number from 1 to {_MOST[name]}.")
    extra_data = {}
    for name, root in map(_named_root, arguments.extra_data):
        if name in extra_data:
            raise InputError(f"--extra-data names {name!r} twice; give each data set its own name.")
        extra_data[name] = root

    with quiet_import():
        from segcore.training.checkpoint import CHECKPOINT_FOLDER, STATE_FILE
        from segcore.training.loop import train
        from segcore.training.request import TrainingRequest

    if config.precision == "mixed_bfloat16" and emulates_bfloat16():
        sys.stderr.write(
            "This processor has no instructions for bfloat16, so mixed_bfloat16 is slower than float32; "
            "give --precision float32, also with --resume.\n"
        )
    folder = runs_root() / arguments.run
    try:
        request = TrainingRequest(
            config=config,
            folder=folder,
            data_root=arguments.data,
            train_split=arguments.train_split,
            val_split=arguments.val_split,
            hold_out=arguments.hold_out,
            extra_data=extra_data,
            extra_repeats=arguments.extra_repeats,
            data_name=arguments.data_name,
            command=_command(arguments, config),
            resume=arguments.resume,
            from_best=arguments.from_best,
            workers=arguments.workers,
            verbose=1 if sys.stdout.isatty() else 2,
            warn=_warn,
        )
        state = train(request)
    except OSError as error:
        remedy, again = "correct this", "start again"
        if is_full_disk(error):
            remedy = "free some space there"
        if (folder / CHECKPOINT_FOLDER / STATE_FILE).exists():
            again = "continue with --resume; the last checkpoint is intact"
        raise InputError(
            f"Training stopped: {error.strerror or error} ({error.filename or folder}); {remedy} and {again}."
        ) from error
    epochs = counted(state.epochs_done, "epoch")
    sys.stdout.write(
        f"{arguments.run}: {epochs}, best validation mean IoU {state.best_score:.4f} in epoch {state.best_epoch}\n"
    )
    if arguments.hold_out is None:
        dataset = open_data(arguments.data, name=arguments.data_name)
        frames = dataset.frames(arguments.val_split or dataset.usual_split)
        root, program = arguments.data, arguments.program
        sys.stdout.write(how_to_score(arguments.run, frames, root=root, program=program))
    return 0


def _config(arguments: argparse.Namespace) -> TrainingConfig:
    content = read_config(arguments.config) if arguments.config else {}
    if arguments.resume:
        stored = _stored_config(arguments)
        content = content or stored.to_dict()
    content |= {name: getattr(arguments, name) for name in _OVERRIDES if getattr(arguments, name) is not None}
    if content.get("frames") == "all":
        content["frames"] = None
    if arguments.height or arguments.width:
        height, width = TrainingConfig.from_dict({"model": "any"} | content).image_size
        content["image_size"] = (arguments.height or height, arguments.width or width)
    if arguments.scale:
        content["scale"] = tuple(arguments.scale)
    if "model" not in content:
        raise InputError("The model to train is not given; give --model or --config.")
    return TrainingConfig.from_dict(content)


def _stored_config(arguments: argparse.Namespace) -> TrainingConfig:
    """Return the configuration of the run to resume.

    Raises:
        InputError: there is no run, or an option is only for the start of a training.
    """
    with quiet_import():
        from segcore.training.resume import stored_config

    stored = stored_config(runs_root() / arguments.run, from_best=arguments.from_best)
    if arguments.encoder_weights not in (None, stored.encoder_weights, stored.encoder_name):
        raise InputError(
            f"--encoder-weights is {arguments.encoder_weights}, but the training of {arguments.run} began with "
            f"{stored.encoder_name}, which --resume cannot change; omit it."
        )
    return stored


def _command(arguments: argparse.Namespace, config: TrainingConfig) -> str:
    """Return the command for the record: without paths of this machine and options that do not change the result."""
    words = ["python", "-m", "segcore", "train", "--run", arguments.run, "--data", "ROOT"]
    if path := arguments.config:
        words += ["--config", path.name if path.is_absolute() else path.as_posix()]
    given = {name: getattr(arguments, name) for name in (*_SPLITS, *_OVERRIDES, "height", "width")}
    if arguments.encoder_weights:
        given["encoder_weights"] = config.encoder_name
    if arguments.label_space:
        given["label_space"] = Path(arguments.label_space).name
    if arguments.data_name:
        given["data_name"] = arguments.data_name
    if arguments.extra_repeats > 1:
        given["extra_repeats"] = arguments.extra_repeats
    for name, value in given.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    if arguments.scale:
        words += ["--scale", *map(str, arguments.scale)]
    for text in arguments.extra_data:
        words += ["--extra-data", f"{_named_root(text)[0]}=PLACE"]
    if arguments.from_best:
        words.append("--from-best")
    return shlex.join(words) + (" --resume" if arguments.resume else "")


def _named_root(text: str) -> tuple[str, Path]:
    name, separator, root = text.partition("=")
    if not (name and separator and root):
        raise InputError(f"--extra-data is {text!r}; expected NAME=ROOT, such as 'Demo city=PLACE'.")
    return name, Path(root)


def _limit_threads(threads: int | None) -> None:
    if threads is None:
        return
    if threads < 1:
        raise InputError(f"--threads is {threads}; expected at least 1.")
    os.environ |= {"TF_NUM_INTRAOP_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
