"""``python -m segcore refresh``: update every stored score that is stale."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from segcore.commands.card import write_cards
from segcore.commands.options import add_ray_option, annotated_frames, as_many, mappers, open_data
from segcore.effects.kinds import SEVERITIES
from segcore.errors import InputError
from segcore.frames.demo import DEMO_CITY
from segcore.frames.frame import Frame
from segcore.predict.files import plan_jobs, predict_files
from segcore.predict.work import Mapper, loaded
from segcore.runs.evaluation import Provenance
from segcore.runs.results import is_stale, read_evaluation, write_evaluation
from segcore.runs.run import Run, find_run, list_runs, runs_root
from segcore.scoring.evaluation import evaluate
from segcore.scoring.robustness import CLEAN, WEATHER, read_provenance, save, stored_levels, sweep
from segcore.system.counting import counted
from segcore.system.progress import progress
from segcore.system.settings import data_folder

_EXAMPLE = "altenrode_000002_000019"
_WEATHER_FRAMES = 40


@dataclass(frozen=True)
class _FrameSet:
    """A named set of frames, the name of its data set, and the frames for scores under weather."""

    name: str
    data_name: str
    frames: Sequence[Frame]
    in_weather: Sequence[Frame]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--run", nargs="+", metavar="NAME", help="names of runs in weights/ (default: all)")
    parser.add_argument(
        "--cityscapes",
        type=Path,
        metavar="ROOT",
        help="also score on the split val of this data set, stored as the set val (default: SEGCOMPARE_DATA)",
    )
    parser.add_argument("--data-name", help="name to store for that data set (default: its own)")
    parser.add_argument(
        "--frames",
        type=int,
        default=_WEATHER_FRAMES,
        metavar="N",
        help=f"number of frames for the weather scores, spread over each set (default: {_WEATHER_FRAMES})",
    )
    parser.add_argument("--force", action="store_true", help="also repeat what is up to date")
    add_ray_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Update stale scores, and write the model cards and the tables of scores."""
    chosen = [find_run(name) for name in arguments.run] if arguments.run else list_runs(runs_root()).runs
    sets = list(_sets(arguments))
    with mappers(arguments.ray) as mapper_of:
        for one in chosen:
            if one.has_network:
                _refresh(one, sets, mapper_of=mapper_of, force=arguments.force)
            else:
                sys.stdout.write(f"{one.name}: has no weights, its scores are kept\n")
    return write_cards()


def _sets(arguments: argparse.Namespace) -> Iterator[_FrameSet]:
    root = arguments.cityscapes or data_folder()
    for name, data_name, place in (("demo", "Demo city", DEMO_CITY), ("val", arguments.data_name, root)):
        if place is not None:
            dataset = open_data(place, name=data_name)
            frames = annotated_frames(dataset, split="val")
            yield _FrameSet(name, dataset.name, frames, as_many(frames, arguments.frames))


def _refresh(
    run: Run, sets: Sequence[_FrameSet], *, mapper_of: Callable[[Run], Mapper | None], force: bool
) -> None:
    @cache
    def how() -> dict:
        # Called only if there is something to do; the result is cached.
        mapper = mapper_of(run)
        return {"mapper": mapper} if mapper else {"predictor": loaded(run)}

    for one in sets:
        about = f"{run.name} on {one.name}"
        if force or not _is_scored(run, one):
            for frame in one.frames:
                if frame.frame_id == _EXAMPLE:
                    jobs = plan_jobs([frame.image_path], run.path / "example", kind="label-ids").jobs
                    predict_files(run, jobs, kind="label-ids", **how())
            with progress(f"evaluate {about}") as report:
                scores = evaluate(
                    run,
                    one.frames,
                    set_name=one.name,
                    data_name=one.data_name,
                    progress=report,
                    **how(),
                )
                write_evaluation(run, scores)
            sys.stdout.write(f"{about}: evaluated on {counted(len(one.frames), 'frame')}\n")
        if force or not _is_measured(run, one):
            with progress(f"robustness of {about}") as report:
                result = sweep(
                    run,
                    one.in_weather,
                    set_name=one.name,
                    data_name=one.data_name,
                    progress=report,
                    **how(),
                )
                save(run, result)
            sys.stdout.write(f"{about}: measured under weather on {counted(len(one.in_weather), 'frame')}\n")


def _is_scored(run: Run, wanted: _FrameSet) -> bool:
    try:
        stored = read_evaluation(run, wanted.name)
    except InputError:
        return False
    return (
        stored is not None
        and _is_of(run, stored.provenance)
        and stored.provenance.data == wanted.data_name
        and [entry.frame for entry in stored.per_frame] == [frame.frame_id for frame in wanted.frames]
    )


def _is_measured(run: Run, wanted: _FrameSet) -> bool:
    stored = stored_levels(run, wanted.name, wanted.in_weather, data_name=wanted.data_name)
    return (
        _is_of(run, read_provenance(run, wanted.name))
        and {(None, CLEAN), *product(WEATHER, SEVERITIES)} <= stored
    )


def _is_of(run: Run, made: Provenance | None) -> bool:
    return made is not None and made.weights_sha256 == run.weights_sha256 and not is_stale(run, made)
