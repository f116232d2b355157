"""Figures of calibration: reliability, coverage, and the confidence of right and wrong pixels."""

from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from segcore.reports.charts.looks import Look, looks
from segcore.reports.charts.style import BELOW, NEUTRAL, RUN_A, VALIDATION, html_escaped
from segcore.runs.calibration import CalibrationCounts
from segcore.scoring.calibration import reliability, risk_coverage

_HEIGHT = 380
_MARGIN = {"l": 0, "r": 10, "t": 10, "b": 40}


def reliability_diagram(counts: Mapping[str, CalibrationCounts]) -> go.Figure:
    """Draw the accuracy of each bin against its mean confidence, one line per run; both are equal on the diagonal."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": NEUTRAL, "dash": "dash", "width": 1.2}, name="well calibrated"
    )  # fmt: skip
    look = looks(counts)
    for name, each in counts.items():
        table = reliability(each).dropna(subset=["accuracy"])
        figure.add_scatter(
            x=table["confidence"],
            y=table["accuracy"],
            customdata=table["share"],
            hovertemplate="confidence %{x:.1%}, right %{y:.1%}<br>%{customdata:.2%} of the pixels",
            **_line_of(name, look[name]),
        )
    figure.update_xaxes(title="mean confidence", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title="share that is right", range=[0, 1.03], tickformat=".0%")
    figure.update_layout(height=_HEIGHT, margin=_MARGIN, legend=BELOW, hovermode="closest")
    return figure


def risk_coverage_curves(counts: Mapping[str, CalibrationCounts]) -> go.Figure:
    """Draw accuracy against coverage for pixels above a threshold; one line per run, one point per threshold."""
    figure = go.Figure()
    look = looks(counts)
    for name, each in counts.items():
        table = risk_coverage(each).dropna()
        figure.add_scatter(
            x=table["coverage"],
            y=table["accuracy"],
            customdata=table["threshold"],
            hovertemplate="confidence of at least %{customdata:.0%}:<br>%{x:.1%} of the pixels, %{y:.1%} of them right",
            **_line_of(name, look[name]),
        )
    figure.update_xaxes(
        title="coverage: share of pixels above the threshold", tickformat=".0%", range=[0, 1.02]
    )
    figure.update_yaxes(title="share of them that is right", tickformat=".0%")
    figure.update_layout(height=_HEIGHT, margin=_MARGIN, legend=BELOW, hovermode="closest")
    return figure


def confidence_histograms(counts: Mapping[str, CalibrationCounts]) -> go.Figure:
    """Draw histograms of the confidence of right and wrong pixels, one panel per run."""
    titles = [html_escaped(name) for name in counts]
    figure = make_subplots(
        rows=len(counts), cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.14
    )
    kinds = (("right pixels", "right_share", RUN_A), ("wrong pixels", "wrong_share", VALIDATION))
    for row, each in enumerate(counts.values(), start=1):
        table = reliability(each)
        for title, column, color in kinds:
            figure.add_bar(
                x=(table["low"] + table["high"]) / 2,
                y=table[column],
                name=title,
                marker={"color": color},
                customdata=table[["low", "high"]],
                hovertemplate="%{y:.1%} of the "
                + title
                + ": confidence %{customdata[0]:.0%} to %{customdata[1]:.0%}",
                showlegend=row == 1,
                legendgroup=title,
                row=row,
                col=1,
            )
    figure.update_annotations(font_size=13)
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_xaxes(title="confidence", row=len(counts), col=1)
    figure.update_yaxes(title="share", tickformat=".0%")
    figure.update_layout(
        height=110 + 190 * len(counts),
        margin={**_MARGIN, "t": 26},
        legend=BELOW,
        hovermode="closest",
        bargap=0.12,
    )
    return figure


def _line_of(name: str, look: Look) -> dict[str, object]:
    """Return how the line of a run is drawn, as arguments of ``add_scatter``."""
    return {
        "mode": "lines+markers",
        "name": html_escaped(name),
        "line": {"color": look.color, "width": 2},
        "marker": {"symbol": look.symbol, "size": 8},
    }
