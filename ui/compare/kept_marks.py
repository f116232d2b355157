"""Compare: the marks of this visit, which the browser keeps for the next one."""

import uuid
from collections.abc import Iterable
from contextlib import suppress

import streamlit as st

from segcore.errors import InputError
from ui.compare.mark_file import Mark, marks_csv, read_marks
from ui.shell.component_text import component_text

_MARKS, _SESSION, _KEEPER = "_compare_marks", "_compare_marks_session", "compare_marks_keeper"
_mount = st.components.v2.component(
    "segcompare_marks", js=component_text("shell/browser/undo.js", "compare/browser/marks.js")
)


def all_marks() -> dict[tuple[str, str, str], Mark]:
    """Return the marks of this visit by their keys, to be changed by whoever marks, in the order of marking."""
    return st.session_state.setdefault(_MARKS, {})


def add_marks(marks: Iterable[Mark]) -> None:
    """Add marks to those of this visit; each takes the place of one of the same frame."""
    all_marks().update((mark.key, mark) for mark in marks)


def keep_marks() -> None:
    """Let the browser keep the marks of this visit, and add those that it has kept; draws nothing."""
    # A server that was started anew has another session for the same open page, with no marks yet.
    session = st.session_state.setdefault(_SESSION, uuid.uuid4().hex)
    data = {"session": session, "marks": marks_csv(all_marks().values())}
    _mount(key=_KEEPER, data=data, on_kept_change=_take_kept)


def _take_kept() -> None:
    # The browser says it, so it may be anything.
    if isinstance(kept := st.session_state[_KEEPER].kept, str):
        with suppress(InputError):
            add_marks(read_marks(kept.encode(errors="replace")))
