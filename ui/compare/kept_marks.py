"""Compare: the marks of this visit, which the browser keeps for the next one."""

import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress

import streamlit as st

from segcore.errors import InputError
from ui.compare.mark_file import Mark, marks_csv, read_marks
from ui.shell.component_text import component_text

_MARKS, _SESSION, _KEEPER = "_compare_marks", "_compare_marks_session", "compare_marks_keeper"
_MERGED = "_compare_marks_merged"
_Key = tuple[str, str, str]
_mount = st.components.v2.component(
    "segcompare_marks",
    js=component_text("shell/browser/undo.js", "shell/browser/leaving.js", "compare/browser/marks.js"),
)


def all_marks() -> dict[_Key, Mark]:
    """Return the marks of this visit by their keys, to be changed by whoever marks, in the order of marking."""
    return st.session_state.setdefault(_MARKS, {})


def add_marks(marks: Iterable[Mark]) -> None:
    """Add marks to those of this visit; each takes the place of one of the same frame."""
    all_marks().update((mark.key, mark) for mark in marks)


def keep_marks() -> None:
    """Let the browser keep the marks of this visit, and take over what was kept by others; draws nothing."""
    # A server that was started anew has another session for the same open page, with no marks yet.
    session = st.session_state.setdefault(_SESSION, uuid.uuid4().hex)
    merges, agreed = st.session_state.setdefault(_MERGED, (0, ""))
    data = {"session": session, "marks": marks_csv(all_marks().values()), "merges": merges, "agreed": agreed}
    _mount(key=_KEEPER, data=data, on_kept_change=_take_kept)


def merged_marks(mine: Iterable[Mark], *, before: Iterable[Mark], now: Iterable[Mark]) -> dict[_Key, Mark]:
    """Return the marks kept ``now`` with what this visit has changed: ``mine`` against those kept ``before``."""
    own, known = _by_key(mine), _by_key(before)
    removed = known.keys() - own.keys()
    # Compared as they are kept: a score that is not known equals nothing, not even itself.
    changed = {
        key: mark
        for key, mark in own.items()
        if key not in known or marks_csv([mark]) != marks_csv([known[key]])
    }
    merged = {**_by_key(now), **changed}
    return {key: mark for key, mark in merged.items() if key not in removed}


def _read(text: str) -> tuple[Mark, ...]:
    return read_marks(text.encode(errors="replace")) if text else ()


def _by_key(marks: Iterable[Mark]) -> dict[_Key, Mark]:
    return {mark.key: mark for mark in marks}


def _take_kept() -> None:
    told = st.session_state[_KEEPER].kept
    # The browser says it, so it may be anything.
    if not isinstance(told, Mapping) or not all(
        isinstance(told.get(name), str) for name in ("before", "now")
    ):
        return
    marks = all_marks()
    with suppress(InputError):
        before, now = (_read(told[name]) for name in ("before", "now"))
        merged = merged_marks(marks.values(), before=before, now=now)
        marks.clear()
        marks.update(merged)
    # Also of what cannot be read, which the marks of this visit replace then.
    merges, _ = st.session_state[_MERGED]
    st.session_state[_MERGED] = (merges + 1, told["now"])
