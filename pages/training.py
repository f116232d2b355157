"""How the runs were trained: their curves over one axis of epochs, and in words what the curves say."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from segcore.reports.charts.curves import PANELS, curves_figure
from segcore.reports.words import describe_losses, loss_title
from segcore.runs.run import HISTORY_FILE, Run
from ui.frames.source import frames_in_use
from ui.runs.choice import choose_several
from ui.runs.histories import best_epochs, readable_histories
from ui.runs.listing import listed_runs
from ui.shell.bound import bound_row, bound_several_segments, bound_slider, bound_toggle
from ui.shell.page import show_chart
from ui.shell.router import through_app
from ui.shell.save import offer_csv
from ui.shell.text import markdown_escaped
from ui.training import configuration, is_of_the_course, reading

DEFAULT_PANELS = ["Loss", "Mean IoU", "Accuracy"]
MOST_RUNS = 6


def _choose_panels() -> tuple[list[str], float]:
    with bound_row(gap="medium"):
        chosen = bound_several_segments(
            "Plots", list(PANELS), key="plots", what="plot", default=DEFAULT_PANELS
        )
        smoothing = bound_slider(
            "Smoothing",
            0.0,
            0.95,
            0.0,
            0.05,
            key="smoothing",
            what="smoothing",
            width=220,
            help="Weight of earlier epochs in a moving average. The recorded curve stays visible "
            "behind it, and the pointer shows recorded values.",
        )
    # In the order of the table, whatever the order of the clicks.
    return [panel for panel in PANELS if panel in chosen], smoothing


def _show_curves(
    runs: list[Run], histories: Mapping[str, pd.DataFrame], panels: list[str], smoothing: float
) -> None:
    best = best_epochs(runs, histories)
    runs = [run for run in runs if run.name in histories]
    figure = curves_figure(
        histories,
        panels,
        smoothing=smoothing,
        best_epochs=best,
        loss_title=loss_title(run.training for run in runs),
        loss_since={run.name: run.loss_since for run in runs},
    )
    marks = ", ".join(f"{name} epoch {epoch}" for name, epoch in best.items())
    show_chart(
        figure,
        key="training_curves",
        alt=f"{', '.join(panels)} against the epoch for {', '.join(histories)}. "
        f"Best epochs: {marks or 'unknown'}.",
        about=list(histories),
    )
    one_by_one = " Each run has its own dashes, and its own shade." if len(histories) > 1 else ""
    st.caption(
        f"Training is blue, validation orange.{one_by_one} A star marks the epoch whose weights were kept, or the best "
        "one where that is not recorded."
    )
    if any(PANELS[panel].quantity == "loss" for panel in panels):
        for sentence in describe_losses(runs):
            st.caption(markdown_escaped(sentence))
    rows = pd.concat([history.assign(run=name) for name, history in histories.items()])
    offer_csv(rows, key="training", about=list(histories))


def _show_readings(runs: list[Run], histories: Mapping[str, pd.DataFrame], panels: list[str]) -> None:
    st.subheader("What the curves say")
    for panel in panels:
        lines = [f"**{PANELS[panel].title}**"]
        for run in runs:
            if run.name in histories:
                text = reading(panel, run, histories[run.name])
                lines.append(f"- **{markdown_escaped(run.name)}**: {text}" if len(histories) > 1 else text)
        st.markdown("\n\n".join(lines[:1]) + "\n\n" + "\n".join(lines[1:]))


def _show_configuration(runs: list[Run]) -> None:
    st.subheader("Configuration")
    table = configuration(runs)
    if len(runs) > 1 and bound_toggle("Only what differs", key="differing", what="choice of settings"):
        table = table[table.nunique(axis="columns") > 1]
    course = table.index.map(is_of_the_course).to_numpy(bool)
    _show_settings(table[~course], alt="Settings of the runs.")
    if course.any():
        with st.expander("How the runs came about: commands, data and earlier settings"):
            _show_settings(table[course], alt="Commands, data and earlier settings of the runs.")
    offer_csv(table, key="configuration", about=list(table), index=True)


def _show_settings(table: pd.DataFrame, *, alt: str) -> None:
    # A table of text and not of cells, as long texts wrap in it.
    shown = table.rename(index=markdown_escaped, columns=markdown_escaped).map(markdown_escaped)
    st.table(shown, border="horizontal", alt=alt)


through_app()
st.title("Training")
st.write("Training curves: how the runs learned, which epoch was best, and where overfitting began.")
runs = listed_runs().runs
if runs:
    chosen_runs = choose_several(
        runs,
        frames_in_use(),
        key="runs",
        most=MOST_RUNS,
        among=[run for run in runs if (run.path / HISTORY_FILE).is_file()] or runs,
    )
    if not chosen_runs:
        st.info("Choose a run to see how it was trained.")
    else:
        curves = readable_histories(chosen_runs)
        shown, weight = _choose_panels()
        if not shown:
            st.info("Choose a plot to see its curves.")
        elif curves:
            left, right = st.columns((3, 2), gap="large")
            with left:
                _show_curves(chosen_runs, curves, shown, weight)
            with right:
                _show_readings(chosen_runs, curves, shown)
        _show_configuration(chosen_runs)
