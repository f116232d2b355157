"""Scores of classes and runs: what two runs differ in, what is taken for what, what a score costs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.reports.charts.style import BELOW, NEUTRAL, RUN_A, RUN_B, TRAINING, VALIDATION, html_escaped


def dumbbell(scores: pd.DataFrame, *, colors: tuple[str, str] = (RUN_A, RUN_B)) -> go.Figure:
    """Draw two scores a class as two points on a line, whose length is the difference.

    Args:
        scores: float in 0..1, index the names of classes, two columns; a class has no point where it is NaN.
        colors: of the first and the second column.
    """
    scores = scores.rename(index=html_escaped)
    first, second = scores.columns
    figure = go.Figure()
    joined = scores.dropna()
    for name, row in joined.iterrows():
        figure.add_scatter(
            x=[row[first], row[second]],
            y=[name, name],
            mode="lines",
            line={"color": colors[0] if row[first] >= row[second] else colors[1], "width": 3},
            opacity=0.5,
            hoverinfo="skip",
            showlegend=False,
        )
    difference = (scores[first] - scores[second]).to_numpy()
    signs = (("circle", 1, first), ("diamond", -1, second))
    for (symbol, sign, column), color in zip(signs, colors, strict=True):
        figure.add_scatter(
            x=scores[column],
            y=scores.index,
            mode="markers",
            name=html_escaped(column),
            marker={"color": color, "size": 11, "symbol": symbol},
            customdata=100 * sign * difference,
            hovertemplate="%{y}: %{x:.1%} (%{customdata:+.1f} points)",
        )
    figure.update_layout(
        height=90 + 26 * len(scores),
        margin={"l": 0, "r": 10, "t": 10, "b": 40},
        legend=BELOW,
        hovermode="closest",
    )
    highest = float(np.nanmax(scores.to_numpy(), initial=0))
    figure.update_xaxes(range=[0, min(1.02, highest + 0.05)], tickformat=".0%", title="IoU")
    # With its range given, a class absent from both runs keeps its row, empty.
    figure.update_yaxes(
        categoryorder="array", categoryarray=list(scores.index)[::-1], range=[-0.6, len(scores) - 0.4]
    )
    return figure


def row_shares(confusion: np.ndarray, *, keep_void: bool) -> np.ndarray:
    """Return what share of each class's pixels was predicted as what, float (n, n or n + 1), NaN without pixels.

    Args:
        confusion: int (n + 1, n + 1), rows truth, columns prediction, void last.
        keep_void: also return the column of predictions that name no class.
    """
    counts = np.asarray(confusion, dtype=float)[:-1]
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return shares if keep_void else shares[:, :-1]


def confusion_heatmap(
    shares: np.ndarray, names: Sequence[str], *, difference: bool = False, dark: bool = False
) -> go.Figure:
    """Draw row shares, or the difference of those of two runs, as a heat map: truth down, prediction across.

    Args:
        shares: float (n, n) or (n, n + 1); NaN is left blank.
        names: of the n classes; a further column is called void.
        difference: the shares are A - B in -1..1 and take diverging colours.
        dark: the page is dark.
    """
    names = [html_escaped(name) for name in names]
    columns = names + ["void"] * (shares.shape[1] - len(names))
    if difference:
        reach = float(np.nanmax(np.abs(shares), initial=0.05))
        scale = {"zmin": -reach, "zmax": reach, "colorscale": _diverging(dark)}
        value = "difference %{customdata:+.1f} points"
    else:
        scale = {"zmin": 0, "zmax": 1, "colorscale": _sequential(dark)}
        value = "%{customdata:.1f} % of its pixels"
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=columns,
            y=names,
            customdata=100 * shares,
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


def cost_scatter(table: pd.DataFrame, *, score: str, score_title: str, cost: str, title: str) -> go.Figure:
    """Draw a score against a cost, one named point a run, its colour and shape its own.

    Args:
        table: columns ``run``, ``score`` (0..1) and ``cost``; rows without one of them are left out.
        score, cost: names of the columns.
        score_title, title: of their axes, with the unit.
    """
    shapes = ("circle", "diamond", "square", "triangle-up", "cross", "x")
    palette = (RUN_A, RUN_B, TRAINING, VALIDATION, "#b0872a", "#c9566b", NEUTRAL)
    figure = go.Figure()
    middle = table[cost].max() / 2
    for index, row in enumerate(table.dropna(subset=[cost, score]).to_dict("records")):
        figure.add_scatter(
            x=[row[cost]],
            y=[row[score]],
            mode="markers+text" if len(table) <= 12 else "markers",
            text=[html_escaped(row["run"])],
            # Away from the nearer edge, so that a narrow screen does not cut the name.
            textposition="top left" if row[cost] > middle else "top right",
            name=html_escaped(row["run"]),
            marker={"size": 13, "color": palette[index % 7], "symbol": shapes[index % 6]},
            hovertemplate=f"%{{text}}<br>{score_title} %{{y:.1%}}<br>{title} %{{x:,.4~g}}<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(title=title, rangemode="tozero")
    figure.update_yaxes(title=score_title, tickformat=".0%", rangemode="tozero")
    figure.update_layout(height=380, margin={"l": 0, "r": 10, "t": 20, "b": 10})
    return figure


def _sequential(dark: bool) -> list[list]:
    stops = (
        ("#1e272d", "#1d526a", "#3b7d97", "#92becd", "#e8f1f4")
        if dark
        else ("#f3f6f7", "#b2d1db", "#5293ab", "#2a6781", "#123d52")
    )
    # Most confusions are small: half of the colours for the lowest fifth.
    return [[place, color] for place, color in zip((0, 0.05, 0.2, 0.6, 1), stops, strict=True)]


def _diverging(dark: bool) -> list[list]:
    middle = "#1e272d" if dark else "#f3f6f7"
    ends = ("#b794dd", "#4fbdab") if dark else ("#7d53ab", "#0d6a5f")
    return [[0, ends[0]], [0.25, RUN_B], [0.5, middle], [0.75, RUN_A], [1, ends[1]]]
