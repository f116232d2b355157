"""How well the runs do: class by class, against each other, at what cost, and on which frames."""

import streamlit as st

from segcore.reports.tables import augmentation_pairs, headline_table
from segcore.runs.run import Run
from ui.evaluation.augmentation import show_augmentation
from ui.evaluation.calibration import show_calibration
from ui.evaluation.classes import show_classes, show_confusion
from ui.evaluation.frames import show_frames
from ui.evaluation.groups import groups_of_set, show_groups
from ui.evaluation.now import open_result, show_evaluate_now, show_evaluations_under_way
from ui.evaluation.scores import choose_set, read_scores, show_cost, show_headline
from ui.frames.source import current_source, frames_in_use
from ui.measuring.box import measuring_box
from ui.measuring.kinds import EVALUATION
from ui.runs.choice import choose_pair
from ui.runs.decision import show_decision
from ui.runs.listing import HOW_TO_EVALUATE, listed_runs, sets_of
from ui.runs.report import offer_report
from ui.shell.bound import bound_segments
from ui.shell.router import through_app

VIEWS = ["Classes", "Confusion", "Calibration", "Cost", "Frames"]
AUGMENTATION, GROUPS = "Augmentation", "Groups"


def _show(runs: dict[str, Run], set_name: str, scores: dict[str, dict]) -> None:
    table = headline_table(list(runs.values()), scores)
    show_headline(table, scores)
    pairs = augmentation_pairs(list(scores))
    best = table["run"][0]
    groups = groups_of_set(runs[best], set_name, scores[best])
    views = [*VIEWS, *([GROUPS] if groups else []), *([AUGMENTATION] if pairs else [])]
    view = bound_segments("Show", views, key="view", what="view")
    if view == "Cost":
        show_cost(table, scores, set_name)
    elif view == AUGMENTATION:
        show_augmentation(runs, pairs, scores, set_name)
    else:
        a, b = choose_pair([runs[name] for name in table["run"]], frames_in_use())
        source = current_source()
        offer_report(a, b, set_name, dataset=source and source.dataset)
        if view == "Classes":
            if a != b:
                show_decision(a, b, set_name)
            show_classes(scores, a, b, set_name)
        elif view == "Confusion":
            show_confusion(scores, a, b, set_name)
        elif view == "Calibration":
            show_calibration(runs, scores, a, b, set_name)
        elif view == GROUPS:
            show_groups(a, b, set_name, scores, groups)
        else:
            show_frames(a, b, set_name, scores)


through_app()
st.title("Evaluation")
st.write("Stored scores of the runs: by class, confusions, cost, and the frames on which they fail.")
listed = listed_runs().runs
if listed:
    open_result()
    sets = sets_of(listed)
    if not sets:
        st.info(HOW_TO_EVALUATE)
    with measuring_box(EVALUATION, "Evaluate now", expanded=not sets):
        show_evaluate_now(listed)
    show_evaluations_under_way()
    if sets:
        chosen_set = choose_set(listed, sets, frames_in_use())
        evaluations = read_scores(listed, chosen_set)
        if evaluations:
            _show({run.name: run for run in listed}, chosen_set, evaluations)
