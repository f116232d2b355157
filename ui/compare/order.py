"""Compare: in which order the frames come, by name or by the scores that are stored of both runs."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.runs.evaluation import Provenance
from segcore.runs.results import is_stale
from segcore.runs.run import Run
from ui.frames.source import Source
from ui.runs.cached import evaluation_of, frame_scores_of
from ui.runs.conditions import provenance
from ui.runs.listing import sets_of
from ui.runs.names import names_of
from ui.shell.bound import bound_selectbox, choose
from ui.shell.text import markdown_escaped

BY_NAME = "By name"
ORDERS = {
    "Worst for A": lambda a, b: a,
    "Worst for B": lambda a, b: b,
    "A ahead": lambda a, b: b - a,
    "B ahead": lambda a, b: a - b,
}
"""Order, as it is in the address, to what of two series of mIoU by frame is smallest in the first frame."""
_KEY, _TO_FIRST = "order", "_compare_to_first"


def choose_order(source: Source, pair: tuple[Run, Run]) -> Source:
    """Draw the choice of an order where scores are stored; return the source with its frames in that order.

    Frames that a run was not scored on come last, by name.
    """
    frame_ids = [frame.frame_id for frame in source.frames]
    ranked, origin = _ranked(frame_ids, pair)
    order = bound_selectbox(
        "Order of frames",
        [BY_NAME, *ranked],
        format_func=lambda name: _in_words(name, pair),
        key=_KEY,
        what="order of frames",
        draw_single=False,
        help=f"Worst: by the stored mIoU of each frame, the lowest first. {origin}.",
        on_change=_go_to_first,
    )
    if order == BY_NAME:
        ordered = source
    else:
        by_id = dict(zip(frame_ids, source.frames, strict=True))
        ordered = replace(source, frames=tuple(by_id[frame_id] for frame_id in ranked[order].index))
    if st.session_state.pop(_TO_FIRST, False):
        choose("frame", ordered.frames[0].frame_id)
    return ordered


def _in_words(order: str, pair: tuple[Run, Run]) -> str:
    """Return an order with the names of the runs in place of their letters."""
    names = dict(zip("AB", names_of(pair), strict=True))
    return " ".join(names.get(word, word) for word in order.split(" "))


def _go_to_first() -> None:
    # Which frame that is, only the run of the page that follows can tell.
    st.session_state[_TO_FIRST] = True


def _ranked(frame_ids: list[str], pair: tuple[Run, Run]) -> tuple[dict[str, pd.Series], str]:
    """Return the orders that there are scores for, each sorted over all frames, and where the scores are from."""
    for set_name in sets_of(pair):
        a, b = (_scores(run, set_name).reindex(frame_ids) for run in pair)
        keys = {name: rank(a, b) for name, rank in ORDERS.items()}
        known = {name: key.sort_values(kind="stable") for name, key in keys.items() if key.notna().any()}
        if pair[0] == pair[1]:
            known = {name: known[name] for name in known if name == "Worst for A"}
        if known:
            return known, _origin(pair, set_name)
    return {}, ""


def _origin(pair: tuple[Run, Run], set_name: str) -> str:
    made = {run.name: _made(run, set_name) for run in pair}
    old = [run.name for run in pair if is_stale(run, made[run.name])]
    told = (
        f". {markdown_escaped(' and '.join(old))}: scored with other weights or at other sizes than now"
        if old
        else ""
    )
    return provenance(next(filter(None, made.values()))) + told


def _made(run: Run, set_name: str) -> Provenance | None:
    try:
        scores = evaluation_of(run, set_name)
    except InputError:
        # The Evaluation page names it.
        return None
    return scores and scores.provenance


def _scores(run: Run, set_name: str) -> pd.Series:
    return frame_scores_of(run, set_name).drop_duplicates("frame").set_index("frame")["miou"]
