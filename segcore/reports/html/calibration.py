"""The report's section on calibration."""

from html import escape

from segcore.reports.calibration import (
    DEFINITIONS,
    calibration_in_words,
    calibration_table,
    why_uncalibrated,
)
from segcore.reports.charts.calibration import (
    confidence_histograms,
    reliability_diagram,
    risk_coverage_curves,
)
from segcore.reports.html.markup import html_table
from segcore.reports.html.shell import Chart
from segcore.reports.html.sides import Parts, ReportedRun
from segcore.reports.percent import percent
from segcore.scoring.calibration import SURE

_ROWS = {
    "Expected calibration error": "error",
    "Mean confidence": "confidence",
    "Accuracy": "accuracy",
    f"Pixels with a confidence of {100 * SURE:.0f} % or more": "sure",
    "… of which are right": "sure_accuracy",
    "… of all errors": "sure_wrong",
}


def calibration(*sides: ReportedRun) -> Parts:
    """Yield the section on the confidence of the runs and their accuracy at this confidence."""
    yield "<h2>Calibration: does confidence match accuracy?</h2>"
    for sentence in why_uncalibrated([(side.run, side.scores) for side in sides]):
        yield f"<p>{escape(sentence)}</p>"
    counts = {side.name: side.scores.calibration for side in sides if side.scores.calibration is not None}
    if not counts:
        return
    table = calibration_table(counts)
    rows = [(title, *map(percent, table[column])) for title, column in _ROWS.items()]
    yield html_table(("", *counts), rows)
    sentences = " ".join(calibration_in_words(name, each) for name, each in counts.items())
    yield f"<p>{escape(sentences)}</p>"
    for title, draw, what in (
        ("Reliability", reliability_diagram, "Share of right pixels against their confidence, bin by bin."),
        (
            "Coverage",
            risk_coverage_curves,
            "Accuracy of the most confident pixels against their share of all pixels.",
        ),
        ("Right and wrong pixels", confidence_histograms, "Right and wrong pixels by their confidence."),
    ):
        figure = draw(counts)
        yield f"<h3>{title}</h3>"
        yield Chart(figure, figure, what)
    yield f'<p class="quiet">{escape(DEFINITIONS)}</p>'
