"""``python -m segcore runs``: list the runs, their scores, and the errors of broken ones."""

import argparse
import sys

from segcore.errors import InputError
from segcore.reports.percent import percent
from segcore.reports.tables import place_of
from segcore.runs.results import evaluation_sets, read_evaluation, sizes_in_words
from segcore.runs.run import Run, list_runs, runs_root

_HEADER = ("run", "model", "parameters", "set", "frames", "input", "mIoU", "categories", "accuracy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--check", action="store_true", help="also check each weights file against its stored checksum"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each run and set, then what the sets are, then the broken folders."""
    listed = list_runs(check=arguments.check)
    if not listed.runs and not listed.broken:
        sys.stdout.write(f"There are no runs in {runs_root()}; train one, or set SEGCOMPARE_RUNS.\n")
    if listed.runs:
        sets: dict[str, None] = {}
        _print_table([_HEADER, *(row for one in listed.runs for row in _rows(one, sets))])
        sys.stdout.writelines(f"{place}\n" for place in sets)
    for broken in listed.broken:
        sys.stdout.write(f"broken: {broken.name}: {broken.reason}\n")
    return 0


def _rows(one: Run, sets: dict[str, None]) -> list[tuple[str, ...]]:
    """Return the rows of a run, and add to ``sets`` in words what its sets are."""
    parameters = f"{one.parameters:,}" if one.parameters is not None else "-"
    about = (one.name, one.architecture, parameters)
    rows: list[tuple[str, ...]] = []
    for name in evaluation_sets(one):
        try:
            scores = read_evaluation(one, name, with_frames=False)
        except InputError as error:
            rows.append((*about, f"{name}: {error}"))
            continue
        if scores is None:  # The file was removed meanwhile.
            continue
        sets[f"set {name}: {place_of(scores.provenance)}"] = None
        seen = sizes_in_words(scores.provenance.views or one.inference_sizes)
        shares = (scores.miou, scores.category_miou, scores.pixel_accuracy)
        shown = (percent(share, absent="-") for share in shares)
        rows.append((*about, name, str(scores.provenance.frames), seen, *shown))
    return rows or [(*about, "not evaluated")]


def _print_table(rows: list[tuple[str, ...]]) -> None:
    # An incomplete row is a remark; it must not widen a column.
    full = [row for row in rows if len(row) == len(_HEADER)]
    short = [row[:3] for row in rows]
    widths = [
        max(len(row[column]) for row in (short if column < 3 else full)) for column in range(len(_HEADER))
    ]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
