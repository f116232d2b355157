"""Robustness: where there are scores on real weather, beside those on painted one."""

from collections.abc import Sequence

import streamlit as st

from segcore.runs.run import Run
from ui.frames.source import current_source, frames_in_use
from ui.runs.best import set_on
from ui.shell.router import link_to
from ui.shell.text import markdown_escaped

_WEATHER = ("fog", "rain", "snow", "night")
"""Conditions that ACDC names its groups after."""


def show_real_weather(runs: Sequence[Run]) -> None:
    """Lead to scores by condition, where the data in use has some of ``_WEATHER`` as groups."""
    source = current_source()
    groups = {frame.group for frame in frames_in_use()}
    found = [name for name in _WEATHER if name in groups]
    if source is None or not found:
        return
    told = f"{markdown_escaped(source.title)} has real {', '.join(found)}"
    set_name = set_on(runs, source.frames)
    if set_name is None:
        st.caption(
            f"{told}: evaluate a run on its split {markdown_escaped(source.split)} to see scores on each."
        )
        return
    st.caption(f"{told}, to compare these curves with: the Evaluation page has scores on each.")
    link_to("evaluation", "Scores on real weather", set=set_name, view="Groups", **source.in_address)
