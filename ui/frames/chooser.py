"""The choice of a frame, the same on every page that shows one."""

import random

import streamlit as st

from ui.frames.source import Source
from ui.shell.bound import bound_row, bound_selectbox
from ui.shell.url import accept_earlier

_LAST_FRAME = "_last_frame"


def choose_frame(source: Source, *, key: str) -> str:
    """Draw the choice of a frame, kept across pages and in the address as ``?frame=``; return its id.

    Args:
        source: a source with at least one frame.
        key: distinguishes the buttons of several pages.
    """
    frame_ids = [frame.frame_id for frame in source.frames]
    _bring_along(frame_ids, page=key)
    kept, first = st.session_state.get("frame"), frame_ids[0]
    if kept is not None and kept not in frame_ids:
        st.session_state["frame"] = first
    elif kept not in (None, first, st.query_params.get("frame")):
        # It came first in another order, and so is not in the address unless it is chosen again.
        st.session_state["frame"] = kept
    with bound_row(gap="small"):
        chosen = bound_selectbox(
            "Frame",
            frame_ids,
            key="frame",
            what="frame",
            where="among those chosen in the sidebar",
            persist=False,
            width="stretch",
        )
        position = frame_ids.index(chosen)
        others = [frame_id for frame_id in frame_ids if frame_id != chosen] or frame_ids
        steps = (
            ("previous", frame_ids[position - 1]),
            ("next", frame_ids[(position + 1) % len(frame_ids)]),
            ("random", random.choice(others)),
        )
        for name, target in steps:
            # Words and not icons, whose name a screen reader would read out.
            st.button(
                name.capitalize(),
                key=f"{key}_{name}",
                on_click=_go_to,
                args=(target,),
                disabled=len(frame_ids) == 1,
            )
    st.session_state[_LAST_FRAME] = (key, chosen)
    return chosen


def _bring_along(frame_ids: list[str], *, page: str) -> None:
    """Take the frame over from the page before, since each page's widget remembers its own."""
    last_page, last = st.session_state.get(_LAST_FRAME, (None, None))
    if last is not None:
        accept_earlier("frame", last)
    if last_page == page or last not in frame_ids:
        return
    wanted = st.query_params.get("frame", last)
    if wanted in frame_ids:
        st.session_state["frame"] = st.query_params["frame"] = wanted


def _go_to(frame_id: str) -> None:
    st.session_state["frame"] = frame_id
