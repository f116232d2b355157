"""``python -m segcore robustness``: score a run under weather of increasing severity."""

import argparse
import sys
from collections.abc import Sequence, Set
from itertools import chain, product
from pathlib import Path

from segcore.commands.options import (
    add_data_options,
    add_ray_option,
    add_skip_option,
    annotated_frames,
    mappers,
    open_data,
)
from segcore.effects.chain import MAXIMUM_SEED
from segcore.effects.kinds import SEVERITIES
from segcore.effects.table import EFFECTS, GROUPS
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.reports.percent import percent
from segcore.runs.results import result_path
from segcore.runs.run import Run, find_run
from segcore.runs.sets import names_for
from segcore.scoring.robustness import CLEAN, Sweep, save, stored_levels, summarize, sweep
from segcore.system.files import check_writable
from segcore.system.progress import progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", required=True, help="name of the run; `runs` lists them")
    add_data_options(parser)
    parser.add_argument(
        "--effects",
        nargs="+",
        default=["weather"],
        metavar="EFFECT",
        help=f"effects, or groups of them ({', '.join(GROUPS[:-1])}; default: weather); the effects are "
        + ", ".join(name for name, effect in EFFECTS.items() if effect.has_severity),
    )
    parser.add_argument(
        "--severities",
        nargs="+",
        type=int,
        choices=SEVERITIES,
        default=list(SEVERITIES),
        metavar="SEVERITY",
        help="severities from 1 to 5 (default: all); frames without weather are always scored too",
    )
    parser.add_argument(
        "--frames", type=int, metavar="N", help="number of frames, spread over the split (default: all)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the random effects (default: 0)")
    parser.add_argument(
        "--save",
        metavar="SET",
        help="name to store the scores under, in place of what it holds (default: the name of the split, or of data "
        "and split if the former is taken)",
    )
    add_skip_option(parser)
    add_ray_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, store the scores in the run's folder, and print a summary."""
    chosen = find_run(arguments.run)
    if not 0 <= arguments.seed <= MAXIMUM_SEED:
        # Checked before the network is loaded.
        raise InputError(f"--seed is {arguments.seed}; expected a whole number from 0 to {MAXIMUM_SEED}.")
    dataset = open_data(arguments.data, name=arguments.data_name)
    split = arguments.split or dataset.usual_split
    if arguments.save:
        # Checked before the frames are listed.
        check_writable(_path(chosen, arguments.save), remedy="choose another --save")
    effects = _effects(arguments.effects)
    frames = annotated_frames(dataset, split=split, annotation=arguments.annotation, count=arguments.frames)
    measured = {(None, CLEAN), *product(effects, arguments.severities)}
    set_name = arguments.save or _free_name(chosen, frames, measured)
    path = _path(chosen, set_name)
    check_writable(path, remedy="choose another --save")
    with mappers(arguments.ray) as mapper_of, progress(f"robustness {chosen.name}") as report:
        result = sweep(
            chosen,
            frames,
            set_name=set_name,
            effects=effects,
            severities=arguments.severities,
            seed=arguments.seed,
            data_name=frames[0].data,
            skip_unusable=arguments.skip_unusable,
            mapper=mapper_of(chosen),
            progress=report,
        )
    save(chosen, result)
    sys.stdout.write(f"{_report(chosen.name, result)}stored in {path}\n")
    return 0


def _path(run: Run, set_name: str) -> Path:
    return result_path(run, "robustness", set_name, ".csv")


def _free_name(run: Run, frames: Sequence[Frame], measured: Set[tuple[str | None, int]]) -> str:
    """Return the first name, that of the split or of data and split, whose sweep this one would not lose.

    A sweep is lost unless it is of the same frames, and all its effects and severities are measured again.
    """

    def is_free(name: str) -> bool:
        kept = stored_levels(run, name, frames, data_name=frames[0].data)
        return not _path(run, name).exists() or (bool(kept) and kept <= measured)

    return next(filter(is_free, chain((frames[0].split,), names_for(frames))))


def _effects(names: list[str]) -> list[str]:
    chosen = []
    for name in names:
        members = [effect.name for effect in EFFECTS.values() if effect.group == name and effect.has_severity]
        chosen += members or [name]
    return list(dict.fromkeys(chosen))


def _report(name: str, result: Sweep) -> str:
    made = result.provenance
    assert made is not None, "a new sweep has its provenance"
    summary = summarize(result.table)
    clean = result.table["miou"].iloc[0]
    lines = [
        f"{name} on {made.split}: {made.frames_in_words}, clean mean IoU {percent(clean, absent='-')}",
        f"{'effect':22}{'kept':>9}{'worst mIoU':>13}",
        *(
            f"{EFFECTS[row.effect].title:22}{percent(row.kept, absent='-'):>9}{percent(row.worst, absent='-'):>13}"
            for row in summary.itertuples()
        ),
        "kept: area under mean IoU against severity, as a share of the clean score",
    ]
    return "\n".join(lines) + "\n"
