"""``python -m segcore card``: write the model cards anew from what the runs' folders hold."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from segcore.errors import InputError
from segcore.files import replace_file
from segcore.model_card import overview, replace_card, with_scores, write_model_card
from segcore.runs import find_run, list_runs, runs_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", help="name of a run below weights/, by default all")


def run(arguments: argparse.Namespace) -> int:
    """Write README.md into the folder of each run asked for, and the tables of scores of all."""
    for path in write_cards(arguments.run):
        sys.stdout.write(f"{path}\n")
    return 0


def write_cards(name: str | None = None) -> Iterator[Path]:
    """Write the card of one run or of all, the overview beside them and the table in the README above; yield each."""
    for one in [find_run(name)] if name else list_runs().runs:
        try:
            write_model_card(one)
        except KeyError as error:
            raise InputError(
                f"run.json of {one.name} lacks {error}, which its card tells; add it."
            ) from error
        yield one.path / "README.md"
    every = list_runs().runs
    overview_path, readme = runs_root() / "README.md", runs_root().resolve().parent / "README.md"
    replace_card(overview_path, overview(every))
    yield overview_path
    if readme.is_file() and (text := with_scores(readme.read_text(encoding="utf-8"), every)):
        with replace_file(readme) as temporary:
            temporary.write_text(text, encoding="utf-8")
        yield readme
