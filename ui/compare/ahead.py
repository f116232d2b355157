"""Compare: both models predict the frame that comes next while the visitor still looks at this one."""

import streamlit as st

from segcore.errors import InputError
from segcore.runs.run import Run
from ui.frames.keys import frame_key
from ui.frames.loaded import load_frame
from ui.frames.source import Source
from ui.runs.predictions import predict_ahead

_LAST = "_compare_last_frame"


def look_ahead(pair: tuple[Run, Run], source: Source, frame_id: str) -> None:
    """Predict the next frame of a visitor who goes through them in order, forwards or backwards; without weather."""
    names = [frame.frame_id for frame in source.frames]
    here = names.index(frame_id)
    before = st.session_state.get(_LAST)
    st.session_state[_LAST] = frame_id
    for step in (1, -1):
        if before != frame_id and names[(here - step) % len(names)] == before:
            _predict(pair, source, names[(here + step) % len(names)])
            return


def _predict(pair: tuple[Run, Run], source: Source, frame_id: str) -> None:
    try:
        frame = load_frame(source, frame_id)
    except InputError:
        # Said when the visitor comes to it.
        return
    for run in pair:
        predict_ahead(run, frame.image, frame=frame_key(source, frame_id), frame_id=frame_id)
