"""Common style of figures: colours, position of the legend, escaped names."""

import html

import plotly.graph_objects as go

TRAINING, VALIDATION = "#3b82c4", "#d9772b"
RUN_A, RUN_B = "#1e9486", "#9a6bc9"
NEUTRAL = "#6f8896"
# Not darker than necessary: after a change of theme the text is on a dark page until the page runs again.
TEXT_ON_LIGHT = "#637079"
# Height in pixels of Plotly's row of buttons at the top of a figure.
_BUTTONS_HEIGHT = 32
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "title": None}


def html_escaped(name: str) -> str:
    """Return a name with HTML escaped, since Plotly interprets some HTML."""
    return html.escape(name, quote=False)


def text_on(ground: tuple[float, float, float]) -> str:
    """Return black or white, whichever can be read better on a colour (RGB, 0..1): its contrast is 4.5 : 1 or more.

    By the relative luminance of WCAG 2.2; at 0.179 both have the same contrast.
    """
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ground)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def darken_text(figure: go.Figure) -> None:
    """Set a darker text colour for a light page, where Streamlit's grey has a contrast of only 3.6 : 1."""
    font = {"color": TEXT_ON_LIGHT}
    axis = {"tickfont": font, "title": {"font": font}}
    figure.update_layout(font=font, hoverlabel={"font": font}).update_xaxes(axis).update_yaxes(axis)


def leave_room_for_buttons(figure: go.Figure) -> None:
    """Move a figure down below Plotly's buttons, which are always visible on touch screens."""
    top = figure.layout.margin.t or 0
    missing = max(0, _BUTTONS_HEIGHT - top)
    figure.update_layout(margin={"t": top + missing})
    if figure.layout.height is not None:
        figure.update_layout(height=figure.layout.height + missing)
