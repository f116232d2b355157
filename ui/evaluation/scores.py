"""The head of the Evaluation page: which scores, and what every run scores and costs."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.reports.charts.scores import cost_scatter
from segcore.reports.percent import ABSENT
from segcore.reports.tables import MEANS, classes_in_words, place_of, ranked_by, same_classes
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import is_stale
from segcore.runs.run import Run
from ui.evaluation.columns import in_percent, share_column
from ui.runs.best import scores_of, set_on
from ui.runs.cached import evaluation_of
from ui.runs.conditions import show_provenances
from ui.shell.bound import bound_segments
from ui.shell.page import percent, show_chart
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped, message_of


def choose_set(runs: Sequence[Run], names: Sequence[str], frames: Sequence[Frame]) -> str:
    """Draw the choice of the set, where there are several, at first that of the frames in use, and say what each is."""
    in_use = set_on(runs, frames)
    default = in_use if in_use in names else names[0]
    chosen = bound_segments(
        "Evaluated on", list(names), key="set", what="set", default=default, draw_single=False
    )
    told = {name: _set_in_words(runs, name) for name in names}
    marked = {
        name: f"{text}, the frames in use" if name == in_use else text for name, text in told.items() if text
    }
    listed = "; ".join(
        f"**{markdown_escaped(name)}**: {markdown_escaped(text)}" for name, text in marked.items()
    )
    missing = (
        "" if in_use or not frames else "No run has scores on the frames in use yet; press Evaluate now."
    )
    st.caption(" ".join(filter(None, (f"{listed}." if listed else "", missing))))
    return chosen


def _set_in_words(runs: Sequence[Run], set_name: str) -> str:
    """Return data, split and frames of a set, of several kinds all of them; empty where none can be read."""
    places = dict.fromkeys(place_of(scores.provenance) for scores in scores_of(runs, set_name).values())
    return " and ".join(places)


def read_scores(runs: Sequence[Run], set_name: str) -> dict[str, Evaluation]:
    """Return the evaluations on a set by run; unreadable and stale ones are named on the page."""
    found = {}
    for run in runs:
        try:
            scores = evaluation_of(run, set_name)
        except InputError as error:
            st.warning(f"{markdown_escaped(run.name)}: {message_of(error)}")
            continue
        if scores is not None:
            found[run.name] = scores
            if is_stale(run, scores.provenance):
                st.warning(
                    f"{markdown_escaped(run.name)} was scored with other weights or at other sizes than now; "
                    "evaluate it again."
                )
    return found


def show_headline(table: pd.DataFrame, evaluations: Mapping[str, Evaluation]) -> None:
    """Draw one row a run with what it scores and costs, and under which conditions."""
    names = {
        "run": "Run",
        "classes": "Classes",
        **MEANS,
        "pixel_accuracy": "Pixel accuracy",
        "latency_ms": "Latency",
        "parameters": "Parameters",
        "megabytes": "File",
        "architecture": "Architecture",
    }
    shares = ["miou", "category_miou", "pixel_accuracy"]
    shown = in_percent(table, shares).drop(columns="first_view_ms").dropna(axis=1, how="all")
    if same_classes(*evaluations.values()):
        shown = shown.drop(columns="classes")
    draw_table(
        shown[[name for name in names if name in shown]].rename(columns=names),
        "headline",
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), 388),
        column_config={
            "Run": st.column_config.TextColumn(pinned=True),
            **{names[key]: share_column(names[key]) for key in shares},
            "Latency": st.column_config.NumberColumn(
                format="%.0f ms", help="Median time of the network call."
            ),
            "Parameters": st.column_config.NumberColumn(format="compact"),
            "File": st.column_config.NumberColumn(
                format="%.1f MB",
                help="Of the network: a training stores most of its weights in half precision.",
            ),
        },
        alt="Mean IoU, category IoU, pixel accuracy, latency, parameters and file size of every run.",
    )
    show_provenances(evaluations)
    st.caption(
        f"Mean IoU is the mean over {markdown_escaped(classes_in_words(*evaluations.values()))}, from one "
        "confusion matrix over all frames."
    )


def show_cost(table: pd.DataFrame, evaluations: Mapping[str, Evaluation], set_name: str) -> None:
    """Draw the score that ranks the runs against what it costs: time, parameters or bytes."""
    costs = {
        "Latency": ("latency_ms", "latency of all views in ms, median"),
        "Latency, one view": ("first_view_ms", "latency of the first view in ms, median"),
        "Parameters": ("parameters", "parameters"),
        "File size": ("megabytes", "size of the weights in MB"),
    }
    chosen = bound_segments("Against", list(costs), key="cost", what="cost")
    column, title = costs[chosen]
    score = ranked_by(evaluations)
    known = table.dropna(subset=[column, score])
    if known.empty:
        st.info(f"No run on this set records its {chosen.lower()}.")
        return
    machines = _machines(evaluations) if column.endswith("_ms") else ""
    places = dict.fromkeys(place_of(scores.provenance) for scores in evaluations.values())
    show_chart(
        cost_scatter(
            table,
            score=score,
            score_title=MEANS[score],
            cost=column,
            title=title,
            measured_on={column: machines, score: " and ".join(places)},
        ),
        key="cost_scatter",
        alt=f"{MEANS[score]} against {title}{f' ({machines})' if machines else ''}: "
        + "; ".join(
            f"{row['run']} {percent(row[score])} at {row[column]:,.1f}".removesuffix(".0")
            for row in known.to_dict("records")
        ),
        about=(column, set_name),
    )
    missing = len(table) - len(known)
    again = "; evaluating again measures it" if column == "first_view_ms" else ""
    left_out = f" {missing} without it {'is' if missing == 1 else 'are'} left out{again}." if missing else ""
    st.caption(f"Up and to the left is better.{left_out}")


def _machines(evaluations: Mapping[str, Evaluation]) -> str:
    known = {scores.latency.hardware for scores in evaluations.values() if scores.latency}
    return "; ".join(sorted(machine for machine in known if machine))
