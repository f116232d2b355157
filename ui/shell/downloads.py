"""Files that a visitor saves stay until the browser has fetched them.

Streamlit makes such a file on the click and tells the browser its address. It removes what no page refers to whenever
the page of any visitor has run, and no page refers to that file: two such runs between click and fetch lose it.
"""

import threading
import time
from collections.abc import Callable

import streamlit as st
from streamlit import runtime

KEPT_SECONDS = 60


class Seldom:
    """Calls ``act`` when it is called, but not within ``seconds`` of the last time."""

    def __init__(
        self, act: Callable[[], None], seconds: float, *, clock: Callable[[], float] = time.monotonic
    ):
        self._act, self._seconds, self._clock = act, seconds, clock
        self._lock = threading.Lock()
        self._last = clock()

    def __call__(self) -> None:
        with self._lock:
            now = self._clock()
            if now - self._last < self._seconds:
                return
            self._last = now
        self._act()


@st.cache_resource(show_spinner=False)
def keep_downloads() -> None:
    """Let this server remove unused files once in ``KEPT_SECONDS`` and not at every run; ``ui.visit`` calls it."""
    if runtime.exists():
        files = runtime.get_instance().media_file_mgr
        files.remove_orphaned_files = Seldom(files.remove_orphaned_files, KEPT_SECONDS)
