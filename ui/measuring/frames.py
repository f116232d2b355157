"""What runs are measured on: the frames of the sidebar that have ground truth, and the name for scores on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from segcore.frames.frame import Frame
from segcore.runs.checks import PLAIN_NAME
from segcore.runs.run import Run
from segcore.runs.sets import set_for
from segcore.system.counting import counted
from ui.frames.source import Source, current_source
from ui.runs.best import is_of
from ui.runs.cached import evaluation_of
from ui.shell.fields import FIELDS
from ui.shell.text import markdown_escaped


@dataclass(frozen=True)
class FramesToMeasure:
    """Frames with ground truth, of one split of the data in use.

    Attributes:
        source: where they come from.
        frames: at least one.
        left_out: how many of the split have no ground truth.
    """

    source: Source
    frames: tuple[Frame, ...]
    left_out: int = 0

    @property
    def where(self) -> str:
        return f"{self.source.title}, split {self.source.split}"

    @property
    def count(self) -> str:
        return counted(len(self.frames), "frame")


def frames_to_measure() -> FramesToMeasure | None:
    """Return the frames of the sidebar that have ground truth, or say why there are none and return None."""
    source = current_source()
    if source is None or source.kind == "upload":
        st.info(
            "There is no ground truth to score against: choose the demo city or a data set in the sidebar; "
            "pictures of your own are scored one by one, on the page Compare."
        )
        return None
    frames = tuple(frame for frame in source.frames if frame.truth_path is not None)
    found = FramesToMeasure(source, frames, len(source.frames) - len(frames))
    if not frames:
        st.info(
            f"No frame of {markdown_escaped(found.where)} has ground truth to score against; choose another split."
        )
        return None
    return found


def proposed_name(runs: Sequence[Run], these: FramesToMeasure) -> str:
    """Return the name under which a run keeps scores of these frames, or else one of the data that is not taken."""
    return set_for(these.frames, runs, is_of=is_of)


def known_data_name(runs: Sequence[Run], set_name: str, these: FramesToMeasure) -> str:
    """Return what other scores on these frames call the data, or else its own name."""
    for run in runs:
        if is_of(run, set_name, these.frames) and (scores := evaluation_of(run, set_name)) is not None:
            return scores.provenance.data or these.source.title
    return these.source.title


def ask_to_skip(these: FramesToMeasure, *, key: str) -> bool:
    """Draw the choice to leave out frames that cannot be scored; the demo city has none."""
    return these.source.kind == "folder" and st.checkbox(
        FIELDS["skip-unusable"],
        key=key,
        help="Frames whose picture or mask is damaged, or whose mask has another size or unknown values. Their number "
        "stands with the scores. Without this, such frames are named and nothing is scored.",
    )


def choose_runs(runs: Sequence[Run], *, key: str, first: Sequence[Run]) -> list[Run]:
    """Draw the choice of the runs to measure.

    Args:
        runs: that can be measured.
        key: of the widget.
        first: which are chosen to begin with.
    """
    by_name = {run.name: run for run in runs}
    names = st.multiselect(
        "Runs",
        list(by_name),
        default=[run.name for run in first],
        key=key,
        placeholder="Choose one or more runs",
    )
    return [by_name[name] for name in names if name in by_name]


def ask_for_name(proposed: str, *, key: str) -> str | None:
    """Draw the field for the name under which scores are kept; None for one that cannot be, which is said."""
    name = st.text_input(
        "Keep as",
        proposed,
        # Other frames have another name to begin with.
        key=f"{key}_{proposed}",
        help="Runs are compared on scores of one name, so give it to one set of frames only.",
    ).strip()
    if PLAIN_NAME.fullmatch(name):
        return name
    st.error(
        f"{markdown_escaped(repr(name))} is not a valid name of a set; use letters, digits, '-', '\\_', '+' and '.'."
    )
    return None
