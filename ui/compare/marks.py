"""Compare: frames that a visitor marks, with a note, kept for the session and saved as CSV."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import streamlit as st

from segcore.reports.archive import csv_text
from segcore.reports.percent import percent
from segcore.scoring.confusion import mean_iou
from ui.compare.result import Comparison, Side
from ui.frames.source import Source
from ui.shell.bound import choose
from ui.shell.text import markdown_escaped

_MARKS = "_compare_marks"
_MOST_LISTED = 50


@dataclass(frozen=True)
class Mark:
    """A marked frame, the note on it, and what was compared when it was marked; mIoU is 0..1, NaN without truth."""

    data: str
    split: str
    frame: str
    note: str
    run_a: str
    run_b: str
    weather: str
    miou_a: float
    miou_b: float


def marks_of(source: Source) -> dict[str, Mark]:
    """Return frame to mark of the frames in use, in the order in which they were marked."""
    kept = st.session_state.setdefault(_MARKS, {})
    return {
        mark.frame: mark for mark in kept.values() if (mark.data, mark.split) == (source.title, source.split)
    }


def show_marks(comparison: Comparison, source: Source) -> None:
    """Draw the mark of this frame with its note, and the list of all marks of the data in use."""
    frame_id = comparison.frame.frame_id
    marks = marks_of(source)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if frame_id in marks:
            st.button("Remove the mark", icon=":material/flag:", on_click=_remove, args=(source, frame_id))
            st.text_input(
                "Note",
                value=marks[frame_id].note,
                key=f"note {source.title} {source.split} {frame_id}",
                placeholder="A note on this frame",
                label_visibility="collapsed",
                max_chars=300,
                on_change=_note,
                args=(source, frame_id),
            )
        else:
            st.button(
                "Mark this frame", icon=":material/flag:", on_click=_add, args=(_mark(comparison, source),)
            )
        if marks:
            st.download_button(
                "Marks as CSV",
                data=marks_csv(marks.values()),
                file_name="segcompare_marked_frames.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
    for mark in list(marks.values())[:_MOST_LISTED]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                mark.frame, key=f"open mark {mark.frame}", type="tertiary", on_click=_open, args=(mark,)
            )
            st.caption(markdown_escaped(" · ".join(filter(None, (_scores(mark), mark.note)))))


def marks_csv(marks: Iterable[Mark]) -> str:
    """Return marks as CSV, one row each."""
    return csv_text([asdict(mark) for mark in marks])


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


def _key(source: Source, frame_id: str) -> tuple[str, str, str]:
    return source.title, source.split, frame_id


def _add(mark: Mark) -> None:
    st.session_state[_MARKS][mark.data, mark.split, mark.frame] = mark


def _remove(source: Source, frame_id: str) -> None:
    st.session_state[_MARKS].pop(_key(source, frame_id), None)


def _note(source: Source, frame_id: str) -> None:
    kept, key = st.session_state[_MARKS], _key(source, frame_id)
    if key in kept:
        note = st.session_state[f"note {source.title} {source.split} {frame_id}"].strip()
        kept[key] = replace(kept[key], note=note)


def _open(mark: Mark) -> None:
    choose("frame", mark.frame)
