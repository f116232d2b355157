"""Charts and tables appear at once on the first page that has some: the browser reads their code while it is idle.

Streamlit's page fetches the code of an element when the first of its kind is drawn. For charts that is megabytes,
and a second or two on a small machine, in the middle of opening a page.
"""

from pathlib import Path

import streamlit as st

from ui.shell.component_text import component_text

_SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"
_mount = st.components.v2.component("segcompare_preload", js=component_text("shell/browser/preload.js"))


def preload_charts() -> None:
    """Let the browser fetch and prepare the code of charts and tables once it has nothing else to do."""
    # Named after their content. Should a later Streamlit call them otherwise, the first chart takes its time again.
    names = [path.name for kind in ("PlotlyChart", "DataFrame") for path in _SCRIPTS.glob(f"{kind}.*.js")]
    _mount(key="preload", data=names)
