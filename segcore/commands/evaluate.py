"""``python -m segcore evaluate``: score a run on the annotated frames of a split."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from segcore.classes.scoring_space import ScoringSpace, scoring_space
from segcore.commands.options import (
    add_data_options,
    add_ray_option,
    add_skip_option,
    annotated_frames,
    mappers,
    open_data,
)
from segcore.frames.frame import Frame
from segcore.reports.percent import percent
from segcore.runs.evaluation import Evaluation
from segcore.runs.record import PREDICTION_SETTINGS
from segcore.runs.results import result_path, sizes_in_words, write_evaluation
from segcore.runs.run import Run, find_run, list_runs
from segcore.runs.sets import runs_with_other_frames, set_for
from segcore.scoring.bootstrap import bootstrap_interval
from segcore.scoring.evaluation import evaluate
from segcore.system.files import check_writable, write_json
from segcore.system.progress import progress

_SCORES = ("miou", "category_miou", "pixel_accuracy", "frames", "classes", "categories")
_PROVENANCE = (
    "data",
    "split",
    "left_out",
    "frame_size",
    "input_size",
    "inference_sizes",
    *PREDICTION_SETTINGS,
    "weights_sha256",
    "date",
)
_AVERAGED = ("classes_averaged", "categories_averaged")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", required=True, help="name of the run; `runs` lists them")
    add_data_options(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the scores to this JSON file")
    parser.add_argument(
        "--save", metavar="SET", help="also store the scores in the run's folder under this name, for the app"
    )
    add_skip_option(parser)
    add_ray_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print the scores, and write them to the chosen files."""
    chosen = find_run(arguments.run)
    dataset = open_data(arguments.data, name=arguments.data_name)
    split = arguments.split or dataset.usual_split
    frames = annotated_frames(dataset, split=split, annotation=arguments.annotation)
    if arguments.json:
        check_writable(arguments.json, remedy="choose another --json")
    if arguments.save:
        check_writable(
            result_path(chosen, "evaluation", arguments.save, ".json"), remedy="choose another --save"
        )
        _warn_of_other_frames(chosen, arguments.save, frames)
    with mappers(arguments.ray) as mapper_of, progress(f"evaluate {chosen.name}") as report:
        evaluation = evaluate(
            chosen,
            frames,
            mapper=mapper_of(chosen),
            set_name=arguments.save or split,
            data_name=frames[0].data,
            skip_unusable=arguments.skip_unusable,
            progress=report,
        )
    sys.stdout.write(_report(chosen.name, evaluation, scoring_space(frames[0].classes, chosen.space)))
    if arguments.save:
        sys.stdout.write(f"\nstored in {write_evaluation(chosen, evaluation)}\n")
    if arguments.json:
        content = evaluation.to_json()
        keys = [key for key in (*_SCORES, *_AVERAGED, *_PROVENANCE) if key in content]
        write_json(arguments.json, {"run": chosen.name, **{key: content[key] for key in keys}})
    return 0


def _warn_of_other_frames(chosen: Run, set_name: str, frames: Sequence[Frame]) -> None:
    """Say that other runs have scores of other frames under this name, which hence do not compare."""
    others = [run for run in list_runs().runs if run.name != chosen.name]
    if found := [run.name for run in runs_with_other_frames(set_name, frames, others)]:
        better = set_for(frames, others)
        keepers = f"{found[0]} keeps" if len(found) == 1 else f"{found[0]} and {len(found) - 1} more keep"
        sys.stderr.write(
            f"segcore: warning: {keepers} scores of other frames under the name {set_name}, so that the "
            f"pages cannot compare them with these; --save {better} tells them apart\n"
        )


def _report(name: str, evaluation: Evaluation, scored: ScoringSpace) -> str:
    made, latency = evaluation.provenance, evaluation.latency
    interval = bootstrap_interval(evaluation.per_frame)
    averaged, total = evaluation.classes_averaged, len(evaluation.classes)
    others = (
        f"; other frames of this kind: {percent(interval.low)} to {percent(interval.high)} (95 %)"
        if interval.is_known
        else ""
    )
    # The input size of stored masks is unknown.
    seen = f", seen at {sizes_in_words(made.views)}" if made.views else ""
    lines = [
        f"{name} on {made.split} of {made.data}: {made.frames_in_words}{seen}",
        f"mean IoU        {_cell(evaluation.miou)}  over {averaged} of {total} classes{others}",
        f"category mIoU   {_cell(evaluation.category_miou)}",
        f"pixel accuracy  {_cell(evaluation.pixel_accuracy)}",
    ]
    if latency is not None:
        lines.append(f"latency         {latency.median:.0f} ms per frame ({latency.hardware})")
    lines += filter(None, [scored.merged_in_words])
    if missing := scored.missing_in(0):
        lines.append(f"{name} has no class for these, so their IoU is 0: {', '.join(missing)}.")
    for kind, ious in (("classes", evaluation.classes), ("categories", evaluation.categories)):
        if ious:
            width = max(14, *(len(name) + 1 for name in ious))
            lines += ["", kind, *(f"  {name:{width}}{_cell(score)}" for name, score in ious.items())]
    return "\n".join(lines) + "\n"


def _cell(score: float | None) -> str:
    return f"{percent(score, absent='-'):>7}"
