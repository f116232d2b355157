"""Figures of the pages and of the report, from tables to Plotly; nothing here draws, reads files or knows Streamlit.

Line and marker colours are legible on the light and on the dark theme alike; what must fade into the page,
like the low end of a heat map, takes ``dark``. Fonts, grid and background are left to the theme.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

TRAINING, VALIDATION = "#3b82c4", "#d9772b"
RUN_A, RUN_B = "#1e9486", "#9a6bc9"
NEUTRAL = "#6f8896"
# Every run keeps to blues in training and to oranges in validation; its dash tells it apart without colour.
_BLUES = (TRAINING, "#6f6fd8", "#2aa3b8", "#8f9fd0")
_ORANGES = (VALIDATION, "#c94f3d", "#c29a1e", "#c98a6b")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_FEW_EPOCHS = 30


@dataclass(frozen=True)
class Panel:
    """One of the stacked plots of ``curves_figure``."""

    title: str
    quantity: str
    kind: str
    """``both`` (training and validation), ``gap`` (how far validation is behind) or ``single``."""
    percent: bool


PANELS = {
    "Loss": Panel("Loss", "loss", "both", False),
    "Mean IoU": Panel("Mean IoU", "mean_iou", "both", True),
    "Accuracy": Panel("Pixel accuracy", "accuracy", "both", True),
    "Loss gap": Panel("Validation loss − training loss", "loss", "gap", False),
    "Mean IoU gap": Panel("Training mean IoU − validation mean IoU", "mean_iou", "gap", True),
    "Learning rate": Panel("Learning rate", "learning_rate", "single", False),
}


def shown(name: str) -> str:
    """Return a name such that Plotly, which understands some HTML, draws it as it is."""
    return html.escape(name, quote=False)


def smooth(values: np.ndarray, weight: float) -> np.ndarray:
    """Return an exponential moving average that starts unbiased; NaN stays NaN and is passed over.

    Args:
        values: float (n,).
        weight: 0 leaves the values as they are, towards 1 each epoch counts for less; 0 <= weight < 1.
    """
    average, mass = 0.0, 0.0
    result = np.full(len(values), np.nan)
    for index, value in enumerate(values):
        if np.isfinite(value):
            average = weight * average + (1 - weight) * value
            mass = weight * mass + (1 - weight)
            result[index] = average / mass
    return result


def curves_figure(
    histories: Mapping[str, pd.DataFrame],
    panels: Sequence[str],
    *,
    smoothing: float = 0.0,
    best_epochs: Mapping[str, int],
    loss_title: str = PANELS["Loss"].title,
) -> go.Figure:
    """Stack panels over one axis of epochs: training blue, validation orange, one line under the pointer.

    Args:
        histories: run name to curves as ``segcore.history.read_history`` gives them.
        panels: keys of ``PANELS``, from top to bottom.
        smoothing: weight of the moving average, 0..1; the raw curve stays visible behind it.
        best_epochs: run name to the epoch to mark, counted from 1; runs without one are left out.
        loss_title: what the loss is called, see ``segcore.reading.loss_title``.
    """
    figure = go.Figure()
    named: set[str] = set()
    for row, key in enumerate(panels, start=1):
        for index, (name, history) in enumerate(histories.items()):
            for curve in _curves(PANELS[key], name, history, index):
                _add_curve(figure, curve, axis=_axis(row), smoothing=smoothing, named=named)
                _mark_best(figure, curve, best_epochs.get(name), axis=_axis(row), named=named)
    titles = {key: loss_title if key == "Loss" else PANELS[key].title for key in panels}
    _stack(figure, [replace(PANELS[key], title=title) for key, title in titles.items()])
    return figure


def dumbbell(scores: pd.DataFrame, *, colors: tuple[str, str] = (RUN_A, RUN_B)) -> go.Figure:
    """Draw two scores a class as two points on a line, whose length is the difference.

    Args:
        scores: float in 0..1, index the names of classes, two columns; a class has no point where it is NaN.
        colors: of the first and the second column.
    """
    scores = scores.rename(index=shown)
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
            name=shown(column),
            marker={"color": color, "size": 11, "symbol": symbol},
            customdata=100 * sign * difference,
            hovertemplate="%{y}: %{x:.1%} (%{customdata:+.1f} points)",
        )
    figure.update_layout(
        height=90 + 26 * len(scores),
        margin={"l": 0, "r": 10, "t": 10, "b": 40},
        legend=_BELOW,
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
    names = [shown(name) for name in names]
    columns = names + ["void"] * (shares.shape[1] - len(names))
    if difference:
        reach = float(np.nanmax(np.abs(shares), initial=0.05))
        scale = {"zmin": -reach, "zmax": reach, "colorscale": _diverging(dark)}
        value = "A − B: %{customdata:+.1f} points"
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


def cost_scatter(table: pd.DataFrame, *, cost: str, title: str) -> go.Figure:
    """Draw mean IoU against a cost, one named point a run, its colour and shape its own.

    Args:
        table: columns ``run``, ``miou`` (0..1) and ``cost``; rows without a cost are left out.
        cost: name of the column.
        title: of the axis, with the unit.
    """
    shapes = ("circle", "diamond", "square", "triangle-up", "cross", "x")
    palette = (RUN_A, RUN_B, TRAINING, VALIDATION, "#b0872a", "#c9566b", NEUTRAL)
    figure = go.Figure()
    middle = table[cost].max() / 2
    for index, row in enumerate(table.dropna(subset=[cost, "miou"]).to_dict("records")):
        figure.add_scatter(
            x=[row[cost]],
            y=[row["miou"]],
            mode="markers+text" if len(table) <= 12 else "markers",
            text=[shown(row["run"])],
            # Away from the nearer edge, so that a narrow screen does not cut the name.
            textposition="top left" if row[cost] > middle else "top right",
            name=shown(row["run"]),
            marker={"size": 13, "color": palette[index % 7], "symbol": shapes[index % 6]},
            hovertemplate=f"%{{text}}<br>mean IoU %{{y:.1%}}<br>{title} %{{x:,.4~g}}<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(title=title, rangemode="tozero")
    figure.update_yaxes(title="mean IoU", tickformat=".0%", rangemode="tozero")
    figure.update_layout(height=380, margin={"l": 0, "r": 10, "t": 20, "b": 10})
    return figure


_BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "title": None}


@dataclass(frozen=True)
class _Curve:
    run: str
    name: str
    epochs: np.ndarray
    values: np.ndarray
    color: str
    dash: str
    what: str
    percent: bool
    is_marked: bool


def _curves(panel: Panel, run: str, history: pd.DataFrame, index: int) -> list[_Curve]:
    blue, orange = _BLUES[index % len(_BLUES)], _ORANGES[index % len(_ORANGES)]
    training = _finite(history[panel.quantity])
    if panel.kind == "single":
        parts = [("", training, NEUTRAL, False)]
    else:
        validation = _finite(history[f"val_{panel.quantity}"])
        if panel.kind == "both":
            parts = [(", training", training, blue, False), (", validation", validation, orange, True)]
        else:
            behind = training - validation if panel.percent else validation - training
            parts = [(", gap", behind, NEUTRAL, False)]
    epochs, dash = history["epoch"].to_numpy(), _DASHES[index % len(_DASHES)]
    what = panel.quantity.replace("mean_iou", "mean IoU").replace("_", " ")
    return [
        _Curve(run, shown(run) + suffix, epochs, values, color, dash, what, panel.percent, is_marked)
        for suffix, values, color, is_marked in parts
        if np.isfinite(values).any()
    ]


def _finite(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(float)
    return np.where(np.isfinite(values), values, np.nan)


def _axis(row: int) -> str:
    return "y" if row == 1 else f"y{row}"


def _add_curve(figure: go.Figure, curve: _Curve, *, axis: str, smoothing: float, named: set[str]) -> None:
    few = np.isfinite(curve.values).sum() <= _FEW_EPOCHS
    line = {"color": curve.color, "dash": curve.dash, "width": 2.2}
    common = {"x": curve.epochs, "xaxis": "x", "yaxis": axis, "name": curve.name, "legendgroup": curve.name}
    figure.add_scatter(
        y=curve.values,
        mode="lines+markers" if few and not smoothing else "lines",
        marker={"size": 5},
        line=line | {"width": 1.2} if smoothing else line,
        opacity=0.4 if smoothing else 1,
        showlegend=not smoothing and curve.name not in named,
        hovertemplate=f"{curve.what} " + ("%{y:.1%}" if curve.percent else "%{y:.4g}"),
        **common,
    )
    if smoothing:
        figure.add_scatter(
            y=smooth(curve.values, smoothing),
            mode="lines",
            line=line,
            showlegend=curve.name not in named,
            hoverinfo="skip",
            **common,
        )
    named.add(curve.name)


def _mark_best(figure: go.Figure, curve: _Curve, best: int | None, *, axis: str, named: set[str]) -> None:
    at_best = curve.epochs == best
    if not curve.is_marked or best is None or not np.isfinite(curve.values[at_best]).any():
        return
    figure.add_scatter(
        x=curve.epochs[at_best],
        y=curve.values[at_best],
        xaxis="x",
        yaxis=axis,
        mode="markers",
        marker={"symbol": "star", "size": 14, "color": curve.color, "line": {"width": 1, "color": "#ffffff"}},
        name="best epoch",
        legendgroup="best epoch",
        showlegend="best epoch" not in named,
        hoverinfo="skip",
    )
    named.add("best epoch")


def _stack(figure: go.Figure, panels: Sequence[Panel]) -> None:
    count, gap = len(panels), 0.09 if len(panels) > 1 else 0
    share = (1 - gap * (count - 1)) / max(count, 1)
    for row, panel in enumerate(panels, start=1):
        top = 1 - (row - 1) * (share + gap)
        axis = {
            "domain": [max(0.0, top - share), top],
            "anchor": "x",
            "tickformat": ".0%" if panel.percent else None,
            "automargin": True,
            "zeroline": panel.kind == "gap",
        }
        figure.update_layout({f"yaxis{row if row > 1 else ''}": axis})
        figure.add_annotation(
            text=f"<b>{panel.title}</b>",
            xref="paper",
            yref="paper",
            x=0,
            y=top,
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
        )
    figure.update_xaxes(
        title="epoch",
        unifiedhovertitle={"text": "<b>epoch %{x}</b>"},
        anchor=_axis(count),
        showspikes=True,
        spikemode="across",
        spikethickness=1,
        spikedash="solid",
        spikecolor=NEUTRAL,
        rangemode="tozero",
    )
    figure.update_layout(
        height=110 + 210 * count,
        hovermode="x unified",
        # One box for all panels under the pointer; they share a single x axis for that.
        hoversubplots="axis",
        margin={"l": 0, "r": 10, "t": 30, "b": 10},
        legend=_BELOW,
    )


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
