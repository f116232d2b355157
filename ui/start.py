"""What the server does before the first visitor comes."""

import ast
import asyncio
import importlib
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st

from segcore.system.memory import bound_heaps, return_large_blocks

_PAGES = Path(__file__).parents[1] / "pages"
# What pages import only when they need it, and nearly every visitor does.
_LATER = ("plotly.graph_objects", "segcore.predict.predictor", "ui.visit")
# Seconds; the server begins to listen right after ``ready_for_visitors``.
_UNTIL_IT_LISTENS = 0.5


def bound_memory() -> None:
    """Bound what the process keeps of the memory that it has freed; to be called before it starts threads."""
    bound_heaps()
    return_large_blocks()


@asynccontextmanager
async def ready_for_visitors(app: st.App) -> AsyncIterator[None]:
    """Import all that pages need: at the first visit it would take a good second, while the visitor waits."""
    for name in sorted({*_LATER, *_imported_by_pages()}):
        # What cannot be imported is told on the page that needs it.
        with suppress(ImportError):
            importlib.import_module(name)
    # Streamlit does not open one for an app that is an ``st.App``.
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().call_later(_UNTIL_IT_LISTENS, webbrowser.open, _address())
    yield


def _imported_by_pages() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in _PAGES.glob("*.py")]
    return {
        node.module
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }


def _address() -> str:
    host = st.get_option("server.address") or "localhost"
    # These stand for all networks; a browser cannot open them.
    host = "localhost" if host in ("0.0.0.0", "::") else host
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"http://{host}:{st.get_option('server.port')}/{path}"
