"""Robustness: where there are scores on real weather, beside those on painted one."""

from collections.abc import Sequence

import streamlit as st

from segcore.errors import InputError
from segcore.runs.results import evaluation_sets
from segcore.runs.run import Run
from ui.frames.source import current_source, groups_in_use
from ui.runs.cached import frame_names_of
from ui.runs.listing import sets_of
from ui.shell.router import link_to
from ui.shell.text import markdown_escaped

_WEATHER = ("fog", "rain", "snow", "night")
"""Conditions that ACDC names its groups after."""


def show_real_weather(runs: Sequence[Run]) -> None:
    """Lead to scores by condition, where the data in use has some of ``_WEATHER`` as groups."""
    source = current_source()
    groups = {} if source is None else groups_in_use(source.split)
    found = [name for name in _WEATHER if name in groups.values()]
    if not found:
        return
    told = f"{markdown_escaped(source.title)} has real {', '.join(found)}"
    set_name = next((name for name in sets_of(runs) if _holds(runs, name, groups)), None)
    if set_name is None:
        st.caption(
            f"{told}: evaluate a run on its split {markdown_escaped(source.split)} to see scores on each."
        )
        return
    st.caption(f"{told}, to compare these curves with: the Evaluation page has scores on each.")
    link_to("evaluation", "Scores on real weather", set=set_name, view="Groups", **source.in_address)


def _holds(runs: Sequence[Run], set_name: str, groups: dict[str, str]) -> bool:
    """Tell whether a run has scores on frames of these groups under a name."""
    for run in runs:
        if set_name in evaluation_sets(run):
            try:
                names = frame_names_of(run, set_name)
            except InputError:
                continue
            if len({groups[name] for name in names if name in groups}) > 1:
                return True
    return False
