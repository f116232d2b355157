"""Compare: frames that a visitor marks, with a note; saved and loaded as CSV, and kept by the browser."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from segcore.errors import InputError
from segcore.reports.percent import percent
from segcore.scoring.confusion import mean_iou
from segcore.system.counting import counted
from ui.compare.kept_marks import add_marks, all_marks, keep_marks
from ui.compare.mark_file import LONGEST_NOTE, MOST_MEGABYTES, Mark, check_room, marks_csv, read_marks
from ui.compare.result import Comparison, Side
from ui.frames.source import Source
from ui.shell.bound import choose
from ui.shell.text import markdown_escaped, message_of

_MOST_LISTED = 50
_LOADS, _LOADED = "_compare_mark_loads", "_compare_marks_loaded"


def marks_of(source: Source) -> dict[str, Mark]:
    """Return frame to mark of the frames in use, in the order in which they were marked."""
    return {
        mark.frame: mark
        for mark in all_marks().values()
        if (mark.data, mark.split) == (source.title, source.split)
    }


def show_marks(comparison: Comparison, source: Source) -> None:
    """Draw the mark of this frame with its note, and what can be done with all marks of the data in use."""
    frame_id = comparison.frame.frame_id
    marks = marks_of(source)
    # Without a gap, as what keeps the marks takes no room.
    with st.container(gap=None):
        keep_marks()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            if frame_id in marks:
                _show_mark(marks[frame_id])
            else:
                mark = _mark(comparison, source)
                st.button("Mark this frame", icon=":material/flag:", on_click=add_marks, args=([mark],))
            with st.popover("Marks", key="compare_marks"):
                _show_all(marks, source)


def _show_mark(mark: Mark) -> None:
    st.button("Remove the mark", icon=":material/flag:", on_click=_remove, args=([mark],))
    key = "_".join(("note", *mark.key))
    # Loaded marks may bring another note.
    if st.session_state.get(key) != mark.note:
        st.session_state[key] = mark.note
    st.text_input(
        "Note",
        key=key,
        placeholder="A note on this frame",
        label_visibility="collapsed",
        max_chars=LONGEST_NOTE,
        on_change=_note,
        args=(mark, key),
    )


def _show_all(marks: Mapping[str, Mark], source: Source) -> None:
    """Draw the list of the marks, and the ways to save, load and remove them."""
    here = {frame.frame_id for frame in source.frames}
    for mark in list(marks.values())[:_MOST_LISTED]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                markdown_escaped(mark.frame),
                key=f"open mark {mark.frame}",
                type="tertiary",
                disabled=mark.frame not in here,
                on_click=choose,
                args=("frame", mark.frame),
            )
            st.caption(markdown_escaped(" · ".join(filter(None, (_scores(mark), mark.note)))))
    if len(marks) > _MOST_LISTED:
        st.caption(f"And {len(marks) - _MOST_LISTED} more, which the CSV file has as well.")
    if marks:
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "Marks as CSV",
                data=marks_csv(marks.values()),
                file_name="segcompare_marked_frames.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
            st.button(
                "Remove all marks", icon=":material/delete:", on_click=_remove, args=(list(marks.values()),)
            )
    # With another key the next time, as the uploader would go on showing a file that has been read.
    key = f"load_marks_{st.session_state.get(_LOADS, 0)}"
    st.file_uploader(
        "Load marks",
        type="csv",
        key=key,
        max_upload_size=MOST_MEGABYTES,
        on_change=_load,
        args=(key, source),
        help="A CSV file that this page has saved. Its marks are added to those that there are.",
    )
    if (loaded := st.session_state.pop(_LOADED, None)) is not None:
        (st.success if loaded[0] else st.error)(loaded[1])


def _mark(comparison: Comparison, source: Source) -> Mark:
    a, b = comparison.sides
    weather = next((side.weather for side in comparison.sides if side.saw_weather), "")
    scores = _score(a), _score(b)
    frame_id = comparison.frame.frame_id
    return Mark(source.title, source.split, frame_id, "", a.run.name, b.run.name, weather, *scores)


def _score(side: Side) -> float:
    return float(np.nan if side.matrix is None else mean_iou(side.matrix))


def _scores(mark: Mark) -> str:
    scores = ((mark.run_a, mark.miou_a), (mark.run_b, mark.miou_b))
    return ", ".join(f"{name} {percent(score)}" for name, score in scores if not np.isnan(score))


def _remove(marks: list[Mark]) -> None:
    for mark in marks:
        all_marks().pop(mark.key, None)


def _note(mark: Mark, key: str) -> None:
    if mark.key in all_marks():
        add_marks([replace(mark, note=st.session_state[key].strip())])


def _load(key: str, source: Source) -> None:
    file = st.session_state[key]
    if file is None:
        return
    st.session_state[_LOADS] = st.session_state.get(_LOADS, 0) + 1
    try:
        marks = read_marks(file.getvalue())
        check_room([*all_marks().values(), *marks])
    except InputError as error:
        st.session_state[_LOADED] = (False, f"{markdown_escaped(file.name)}: {message_of(error)}")
        return
    add_marks(marks)
    st.session_state[_LOADED] = (True, _loaded(marks, source))


def _loaded(marks: tuple[Mark, ...], source: Source) -> str:
    number = f"Loaded {counted(len(marks), 'mark')}"
    others = sum((mark.data, mark.split) != (source.title, source.split) for mark in marks)
    if not others:
        return f"{number}."
    which = "" if others == len(marks) else f"{others} of them "
    return f"{number}, {which}of frames that are not chosen in the sidebar."
