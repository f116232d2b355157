"""Two runs on one frame: where they differ, how far, and how sure they are."""

import streamlit as st

from segcore.errors import InputError
from ui.compare.download import offer_download, remember_opacity
from ui.compare.layers import comparison_layers, later_contents
from ui.compare.notes import show_notes
from ui.compare.order import choose_order
from ui.compare.probe import show_probe
from ui.compare.result import Comparison, compare
from ui.compare.scores import show_scores
from ui.compare.settings import choose_weather
from ui.compare.tables import show_classes, show_headline, show_outcomes
from ui.frames.chooser import choose_frame
from ui.frames.keys import frame_key
from ui.frames.loaded import load_frame
from ui.frames.source import Source, current_source, show_no_frames
from ui.runs.choice import choose_pair
from ui.runs.listing import predicting_runs
from ui.runs.predictors import say_what_starts_slowly
from ui.shell.router import through_app
from ui.shell.text import message_of
from ui.viewer.component import bring, viewer
from ui.viewer.settings import LAYOUTS, ViewerSettings
from ui.viewer.start import IN_ADDRESS, viewer_start

_VIEWER, _VIEWER_HEIGHT = "compare_viewer", 620


@st.fragment
def _show_viewer(comparison: Comparison) -> None:
    # A pinned probe runs this alone: the numbers below do not change with it.
    layers = comparison_layers(comparison)
    settings = ViewerSettings(
        key=_VIEWER,
        description=f"Frame {comparison.frame.frame_id} with the masks of {comparison.a.run.name} (A) and "
        f"{comparison.b.run.name} (B).",
        start=viewer_start(layers, page="compare", left="a", right="b"),
        height=_VIEWER_HEIGHT,
        probe=True,
        layouts=LAYOUTS,
        third="truth",
        grid=(
            "weather" if any(side.saw_weather for side in comparison.sides) else "frame",
            "truth",
            "a",
            "b",
            "disagreement",
        ),
        in_address=(*IN_ADDRESS, "probe", "view", "truth"),
    )
    shown = viewer(layers, settings)
    remember_opacity(shown.opacity)
    show_probe(comparison, shown.probe)


def _numbers(comparison: Comparison) -> None:
    show_headline(comparison)
    show_notes(comparison)
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
    bring(later_contents(comparison), key=_VIEWER)
    if comparison.truth is not None:
        st.subheader("Class by class")
        st.caption("The largest difference first.")
        show_classes(comparison)


def _compare(source: Source) -> None:
    runs = predicting_runs()
    if not runs:
        return
    pair = choose_pair(runs)
    frame_place, order_place = st.columns((3, 1), vertical_alignment="bottom")
    with order_place:
        source = choose_order(source, pair)
    with frame_place:
        frame_id = choose_frame(source, key="compare")
    weather = choose_weather()
    say_what_starts_slowly(*pair)
    frame = load_frame(source, frame_id)
    comparison = compare(pair, frame, key=frame_key(source, frame_id), weather=weather)
    if comparison.truth is None:
        st.info("This frame has no ground truth: what needs one is left out, the rest is here.")
    _show_viewer(comparison)
    _numbers(comparison)
    offer_download(comparison, source=f"{source.title} {source.split}".strip())


through_app()
st.title("Compare")
st.write(
    "Two trained models on the same frame: drag the line between them, point at a pixel, switch classes off."
)
frames = current_source()
if frames is None:
    show_no_frames()
else:
    try:
        _compare(frames)
    except InputError as error:
        st.error(message_of(error))
