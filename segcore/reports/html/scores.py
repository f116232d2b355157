"""The report's sections on the scores of one set: in all, class by class, what is taken for what, frame by frame."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import numpy as np
import pandas as pd

from segcore.reports.charts.scores import confusion_heatmap, dumbbell, row_shares
from segcore.reports.html.markup import (
    format_cell,
    format_range,
    html_table,
    score_row,
    swatch,
)
from segcore.reports.html.shell import Chart
from segcore.reports.html.sides import Parts, Side, attempt, measured_on, scores_of_both, warn_of_outdated
from segcore.reports.percent import ABSENT
from segcore.reports.tables import frame_table, predicts_void, same_classes, score_table
from segcore.scoring.bootstrap import bootstrap_classes, bootstrap_difference, bootstrap_interval

MOST_FRAMES = 8


def headline(*sides: Side) -> Parts:
    """Tell the scores over all classes, and whether the difference is more than chance."""
    records = [side.scores for side in sides]
    yield f"<h2>Scores</h2><p>{escape(measured_on(records))}.</p>"
    yield from warn_of_outdated(sides, records)
    comparable = same_classes(*records)
    frames = [side.scores.get("per_frame", []) for side in sides]
    intervals = [attempt(partial(bootstrap_interval, entries)) for entries in frames]
    rows = [score_row("Mean IoU", *scores_of_both(sides, "miou"), comparable=comparable)]
    if not any(isinstance(interval, str) for interval in intervals):
        difference = attempt(partial(bootstrap_difference, *frames))
        between = "" if isinstance(difference, str) else format_range(difference, "+.1f")
        rows.append(("… 95 % interval", *(format_range(each, ".1f") for each in intervals), between))
    rows.append(score_row("Mean IoU of categories", *scores_of_both(sides, "category_miou")))
    accuracies = scores_of_both(sides, "pixel_accuracy")
    rows.append(score_row("Pixel accuracy", *accuracies, comparable=comparable))
    latencies = [side.scores.get("latency_ms") or {} for side in sides]
    medians = [each.get("median") for each in latencies]
    known = [median if isinstance(median, int | float) else None for median in medians]
    rows.append(("Network call, median", *(format_cell(median, "{:.0f} ms") for median in known), ""))
    yield html_table(("", "A", "B", "A − B, points"), rows)
    yield f"<p>{escape(_verdict(frames))}</p>"
    machines = dict.fromkeys(str(each["hardware"]) for each in latencies if each.get("hardware"))
    if machines:
        yield f'<p class="quiet">Latency on: {escape("; ".join(machines))}.</p>'


def _verdict(frames: Sequence[Sequence[Mapping]]) -> str:
    difference = attempt(partial(bootstrap_difference, *frames))
    if isinstance(difference, str):
        return f"Whether the difference is more than chance is not known. {difference}"
    if not difference.is_known:
        return (
            "Whether the difference is more than chance is not known: these frames say nothing about others."
        )
    bounds = f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f} points"
    if difference.low <= 0 <= difference.high:
        return f"With other frames the difference could have either sign ({bounds}): these do not tell which is better."
    better = "A" if difference.low > 0 else "B"
    return (
        f"{better} is ahead by more than the choice of frames explains ({bounds}). It is one training of each: "
        "another seed may move either score."
    )


def class_scores(*sides: Side) -> Parts:
    """Tell the IoU of each class and each category."""
    names = [side.name for side in sides]
    for key, title in (("classes", "Classes"), ("categories", "Categories")):
        table = score_table({side.name: side.scores for side in sides}, key)
        if table.empty:
            continue
        ranges = _class_ranges(sides) if key == "classes" else {}
        rows = []
        for name, row in table.iterrows():
            bounds = (ranges.get(name, ""),) if ranges else ()
            rows.append((*score_row(swatch(name), *row[names]), *bounds))
        yield f"<h2>{title}</h2>"
        header = ("IoU", "A", "B", "A − B, points", *(("95 % interval",) if ranges else ()))
        yield html_table(header, rows)
        figure = dumbbell(table)
        yield Chart(
            figure, figure, f"IoU of A and B for each of the {title.lower()}; the numbers stand in the table."
        )
    if (table := score_table({side.name: side.scores for side in sides}, "classes")).isna().any(axis=None):
        yield f'<p class="quiet">{ABSENT}: the class occurs neither in truth nor in prediction.</p>'


def _class_ranges(sides: Sequence[Side]) -> dict[str, str]:
    if not same_classes(*(side.scores for side in sides)):
        return {}
    found = attempt(partial(bootstrap_classes, *(side.scores.get("per_frame", []) for side in sides)))
    if isinstance(found, str):
        return {}
    names = sides[0].scores["class_names"]
    return {name: format_range(interval, "+.1f") for name, interval in zip(names, found, strict=True)}


def confusion_matrices(*sides: Side) -> Parts:
    """Draw where each class's pixels went, for A, for B and for the difference."""
    yield "<h2>What is taken for what</h2>"
    yield "<p>Each row is a class of the ground truth and adds up to 100 %: where its pixels went.</p>"
    keep_void = predicts_void(*(side.scores for side in sides))
    shares = [row_shares(np.asarray(side.scores["confusion"]), keep_void=keep_void) for side in sides]
    views = [(side.name, share, side.scores, False) for side, share in zip(sides, shares, strict=True)]
    if same_classes(*(side.scores for side in sides)):
        views.append(
            (
                "A − B: above 0 on the diagonal, A is right more often",
                shares[0] - shares[1],
                views[0][2],
                True,
            )
        )
    for title, share, scores, is_difference in views:
        draw = partial(confusion_heatmap, share, scores["class_names"], difference=is_difference)
        yield f"<h3>{escape(title)}</h3>"
        yield Chart(
            draw(dark=False), draw(dark=True), f"Confusion matrix, {title}: truth down, prediction across."
        )


def differing_frames(*sides: Side) -> Parts:
    """List the frames on which one is ahead most."""
    tables = [pd.DataFrame(side.scores.get("per_frame", []), columns=["frame", "miou"]) for side in sides]
    table = frame_table(*(each.astype({"miou": "float64"}) for each in tables)).dropna()
    difference = table.columns[-1]
    if table.empty:
        return
    yield "<h2>Frames on which they differ most</h2>"
    if not same_classes(*(side.scores for side in sides)):
        yield "<p>A and B know different classes, so that their frames cannot be compared.</p>"
        return
    yield '<p class="quiet">Mean IoU over the classes of one frame; these do not average to the score of the set.</p>'
    for title, ahead in (
        ("A ahead", table[table[difference] > 0].nlargest(MOST_FRAMES, difference)),
        ("B ahead", table[table[difference] < 0].nsmallest(MOST_FRAMES, difference)),
    ):
        if not ahead.empty:
            rows = [score_row(*row[:3]) for row in ahead.to_numpy().tolist()]
            yield f"<h3>{title}: {len(ahead)} of {len(table)} frames</h3>"
            yield html_table(("Frame", "A", "B", "A − B, points"), rows)
