"""Two runs on one frame: where they differ, how far, and how sure they are."""

import streamlit as st

from segcore.errors import InputError
from ui.compare.ahead import look_ahead
from ui.compare.download import offer_download
from ui.compare.layers import later_contents
from ui.compare.marks import marks_of, show_marks
from ui.compare.notes import show_notes
from ui.compare.order import choose_order
from ui.compare.picture import VIEWER, show_picture
from ui.compare.result import Comparison, compare
from ui.compare.scores import show_scores
from ui.compare.settings import choose_weather
from ui.compare.strip import show_strip
from ui.compare.tables import say_what_is_averaged, show_classes, show_outcomes
from ui.frames.chooser import choose_frame
from ui.frames.keys import frame_key
from ui.frames.loaded import load_frame
from ui.frames.source import Source, current_source, show_no_frames
from ui.runs.choice import choose_pair
from ui.runs.listing import predicting_runs
from ui.runs.predictors import say_what_starts_slowly
from ui.shell.component_text import component_text
from ui.shell.router import through_app
from ui.shell.text import message_of
from ui.viewer.component import bring


def _numbers(comparison: Comparison) -> None:
    if any(side.saw_weather for side in comparison.sides):
        # A column more for each of them, which half a page would cut off.
        scores, outcomes = st.container(), st.container()
    else:
        scores, outcomes = st.columns((3, 2), gap="large")
    with outcomes:
        st.subheader("Agreement" if comparison.truth is None else "Who is right")
        show_outcomes(comparison)
    with scores:
        st.subheader("Both models on this frame")
        # From here on it takes time: the picture and what comes with it are on their way.
        show_scores(comparison)
    bring(later_contents(comparison), key=VIEWER)
    if comparison.truth is not None:
        say_what_is_averaged(comparison)
        st.subheader("Class by class")
        st.caption("The largest difference first.")
        show_classes(comparison)
    show_notes(comparison)


def _compare(source: Source) -> None:
    runs = predicting_runs()
    if not runs:
        return
    bar, weather_place, picture, below = (st.container(key=f"compare_{name}") for name in _PARTS)
    with bar:
        pair_place, frame_place, effect_place = st.columns((10, 9, 4), vertical_alignment="bottom")
    with pair_place:
        pair = choose_pair(runs, source.frames)
    with below:
        strip_place, order_place = st.columns((3, 1))
    with order_place:
        source = choose_order(source, pair)
    with frame_place:
        frame_id = choose_frame(source, key="compare")
    weather = choose_weather(effect_place, weather_place)
    with picture:
        say_what_starts_slowly(*pair)
    frame = load_frame(source, frame_id)
    comparison = compare(pair, frame, key=frame_key(source, frame_id), weather=weather)
    named = f"{source.title} {source.split}".strip()
    with picture:
        show_picture(comparison, source=named)
        if comparison.truth is None:
            st.info("This frame has no ground truth, so there are no scores; everything else works.")
    with below:
        show_marks(comparison, source)
    _numbers(comparison)
    offer_download(comparison, source=named)
    with strip_place:
        show_strip(source, frame_id, marked=marks_of(source))
    look_ahead(pair, source, frame_id)


_PARTS = ("bar", "weather", "picture", "below")
through_app()
st.html(f"<style>{component_text('compare/browser/page.css')}</style>")
with st.container(key="compare_title"):
    st.title("Compare")
frames = current_source()
if frames is None:
    show_no_frames()
else:
    try:
        _compare(frames)
    except InputError as error:
        st.error(message_of(error))
