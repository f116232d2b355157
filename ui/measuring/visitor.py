"""Who asked for a job: one browser, also after it has loaded the page again."""

import re
import uuid

import streamlit as st

_KEY = "_visitor"
COOKIE = "segcompare_visitor"
_NAME = re.compile("[0-9a-f]{32}")


def visitor() -> str:
    """Return a name for this visitor: that which the browser remembers, or one that no other has."""
    if _KEY not in st.session_state:
        kept = str(st.context.cookies.get(COOKIE))
        st.session_state[_KEY] = kept if _NAME.fullmatch(kept) else uuid.uuid4().hex
    return st.session_state[_KEY]


def remember_visitor() -> None:
    """Let the browser remember the name until it is closed, for visitors who are to be told something."""
    cookie = f"{COOKIE}={visitor()}; path=/; SameSite=Strict"
    st.html(f'<script>document.cookie = "{cookie}"</script>', unsafe_allow_javascript=True)
