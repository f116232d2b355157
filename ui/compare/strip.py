"""Compare: the frames as a strip of small pictures, gone through by click, by key, or one after the other."""

from collections.abc import Collection

import streamlit as st

from segcore.errors import InputError
from segcore.frames.frame import Frame
from ui.frames.source import Source
from ui.frames.thumbnails import thumbnail
from ui.shell.bound import choose
from ui.shell.component_text import component_text

_KEY = "compare_strip"
_AROUND = 6
_NEAR = 2 * _AROUND + 1
"""Frames whose pictures are made: the current one and, where there are as many, ``_AROUND`` to each side."""
_mount = st.components.v2.component(
    "segcompare_strip",
    html=component_text("compare/browser/strip.html"),
    css=component_text("compare/browser/strip.css"),
    js=component_text(
        "shell/browser/undo.js",
        "shell/browser/leaving.js",
        "viewer/browser/elements.js",
        "viewer/browser/page_keys.js",
        "viewer/browser/shown.js",
        "compare/browser/strip.js",
    ),
)


def show_strip(source: Source, frame_id: str, *, marked: Collection[str]) -> None:
    """Draw the frames around the current one; ``marked`` ids carry a flag. Small pictures are made here."""
    frame_ids = [frame.frame_id for frame in source.frames]
    place = frame_ids.index(frame_id)
    # At both ends as many as in the middle, as the strip is as wide there.
    first = max(0, min(place - _AROUND, len(frame_ids) - _NEAR))
    near = source.frames[first : first + _NEAR]
    data = {
        "frames": frame_ids,
        "current": frame_id,
        "marked": sorted(marked),
        "thumbnails": {frame.frame_id: _picture(frame) for frame in near},
    }
    _mount(key=_KEY, data=data, on_frame_change=_go)


def _go() -> None:
    # The page checks it as it checks an address.
    if isinstance(asked := st.session_state[_KEY].frame, str):
        choose("frame", asked)


def _picture(frame: Frame) -> str | None:
    try:
        return thumbnail(frame)
    except InputError:
        # The page says so once the frame is chosen.
        return None
