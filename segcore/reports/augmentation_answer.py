"""Effect of augmentation: a Markdown table that compares each run with the same training without augmentation."""

from collections.abc import Iterator, Sequence

import numpy as np

from segcore.errors import InputError
from segcore.reports.percent import percent, points, points_between
from segcore.reports.tables import augmentation_pairs
from segcore.reports.words import gap_when_kept
from segcore.runs.evaluation import Evaluation
from segcore.runs.history import read_history
from segcore.runs.results import evaluation_sets, is_stale, read_evaluation
from segcore.runs.run import Run
from segcore.scoring.bootstrap import (
    Interval,
    bootstrap_classes,
    bootstrap_difference,
    bootstrap_mean_difference,
)
from segcore.scoring.robustness import CLEAN, read_per_frame, read_provenance
from segcore.system.counting import counted

_HEAD = (
    "| Run, scored on | mIoU with | without | Difference | Train − val with | without | Classes better, worse | "
    "Under weather |",
    "|---|---|---|---|---|---|---|---|",
)


def augmentation_table(runs: Sequence[Run]) -> str:
    """Return a table with one row for each pair (X, X_noaug) and each set of frames on which both were scored.

    Differences are "with" minus "without" augmentation, in points, with 95 % bootstrap intervals over frames. A class
    is better or worse if its interval does not contain 0. Without counts of the same frames there are no differences.
    The difference under weather is the mean over all effects and severities that were measured for both, without the
    clean frames.
    """
    by_name = {run.name: run for run in runs}
    rows = [
        _row(with_it, without, set_name, scores)
        for with_it, without in ((by_name[x], by_name[y]) for x, y in augmentation_pairs(list(by_name)))
        for set_name, scores in _shared_sets(with_it, without)
    ]
    return "\n".join((*_HEAD, *rows))


def _shared_sets(*pair: Run) -> Iterator[tuple[str, list[Evaluation]]]:
    """Yield the sets on which both runs have scores that are not stale, with the scores of both."""
    for name in evaluation_sets(pair[0]):
        found = [read_evaluation(run, name) for run in pair]
        scores = [each for each in found if each is not None]
        if len(scores) == 2 and not any(map(is_stale, pair, (each.provenance for each in scores))):
            yield name, scores


def _row(with_it: Run, without: Run, set_name: str, scores: Sequence[Evaluation]) -> str:
    first, second = (each.per_frame for each in scores)
    try:
        difference = _with_bounds(bootstrap_difference(first, second))
        judged = [each.verdict for each in bootstrap_classes(first, second) if not np.isnan(each.value)]
        better_worse = f"{judged.count(1)}, {judged.count(-1)}"
    except InputError:
        difference = better_worse = "not comparable"
    scored = scores[0].provenance
    data = " ".join(filter(None, (scored.data, scored.split)))
    cells = (
        f"`{with_it.name}`, {data}, {counted(scored.frames, 'frame')}",
        *(percent(each.miou, absent="absent") for each in scores),
        difference,
        *(_gap(run) for run in (with_it, without)),
        better_worse,
        _weather(with_it, without, set_name),
    )
    return f"| {' | '.join(cells)} |"


def _gap(run: Run) -> str:
    try:
        gap = gap_when_kept(read_history(run), run.best_epoch)
    except InputError:
        gap = None
    return points(gap, absent="not recorded")


def _weather(with_it: Run, without: Run, set_name: str) -> str:
    made = [read_provenance(run, set_name) for run in (with_it, without)]
    counts = [read_per_frame(run, set_name) for run in (with_it, without)]
    both = [key for key in counts[0] if key[1] != CLEAN and key in counts[1]]
    is_old = any(map(is_stale, (with_it, without), made))
    seeds = {each and each.seed for each in made}
    if is_old or not both or len(seeds) > 1:
        return "not measured"
    try:
        gain = bootstrap_mean_difference([(counts[0][key], counts[1][key]) for key in both])
    except InputError:
        return "not measured on the same frames"
    return f"{_with_bounds(gain)}, {counted(len(counts[0][both[0]]), 'frame')}"


def _with_bounds(interval: Interval) -> str:
    value = points(interval.value)
    return f"{value} ({points_between(interval.low, interval.high)})" if interval.is_known else value
