"""``python -m segcore report``: write a report that compares two runs, as one HTML file."""

import argparse
import sys
from pathlib import Path

from segcore.errors import InputError
from segcore.reports.html.pair import pair_report
from segcore.runs.run import find_run
from segcore.system.files import replace_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--a", required=True, metavar="RUN", help="name of the first run; `runs` lists them")
    parser.add_argument("--b", required=True, metavar="RUN", help="name of the second run")
    parser.add_argument("--set", required=True, help="name of the evaluated set, which both runs must have")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="HTML file to write")


def run(arguments: argparse.Namespace) -> int:
    """Write the report, replacing the file if there is one."""
    report = pair_report(find_run(arguments.a), find_run(arguments.b), arguments.set)
    try:
        with replace_file(arguments.output) as temporary:
            temporary.write_text(report, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{arguments.output} cannot be written: {error.strerror}.") from error
    sys.stdout.write(f"{arguments.output}\n")
    return 0
