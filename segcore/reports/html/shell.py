"""A self-contained HTML file: text, figures, and plotly.js once; light or dark as set in the reader's system."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

_FOLDER = Path(__file__).parent
# The file must not load anything from the network, whatever it contains.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"


@dataclass(frozen=True)
class Chart:
    """A figure for a light and for a dark page, and its text description."""

    light: go.Figure
    dark: go.Figure
    alt: str


def document(title: str, parts: Sequence[str | Chart], *, scheme: str | None = None) -> str:
    """Return a whole HTML document.

    Args:
        title: plain text, also the heading.
        parts: HTML and charts from top to bottom. The HTML is not escaped here: escape texts of users before.
        scheme: ``light`` or ``dark``; default: the setting of the reader's system.
    """
    charts = [part for part in parts if isinstance(part, Chart)]
    numbers = iter(range(len(charts)))
    body = "\n".join(
        f'<div class="chart" id="chart-{next(numbers)}" role="img" aria-label="{html.escape(part.alt)}"></div>'
        if isinstance(part, Chart)
        else part
        for part in parts
    )
    figures = [{"light": _content(chart.light), "dark": _content(chart.dark)} for chart in charts]
    # Only "<" could end a script; JSON can write it as an escape.
    data = json.dumps(figures, allow_nan=False).replace("<", "\\u003c")
    fixed = f' data-scheme="{scheme}"' if scheme else ""
    return f"""<!doctype html>
<html lang="en"{fixed}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{html.escape(title)}</title>
<style>{_asset("page.css")}</style>
</head>
<body>
<main>
<h1>{html.escape(title)}</h1>
{body}
</main>
<script type="application/json" id="figures">{data}</script>
<script>{get_plotlyjs() if charts else ""}</script>
<script>{_asset("page.js")}</script>
</body>
</html>
"""


def _content(figure: go.Figure) -> dict:
    # Through Plotly's JSON, which converts arrays and writes NaN as null.
    content = json.loads(figure.to_json())
    content["layout"].pop("template", None)
    return {"data": content["data"], "layout": content["layout"]}


@cache
def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
