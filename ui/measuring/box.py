"""The box in which measurements are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ui.measuring.kinds import Kind


@contextmanager
def measuring_box(kind: Kind, title: str, *, expanded: bool) -> Iterator[None]:
    """Begin the box; it closes when something is asked for, so that progress and result are what follows.

    Args:
        kind: of the measurements.
        title: of the box.
        expanded: whether it is open until the visitor opens or closes it.
    """
    # A box keeps its state under its key, so one that begins open has another key than one that begins closed.
    with st.expander(
        title, expanded, key=_key(kind, expanded), icon=":material/play_circle:", on_change="rerun"
    ):
        yield


def close_box(kind: Kind) -> None:
    """Close the box of a kind of measurements, where there is one; for callbacks."""
    for expanded in (True, False):
        if _key(kind, expanded) in st.session_state:
            st.session_state[_key(kind, expanded)] = False


def _key(kind: Kind, expanded: bool) -> str:
    return f"box_{kind.name}_{'open' if expanded else 'closed'}"
