"""The report's sections on the scores of one set: all classes, single classes, confusion matrices, frames."""

from collections.abc import Sequence
from functools import partial
from html import escape

from segcore.reports.charts.scores import confusion_heatmap, dumbbell, only_classes, row_shares
from segcore.reports.html.markup import (
    DIFFERENCE_POINTS,
    format_cell,
    format_range,
    html_table,
    name_with_swatch,
    score_row,
)
from segcore.reports.html.shell import Chart
from segcore.reports.html.sides import Parts, ReportedRun, attempt, measured_on, names_of, warn_of_stale
from segcore.reports.tables import (
    classes_in_words,
    colors_in,
    frame_table,
    occurring,
    predicts_void,
    same_classes,
    score_table,
    without_absent,
)
from segcore.runs.evaluation import CallTime
from segcore.scoring.bootstrap import bootstrap_classes, bootstrap_difference, bootstrap_interval

MOST_FRAMES = 8


def headline(*sides: ReportedRun) -> Parts:
    """Yield the scores over all classes, with intervals."""
    scores = [side.scores for side in sides]
    records = [each.provenance for each in scores]
    over = escape(classes_in_words(*scores))
    yield f"<h2>Scores</h2><p>{escape(measured_on(sides, records))}. Mean IoU is over {over}.</p>"
    yield from warn_of_stale(sides, records)
    comparable = same_classes(*scores)
    frames = [side.scores.per_frame for side in sides]
    tried = [attempt(partial(bootstrap_interval, entries)) for entries in frames]
    intervals = [each for each in tried if not isinstance(each, str)]
    rows = [score_row("Mean IoU", *(each.miou for each in scores), comparable=comparable)]
    if len(intervals) == len(sides):
        difference = attempt(partial(bootstrap_difference, *frames))
        between = "" if isinstance(difference, str) else format_range(difference, is_difference=True)
        rows.append(
            ("… 95 % interval", *(format_range(each, is_difference=False) for each in intervals), between)
        )
    rows.append(score_row("Mean IoU of categories", *(each.category_miou for each in scores)))
    accuracies = (each.pixel_accuracy for each in scores)
    rows.append(score_row("Pixel accuracy", *accuracies, comparable=comparable))
    latencies = [each.latency or CallTime() for each in scores]
    medians = (format_cell(each.median, "{:.0f} ms") for each in latencies)
    rows.append(("Network call, all views, median", *medians, ""))
    if any(each.first_view_latency is not None for each in scores):
        firsts = (format_cell(each.first_view_latency, "{:.0f} ms") for each in scores)
        rows.append(("… the first view alone", *firsts, ""))
    yield html_table(("", *names_of(sides), DIFFERENCE_POINTS), rows)
    yield from _why_undecided(sides)
    machines = dict.fromkeys(each.hardware for each in latencies if each.hardware)
    if machines:
        yield f'<p class="quiet">Latency on: {escape("; ".join(machines))}.</p>'


def _why_undecided(sides: Sequence[ReportedRun]) -> Parts:
    """Yield the reason if there is no interval of the difference; what it says otherwise is in the first lines."""
    difference = attempt(partial(bootstrap_difference, *(side.scores.per_frame for side in sides)))
    if isinstance(difference, str):
        yield f"<p>It is not known whether the difference is larger than noise. {escape(difference)}</p>"
    elif not difference.is_known:
        yield (
            "<p>It is not known whether the difference is larger than noise: there are too few frames for an "
            "interval.</p>"
        )


def class_scores(*sides: ReportedRun) -> Parts:
    """Yield the IoU of each class and each category."""
    scores = {side.name: side.scores for side in sides}
    names = [*scores]
    for key, title in (("classes", "Classes"), ("categories", "Categories")):
        table, absent = without_absent(score_table(scores, key))
        if table.empty:
            continue
        colors = colors_in(table, scores, key)
        ranges = _class_ranges(sides) if key == "classes" else {}
        rows = []
        for (name, row), color in zip(table.iterrows(), colors, strict=True):
            bounds = (ranges.get(name, ""),) if ranges else ()
            rows.append((*score_row(name_with_swatch(name, color), *row[names]), *bounds))
        yield f"<h2>{title}</h2>"
        header = ("IoU", *names, DIFFERENCE_POINTS, *(("95 % interval",) if ranges else ()))
        yield html_table(header, rows)
        figure = dumbbell(table)
        if absent:
            yield f'<p class="quiet">Neither in these frames nor predicted: {escape(", ".join(absent))}.</p>'
        yield Chart(
            figure, figure, f"IoU of both for each of the {title.lower()}; the table has the numbers."
        )


def _class_ranges(sides: Sequence[ReportedRun]) -> dict[str, str]:
    if not same_classes(*(side.scores for side in sides)):
        return {}
    found = attempt(partial(bootstrap_classes, *(side.scores.per_frame for side in sides)))
    if isinstance(found, str):
        return {}
    names = sides[0].scores.class_names
    return {
        name: format_range(interval, is_difference=True) for name, interval in zip(names, found, strict=True)
    }


def confusion_matrices(*sides: ReportedRun) -> Parts:
    """Yield the confusion matrices of each run and of their difference."""
    yield "<h2>Confusion between classes</h2>"
    yield "<p>Each row is a class of the ground truth: the shares of its pixels by predicted class, in total 100 %.</p>"
    keep_void = predicts_void(*(side.scores for side in sides))
    shares = [row_shares(side.scores.confusion, keep_void=keep_void) for side in sides]
    comparable = same_classes(*(side.scores for side in sides))
    views = [(side.name, share, side.scores, False) for side, share in zip(sides, shares, strict=True)]
    if comparable:
        views.append(
            (
                f"{sides[0].name} − {sides[1].name}: above 0 on the diagonal, {sides[0].name} is right more often",
                shares[0] - shares[1],
                views[0][2],
                True,
            )
        )
    for title, share, scores, is_difference in views:
        kept = occurring(*(side.scores for side in sides)) if comparable else occurring(scores)
        names = [name for name, keep in zip(scores.class_names, kept, strict=True) if keep]
        draw = partial(confusion_heatmap, only_classes(share, kept), names, difference=is_difference)
        yield f"<h3>{escape(title)}</h3>"
        yield Chart(
            draw(dark=False), draw(dark=True), f"Confusion matrix, {title}: truth down, prediction across."
        )


def differing_frames(*sides: ReportedRun) -> Parts:
    """Yield the frames on which one run is ahead most."""
    table = frame_table(*(side.scores.per_frame for side in sides)).dropna()
    difference = table.columns[-1]
    if table.empty:
        return
    yield "<h2>Frames on which they differ most</h2>"
    if not same_classes(*(side.scores for side in sides)):
        yield "<p>The runs have different classes, so their frames cannot be compared.</p>"
        return
    yield '<p class="quiet">Mean IoU over the classes of one frame; the mean of these is not the score of the set.</p>'
    for title, ahead in (
        (f"{sides[0].name} ahead", table[table[difference] > 0].nlargest(MOST_FRAMES, difference)),
        (f"{sides[1].name} ahead", table[table[difference] < 0].nsmallest(MOST_FRAMES, difference)),
    ):
        if not ahead.empty:
            rows = [score_row(*row[:3]) for row in ahead.to_numpy().tolist()]
            yield f"<h3>{escape(title)}: {len(ahead)} of {len(table)} frames</h3>"
            yield html_table(("Frame", *names_of(sides), DIFFERENCE_POINTS), rows)
