"""The report's section on scores under weather."""

from html import escape

from segcore.effects.table import EFFECTS
from segcore.reports.charts.looks import looks
from segcore.reports.charts.severity import severity_curves
from segcore.reports.html.markup import DIFFERENCE_POINTS, html_table, score_row
from segcore.reports.html.shell import Chart
from segcore.reports.html.sides import (
    Parts,
    ReportedRun,
    measured_on,
    names_of,
    sweeps_on_the_same_data,
    warn_of_stale,
)
from segcore.reports.tables import place_of, same_classes
from segcore.scoring.robustness import summarize


def under_weather(*sides: ReportedRun) -> Parts:
    """Yield the scores under each effect on the report's data, or a note that they were not measured."""
    yield "<h2>Under weather</h2>"
    found = sweeps_on_the_same_data(sides)
    if found is None:
        where = escape(place_of(sides[0].scores.provenance))
        yield f"<p>Not measured for both on these frames ({where}).</p>"
        return
    tables = dict(zip(names_of(sides), found.tables, strict=True))
    effects = [name for name in EFFECTS if all(name in set(table["effect"]) for table in found.tables)]
    yield from warn_of_stale(sides, found.records)
    yield (
        "<p>Drops, flakes and fog are drawn onto the frames. This replaces real weather only in part and does not "
        "prove how a model performs in it. Kept: the area under the curve of mean IoU against severity 0 to 5, as a "
        "share of the clean score.</p>"
    )
    summaries = [summarize(table).set_index("effect") for table in found.tables]
    rows = []
    for effect in effects:
        kept = (summary["kept"][effect] for summary in summaries)
        rows.append(score_row(EFFECTS[effect].title, *kept))
    comparable = same_classes(*(side.scores for side in sides))
    clean = (summary["clean"].iloc[0] for summary in summaries)
    rows.append(score_row("Clean mean IoU", *clean, comparable=comparable))
    yield html_table(("Kept under", *names_of(sides), DIFFERENCE_POINTS), rows)
    highest = max(table["miou"].max() for table in found.tables)
    yield '<div class="cards">'
    for effect in effects:
        curves = {name: table[table["effect"] == effect] for name, table in tables.items()}
        figure = severity_curves(
            curves, value="miou", title="mean IoU", range_to=(0, 1.05 * max(highest, 0.05))
        )
        yield f"<div><h3>{escape(EFFECTS[effect].title)}</h3>"
        yield Chart(figure, figure, f"Mean IoU of both runs against the severity of {EFFECTS[effect].title}.")
        yield "</div>"
    yield "</div>"
    look = looks(names_of(sides))
    legend = ", ".join(
        f'<span style="color: {look[name].color}">{look[name].sign}</span> {escape(name)}'
        for name in names_of(sides)
    )
    yield f'<p class="quiet">{legend}. Measured on: {escape(measured_on(sides, found.records))}.</p>'
