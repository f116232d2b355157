"""The choice of runs: A and B, or several, kept in the address and the same on every page."""

from collections.abc import Iterable, Sequence

import streamlit as st

from segcore.frames.frame import Frame
from segcore.runs.run import Run
from ui.runs.best import best_first
from ui.shell.bound import bound_multiselect, bound_selectbox


def choose_pair(runs: Sequence[Run], frames: Iterable[Frame] = ()) -> tuple[Run, Run]:
    """Draw the choice of A and B, one for all pages; the same run may be both.

    Args:
        runs: what may be chosen; the first two of ``best_first`` are the pair where the address names none. Where it
            names A alone, B is the first other one.
        frames: those in use, on which the best are the best.
    """
    by_name = {run.name: run for run in best_first(runs, frames)}
    names = list(by_name)
    chosen: list[str] = []
    for column, letter in zip(st.columns(2), "ab", strict=True):
        with column:
            title = letter.upper()
            default = next((name for name in names if name not in chosen), names[0])
            chosen.append(
                bound_selectbox(f"Run {title}", names, default=default, key=letter, what=f"run {title}")
            )
    return by_name[chosen[0]], by_name[chosen[1]]


def choose_several(
    runs: Sequence[Run],
    frames: Iterable[Frame] = (),
    *,
    key: str,
    most: int,
    among: Sequence[Run] | None = None,
) -> list[Run]:
    """Draw the choice of several runs, at first of the two best.

    Args:
        runs: what may be chosen.
        frames: those in use, on which the best are the best.
        key: of the widget, and its name in the address.
        most: how many may be chosen.
        among: those that may be chosen at first, all if None.
    """
    best = best_first(runs if among is None else among, frames)
    chosen = bound_multiselect(
        "Runs",
        [run.name for run in runs],
        key=key,
        what="run",
        default=[run.name for run in best[:2]],
        max_selections=most,
        placeholder="Choose one or more runs",
    )
    return [run for run in runs if run.name in chosen]
