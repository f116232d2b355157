"""Who asked for a job: one visit, from opening the app to closing or reloading it."""

import uuid

import streamlit as st

_KEY = "_visitor"


def visitor() -> str:
    """Return a name for this visit, which no other has."""
    return st.session_state.setdefault(_KEY, uuid.uuid4().hex)
