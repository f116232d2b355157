"""The fingerprint of the frames in use, made anew every half a minute, as their listing is."""

from collections.abc import Sequence

import streamlit as st

from segcore.frames.fingerprint import files_sha256
from segcore.frames.frame import Frame


def fingerprint_of(frames: Sequence[Frame]) -> str:
    """Return ``segcore.frames.fingerprint.files_sha256`` of frames; it is made once for all runs."""
    first = frames[0]
    # A hash of the names, which samples of the same data differ in; Streamlit would take long for the names themselves.
    names = hash(tuple(frame.frame_id for frame in frames))
    return _fingerprint(str(first.image_path), str(first.truth_path), names, frames)


@st.cache_resource(ttl=30, max_entries=16, show_spinner=False)
def _fingerprint(image: str, truth: str, names: int, _frames: Sequence[Frame]) -> str:
    return files_sha256(_frames)
