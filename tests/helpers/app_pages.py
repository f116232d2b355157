"""Pages of the app in Streamlit's AppTest, and their content."""

import json
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


def open_page(page: str, **query: str | list[str]) -> AppTest:
    """Open ``pages/<page>.py`` by a link with the query parameters ``query``; the page must not fail."""
    app = AppTest.from_file(APP, default_timeout=120)
    # The Overview is what an address without a page opens.
    if page != "overview":
        app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def figures(app: AppTest) -> list[dict]:
    """Return the specifications of the page's Plotly charts, in order."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def settings_of(app: AppTest) -> pd.DataFrame:
    """Return the tables of settings on Training in one, without the escapes of their Markdown."""
    table = pd.concat([shown.value for shown in app.table])
    return table.map(_plain).rename(index=_plain, columns=_plain)


def _plain(text: str) -> str:
    return text.replace("\\", "").replace("\u2060", "")
