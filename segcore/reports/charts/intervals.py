"""Figures of differences and curves with intervals over frames."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.reports.charts.style import NEUTRAL, RUN_A, RUN_B
from segcore.reports.percent import points, points_between
from segcore.scoring.bootstrap import Interval


def difference_bars(
    differences: Mapping[str, Interval],
    *,
    better: str,
    worse: str,
    title: str,
    colors: tuple[str, str] = (RUN_A, RUN_B),
) -> go.Figure:
    """Draw differences as bars with their intervals; a bar is grey if its interval contains 0.

    Args:
        differences: from name of a class to its difference, -1..1; NaN leaves the row empty.
        better, worse: legend for bars above and below 0.
        title: of the axis.
        colors: of bars above and below 0; those of two runs follow from ``looks``.
    """
    names = list(differences)
    drawn = {1: (colors[0], better), 0: (NEUTRAL, "within noise"), -1: (colors[1], worse)}
    figure = go.Figure()
    for sign, (color, meaning) in drawn.items():
        rows = [
            (name, interval)
            for name, interval in differences.items()
            if interval.verdict == sign and not np.isnan(interval.value)
        ]
        values, low, high = (
            100 * np.array([getattr(interval, key) for _, interval in rows])
            for key in ("value", "low", "high")
        )
        figure.add_bar(
            x=values,
            y=[name for name, _ in rows],
            orientation="h",
            name=meaning,
            marker={"color": color, "opacity": 0.65},
            error_x={"array": high - values, "arrayminus": values - low, "thickness": 2, "color": NEUTRAL},
            customdata=[_told(interval) for _, interval in rows],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    figure.update_xaxes(title=title, zeroline=True, zerolinecolor=NEUTRAL)
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.6, len(names) - 0.4], automargin=True
    )
    figure.update_layout(
        height=90 + 26 * len(names),
        margin={"l": 0, "r": 10, "t": 10, "b": 40},
        barmode="overlay",
        bargap=0.35,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "title": None},
        hovermode="closest",
    )
    return figure


def _told(interval: Interval) -> str:
    bounds = f", {points_between(interval.low, interval.high)}" if interval.is_known else ""
    return f"{points(interval.value)} points{bounds}"


def add_intervals(figure: go.Figure, curves: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Add bars from ``low`` to ``high`` to the points of `segcore.reports.charts.severity.severity_curves`.

    Args:
        figure: drawn from ``curves``, one trace per run.
        curves: from run name to a table with ``severity``, ``miou``, ``low`` and ``high``, 0..1; no bar for NaN.
    """
    for trace, table in zip(figure.data, curves.values(), strict=True):
        ordered = table.sort_values("severity")
        trace.error_y = {
            "array": ordered["high"] - ordered["miou"],
            "arrayminus": ordered["miou"] - ordered["low"],
            "thickness": 1.2,
            "width": 3,
        }
        trace.customdata = ordered[["low", "high"]]
        if ordered["low"].notna().any():
            trace.hovertemplate = "%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
    return figure
