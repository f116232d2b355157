"""``python -m segcore report``: write a report that compares two runs, as one HTML file."""

import argparse
import sys
from pathlib import Path

from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.frames.demo import DEMO_CITY
from segcore.predict.work import loaded
from segcore.reports.html.pair import pair_report
from segcore.reports.html.pictures import FramesAtHand
from segcore.runs.results import read_evaluation
from segcore.runs.run import Run, find_run
from segcore.system.files import replace_file
from segcore.system.settings import data_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--a", required=True, metavar="RUN", help="name of the first run; `runs` lists them")
    parser.add_argument("--b", required=True, metavar="RUN", help="name of the second run")
    parser.add_argument("--set", required=True, help="name of the evaluated set, which both runs must have")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="HTML file to write")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="ROOT",
        help="folder of the data set that they were evaluated on, for pictures of frames (default: SEGCOMPARE_DATA, or "
        "the demo city for scores on it)",
    )
    parser.add_argument(
        "--even-protected",
        action="store_true",
        help="also show frames whose terms forbid passing them on; keep such a report to yourself",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the report, replacing the file if there is one."""
    runs = find_run(arguments.a), find_run(arguments.b)
    at_hand = _frames_at_hand(arguments.data, runs[0], arguments.set, even_protected=arguments.even_protected)
    report = pair_report(*runs, arguments.set, at_hand=at_hand)
    try:
        with replace_file(arguments.output) as temporary:
            temporary.write_text(report, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{arguments.output} cannot be written: {error.strerror}.") from error
    sys.stdout.write(f"{arguments.output}\n")
    return 0


def _frames_at_hand(
    root: Path | None, run: Run, set_name: str, *, even_protected: bool
) -> FramesAtHand | None:
    """Return the given data set, or one that probably has the frames; None if there is none."""
    if root is None:
        scores = read_evaluation(run, set_name, with_frames=False)
        root = DEMO_CITY if scores and scores.provenance.data == "Demo city" else data_folder()
    if root is None:
        return None
    return FramesAtHand(open_dataset(root), loaded, even_protected)
