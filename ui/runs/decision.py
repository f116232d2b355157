"""Which of two runs to take, in the words of the report, and drawn the same way on every page that says it."""

from pathlib import Path

import streamlit as st

from segcore.errors import InputError
from segcore.reports.html.decision import decision_lines
from segcore.reports.html.sides import ReportedRun
from segcore.runs.results import read_evaluation, result_path, robustness_sets
from segcore.runs.run import Run
from ui.shell.kept import kept_until_changed
from ui.shell.text import markdown_escaped, message_of


def show_decision(a: Run, b: Run, set_name: str, *, most: int | None = None) -> None:
    """Draw which of two runs is better on a set, how sure that is, and what it costs.

    Args:
        a, b: two different runs.
        set_name: name of the set.
        most: how many of the lines are drawn, all if None.
    """
    try:
        lines = _decision(a, b, set_name)
    except InputError as error:
        st.error(message_of(error))
        return
    with st.container(border=True):
        told = (f"**{title}:** {markdown_escaped(text)}" for title, text in lines[:most])
        # No line ends between a number and its sign.
        st.markdown("  \n".join(told).replace(" %", "\u00a0%"))


def _files(a: Run, b: Run, set_name: str) -> list[Path]:
    return [
        path
        for run in (a, b)
        for path in (
            result_path(run, "evaluation", set_name, ".json"),
            *(result_path(run, "robustness", name, ".csv") for name in robustness_sets(run)),
        )
    ]


@kept_until_changed(_files, most=32, spinner="Resampling the frames…")
def _decision(a: Run, b: Run, set_name: str) -> tuple[tuple[str, str], ...]:
    sides = []
    for run in (a, b):
        scores = read_evaluation(run, set_name)
        if scores is None:
            raise InputError(f"Run {run.name!r} has no scores on {set_name!r}.")
        sides.append(ReportedRun(run, scores))
    # The page says below its table on what frames that is.
    return tuple(decision_lines(sides, with_place=False))
