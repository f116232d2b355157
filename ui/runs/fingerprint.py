"""The fingerprint of the frames in use, made anew every half a minute, as their listing is."""

from collections.abc import Sequence

import streamlit as st

from segcore.frames.fingerprint import files_sha256
from segcore.frames.frame import Frame


def fingerprint_of(frames: Sequence[Frame]) -> str:
    """Return ``segcore.frames.fingerprint.files_sha256`` of frames; it is made once for all runs."""
    ends = tuple((str(frame.image_path), str(frame.truth_path)) for frame in (frames[0], frames[-1]))
    return _fingerprint(ends, len(frames), frames)


@st.cache_resource(ttl=30, max_entries=16, show_spinner=False)
def _fingerprint(ends: tuple, number: int, _frames: Sequence[Frame]) -> str:
    return files_sha256(_frames)
