"""Evaluation: whether runs are as sure as they are right."""

from collections.abc import Mapping

import streamlit as st

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
from segcore.reports.percent import ABSENT
from segcore.runs.calibration import CalibrationCounts
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import Run
from segcore.scoring.calibration import SURE
from ui.evaluation.columns import in_percent, share_column
from ui.shell.page import percent, show_chart
from ui.shell.save import offer_csv
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped, message_of

_SURE = f"{100 * SURE:.0f} %"
_COLUMNS = {
    "error": ("Calibration error", "Expected calibration error: mean difference of confidence and accuracy."),
    "confidence": ("Mean confidence", "Over all scored pixels."),
    "accuracy": ("Accuracy", "Share of the scored pixels that are right."),
    "sure": ("Sure pixels", f"Share of the pixels with a confidence of at least {_SURE}."),
    "sure_accuracy": ("Right when sure", "Share of these that are right."),
    "sure_wrong": ("Sure errors", f"Share of the wrong pixels whose confidence is at least {_SURE}."),
}  # fmt: skip


def show_calibration(
    runs: Mapping[str, Run], evaluations: Mapping[str, Evaluation], a: Run, b: Run, set_name: str
) -> None:
    """Draw the calibration of all runs as a table, and that of A and B as curves."""
    missing = why_uncalibrated([(runs[name], scores) for name, scores in evaluations.items()])
    counts = {
        name: scores.calibration for name, scores in evaluations.items() if scores.calibration is not None
    }
    if not counts:
        st.info("\n".join(f"- {message_of(sentence)}" for sentence in missing))
        return
    _show_table(counts, set_name)
    if missing:
        st.caption("  \n".join(map(message_of, missing)))
    pair = {run.name: counts[run.name] for run in (a, b) if run.name in counts}
    if pair:
        _show_pair(pair, set_name)
    else:
        st.caption(DEFINITIONS)


def _show_table(counts: Mapping[str, CalibrationCounts], set_name: str) -> None:
    table = calibration_table(counts)
    titles = {column: title for column, (title, _) in _COLUMNS.items()}
    draw_table(
        in_percent(table, list(_COLUMNS)).rename(columns={"run": "Run", **titles}),
        "calibration",
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), 388),
        column_config={
            "Run": st.column_config.TextColumn(pinned=True),
            **{title: share_column(title, help=meaning) for title, meaning in _COLUMNS.values()},
        },
        alt="Calibration of the runs: "
        + "; ".join(f"{row.run} calibration error {percent(row.error)}" for row in table.itertuples()),
    )
    offer_csv(table, key="calibration", about=(set_name, *counts))


def _show_pair(pair: Mapping[str, CalibrationCounts], set_name: str) -> None:
    text = " ".join(calibration_in_words(name, counts) for name, counts in pair.items())
    st.write(markdown_escaped(text))
    about = (set_name, *pair)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Reliability")
        st.caption("Below the diagonal, a run is overconfident.")
        show_chart(
            reliability_diagram(pair),
            key="reliability",
            alt=f"Accuracy against confidence. {text}",
            about=about,
        )
    with right:
        st.subheader("Coverage")
        st.caption("Each point leaves out all pixels below a threshold, which rises to the left.")
        show_chart(
            risk_coverage_curves(pair),
            key="risk_coverage",
            alt="Accuracy of the surest pixels against their share of all pixels.",
            about=about,
        )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Right and wrong pixels")
        st.caption("Confidence reveals errors if the wrong pixels lie further left.")
        show_chart(
            confidence_histograms(pair),
            key="confidence_histograms",
            alt=f"Share of the right and of the wrong pixels by their confidence. {text}",
            about=about,
        )
    with right:
        st.subheader("Definitions")
        st.write(DEFINITIONS)
