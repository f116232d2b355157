"""Compare: the pictures of both models, with what is known of the pixel that is probed."""

import streamlit as st

from ui.compare.box import show_box
from ui.compare.download import remember_opacity
from ui.compare.layers import comparison_layers
from ui.compare.probe import show_probe
from ui.compare.result import Comparison
from ui.compare.tables import headline
from ui.shell.save import file_stem
from ui.viewer.component import viewer
from ui.viewer.settings import LAYOUTS, Saved, ViewerSettings
from ui.viewer.start import IN_ADDRESS, keep_pinned, viewer_start

VIEWER = "compare_viewer"
"""Key of the viewer."""
_HEIGHT = 620


@st.fragment
def show_picture(comparison: Comparison, *, source: str) -> None:
    """Draw both masks over the frame, and the tables of the probe; ``source`` names the data and the split."""
    # A pinned probe runs this alone: the numbers below do not change with it.
    layers = comparison_layers(comparison)
    a, b = comparison.sides
    frame = "weather" if a.saw_weather or b.saw_weather else "frame"
    settings = ViewerSettings(
        key=VIEWER,
        description=f"Frame {comparison.frame.frame_id} with the masks of {a.run.name} (A) and {b.run.name} (B).",
        start=viewer_start(layers, page="compare", left="a", right="b"),
        height=_HEIGHT,
        probe=True,
        layouts=LAYOUTS,
        third="truth",
        grid=("a", "b", frame, "truth", "disagreement"),
        facts=headline(comparison),
        save=Saved(
            title=" · ".join(filter(None, (comparison.frame.frame_id, source, _weather_of(comparison)))),
            file=file_stem("compare", comparison.frame.frame_id, a.file_name, b.file_name),
            figure=(frame, "truth", "a", "b"),
        ),
        in_address=(*IN_ADDRESS, "probe", "box", "view", "truth"),
    )
    shown = viewer(layers, settings)
    keep_pinned("compare", probe=shown.probe, box=shown.box)
    remember_opacity(shown.opacity)
    show_probe(comparison, shown.probe)
    if shown.box is not None:
        show_box(comparison, shown.box)


def _weather_of(comparison: Comparison) -> str:
    return next((side.weather for side in comparison.sides if side.saw_weather), "")
