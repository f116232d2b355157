"""Figures of scores: differences of two runs, confusion matrices, and score against cost."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.reports.charts.looks import looks
from segcore.reports.charts.style import BELOW, RUN_A, RUN_B, html_escaped
from segcore.reports.percent import percent, points

_AXIS_WIDTH = 44
"""Characters of a line below the title of an axis."""


def dumbbell(scores: pd.DataFrame) -> go.Figure:
    """Draw two scores per class as two points on a line; the length of the line is the difference.

    Args:
        scores: float in 0..1; the index has the names of classes, a column for each of two runs; there is no point for
            NaN.
    """
    scores = scores.rename(index=html_escaped)
    first, second = scores.columns
    look = looks(scores.columns)
    figure = go.Figure()
    joined = scores.dropna()
    for name, row in joined.iterrows():
        figure.add_scatter(
            x=[row[first], row[second]],
            y=[name, name],
            mode="lines",
            line={"color": look[first if row[first] >= row[second] else second].color, "width": 3},
            opacity=0.5,
            hoverinfo="skip",
            showlegend=False,
        )
    difference = (scores[first] - scores[second]).to_numpy()
    for sign, column in ((1, first), (-1, second)):
        figure.add_scatter(
            x=scores[column],
            y=scores.index,
            mode="markers",
            name=html_escaped(column),
            marker={"color": look[column].color, "size": 11, "symbol": look[column].symbol},
            customdata=[points(sign * value) for value in difference],
            hovertemplate="%{y}: %{x:.1%} (%{customdata} points)",
        )
    figure.update_layout(
        height=90 + 26 * len(scores),
        margin={"l": 0, "r": 10, "t": 10, "b": 40},
        legend=BELOW,
        hovermode="closest",
    )
    highest = float(np.nanmax(scores.to_numpy(), initial=0))
    figure.update_xaxes(range=[0, min(1.02, highest + 0.05)], tickformat=".0%", title="IoU")
    # With an explicit range, a class that is absent in both runs keeps an empty row.
    figure.update_yaxes(
        categoryorder="array", categoryarray=list(scores.index)[::-1], range=[-0.6, len(scores) - 0.4]
    )
    return figure


def row_shares(confusion: np.ndarray, *, keep_void: bool) -> np.ndarray:
    """Return the confusion matrix with rows that sum to 1, float (n, n or n + 1); NaN for a class without pixels.

    Args:
        confusion: int (n + 1, n + 1); rows are the truth, columns the prediction, void is last.
        keep_void: also return the column of void predictions.
    """
    counts = np.asarray(confusion, dtype=float)[:-1]
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return shares if keep_void else shares[:, :-1]


def only_classes(shares: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return the rows and columns of ``row_shares`` of the classes that are kept, bool (n,); a column of void stays."""
    columns = np.append(kept, [True] * (shares.shape[1] - len(kept)))
    return shares[np.ix_(kept, columns.astype(bool))]


def confusion_heatmap(
    shares: np.ndarray, names: Sequence[str], *, difference: bool = False, dark: bool = False
) -> go.Figure:
    """Draw a row-normalised confusion matrix, or the difference of two, as a heat map; rows are the truth.

    Args:
        shares: float (n, n) or (n, n + 1); NaN is left blank.
        names: of the n classes; an additional column is void.
        difference: whether ``shares`` is a difference A - B in -1..1; it has diverging colours.
        dark: whether the page is dark.
    """
    names = [html_escaped(name) for name in names]
    columns = names + ["void"] * (shares.shape[1] - len(names))
    if difference:
        reach = float(np.nanmax(np.abs(shares), initial=0.05))
        scale = {"zmin": -reach, "zmax": reach, "colorscale": _diverging(dark)}
        told = [[points(share) for share in row] for row in shares]
        value = "difference %{customdata} points"
    else:
        scale = {"zmin": 0, "zmax": 1, "colorscale": _sequential(dark)}
        told = [[percent(share) for share in row] for row in shares]
        value = "%{customdata} of its pixels"
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=columns,
            y=names,
            customdata=told,
            hovertemplate="truth %{y}, predicted %{x}<br>" + value + "<extra></extra>",
            hoverongaps=False,
            xgap=1,
            ygap=1,
            colorbar={"tickformat": "+.0%" if difference else ".0%", "thickness": 12, "outlinewidth": 0},
            **scale,
        )
    )
    figure.update_xaxes(title="prediction", tickangle=-60, showgrid=False, constrain="domain")
    figure.update_yaxes(title="truth", autorange="reversed", showgrid=False)
    figure.update_layout(height=max(360, 120 + 24 * len(names)), margin={"l": 0, "r": 0, "t": 10, "b": 10})
    return figure


def cost_scatter(
    table: pd.DataFrame,
    *,
    score: str,
    score_title: str,
    cost: str,
    title: str,
    measured_on: Mapping[str, str],
) -> go.Figure:
    """Draw a score against a cost: one point per run, with a colour and a shape that do not depend on the order.

    The legend below names the points, since labels beside them would overlap.

    Args:
        table: columns ``run``, ``score`` (0..1) and ``cost``; rows without one of them are left out.
        score, cost: names of the columns.
        score_title, title: of their axes, with the unit.
        measured_on: for ``score`` and ``cost`` on what they were measured, in words; a second line of the axis.
    """
    look = looks(table["run"])
    figure = go.Figure()
    for row in table.dropna(subset=[cost, score]).to_dict("records"):
        figure.add_scatter(
            x=[row[cost]],
            y=[row[score]],
            mode="markers",
            name=html_escaped(row["run"]),
            marker={"size": 13, "color": look[row["run"]].color, "symbol": look[row["run"]].symbol},
            hovertemplate=f"{score_title} %{{y:.1%}}<br>{title} %{{x:,.4~g}}",
            showlegend=True,
        )
    x_title, y_title = (
        "<br>".join([shown, *map(html_escaped, textwrap.wrap(measured_on.get(key, ""), _AXIS_WIDTH))])
        for key, shown in ((cost, title), (score, score_title))
    )
    figure.update_xaxes(title=x_title, rangemode="tozero")
    figure.update_yaxes(title=y_title, tickformat=".0%", rangemode="tozero")
    rows = -(-len(figure.data) // 2)
    figure.update_layout(
        height=400 + 20 * rows,
        margin={"l": 0, "r": 10, "t": 20, "b": 10},
        legend=BELOW,
    )
    return figure


def _sequential(dark: bool) -> list[list]:
    stops = (
        ("#1e272d", "#1d526a", "#3b7d97", "#92becd", "#e8f1f4")
        if dark
        else ("#f3f6f7", "#b2d1db", "#5293ab", "#2a6781", "#123d52")
    )
    # Most confusions are small, so half of the colours are for the lowest fifth.
    return [[place, color] for place, color in zip((0, 0.05, 0.2, 0.6, 1), stops, strict=True)]


def _diverging(dark: bool) -> list[list]:
    middle = "#1e272d" if dark else "#f3f6f7"
    ends = ("#b794dd", "#4fbdab") if dark else ("#7d53ab", "#0d6a5f")
    return [[0, ends[0]], [0.25, RUN_B], [0.5, middle], [0.75, RUN_A], [1, ends[1]]]
