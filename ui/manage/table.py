"""Runs: the table of all of them, and the choice of one."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.percent import ABSENT
from segcore.reports.run_in_words import made_on
from segcore.reports.tables import views_in_words
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import is_stale
from segcore.runs.run import Run
from ui.frames.source import Source
from ui.runs.best import scores_of, set_on
from ui.runs.cached import evaluation_of
from ui.runs.conditions import show_provenances
from ui.runs.listing import sets_of
from ui.shell.bound import bound_segments, bound_selectbox
from ui.shell.tables import draw_table

_TABLE, _CHOSEN = "runs_table", "shown_run"
_MOST_HEIGHT = 430


def choose_scores(runs: Sequence[Run], source: Source | None) -> str | None:
    """Draw the choice of the set whose scores are shown, at first that of the frames in use; None without scores."""
    names = sets_of(runs)
    if not names:
        return None
    usual = set_on(runs, source.frames if source else ()) or names[0]
    return bound_segments("Scores on", names, key="scored", what="set", default=usual, draw_single=False)


def show_table(runs: Sequence[Run], set_name: str | None) -> Run:
    """Draw a row a run, the best first, and return the one that was chosen in it or by name."""
    runs = sorted(runs, key=lambda run: _rank(run, set_name))
    table = _without_what_is_alike(runs_table(runs, set_name))
    percents = st.column_config.NumberColumn(format="%.1f %%")
    draw_table(
        table,
        "runs",
        key=_TABLE,
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), _MOST_HEIGHT),
        on_select=_choose_row,
        selection_mode="single-row",
        column_config={
            "Run": st.column_config.TextColumn(pinned=True),
            "Mean IoU": percents,
            "Categories": st.column_config.NumberColumn(
                format="%.1f %%", help="Mean IoU over the categories of the classes."
            ),
            "File": st.column_config.NumberColumn(format="%.1f MB"),
            "Scores": st.column_config.TextColumn(
                help="Stale scores were measured with other weights or at other sizes than the run has now."
            ),
        },
        alt="Every run with its kind, input, classes, date, size and scores.",
    )
    if scored := scores_of(runs, set_name):
        show_provenances(scored)
    names = [run.name for run in runs]
    # Rows are known by their place, so the names go along for whoever chooses one.
    st.session_state[f"_{_TABLE}_names"] = names
    name = bound_selectbox("Run", names, key=_CHOSEN, what="run", width=320)
    return runs[names.index(name)]


def runs_table(runs: Sequence[Run], set_name: str | None) -> pd.DataFrame:
    """Return a row a run; scores in percent, blank where there are none."""
    return pd.DataFrame([_row(run, set_name) for run in runs])


def show_run(name: str) -> None:
    """Have a run chosen when the table is drawn next."""
    st.session_state[_CHOSEN] = name


def _choose_row() -> None:
    rows = st.session_state[_TABLE].selection.rows
    names = st.session_state.get(f"_{_TABLE}_names", [])
    if rows and rows[0] < len(names):
        show_run(names[rows[0]])


def _row(run: Run, set_name: str | None) -> dict:
    scores, state = _scores(run, set_name)
    return {
        "Run": run.name,
        "Mean IoU": scores and _percent(scores.miou),
        "Categories": scores and _percent(scores.category_miou),
        "Scores": state,
        "Kind": run.architecture,
        "Classes": run.num_classes,
        "Input": views_in_words(run.inference_sizes[:1]) or None,
        "Date": made_on(run),
        "File": run.weights_path.stat().st_size / 1e6 if run.has_network else None,
    }


def _without_what_is_alike(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns that tell nothing, so that the table fits a page: scores all current, classes all as many."""
    alike = {"Scores": (table["Scores"] == "current").all(), "Classes": table["Classes"].nunique() == 1}
    return table.drop(columns=[column for column, is_alike in alike.items() if is_alike])


def _rank(run: Run, set_name: str | None) -> tuple:
    """Sort what predicts before scores alone, and the best first."""
    scores, _ = _scores(run, set_name)
    return not run.can_predict, -(scores.miou or 0.0) if scores else 1.0, run.name


def _scores(run: Run, set_name: str | None) -> tuple[Evaluation | None, str]:
    if set_name is None:
        return None, "none yet"
    try:
        scores = evaluation_of(run, set_name)
    except InputError:
        return None, "unreadable"
    if scores is None:
        return None, "none yet"
    return scores, "stale" if is_stale(run, scores.provenance) else "current"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
