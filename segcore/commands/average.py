"""``python -m segcore average``: average the weights of several runs into a new run."""

import argparse
import shlex
import sys
from pathlib import Path

from segcore.commands.options import run_name
from segcore.errors import InputError
from segcore.runs.run import find_run, runs_root
from segcore.system.files import not_writable
from segcore.system.quiet import quiet_import


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--of",
        required=True,
        nargs="+",
        metavar="RUN",
        help="two or more runs; the new run keeps the curves of the first",
    )
    parser.add_argument("--run", required=True, help="name of the new run")
    parser.add_argument(
        "--data",
        required=True,
        type=Path,
        metavar="ROOT",
        help="folder of a data set; its training frames give the new batch statistics",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the new run, and print its folder."""
    name = run_name(arguments.run)
    if len(arguments.of) < 2 or len(set(arguments.of)) < len(arguments.of):
        raise InputError(f"--of names {', '.join(arguments.of)}; expected two or more different runs.")
    runs = [find_run(of) for of in arguments.of]
    with quiet_import():
        from segcore.training.averaging import average_runs

    command = shlex.join(
        ["python", "-m", "segcore", "average", "--of", *arguments.of, "--run", name, "--data", "ROOT"]
    )
    folder = runs_root() / name
    try:
        made = average_runs(runs, folder, data_root=arguments.data, command=command)
    except OSError as error:
        raise not_writable(
            Path(error.filename or folder), error, remedy="correct this and average again"
        ) from error
    sys.stdout.write(f"{made.path}\n")
    return 0
