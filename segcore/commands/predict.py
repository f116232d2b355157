"""``python -m segcore predict``: predict pictures and write their masks."""

import argparse
import sys
from pathlib import Path

from segcore.commands.options import add_ray_option, mappers
from segcore.errors import InputError
from segcore.predict.files import FORMATS, Plan, plan_jobs, predict_files
from segcore.runs.run import find_run
from segcore.system.counting import counted
from segcore.system.files import OLD_LEFTOVER, check_writable, remove_leftovers
from segcore.system.progress import progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", required=True, help="name of the run; `runs` lists them")
    parser.add_argument(
        "--input",
        required=True,
        nargs="+",
        type=Path,
        metavar="PATH",
        help="pictures, or folders that are searched for pictures",
    )
    parser.add_argument(
        "--output", required=True, type=Path, metavar="DIR", help="folder to write the masks to"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="label-ids",
        help="label-ids as cityscapesScripts reads them (default), colours, or colours over the picture",
    )
    parser.add_argument(
        "--opacity",
        type=_share,
        default=0.5,
        help="opacity of the colours in an overlay, 0 to 1 (default: 0.5)",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="allow overwriting files in a folder that also holds input pictures; other folders need no permission",
    )
    add_ray_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Predict, and print the pictures that could not be read."""
    chosen = find_run(arguments.run)
    plan = plan_jobs(arguments.input, arguments.output, kind=arguments.format, replace=arguments.replace)
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {arguments.output} cannot be created ({error.strerror}); choose another --output."
        ) from error

    check_writable(plan.jobs[0].target, remedy="choose another --output")
    remove_leftovers(*(job.target for job in plan.jobs), least_age=OLD_LEFTOVER)
    with mappers(arguments.ray) as mapper_of, progress(f"predict with {chosen.name}") as report:
        failures = predict_files(
            chosen,
            plan.jobs,
            kind=arguments.format,
            opacity=arguments.opacity,
            mapper=mapper_of(chosen),
            progress=report,
        )
    done, total = len(plan.jobs) - len(failures), len(plan.jobs)
    sys.stdout.write(
        f"{done} of {counted(total, 'picture')} predicted into {arguments.output}{_left_out(plan)}\n"
    )
    for failure in (*plan.unread, *failures):
        sys.stderr.write(f"segcore: error: {failure.reason}\n")
    return 2 if plan.unread or failures else 0


def _left_out(plan: Plan) -> str:
    """Return how many files and folders were not predicted, for the end of a line."""
    parts = [f"{number} {what}" for what, number in sorted(plan.skipped.items())]
    files = f"; files left out: {', '.join(parts)}" if parts else ""
    return f"{files}; folders that cannot be read: {len(plan.unread)}" if plan.unread else files


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is outside 0 to 1")
    return value
