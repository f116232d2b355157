"""Columns of tables that several pages have."""

from collections.abc import Iterable

import streamlit as st

_PIXELS_A_LETTER, _MARGIN, _WIDEST = 7, 18, 260


def name_column(names: Iterable[str]) -> dict:
    """Return the pinned column of classes, wide enough for their names, up to those of a few merged ones."""
    longest = max(map(len, names), default=0)
    width = min(_WIDEST, _MARGIN + _PIXELS_A_LETTER * longest)
    return st.column_config.TextColumn(width=width, pinned=True)
