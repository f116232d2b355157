"""Evaluation, frame by frame: the most telling ones, of all or those that hold a class, each a click from Compare."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame
from segcore.reports.percent import ABSENT, points
from segcore.reports.tables import same_classes
from segcore.runs.evaluation import Evaluation, FrameCounts
from segcore.runs.run import Run
from segcore.scoring.frame_ranking import frames_with, rank_frames
from ui.evaluation.columns import difference_column, in_percent, share_column
from ui.frames.source import current_source, find_frame
from ui.frames.thumbnails import thumbnail
from ui.runs.cached import frame_counts_of
from ui.runs.names import file_names_of, names_of
from ui.shell.bound import bound_row, bound_selectbox
from ui.shell.page import percent
from ui.shell.router import link_to
from ui.shell.save import offer_csv
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped, message_of

FRAMES_A_PAGE = 12
"""Frames shown with a picture at once; the table below them has all."""

ANY = "any class"

_CARD_WIDTH = 262

# As the address says it: column of the ranking, whether the lowest is first.
_ORDERS = {
    "A ahead": ("difference", False),
    "B ahead": ("difference", True),
    "Worst for A": ("a", True),
    "Worst for B": ("b", True),
}
_ALL_ORDERS = _ORDERS | {"Disagreement": ("differ", False)}
_CLASS_ORDERS = {"Most pixels": ("share", False)} | _ORDERS


def show_frames(run_a: Run, run_b: Run, set_name: str, evaluations: Mapping[str, Evaluation]) -> None:
    """Rank the frames by score, by A - B, by disagreement or by how much of a class they hold."""
    try:
        pair = frame_counts_of(run_a, set_name), frame_counts_of(run_b, set_name)
    except InputError as error:
        st.error(message_of(error))
        return
    if not any(pair):
        st.info(
            "The evaluations of these runs do not list single frames; evaluate the runs again to see "
            "which frames are hard."
        )
        return
    scores = evaluations[run_a.name]
    if not same_classes(scores, evaluations[run_b.name]):
        st.info("The two runs know different classes, so their frames cannot be compared.")
        return
    with bound_row():
        chosen = _choose_class(scores.class_names, max(pair, key=len))
        class_index = None if chosen == ANY else scores.class_names.index(chosen)
        orders = _ALL_ORDERS if class_index is None else _CLASS_ORDERS
        column, ascending, order = _choose_order(orders, *names_of((run_a, run_b)))
    table = rank_frames(*pair, class_index=class_index)
    table = table.sort_values([column, "frame"], ascending=[ascending, True], ignore_index=True)
    if class_index is not None:
        of = max(map(len, pair))
        st.markdown(f"**{chosen}** is in {len(table)} of {of} frames; the scores here are its own IoU.")
    class_name = None if class_index is None else chosen
    _show_cards(table, run_a, run_b, order=f"{set_name} {order} {chosen}", class_name=class_name)
    _show_table(table, run_a, run_b, class_name=class_name)
    st.caption(
        ("" if class_index is not None else _MEANING)
        + "Scores of single frames do not average to the score of the set."
    )
    about = (*(() if class_index is None else (chosen,)), set_name, run_a.name, run_b.name)
    columns = dict(zip("ab", file_names_of((run_a, run_b)), strict=True)) | {"differ": "disagreement"}
    offer_csv(table.dropna(axis=1, how="all").rename(columns=columns), key="frames", about=about)


_MEANING = (
    "The score of a frame is the mean over the classes in it. Disagreement: the smallest possible share of pixels on "
    "which the two runs differ, from the stored counts; Compare shows the pixels. "
)


def _choose_class(names: Sequence[str], entries: Sequence[FrameCounts]) -> str:
    found = [name for name, frames in zip(names, frames_with(entries), strict=True) if frames]
    options = [ANY, *found]
    return bound_selectbox("Frames with", options, key="with", what="class", width=260)


def _choose_order(orders: Mapping[str, tuple[str, bool]], first: str, second: str) -> tuple[str, bool, str]:
    # Two widgets, since one of them would remember an order that the other choice does not have.
    key = "rank" if orders is _ALL_ORDERS else "class_rank"
    shown = {
        "A ahead": f"Largest lead of {first}",
        "B ahead": f"Largest lead of {second}",
        "Worst for A": f"Lowest score of {first}",
        "Worst for B": f"Lowest score of {second}",
        "Disagreement": "Largest disagreement",
    }
    order = bound_selectbox(
        "Order",
        list(orders),
        key=key,
        what="order",
        width=340,
        format_func=lambda order: shown.get(order, order),
    )
    return *orders[order], order


def _show_cards(table: pd.DataFrame, a: Run, b: Run, *, order: str, class_name: str | None) -> None:
    source = current_source()
    pages = -(-len(table) // FRAMES_A_PAGE)
    page = st.pagination(pages, key=f"frames_page {order}", persist_state="session") if pages > 1 else 1
    rows = table.iloc[(page - 1) * FRAMES_A_PAGE : page * FRAMES_A_PAGE].to_dict("records")
    frames = {row["frame"]: source and find_frame(source, row["frame"]) for row in rows}
    if not any(frames.values()):
        st.info(
            "These frames are not in the data chosen in the sidebar, so there are no pictures. "
            "Choose the data of these scores there to see the frames and open them in Compare."
        )
        return
    # Compare lets both predict the frame.
    without = dict.fromkeys(markdown_escaped(run.name) for run in (a, b) if not run.can_predict)
    if without:
        keep = "keeps its scores but not its" if len(without) == 1 else "keep their scores but not their"
        st.caption(f"{' and '.join(without)} {keep} weights, so Compare cannot show these frames.")
    asked = None if without else {**source.in_address, "a": a.name, "b": b.name}
    with st.container(horizontal=True, gap="small", key="cards_frames"):
        for row in rows:
            frame = frames[row["frame"]]
            if frame is not None:
                with st.container(width=_CARD_WIDTH, gap="xxsmall"):
                    _show_card(frame, row, class_name, names_of((a, b)), asked=asked)


def _show_card(
    frame: Frame,
    row: Mapping,
    class_name: str | None,
    names: tuple[str, str],
    *,
    asked: Mapping[str, str] | None,
) -> None:
    try:
        st.image(thumbnail(frame, class_name=class_name), width="stretch", alt=f"Frame {frame.frame_id}")
    except InputError as error:
        st.caption(message_of(error))
    if asked is None:
        st.markdown(markdown_escaped(frame.frame_id))
    else:
        query = {**asked, "split": frame.split, "frame": frame.frame_id}
        link_to("compare", markdown_escaped(frame.frame_id), **query)
    gap = ABSENT if pd.isna(row["difference"]) else f"{points(row['difference'])} points"
    if not pd.isna(row["share"]):
        more = f" · {percent(row['share'])} of the frame"
    else:
        more = "" if pd.isna(row["differ"]) else f" · {percent(row['differ'])} differ"
    first, second = (
        f"{markdown_escaped(name)} {percent(row[side])}" for side, name in zip("ab", names, strict=True)
    )
    st.caption(f"{first}  \n{second}  \n{gap}{more}")


def _show_table(table: pd.DataFrame, a: Run, b: Run, *, class_name: str | None) -> None:
    what = "mean IoU" if class_name is None else f"IoU of {class_name}"
    short = names_of((a, b))
    dropped = ["share"] if class_name is None else ["differ"]
    draw_table(
        in_percent(table, ["a", "b", "difference", "differ", "share"]).drop(columns=dropped),
        "frames",
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), 423),
        column_config={
            "frame": st.column_config.TextColumn("Frame", pinned=True),
            "a": share_column(short[0], help=f"{what} of {a.name} on this frame."),
            "b": share_column(short[1], help=f"{what} of {b.name} on this frame."),
            "difference": difference_column(a.name, b.name),
            "differ": share_column("Disagreement", help="Smallest possible share of pixels that differ."),
            "share": share_column("Share of pixels", help="Of the scored pixels of the frame."),
        },
        alt=f"The frames with the {what} of {a.name} and {b.name}, and the difference.",
    )
