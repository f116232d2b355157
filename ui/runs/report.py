"""The report on two runs, from the pages that compare them."""

import streamlit as st

from segcore.reports.html.pair import pair_report
from segcore.runs.run import Run
from ui.shell.save import file_stem


def offer_report(run_a: Run, run_b: Run, set_name: str, *, label: str = "Report on A and B") -> None:
    """Draw the button; the report is written when it is pressed. Of a run against itself there is none."""
    st.download_button(
        label,
        data=lambda: pair_report(run_a, run_b, set_name),
        file_name=f"{file_stem('report', set_name, run_a.name, run_b.name)}.html",
        mime="text/html",
        icon=":material/description:",
        on_click="ignore",
        key="report",
        disabled=run_a.path == run_b.path,
        help="One HTML file of 5 MB to keep, send or print: both runs, their scores with intervals, classes, confusion "
        "matrices, curves, weather, the frames they differ on, and how it was measured. It needs no network.",
    )
