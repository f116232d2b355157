"""The report's section on scores under weather."""

from functools import partial
from html import escape

import pandas as pd

from segcore.effects.table import EFFECTS
from segcore.reports.charts.severity import severity_curves
from segcore.reports.html.markup import html_table, score_row
from segcore.reports.html.shell import Chart
from segcore.reports.html.sides import Parts, ReportedRun, attempt, measured_on, warn_of_stale
from segcore.reports.tables import same_classes
from segcore.runs.results import read_robustness, robustness_sets
from segcore.scoring.robustness import read_provenance, summarize


def under_weather(*sides: ReportedRun) -> Parts:
    """Tell what weather leaves of the scores, effect by effect; nothing where it was not measured for both."""
    shared = set.intersection(*(set(robustness_sets(side.run)) for side in sides))
    # The set that the report is about, where weather was measured on it.
    for set_name in sorted(shared, key=lambda name: (name != sides[0].scores.provenance.set_name, name))[:1]:
        found = {side.name: attempt(partial(read_robustness, side.run, set_name)) for side in sides}
        tables = {name: table for name, table in found.items() if isinstance(table, pd.DataFrame)}
        effects = [name for name in EFFECTS if all(name in set(table["effect"]) for table in tables.values())]
        if len(tables) < len(sides) or not effects:
            return
        records = [read_provenance(side.run, set_name) for side in sides]
        yield "<h2>Under weather</h2>"
        yield from warn_of_stale(sides, records)
        yield (
            "<p>Drops, flakes and fog are painted onto the frames: a stand-in for real weather, no proof of how a "
            "model does in it. Kept is the area under mean IoU against severity 0 to 5, as a share of the clean "
            "score.</p>"
        )
        summaries = {name: summarize(table).set_index("effect") for name, table in tables.items()}
        rows = []
        for effect in effects:
            kept = (summary["kept"][effect] for summary in summaries.values())
            rows.append(score_row(EFFECTS[effect].title, *kept))
        comparable = same_classes(*(side.scores for side in sides))
        clean = (summary["clean"].iloc[0] for summary in summaries.values())
        rows.append(score_row("Clean mean IoU", *clean, comparable=comparable))
        yield html_table(("Kept under", "A", "B", "A − B, points"), rows)
        highest = max(table["miou"].max() for table in tables.values())
        yield '<div class="cards">'
        for effect in effects:
            curves = {name: table[table["effect"] == effect] for name, table in tables.items()}
            figure = severity_curves(
                curves, value="miou", title="mean IoU", range_to=(0, 1.05 * max(highest, 0.05))
            )
            yield f"<div><h3>{escape(EFFECTS[effect].title)}</h3>"
            yield Chart(
                figure, figure, f"Mean IoU of both runs against the severity of {EFFECTS[effect].title}."
            )
            yield "</div>"
        yield "</div>"
        yield (
            f'<p class="quiet">A has circles, B diamonds. Measured on: {escape(measured_on(records))}.</p>'
        )
