"""Evaluate now: score runs on the frames of the sidebar in the background, and keep the scores with the runs."""

from collections.abc import Sequence

import streamlit as st

from segcore.errors import InputError
from segcore.runs.results import evaluation_sets
from segcore.runs.run import Run
from ui.measuring.evaluating import TO_SCORE, start_evaluations
from ui.measuring.frames import (
    FramesToMeasure,
    ask_for_name,
    ask_to_skip,
    choose_runs,
    frames_to_measure,
    known_data_name,
    proposed_name,
)
from ui.measuring.jobs import finished_batch, show_jobs, show_jobs_of_others
from ui.measuring.kinds import EVALUATION
from ui.runs.best import is_of
from ui.runs.cached import evaluation_of
from ui.runs.conditions import provenance
from ui.runs.predictors import say_what_starts_slowly
from ui.shell.bound import choose
from ui.shell.page import percent
from ui.shell.public import turned_off
from ui.shell.text import markdown_escaped, message_of


def show_evaluate_now(runs: Sequence[Run]) -> None:
    """Draw the choice of runs and name, what would be replaced, and the button."""
    if turned_off(TO_SCORE):
        return
    these = frames_to_measure()
    if these is None:
        return
    usable = [run for run in runs if run.can_predict]
    without = [markdown_escaped(run.name) for run in runs if not run.can_predict]
    if without:
        st.caption(f"Left out, because only their scores are kept, not their weights: {', '.join(without)}.")
    if not usable:
        st.info("None of the runs here can predict.")
        return
    more = f" {these.left_out} without ground truth are left out." if these.left_out else ""
    st.write(
        f"Scores runs on the frames of the sidebar: {markdown_escaped(these.where)}, {these.count}.{more}"
    )
    proposed = proposed_name(runs, these)
    left, right = st.columns((3, 1))
    with right:
        set_name = ask_for_name(proposed, key="evaluate_as")
    unscored = [run for run in usable if is_of(run, proposed, these.frames) is not True]
    with left:
        chosen = choose_runs(usable, key="evaluate_runs", first=(unscored or usable)[:1])
    if set_name is None or not chosen:
        return
    say_what_starts_slowly(*chosen)
    is_allowed = _show_stored(chosen, set_name, these)
    others = [run for run in runs if run not in chosen and is_of(run, set_name, these.frames) is False]
    if others:
        _warn_of_others(others, set_name, these)
    skip = ask_to_skip(these, key="evaluate_skip")
    replaces = any(set_name in evaluation_sets(run) for run in chosen)
    st.button(
        _label(len(chosen), replaces),
        icon=":material/play_arrow:",
        type="primary",
        disabled=not is_allowed,
        on_click=start_evaluations,
        args=(chosen, these.frames, set_name, known_data_name(runs, set_name, these), skip),
    )
    show_jobs_of_others(EVALUATION)


def show_evaluations_under_way() -> None:
    """Draw the evaluations that this visitor has asked for, and how they ended."""
    show_jobs(EVALUATION, opens_results=True)


def open_result() -> None:
    """Choose the set that was just made, and runs that were scored, as soon as all that was asked for has ended."""
    batch = finished_batch(EVALUATION)
    if batch is None:
        return
    choose("set", batch.set_name)
    pair = [st.session_state.get("a"), st.session_state.get("b")]
    if not set(batch.runs) <= set(pair):
        for letter, name in zip("ab", batch.runs, strict=False):
            choose(letter, name)


def _label(number: int, replaces: bool) -> str:
    which = "" if number == 1 else f" {number} runs"
    return f"Evaluate{which}{' and replace' if replaces else ''}"


def _warn_of_others(others: Sequence[Run], set_name: str, these: FramesToMeasure) -> None:
    named = ", ".join(markdown_escaped(run.name) for run in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    st.warning(
        f"The name {markdown_escaped(set_name)} already has scores of other frames, by {named}{more}. "
        f"Only scores of the same frames can be compared: choose another name for {these.count} of "
        f"{markdown_escaped(these.where)}."
    )


def _show_stored(chosen: Sequence[Run], set_name: str, these: FramesToMeasure) -> bool:
    """Say what is kept and what it would be replaced by; return whether that is all right."""
    fresh = [markdown_escaped(run.name) for run in chosen if set_name not in evaluation_sets(run)]
    if fresh:
        has = "has" if len(fresh) == 1 else "have"
        st.caption(f"{', '.join(fresh)} {has} no scores named {markdown_escaped(set_name)} yet.")
    would_be_lost = []
    for run in chosen:
        if set_name in evaluation_sets(run) and not _are_of_these(run, set_name, these):
            would_be_lost.append(run.name)
    if not would_be_lost:
        return True
    return st.checkbox(
        "Replace the scores of other frames", key=f"evaluate_replace_{set_name}_{'_'.join(would_be_lost)}"
    )


def _are_of_these(run: Run, set_name: str, these: FramesToMeasure) -> bool:
    """Say what a run keeps under a name; return whether it may be replaced without asking."""
    try:
        stored = evaluation_of(run, set_name)
        assert stored is not None
        is_same = is_of(run, set_name, these.frames) is True
    except InputError as error:
        st.warning(f"{markdown_escaped(run.name)}: {message_of(error)} Evaluating replaces that file.")
        return True
    made = stored.provenance
    dated = f", of {markdown_escaped(made.date)}" if made.date else ""
    kept = (
        f"{markdown_escaped(run.name)} has scores named {markdown_escaped(set_name)}: "
        f"mean IoU {percent(stored.miou)}{dated}. {provenance(made)}."
    )
    if is_same:
        st.caption(f"{kept} Evaluating the same {these.count} again replaces them.")
    else:
        st.warning(
            f"{kept} These are other frames: {these.count} of {markdown_escaped(these.where)} would replace them."
        )
    return is_same
