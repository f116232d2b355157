"""The parts of the Evaluation page, one function each; all scores come from stored evaluations."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from segcore.charts import confusion_heatmap, cost_scatter, dumbbell, row_shares
from segcore.errors import InputError
from segcore.runs import Run
from segcore.tables import (
    DIFFERENCE,
    frame_table,
    predicts_void,
    same_classes,
    score_table,
    swatch,
    with_difference,
)
from ui.page import ABSENT, is_dark, percent, show_chart
from ui.router import link_to
from ui.runs import frame_scores_of, is_outdated, plain, provenance, scores_of
from ui.source import current_source, holds_frame
from ui.url import notice_unknown

MOST_OTHERS = 4
"""Runs shown beside A and B in the table of classes."""

MOST_LINKS = 8
"""Frames that can be opened with one click; the table below has them all."""

_KEPT = {"bind": "query-params", "persist_state": "session"}


def read_scores(runs: Sequence[Run], set_name: str) -> dict[str, dict]:
    """Return the evaluations on a set by run; unreadable and outdated ones are named on the page."""
    found = {}
    for run in runs:
        try:
            scores = scores_of(run, set_name)
        except InputError as error:
            st.warning(f"{plain(run.name)}: {plain(str(error))}")
            continue
        if scores is not None:
            found[run.name] = scores
            if is_outdated(run, scores):
                st.warning(
                    f"{plain(run.name)} was scored with other weights than it holds now; evaluate it again."
                )
    return found


def choose_pair(names: Sequence[str]) -> tuple[str, str]:
    """Draw the choice of A and B; the choice is shared with the Compare page."""
    chosen = []
    for column, letter, index in zip(st.columns(2), "ab", (0, min(1, len(names) - 1)), strict=True):
        notice_unknown(letter, names, what=f"run {letter.upper()}")
        chosen.append(column.selectbox(f"Run {letter.upper()}", names, index=index, key=letter, **_KEPT))
    return chosen[0], chosen[1]


def show_headline(table: pd.DataFrame, scores: Mapping) -> None:
    """Draw one row a run with what it scores and costs, and under which conditions."""
    names = {
        "run": "Run",
        "architecture": "Architecture",
        "miou": "Mean IoU",
        "category_miou": "Category IoU",
        "pixel_accuracy": "Pixel accuracy",
        "latency_ms": "Latency",
        "parameters": "Parameters",
        "megabytes": "File",
    }
    shares = ["miou", "category_miou", "pixel_accuracy"]
    shown = _in_percent(table, shares).dropna(axis=1, how="all")
    st.dataframe(
        shown.rename(columns=names),
        hide_index=True,
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), 290),
        column_config={
            **{names[key]: _share(names[key]) for key in shares},
            "Latency": st.column_config.NumberColumn(
                format="%.0f ms", help="Median time of the network call."
            ),
            "Parameters": st.column_config.NumberColumn(format="compact"),
            "File": st.column_config.NumberColumn(format="%.1f MB"),
        },
        alt="Mean IoU, category IoU, pixel accuracy, latency, parameters and file size of every run.",
    )
    st.caption(f"{provenance(scores)}. Mean IoU is the mean over the classes of one matrix for all frames.")


def show_classes(evaluations: Mapping[str, Mapping], a: str, b: str) -> None:
    """Draw the IoU of every class and every category, as a table to sort and as A against B."""
    others = [name for name in evaluations if name not in (a, b)][:MOST_OTHERS]
    shown = {name: evaluations[name] for name in dict.fromkeys((a, b, *others))}
    for key, title in (("classes", "Classes"), ("categories", "Categories")):
        table = with_difference(score_table(shown, key), a, b)
        if table.empty:
            continue
        st.subheader(title)
        left, right = st.columns(2, gap="large")
        with left:
            _show_score_table(table, title=title)
            _offer_csv(table.rename_axis("class"), f"{key}_{a}_{b}.csv", key=f"csv_{key}", index=True)
        with right:
            if a == b:
                st.info("Choose two different runs to see A against B.")
            else:
                figure = dumbbell(table[[a, b]])
                show_chart(
                    figure, key=f"dumbbell_{key}", alt=f"IoU of {a} and {b} for each of the {title.lower()}."
                )


def show_confusion(evaluations: Mapping[str, Mapping], a: str, b: str) -> None:
    """Draw the confusion matrix of A, of B or their difference, each row divided by its pixels."""
    views = {"A": a, "B": b, DIFFERENCE: f"{a} − {b}"}
    notice_unknown("matrix", views, what="matrix")
    view = st.segmented_control("Matrix", list(views), default="A", required=True, key="matrix", **_KEPT)
    first, second = evaluations[a], evaluations[b]
    if view == DIFFERENCE and not same_classes(first, second):
        st.info("A and B know different classes, so their matrices cannot be subtracted.")
        return
    keep_void = predicts_void(first, second)
    shares = [row_shares(np.asarray(scores["confusion"]), keep_void=keep_void) for scores in (first, second)]
    shown, scores = {"A": (shares[0], first), "B": (shares[1], second)}.get(view, (None, first))
    if shown is None:
        shown = shares[0] - shares[1]
    figure = confusion_heatmap(shown, scores["class_names"], difference=view == DIFFERENCE, dark=is_dark())
    show_chart(
        figure,
        key="confusion",
        alt=f"Confusion matrix of {views[view]}: truth in rows, prediction in columns.",
    )
    meaning = (
        "Each cell is the share of A less that of B; on the diagonal, above 0 means that A is right more often."
        if view == DIFFERENCE
        else "Each row is a class of the ground truth and adds up to 100 %: where its pixels went."
    )
    st.caption(
        f"{plain(views[view])}. {meaning} Rows of classes that do not occur are blank. {provenance(scores)}."
    )


def show_cost(table: pd.DataFrame, evaluations: Mapping[str, Mapping]) -> None:
    """Draw mean IoU against what it costs: time, parameters or bytes."""
    costs = {
        "Latency": ("latency_ms", "latency in ms, median"),
        "Parameters": ("parameters", "parameters"),
        "File size": ("megabytes", "size of the weights in MB"),
    }
    notice_unknown("cost", costs, what="cost")
    chosen = st.segmented_control(
        "Against", list(costs), default="Latency", required=True, key="cost", **_KEPT
    )
    column, title = costs[chosen]
    known = table.dropna(subset=[column, "miou"])
    if known.empty:
        st.info(f"No run on this set records its {chosen.lower()}.")
        return
    show_chart(
        cost_scatter(table, cost=column, title=title),
        key="cost_scatter",
        alt="; ".join(f"{row.run}: mean IoU {percent(row.miou)}" for row in known.itertuples()),
    )
    missing = len(table) - len(known)
    left_out = f" {missing} without it {'is' if missing == 1 else 'are'} left out." if missing else ""
    machines = {(scores.get("latency_ms") or {}).get("hardware") for scores in evaluations.values()} - {None}
    measured = f" Measured on: {'; '.join(sorted(machines))}." if chosen == "Latency" and machines else ""
    st.caption(
        f"Up and to the left is better.{left_out}{measured} {provenance(next(iter(evaluations.values())))}."
    )


def show_frames(run_a: Run, run_b: Run, set_name: str, scores: Mapping) -> None:
    """Rank the frames by either run's mean IoU or by their difference; a click opens one of the first in Compare."""
    table = frame_table(frame_scores_of(run_a, set_name), frame_scores_of(run_b, set_name))
    if table.empty:
        st.info(
            "The evaluations of these runs list no single frames; evaluate them again to see which are hard."
        )
        return
    orders = {
        "A ahead": (DIFFERENCE, False),
        "B ahead": (DIFFERENCE, True),
        "Worst for A": ("A", True),
        "Worst for B": ("B", True),
    }
    notice_unknown("rank", orders, what="order")
    order = st.segmented_control("First", list(orders), default="A ahead", required=True, key="rank", **_KEPT)
    column, ascending = orders[order]
    table = table.sort_values([column, "frame"], ascending=[ascending, True], ignore_index=True)
    st.markdown(f"**First {min(MOST_LINKS, len(table))} of {len(table)}: open one in Compare**")
    _link_frames(table.head(MOST_LINKS), run_a.name, run_b.name)
    st.dataframe(
        _in_percent(table, ["A", "B", DIFFERENCE]),
        hide_index=True,
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), 423),
        column_config={
            "frame": st.column_config.TextColumn("Frame", width="medium"),
            "A": _share(f"A: {run_a.name}"),
            "B": _share(f"B: {run_b.name}"),
            DIFFERENCE: _points(),
        },
        alt="Mean IoU of each frame for A and B, and the difference.",
    )
    st.caption(
        "The score of a frame is the mean over the classes in it, so these do not average to the mean IoU of the "
        f"set. {provenance(scores)}."
    )
    _offer_csv(table, f"frames_{run_a.name}_{run_b.name}_{set_name}.csv", key="csv_frames", index=False)


def show_augmentation(pairs: Sequence[tuple[str, str]], evaluations: Mapping[str, Mapping]) -> None:
    """Draw runs trained with augmentation against their twins without."""
    for with_it, without in pairs:
        first, second = evaluations[with_it], evaluations[without]
        gain = (first["miou"] - second["miou"]) if None not in (first["miou"], second["miou"]) else None
        st.metric(
            f"{plain(with_it)}: mean IoU with augmentation",
            percent(first["miou"]),
            None if gain is None else f"{100 * gain:+.1f} points against {percent(second['miou'])} without",
        )
        table = score_table({with_it: first, without: second}, "classes")
        show_chart(
            dumbbell(table), key=f"augmentation_{with_it}", alt=f"IoU of {with_it} and {without} by class."
        )
        st.caption(f"{provenance(first)}. One training of each: a small difference may be chance.")


def _link_frames(table: pd.DataFrame, a: str, b: str) -> None:
    source = current_source()
    if source is None or not any(holds_frame(source, frame_id) for frame_id in table["frame"]):
        st.info(
            "These frames are not among those chosen in the sidebar; choose the data that the scores come from "
            "there to open them in Compare."
        )
        return
    for row in table.to_dict("records"):
        if holds_frame(source, row["frame"]):
            difference = row[DIFFERENCE]
            points = "" if pd.isna(difference) else f", A − B {100 * difference:+.1f}"
            label = f"{plain(row['frame'])}: A {percent(row['A'])}, B {percent(row['B'])}{points}"
            link_to("compare", label, open=row["frame"], open_a=a, open_b=b)


def _show_score_table(table: pd.DataFrame, *, title: str) -> None:
    runs = [name for name in table.columns if name != DIFFERENCE]
    shown = _in_percent(table, list(table.columns)).rename_axis("Name").reset_index()
    shown.insert(0, "Color", [swatch(name) for name in table.index])
    st.dataframe(
        shown,
        hide_index=True,
        placeholder=ABSENT,
        height=38 + 35 * len(shown),
        column_config={
            "Color": st.column_config.ImageColumn("", width=36),
            "Name": st.column_config.TextColumn(width=98),
            **{name: _share(name, width=84) for name in runs},
            DIFFERENCE: _points(),
        },
        alt=f"IoU of {', '.join(runs)} for each of the {title.lower()}; blank where a class does not occur.",
    )


def _in_percent(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    return table.assign(**{column: 100 * table[column] for column in columns})


def _share(title: str, *, width: int | None = None) -> dict:
    return st.column_config.NumberColumn(title, format="%.1f %%", width=width)


def _points() -> dict:
    return st.column_config.NumberColumn(
        DIFFERENCE, format="%+.1f", width=66, help="Percentage points; above 0, A is better."
    )


def _offer_csv(table: pd.DataFrame, name: str, *, key: str, index: bool) -> None:
    st.download_button(
        "Download as CSV",
        data=lambda: table.to_csv(index=index),
        file_name=name,
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )
