"""The choice of a frame, the same on every page that shows one."""

import random

import streamlit as st

from ui.frames.source import Source
from ui.shell.bound import bound_row, bound_selectbox, choose


def choose_frame(source: Source, *, key: str) -> str:
    """Draw the choice of a frame, kept across pages and in the address as ``?frame=``; return its id.

    Args:
        source: a source with at least one frame.
        key: distinguishes the buttons of several pages.
    """
    frame_ids = [frame.frame_id for frame in source.frames]
    with bound_row(gap="small"):
        chosen = bound_selectbox(
            "Frame",
            frame_ids,
            key="frame",
            what="frame",
            where="among those chosen in the sidebar",
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
                on_click=choose,
                args=("frame", target),
                disabled=len(frame_ids) == 1,
            )
    return chosen
