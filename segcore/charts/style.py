"""What figures share: colours, the place of the legend, names as they are written."""

import html

TRAINING, VALIDATION = "#3b82c4", "#d9772b"
RUN_A, RUN_B = "#1e9486", "#9a6bc9"
NEUTRAL = "#6f8896"
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "title": None}


def shown(name: str) -> str:
    """Return a name such that Plotly, which understands some HTML, draws it as it is."""
    return html.escape(name, quote=False)
