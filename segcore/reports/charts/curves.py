"""Training curves, stacked over one axis of epochs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.reports.charts.style import BELOW, NEUTRAL, TRAINING, VALIDATION, html_escaped

# Training is blue and validation orange for every run; the dash and the shade distinguish the runs.
_BLUES = (TRAINING, "#6aa5dd", "#2f69a3", "#5b7fd6")
_ORANGES = (VALIDATION, "#b4571c", "#e39a55", "#cc6a3f")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_FEW_EPOCHS = 30


@dataclass(frozen=True)
class Panel:
    """One of the stacked plots of ``curves_figure``."""

    title: str
    quantity: str
    kind: str
    """``both`` (training and validation), ``gap`` (difference between the two) or ``single``."""
    percent: bool


PANELS = {
    "Loss": Panel("Loss", "loss", "both", False),
    "Mean IoU": Panel("Mean IoU", "mean_iou", "both", True),
    "Accuracy": Panel("Pixel accuracy", "accuracy", "both", True),
    "Loss gap": Panel("Validation loss − training loss", "loss", "gap", False),
    "Mean IoU gap": Panel("Training mean IoU − validation mean IoU", "mean_iou", "gap", True),
    "Learning rate": Panel("Learning rate", "learning_rate", "single", False),
}


def smooth(values: np.ndarray, weight: float) -> np.ndarray:
    """Return an exponential moving average without start bias, float (n,); NaN stays NaN and is not averaged.

    Args:
        values: float (n,).
        weight: 0 <= weight < 1; 0 changes nothing, a larger weight smooths more.
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
    loss_since: Mapping[str, int] | None = None,
) -> go.Figure:
    """Draw panels over one common axis of epochs: training in blues, validation in oranges, one line at the pointer.

    Args:
        histories: from run name to curves, see ``segcore.runs.history.read_history``.
        panels: keys of ``PANELS``, from top to bottom.
        smoothing: weight of the moving average, 0 <= smoothing < 1; the raw curve stays visible behind it.
        best_epochs: from run name to the epoch to mark, counted from 1; runs without one have no mark.
        loss_title: name of the loss, see ``segcore.reports.words.loss_title``.
        loss_since: from run name to ``segcore.runs.run.Run.loss_since``; a thin line marks a change of the loss.
    """
    figure = go.Figure()
    named: set[str] = set()
    # By their names, so that another order changes no colour.
    places = {name: place for place, name in enumerate(sorted(histories))}
    for row, key in enumerate(panels, start=1):
        for name, history in histories.items():
            index = places[name]
            for curve in _curves(PANELS[key], name, history, index):
                _add_curve(figure, curve, axis=_axis(row), smoothing=smoothing, named=named)
                _mark_best(figure, curve, best_epochs.get(name), axis=_axis(row), named=named)
            since = (loss_since or {}).get(name, 1)
            if PANELS[key].quantity == "loss" and since > 1:
                _mark_change(figure, since, index, axis=_axis(row))
    titles = {key: loss_title if key == "Loss" else PANELS[key].title for key in panels}
    _stack(figure, [replace(PANELS[key], title=title) for key, title in titles.items()])
    return figure


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
        _Curve(run, html_escaped(run) + suffix, epochs, values, color, dash, what, panel.percent, is_marked)
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


def _mark_change(figure: go.Figure, since: int, index: int, *, axis: str) -> None:
    line = {"color": _BLUES[index % len(_BLUES)], "dash": _DASHES[index % len(_DASHES)], "width": 1}
    place = {"x0": since - 0.5, "x1": since - 0.5, "y0": 0, "y1": 1, "xref": "x", "yref": f"{axis} domain"}
    figure.add_shape(type="line", line=line, opacity=0.6, **place)


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
        # One box for all panels at the pointer; this needs a common x axis.
        hoversubplots="axis",
        margin={"l": 0, "r": 10, "t": 30, "b": 10},
        legend=BELOW,
    )
