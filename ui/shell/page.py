"""Small things that several pages draw the same way: figures, numbers in words."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from segcore.reports import percent as words
from segcore.reports.charts.style import darken_text, leave_room_for_buttons
from ui.shell.save import PRINT_SCALE, offer_chart, saved_as


def is_dark() -> bool:
    """Tell whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def show_chart(figure: go.Figure, *, key: str, alt: str, about: Sequence[str] = ()) -> None:
    """Draw a figure over the full width, with a text alternative, only the useful buttons, and a way to save it.

    Args:
        figure: what is drawn; its text takes the colour that the page needs.
        key: of the element; saved files are named after the page, the key and ``about``.
        alt: what the figure shows, in words.
        about: set, runs and the like.
    """
    config = {
        "displaylogo": False,
        "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
        "toImageButtonOptions": {"filename": saved_as(key, about), "scale": PRINT_SCALE},
    }
    if not is_dark():
        darken_text(figure)
    leave_room_for_buttons(figure)
    st.plotly_chart(figure, key=key, alt=alt, config=config)
    offer_chart(figure, key=key, alt=alt, about=about, dark=is_dark())


def percent(value: float | None) -> str:
    """Return `segcore.reports.percent.percent` in one piece, which no line break parts."""
    return words.percent(value).replace(" ", "\u00a0")
