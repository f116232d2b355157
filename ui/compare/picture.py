"""Compare: the pictures of both models, with what is known of the pixel that is probed."""

import streamlit as st

from ui.compare.download import remember_opacity
from ui.compare.layers import comparison_layers
from ui.compare.probe import show_probe
from ui.compare.result import Comparison
from ui.compare.tables import headline
from ui.viewer.component import viewer
from ui.viewer.settings import LAYOUTS, ViewerSettings
from ui.viewer.start import IN_ADDRESS, viewer_start

VIEWER = "compare_viewer"
"""Key of the viewer."""
_HEIGHT = 620


@st.fragment
def show_picture(comparison: Comparison) -> None:
    """Draw both masks over the frame, and the tables of the probe."""
    # A pinned probe runs this alone: the numbers below do not change with it.
    layers = comparison_layers(comparison)
    a, b = comparison.sides
    settings = ViewerSettings(
        key=VIEWER,
        description=f"Frame {comparison.frame.frame_id} with the masks of {a.run.name} (A) and {b.run.name} (B).",
        start=viewer_start(layers, page="compare", left="a", right="b"),
        height=_HEIGHT,
        probe=True,
        layouts=LAYOUTS,
        third="truth",
        grid=("weather" if a.saw_weather or b.saw_weather else "frame", "truth", "a", "b", "disagreement"),
        facts=headline(comparison),
        in_address=(*IN_ADDRESS, "probe", "view", "truth"),
    )
    shown = viewer(layers, settings)
    remember_opacity(shown.opacity)
    show_probe(comparison, shown.probe)
