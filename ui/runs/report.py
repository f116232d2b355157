"""The report on two runs, from the pages that compare them."""

import streamlit as st

from segcore.frames.dataset import Dataset
from segcore.reports.html.pair import pair_report
from segcore.reports.html.pictures import FramesAtHand
from segcore.runs.run import Run
from ui.runs.predictors import predictor_of
from ui.shell.save import file_stem


def offer_report(
    run_a: Run, run_b: Run, set_name: str, *, dataset: Dataset | None = None, label: str = "Download report"
) -> None:
    """Draw the button; the report is written when it is pressed. Of a run against itself there is none.

    Args:
        run_a, run_b: the runs.
        set_name: name of the set of scores.
        dataset: in use, for pictures of frames; None where there is none.
        label: of the button.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        place = st.empty()
        is_protected = dataset is not None and not dataset.layout.frames_may_be_shared
        even_protected = is_protected and st.checkbox(
            "With pictures, for your own use",
            key="report_pictures",
            help="The terms of this data forbid passing its frames on. With this, the report "
            "shows some all the same: keep it to yourself.",
        )
        at_hand = None if dataset is None else FramesAtHand(dataset, predictor_of, even_protected)
        place.download_button(
            label,
            data=lambda: pair_report(run_a, run_b, set_name, at_hand=at_hand),
            file_name=f"{file_stem('report', set_name, run_a.name, run_b.name)}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key="report",
            disabled=run_a.path == run_b.path,
            help=f"{run_a.name} and {run_b.name} in one HTML file of 5 MB to keep, send or print: which is better and "
            "how sure that is, scores with intervals, classes, the frames they differ on most, confusion matrices, "
            "calibration, weather, curves, and how it was measured. It needs no network.",
        )
