"""Overview: scores on the frames in use, made by one click where models have none."""

from collections.abc import Sequence

import streamlit as st

from segcore.runs.run import Run
from segcore.system.settings import is_public
from ui.frames.source import Source
from ui.measuring.evaluating import start_evaluations
from ui.measuring.frames import FramesToMeasure, ask_to_skip, known_data_name, proposed_name
from ui.measuring.jobs import jobs_of_mine, show_jobs
from ui.measuring.kinds import EVALUATION
from ui.runs.best import is_of
from ui.shell.router import link_to


def offer_scores(source: Source, runs: Sequence[Run], unscored: Sequence[Run]) -> None:
    """Draw the button that scores runs on the frames in use, where that can be, and how far it is.

    Args:
        source: the frames in use.
        runs: all, whose scores may be on the same frames.
        unscored: those to score.
    """
    frames = tuple(frame for frame in source.frames if frame.truth_path is not None)
    to_score = [run for run in unscored if run.can_predict]
    is_under_way = any(job.is_active for job in jobs_of_mine(EVALUATION))
    if not is_under_way and frames and to_score and source.kind != "upload" and not is_public():
        _offer(FramesToMeasure(source, frames), runs, to_score)
    show_jobs(EVALUATION)


def _offer(these: FramesToMeasure, runs: Sequence[Run], to_score: Sequence[Run]) -> None:
    set_name = proposed_name(runs, these)
    which = {1: to_score[0].name, 2: "both"}.get(len(to_score), f"all {len(to_score)} models")
    label = f"Score {which} on these {these.count}"
    if any(is_of(run, set_name, these.frames) is False for run in to_score):
        # Scores of other frames would be replaced, which is asked there.
        link_to("evaluation", label, **these.source.in_address)
        return
    skip = ask_to_skip(these, key="overview_skip")
    st.button(
        label,
        icon=":material/play_arrow:",
        type="primary",
        help=", ".join(run.name for run in to_score),
        on_click=start_evaluations,
        args=(to_score, these.frames, set_name, known_data_name(runs, set_name, these), skip),
    )
