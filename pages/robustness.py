"""How the runs stand weather of rising severity: stored sweeps, and one frame live."""

import streamlit as st

from segcore.errors import InputError
from segcore.runs.results import robustness_sets
from segcore.runs.run import Run
from ui.frames.source import current_source, frames_in_use, show_no_frames
from ui.measuring.box import measuring_box
from ui.measuring.kinds import SWEEP
from ui.robustness.curves import provenances, read_sweeps, show_classes, show_curves, show_summary
from ui.robustness.live import show_live
from ui.robustness.now import open_result, show_measure_now, show_measurements_under_way
from ui.robustness.real import show_real_weather
from ui.runs.best import is_sweep_of, set_on
from ui.runs.choice import choose_several
from ui.runs.conditions import show_provenances
from ui.runs.listing import listed_runs, sets_of
from ui.shell.bound import bound_segments, bound_selectbox
from ui.shell.router import through_app
from ui.shell.text import message_of

MOST_RUNS = 6
VIEWS = ("Curves", "Classes", "Live")
HOW_TO_MEASURE = (
    "No run has been measured yet. Measure now does it, or `python -m segcore robustness --run NAME --data ROOT "
    "--split val`. Live shows one frame without any measurement."
)
STAND_IN = (
    "The weather is synthetic: drops and fog are drawn onto frames of dry streets. "
    "A model that keeps its score here may still fail in real rain; one that loses it here is unlikely to keep "
    "it there."
)


def _show_stored(runs: tuple[Run, ...], view: str) -> None:
    if not runs:
        # There is a sentence on that already.
        return
    show_real_weather(runs)
    open_result()
    sets = sets_of(runs, robustness_sets)
    in_use = set_on(runs, frames_in_use(), stored=robustness_sets, is_of=is_sweep_of)
    is_missing = in_use is None
    with measuring_box(SWEEP, "Measure now", expanded=is_missing):
        show_measure_now(runs)
    show_measurements_under_way()
    if not sets:
        st.info(HOW_TO_MEASURE)
        return
    default = sets[0] if is_missing else in_use
    set_name = bound_selectbox(
        "Measured on", sets, key="measured", what="set", width=260, draw_single=False, default=default
    )
    if is_missing and frames_in_use():
        st.caption("No run has been measured on the frames in use yet; Measure now does that.")
    measured = [run for run in runs if set_name in robustness_sets(run)]
    chosen = choose_several(measured, frames_in_use(), key="measured_runs", most=MOST_RUNS)
    if not chosen:
        st.info("Choose at least one run.")
        return
    sweeps = read_sweeps(chosen, set_name)
    if not sweeps:
        return
    made = provenances(chosen, sweeps, set_name)
    show_provenances(made)
    if view == "Curves":
        show_curves(chosen, sweeps, made, set_name)
        show_summary(sweeps, set_name)
    else:
        show_classes(sweeps, set_name)


through_app()
st.title("Robustness")
st.write("How much of its score each run keeps when the weather gets worse.")
st.caption(STAND_IN)
part = bound_segments("Show", VIEWS, key="part", what="part")
try:
    if part != "Live":
        _show_stored(listed_runs().runs, part)
    elif (frames := current_source()) is None:
        show_no_frames()
    else:
        show_live(frames)
except InputError as error:
    st.error(message_of(error))
