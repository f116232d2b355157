"""How well the runs do: class by class, against each other, at what cost, and on which frames."""

import streamlit as st

from segcore.tables import augmentation_pairs, headline_table
from ui.evaluation import (
    choose_pair,
    read_scores,
    show_augmentation,
    show_classes,
    show_confusion,
    show_cost,
    show_frames,
    show_headline,
)
from ui.router import through_app
from ui.runs import listed_runs, sets_of
from ui.url import notice_unknown

VIEWS = ["Classes", "Confusion", "Cost", "Frames"]
AUGMENTATION = "Augmentation"
HOW_TO_EVALUATE = (
    "No run has been evaluated yet: `python -m segcore evaluate --run NAME --data ROOT --split val` stores the "
    "scores of one."
)


def _choose_set(names: list[str]) -> str:
    notice_unknown("set", names, what="set")
    if len(names) == 1:
        return names[0]
    return st.segmented_control(
        "Evaluated on",
        names,
        default=names[0],
        required=True,
        key="set",
        bind="query-params",
        persist_state="session",
    )


def _show(runs: dict, set_name: str, scores: dict) -> None:
    table = headline_table(list(runs.values()), scores)
    first = next(iter(scores.values()))
    show_headline(table, first)
    pairs = augmentation_pairs(list(scores))
    views = [*VIEWS, AUGMENTATION] if pairs else VIEWS
    notice_unknown("view", views, what="view")
    view = st.segmented_control(
        "Show",
        views,
        default=views[0],
        required=True,
        key="view",
        bind="query-params",
        persist_state="session",
    )
    if view == "Cost":
        show_cost(table, scores)
    elif view == AUGMENTATION:
        show_augmentation(pairs, scores)
    else:
        a, b = choose_pair(list(table["run"]))
        if view == "Classes":
            show_classes(scores, a, b)
        elif view == "Confusion":
            show_confusion(scores, a, b)
        else:
            show_frames(runs[a], runs[b], set_name, first)


through_app()
st.title("Evaluation")
st.write(
    "Stored scores of the runs: per class, what is taken for what, what they cost, and on which frames they fail."
)
listed = listed_runs().runs
if listed:
    sets = sets_of(listed)
    if not sets:
        st.info(HOW_TO_EVALUATE)
    else:
        chosen_set = _choose_set(sets)
        evaluations = read_scores(listed, chosen_set)
        if evaluations:
            _show({run.name: run for run in listed}, chosen_set, evaluations)
