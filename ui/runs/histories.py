"""The curves of several runs, with what is wrong with them said on the page."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.words import best_epoch
from segcore.runs.run import Run
from ui.runs.cached import history_of
from ui.shell.text import markdown_escaped, message_of


def readable_histories(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """Read the curves of the runs by name; of a run without usable ones the page says why."""
    histories = {}
    for run in runs:
        try:
            histories[run.name] = history_of(run)
        except InputError as error:
            st.warning(f"{markdown_escaped(run.name)}: {message_of(error)}")
    return histories


def best_epochs(runs: Sequence[Run], histories: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Return the epoch whose weights were kept, where the record tells, else the best of the curves."""
    found = {}
    for run in runs:
        if run.name in histories:
            epoch = run.best_epoch or best_epoch(histories[run.name])
            if epoch is not None:
                found[run.name] = epoch
    return found
