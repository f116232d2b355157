"""Markdown tables with the scores of all runs, for the README, ``weights/README.md`` and docs."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from segcore.reports.augmentation_answer import augmentation_table
from segcore.reports.percent import percent
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import evaluation_sets, is_stale, read_evaluation, sizes_in_words
from segcore.runs.run import Run

SCORE_MARKS, AUGMENTATION_MARKS = (
    (f"<!-- {table}, written by python -m segcore card -->", f"<!-- end of {table} -->")
    for table in ("scores", "augmentation")
)

WRITTEN = "Written by `python -m segcore card`."

_percent = partial(percent, absent="absent")


def current_evaluations(run: Run) -> list[Evaluation]:
    """Return the scores of ``run`` on each set, without stale ones.

    Raises:
        InputError: stored scores are malformed.
    """
    evaluations = [read_evaluation(run, name) for name in evaluation_sets(run)]
    # Scores of other weights or sizes than the folder has do not describe this model.
    return [scores for scores in evaluations if scores and not is_stale(run, scores.provenance)]


def data_title(scores: Evaluation) -> str:
    """Return a set of frames in words: data set, split, cities, number of frames and size."""
    cities = cities_of(scores)
    made, size = scores.provenance, scores.provenance.frame_size
    data = f"{made.data} " if made.data else ""
    where = f"{data}{made.split}" + (f" ({', '.join(cities)})" if cities else "")
    pixels = f", {size[1]} x {size[0]} pixels" if size else ""
    return f"{where}, {made.frames_in_words}{pixels}"


def cities_of(scores: Evaluation) -> list[str]:
    """Return the cities in the names of an evaluation's frames, sorted."""
    return sorted({entry.frame.split("_")[0] for entry in scores.per_frame})


def items(lines: Iterable[str]) -> str:
    """Return lines as a Markdown list, with a line feed before each."""
    return "".join(f"\n- {line}" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    first, *others = (f"| {' | '.join(line)} |" for line in (head, *rows))
    return "\n".join((first, "|---" * len(head) + "|", *others))


def overview(runs: Sequence[Run]) -> str:
    """Return a Markdown page with one row for each run and one column for each set of frames."""
    found = {run.name: {data_title(scores): scores for scores in current_evaluations(run)} for run in runs}
    sets = list(dict.fromkeys(title for scores in found.values() for title in scores))
    rows = [
        (
            f"[{run.name}]({run.name}/README.md)",
            *_facts(run),
            *(_in_short(found[run.name].get(title)) for title in sets),
        )
        for run in runs
    ]
    head = ("Run", "Network", "Parameters", "Views", *sets)
    return f"""# Trained runs

{table(head, rows)}

Scores are mean IoU of classes / mean IoU of categories / pixel accuracy, with the number of classes and categories.
A run whose weights are not kept cannot predict; only its scores are shown.

{WRITTEN}
"""


def with_tables(text: str, runs: Sequence[Run]) -> str | None:
    """Return the text of a Markdown file with new tables between their markers, or None if it has no markers.

    Runs without weights are left out of the scores, since they cannot be used.
    """
    tables = {
        SCORE_MARKS: lambda: _score_table([run for run in runs if run.has_network]),
        AUGMENTATION_MARKS: lambda: augmentation_table(runs),
    }
    marked = [marks for marks in tables if all(mark in text for mark in marks)]
    for first, last in marked:
        before, _, rest = text.partition(first)
        _, _, after = rest.partition(last)
        text = f"{before}{first}\n{tables[first, last]()}\n{last}{after}"
    return text if marked else None


def _score_table(runs: Sequence[Run]) -> str:
    rows = [
        (
            f"[{run.name}](weights/{run.name}/README.md)",
            *_facts(run)[1:],
            data_title(scores),
            mean_of(scores.miou, scores.classes),
            mean_of(scores.category_miou, scores.categories),
            _percent(scores.pixel_accuracy),
        )
        for run in runs
        for scores in current_evaluations(run)
    ]
    head = (
        "Run", "Parameters", "Views", "Scored on", "Mean IoU, classes", "Mean IoU, categories", "Pixel accuracy",
    )  # fmt: skip
    return table(head, rows)


def _facts(run: Run) -> tuple[str, str, str]:
    size = "" if run.parameters is None else f"{run.parameters / 1e6:.1f} M"
    kept = "" if run.has_network or run.has_masks else " (weights not kept)"
    return f"{run.architecture}{kept}", size, sizes_in_words(run.inference_sizes)


def _in_short(scores: Evaluation | None) -> str:
    if scores is None:
        return ""
    return " / ".join(
        (
            mean_of(scores.miou, scores.classes),
            mean_of(scores.category_miou, scores.categories),
            _percent(scores.pixel_accuracy),
        )
    )


def mean_of(score: float | None, ious: Mapping[str, float | None]) -> str:
    """Return a mean with the number of its classes, such as "56.8 % of 19"."""
    present = sum(iou is not None for iou in ious.values())
    return f"{_percent(score)} of {present}" if present else _percent(score)
