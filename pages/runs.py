"""All runs: what each is and how it scores, and a way to add a model that somebody else trained."""

import streamlit as st

from ui.frames.source import current_source
from ui.manage.adding import show_adding
from ui.manage.card import show_card
from ui.manage.table import choose_scores, show_table
from ui.runs.listing import listed_runs
from ui.shell.bound import bound_segments
from ui.shell.router import through_app

ALL, ADD = "All runs", "Add a run"

through_app()
st.title("Runs")
st.write(
    "Every model that can be compared here: what it is, where it came from, how it scores. Add your own."
)
if bound_segments("Show", (ALL, ADD), key="do", what="part") == ADD:
    show_adding()
else:
    runs = listed_runs().runs
    if runs:
        show_card(show_table(runs, choose_scores(runs, current_source())))
