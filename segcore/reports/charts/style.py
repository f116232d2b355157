"""What figures share: colours, the place of the legend, names as they are written."""

import html

import plotly.graph_objects as go

TRAINING, VALIDATION = "#3b82c4", "#d9772b"
RUN_A, RUN_B = "#1e9486", "#9a6bc9"
NEUTRAL = "#6f8896"
# No darker than it must be: after a change of theme it stands on the dark page until that runs again.
TEXT_ON_LIGHT = "#637079"
# In pixels, of the row of buttons that Plotly draws over the top of a figure.
_BUTTONS_HEIGHT = 32
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "title": None}


def html_escaped(name: str) -> str:
    """Return a name such that Plotly, which understands some HTML, draws it as it is."""
    return html.escape(name, quote=False)


def darken_text(figure: go.Figure) -> None:
    """Give a figure text for a light page, on which Streamlit's own grey has a contrast of 3.6 : 1."""
    font = {"color": TEXT_ON_LIGHT}
    axis = {"tickfont": font, "title": {"font": font}}
    figure.update_layout(font=font, hoverlabel={"font": font}).update_xaxes(axis).update_yaxes(axis)


def leave_room_for_buttons(figure: go.Figure) -> None:
    """Move a figure down below Plotly's buttons, which touch screens show all the time."""
    top = figure.layout.margin.t or 0
    missing = max(0, _BUTTONS_HEIGHT - top)
    figure.update_layout(margin={"t": top + missing})
    if figure.layout.height is not None:
        figure.update_layout(height=figure.layout.height + missing)
