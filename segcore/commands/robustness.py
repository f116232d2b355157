"""``python -m segcore robustness``: score a run under weather of rising severity."""

import argparse
import sys
from pathlib import Path

import numpy as np

from segcore.data.cityscapes import ANNOTATIONS, Frame, dataset_root, find_frames
from segcore.data.effects import EFFECTS, GROUPS, MAXIMUM_SEED, SEVERITIES
from segcore.errors import InputError
from segcore.progress import progress
from segcore.quiet import quiet_import
from segcore.robustness import Sweep, save, summarize, sweep
from segcore.runs import find_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", required=True, help="name of the run, see the command runs")
    parser.add_argument("--data", type=Path, help="Cityscapes root, by default CITYSCAPES_DATASET")
    parser.add_argument("--split", default="val", help="split to measure on, by default val")
    parser.add_argument("--annotation", choices=ANNOTATIONS, help="by default gtFine where there is one")
    parser.add_argument(
        "--effects",
        nargs="+",
        default=["weather"],
        metavar="EFFECT",
        help=f"effects or groups ({', '.join(GROUPS[:-1])}), by default weather; effects: "
        + ", ".join(name for name, effect in EFFECTS.items() if effect.has_severity),
    )
    parser.add_argument(
        "--severities",
        nargs="+",
        type=int,
        choices=SEVERITIES,
        default=list(SEVERITIES),
        metavar="SEVERITY",
        help="1 to 5, by default all; the clean frames are always measured",
    )
    parser.add_argument("--frames", type=int, metavar="N", help="measure on N frames spread over the split")
    parser.add_argument("--seed", type=int, default=0, help="by default 0")
    parser.add_argument("--save", metavar="SET", help="name to keep the scores under, by default the split")
    parser.add_argument("--data-name", default="Cityscapes", help="name of the data set to record")


def run(arguments: argparse.Namespace) -> int:
    """Measure, keep the scores in the run's folder, and print a summary."""
    chosen = find_run(arguments.run)
    if not 0 <= arguments.seed <= MAXIMUM_SEED:
        # Before the network is loaded.
        raise InputError(f"--seed is {arguments.seed}; expected a whole number from 0 to {MAXIMUM_SEED}.")
    effects = _effects(arguments.effects)
    frames = _frames(arguments)
    with quiet_import():
        from segcore.inference import load_predictor
    predictor = load_predictor(chosen)
    with progress(f"robustness {chosen.name}") as report:
        result = sweep(
            chosen,
            frames,
            set_name=arguments.save or arguments.split,
            effects=effects,
            severities=arguments.severities,
            seed=arguments.seed,
            data_name=arguments.data_name,
            predictor=predictor,
            progress=report,
        )
    path = save(chosen, result)
    sys.stdout.write(f"{_report(chosen.name, result)}kept in {path}\n")
    return 0


def _effects(names: list[str]) -> list[str]:
    chosen = []
    for name in names:
        members = [effect.name for effect in EFFECTS.values() if effect.group == name and effect.has_severity]
        chosen += members or [name]
    return list(dict.fromkeys(chosen))


def _frames(arguments: argparse.Namespace) -> list[Frame]:
    root = arguments.data or dataset_root()
    if root is None:
        raise InputError("Nothing says where the frames are; give --data or set CITYSCAPES_DATASET.")
    found = find_frames(root, split=arguments.split, annotation=arguments.annotation)
    frames = [frame for frame in found if frame.truth_path]
    if arguments.frames is None:
        return frames
    if arguments.frames < 1:
        raise InputError(f"--frames is {arguments.frames}; expected 1 or more.")
    places = np.linspace(0, len(frames) - 1, min(arguments.frames, len(frames))).round().astype(int)
    return [frames[place] for place in places]


def _report(name: str, result: Sweep) -> str:
    made = result.provenance
    summary = summarize(result.table)
    clean = result.table["miou"].iloc[0]
    lines = [
        f"{name} on {made['split']}: {made['frames']} frames, clean mean IoU {_percent(clean)}",
        f"{'effect':22}{'kept':>9}{'worst mIoU':>13}",
        *(
            f"{EFFECTS[row.effect].title:22}{_percent(row.kept):>9}{_percent(row.worst):>13}"
            for row in summary.itertuples()
        ),
        "kept: area under mean IoU against severity, as a share of the clean score",
    ]
    return "\n".join(lines) + "\n"


def _percent(score: float) -> str:
    return "-" if np.isnan(score) else f"{100 * score:.1f} %"
