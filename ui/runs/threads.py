"""Threads for work that takes much memory: one for each kind, so that its memory is used again.

The C library keeps what a thread has freed for that thread, and each run of a page is a thread of its own. With twenty
visitors that was a few hundred megabytes.
"""

from concurrent.futures import ThreadPoolExecutor

import streamlit as st


@st.cache_resource(show_spinner=False)
def one_thread(kind: str) -> ThreadPoolExecutor:
    """Return the thread that does all work of a kind, one piece after the other."""
    return ThreadPoolExecutor(1, thread_name_prefix=kind)
