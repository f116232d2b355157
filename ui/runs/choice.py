"""The choice of runs: A and B, or several, kept in the address and the same on every page."""

from collections.abc import Sequence

import streamlit as st

from segcore.runs.run import Run
from ui.shell.bound import bound_multiselect, bound_selectbox


def choose_pair(runs: Sequence[Run]) -> tuple[Run, Run]:
    """Draw the choice of A and B, one for all pages; the same run may be both.

    Those that can predict come first, each part by name. The first two are the pair where the address names
    none, and must not change places with the set of scores.
    """
    by_name = {run.name: run for run in sorted(runs, key=lambda run: (*_usable_first(run), run.name))}
    chosen = []
    for column, letter, index in zip(st.columns(2), "ab", (0, min(1, len(by_name) - 1)), strict=True):
        with column:
            label = f"Run {letter.upper()}"
            name = bound_selectbox(
                label, list(by_name), default=list(by_name)[index], key=letter, what=f"run {letter.upper()}"
            )
        chosen.append(by_name[name])
    return chosen[0], chosen[1]


def choose_several(runs: Sequence[Run], *, key: str, most: int, first: int = 2) -> list[Run]:
    """Draw the choice of several runs.

    Args:
        runs: what may be chosen.
        key: of the widget, and its name in the address.
        most: how many may be chosen.
        first: how many are chosen to begin with.
    """
    usable_first = [run.name for run in sorted(runs, key=_usable_first)]
    chosen = bound_multiselect(
        "Runs",
        [run.name for run in runs],
        key=key,
        what="run",
        default=usable_first[:first],
        max_selections=most,
        placeholder="Choose one or more runs",
    )
    return [run for run in runs if run.name in chosen]


def _usable_first(run: Run) -> tuple[bool, bool, bool]:
    """Sort what predicts any picture before stored masks, and these before scores alone, made for one question.

    Of what predicts any picture, the networks of this project come before others, as their twins in 8 bits.
    """
    return not run.has_network, not run.can_predict, run.kind != "network"
