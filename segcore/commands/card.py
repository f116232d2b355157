"""``python -m segcore card``: rewrite the model cards from the stored scores."""

import argparse
import sys

from segcore.errors import InputError
from segcore.reports.model_card import replace_card, write_model_card
from segcore.reports.score_tables import current_evaluations, overview, with_tables
from segcore.runs.run import find_run, list_runs, runs_root
from segcore.system.files import replace_file

_WITH_TABLES = ("README.md", "docs/experiments.md")
"""Files of the project, beside the folder of runs, with tables between markers."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", help="name of one run in weights/ (default: all)")


def run(arguments: argparse.Namespace) -> int:
    """Write the cards of the chosen runs, and the score tables of all runs."""
    return write_cards(arguments.run)


def write_cards(name: str | None = None) -> int:
    """Write the cards of one run or of all runs, their overview, and the tables in the files of the project.

    Print the name of each written file. If a card cannot be written, print the run and the reason and continue. A run
    whose scores cannot be read is left out of the tables.

    Returns:
        The exit code: 2 if a file could not be written, otherwise 0.

    Raises:
        InputError: there is no run ``name``.
    """
    if name is not None:
        find_run(name)
    tabled, failed = [], []
    # Runs of an installed package already have their cards.
    for one in list_runs(runs_root()).runs:
        try:
            current_evaluations(one)
            tabled.append(one)
            if name in (None, one.name):
                for path in write_model_card(one):
                    sys.stdout.write(f"{path}\n")
        except InputError as error:
            failed.append(f"{one.name}: {error}")
    overview_path = runs_root() / "README.md"
    try:
        replace_card(overview_path, overview(tabled))
        sys.stdout.write(f"{overview_path}\n")
    except InputError as error:
        failed.append(str(error))
    for path in (runs_root().resolve().parent / name for name in _WITH_TABLES):
        if path.is_file() and (text := with_tables(path.read_text(encoding="utf-8"), tabled)):
            with replace_file(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path}\n")
    for reason in failed:
        sys.stderr.write(f"segcore: error: {reason}\n")
    return 2 if failed else 0
