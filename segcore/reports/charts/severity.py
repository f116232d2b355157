"""Figures of scores against the severity of weather."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from segcore.reports.charts.looks import looks
from segcore.reports.charts.style import html_escaped, text_on
from segcore.reports.percent import percent, points


def severity_curves(
    curves: Mapping[str, pd.DataFrame], *, value: str, title: str, range_to: tuple[float, float] | None = None
) -> go.Figure:
    """Draw a value against severity, one line per run, each with its own colour and marker.

    Args:
        curves: from run name to a table with ``severity`` and ``value`` (0..1); NaN leaves a gap.
        value: name of the column.
        title: name of the value, for the axis and the pointer.
        range_to: lowest and highest value of the axis; default: from the values.
    """
    figure = go.Figure()
    look = looks(curves)
    for name, table in curves.items():
        ordered = table.sort_values("severity")
        figure.add_scatter(
            x=ordered["severity"],
            y=ordered[value],
            name=html_escaped(name),
            mode="lines+markers",
            line={"color": look[name].color, "width": 2.2},
            marker={"symbol": look[name].symbol, "size": 8},
            hovertemplate="%{y:.1%}",
        )
    figure.update_xaxes(
        title="severity", dtick=1, zeroline=False, unifiedhovertitle={"text": "<b>severity %{x}</b>"}
    )
    figure.update_yaxes(tickformat=".0%", title=title, range=range_to)
    figure.update_layout(
        height=230, showlegend=False, hovermode="x unified", margin={"l": 0, "r": 6, "t": 8, "b": 0}
    )
    return figure


def class_heatmap(scores: pd.DataFrame, *, change: bool, dark: bool) -> go.Figure:
    """Draw scores of classes under effects as a heat map; NaN is left blank.

    Args:
        scores: float; the index has the classes, the columns have the titles of effects; 0..1, or for ``change`` the
            differences to the clean frames, -1..1.
        change: whether ``scores`` are differences.
        dark: whether the page is dark.
    """
    values = scores.to_numpy(float)
    if change:
        reach = float(np.nanmax(np.abs(values), initial=0.05))
        low, high, scale, form = -reach, reach, _losses(dark), "+.0f"
    else:
        low, high, scale, form = 0.0, 1.0, _scores(dark), ".0f"

    def told(value: float) -> str:
        return f"{points(value)} points of IoU" if change else f"IoU {percent(value)}"

    def written(value: float) -> str:
        if np.isnan(value):
            return ""
        number = points(value, decimals=0) if change else f"{100 * value:.0f}"
        ground = sample_colorscale(scale, [(value - low) / (high - low)], colortype="tuple")[0]
        return f'<span style="color:{text_on(ground)}">{number}</span>'

    figure = go.Figure(
        go.Heatmap(
            z=100 * values,
            zmin=100 * low,
            zmax=100 * high,
            colorscale=scale,
            x=list(scores.columns),
            y=[html_escaped(name) for name in scores.index],
            customdata=[[told(value) for value in row] for row in values],
            text=[[written(value) for value in row] for row in values],
            texttemplate="%{text}",
            # By itself Plotly takes a size at which the markup, too, would fit the cell.
            textfont={"size": 11},
            hovertemplate="%{y}, %{x}<br>%{customdata}<extra></extra>",
            hoverongaps=False,
            xgap=1,
            ygap=1,
            colorbar={"tickformat": form, "thickness": 12, "outlinewidth": 0},
        )
    )
    figure.update_xaxes(tickangle=-40, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(height=130 + 25 * len(scores), margin={"l": 0, "r": 0, "t": 10, "b": 10})
    return figure


def _scores(dark: bool) -> list[list]:
    stops = ("#1e272d", "#2a6781", "#92becd") if dark else ("#f3f6f7", "#92becd", "#2a6781")
    return [[place, color] for place, color in zip((0, 0.5, 1), stops, strict=True)]


def _losses(dark: bool) -> list[list]:
    stops = ("#d9772b", "#1e272d", "#1e9486") if dark else ("#c9661c", "#f3f6f7", "#1e9486")
    return [[place, color] for place, color in zip((0, 0.5, 1), stops, strict=True)]
