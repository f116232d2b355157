"""``python -m segcore card``: write the model cards anew from what the runs' folders hold."""

import argparse
import sys

from segcore.files import replace_file
from segcore.model_card import overview, write_model_card
from segcore.runs import find_run, list_runs, runs_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", help="name of a run below weights/, by default all")


def run(arguments: argparse.Namespace) -> int:
    """Write README.md into the folder of each run asked for, and the overview of all beside them."""
    for one in [find_run(arguments.run)] if arguments.run else list_runs().runs:
        write_model_card(one)
        sys.stdout.write(f"{one.path / 'README.md'}\n")
    with replace_file(runs_root() / "README.md") as temporary:
        temporary.write_text(overview(list_runs().runs), encoding="utf-8")
    return 0
