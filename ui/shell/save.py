"""What a visitor takes home: each chart as PNG, SVG or a page of its own, each table as CSV."""

import html
import re
import textwrap
from collections.abc import Sequence
from urllib.parse import urlsplit

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from segcore.reports.charts.style import html_escaped
from segcore.reports.html.shell import Chart, document
from ui.shell.component_text import component_text

PRINT_SCALE = 4
"""Pixels of a saved PNG for each on the screen: half the width of a page of paper is then sharp."""

_pictures = st.components.v2.component(
    "segcompare_save_chart",
    html='<button type="button" data-format="png">PNG</button><button type="button" data-format="svg">SVG</button>',
    css=component_text("shell/browser/save_chart.css"),
    js=component_text("shell/browser/save_chart.js"),
)


def file_stem(*words: str) -> str:
    """Return a file name without ending from words, such as a page, a set and runs, whatever characters they hold."""
    kept = (re.sub(r"[^\w.+-]+", "-", word).strip("-.") for word in ("segcompare", *words))
    return "_".join(filter(None, kept))[:120]


def saved_as(key: str, about: Sequence[str]) -> str:
    """Return the file name, without ending, of what has ``key`` on the page that is open."""
    page = urlsplit(st.context.url or "").path.rpartition("/")[2]
    return file_stem(*([] if key.startswith(page) else [page]), key, *about)


def offer_chart(figure: go.Figure, *, key: str, alt: str, about: Sequence[str], dark: bool) -> None:
    """Draw a button that opens the formats in which a chart, drawn before with ``key``, can be saved.

    PNG and SVG are made in the browser, of the chart as it is there; the page is made when it is asked for.
    """
    title = ": ".join(filter(None, (key.replace("_", " ").capitalize(), ", ".join(about))))
    alone = go.Figure(figure).update_layout(_legend(figure))
    parts = [Chart(alone, alone, alt), f"<p>{html.escape(alt)}</p>"]
    with st.popover("Save", icon=":material/download:", type="tertiary", key=f"{key}_save"):
        # The class that Streamlit gives to the element with this key.
        chart = "st-key-" + re.sub(r"[^A-Za-z0-9_-]", "-", key)
        data = {"chart": chart, "scale": PRINT_SCALE, **_picture(figure, title)}
        _pictures(key=f"{key}_pictures", data=data)
        st.download_button(
            "HTML",
            data=lambda: document(title, parts, scheme="dark" if dark else "light"),
            file_name=f"{saved_as(key, about)}.html",
            mime="text/html",
            key=f"{key}_html",
            on_click="ignore",
            width="stretch",
            help="The chart with its read-out, in one file of 5 MB that needs no network.",
        )


def _legend(figure: go.Figure) -> dict:
    """Return the legend that a figure needs away from its page, where one serves several figures."""
    if figure.layout.showlegend is not False:
        return {}
    place = {"orientation": "v", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
    bottom = (figure.layout.margin.b or 0) + 40 + 20 * len(figure.data)
    return {"showlegend": True, "legend": place, "margin": {"b": bottom}}


def _picture(figure: go.Figure, title: str) -> dict:
    """Return what is added to a figure in a picture: ``layout`` with title and legend, ``taller`` in px for both."""
    lines = textwrap.wrap(title, 40)
    above = 12 + 16 * len(lines)
    layout = _legend(figure)
    margin = layout.pop("margin", {})
    # An empty line first, as Plotly puts half of the first one outside of the picture.
    text = "<br>".join(["", *map(html_escaped, lines)])
    layout["title"] = {"text": text, "font": {"size": 12}, "x": 0.01, "y": 1, "yanchor": "top"}
    layout["margin"] = margin | {"t": (figure.layout.margin.t or 0) + above}
    return {"layout": layout, "taller": above + margin.get("b", 0)}


def offer_csv(
    table: pd.DataFrame,
    *,
    key: str,
    about: Sequence[str],
    index: bool = False,
    label: str = "Download as CSV",
) -> None:
    """Draw a button that saves a table as it is in memory: shares in 0..1, blank where there is no value."""
    st.download_button(
        label,
        data=lambda: table.to_csv(index=index),
        file_name=f"{saved_as(key, about)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}_csv",
        type="tertiary",
    )
