"""``python -m segcore card``: write the model cards anew from what the runs' folders hold."""

import argparse
import sys

from segcore.errors import InputError
from segcore.reports.model_card import (
    current_evaluations,
    overview,
    replace_card,
    with_scores,
    write_model_card,
)
from segcore.runs.run import find_run, list_runs, runs_root
from segcore.system.files import replace_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", help="name of a run below weights/, by default all")


def run(arguments: argparse.Namespace) -> int:
    """Write README.md into the folder of each run asked for, and the tables of scores of all."""
    return write_cards(arguments.run)


def write_cards(name: str | None = None) -> int:
    """Write the card of one run or of all, the overview beside them and the tables in the README above.

    Each file written is told. A run whose card cannot be written is named with the reason and does not hold up the
    others; one whose scores cannot be read is left out of the tables.

    Returns:
        The exit code: 2 if something could not be written.

    Raises:
        InputError: there is no run ``name``.
    """
    if name is not None:
        find_run(name)
    tabled, failed = [], []
    for one in list_runs().runs:
        try:
            current_evaluations(one)
            tabled.append(one)
            if name in (None, one.name):
                write_model_card(one)
                sys.stdout.write(f"{one.path / 'README.md'}\n")
        except InputError as error:
            failed.append(f"{one.name}: {error}")
    overview_path, readme = runs_root() / "README.md", runs_root().resolve().parent / "README.md"
    try:
        replace_card(overview_path, overview(tabled))
        sys.stdout.write(f"{overview_path}\n")
    except InputError as error:
        failed.append(str(error))
    if readme.is_file() and (text := with_scores(readme.read_text(encoding="utf-8"), tabled)):
        with replace_file(readme) as temporary:
            temporary.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{readme}\n")
    for reason in failed:
        sys.stderr.write(f"segcore: error: {reason}\n")
    return 2 if failed else 0
