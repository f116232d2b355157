"""Evaluation by group: the scores of each city, condition or sequence of a set."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.charts.scores import dumbbell
from segcore.reports.percent import ABSENT
from segcore.reports.tables import difference_title, same_classes
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import Run
from segcore.scoring.groups import groups_of, scores_by_group
from ui.evaluation.columns import difference_column, in_percent, share_column
from ui.frames.source import frames_of_split
from ui.runs.best import annotated, is_of
from ui.runs.cached import frame_counts_of, frame_names_of
from ui.runs.names import names_of
from ui.shell.page import show_chart
from ui.shell.save import offer_csv
from ui.shell.tables import draw_table
from ui.shell.text import message_of

_FEWEST_GROUPS = 2


def groups_of_set(run: Run, set_name: str, scores: Evaluation) -> dict[str, str]:
    """Return frame to group for the frames of an evaluation; empty where they are not of several groups."""
    try:
        names = frame_names_of(run, set_name)
    except InputError:
        # The views that need the frames say what is wrong with them.
        return {}
    frames = annotated(frames_of_split(scores.provenance.split))
    # Other data may have frames of the same names.
    is_in_use = bool(frames) and is_of(run, set_name, frames)
    known = {frame.frame_id: frame.group for frame in frames} if is_in_use else {}
    groups = groups_of(sorted(names), known)
    return groups if len(set(groups.values())) >= _FEWEST_GROUPS else {}


def show_groups(
    a: Run, b: Run, set_name: str, evaluations: Mapping[str, Evaluation], groups: Mapping[str, str]
) -> None:
    """Draw the mean IoU of A and B on each group, as a table and a chart."""
    try:
        tables = {run.name: scores_by_group(frame_counts_of(run, set_name), groups) for run in (a, b)}
    except InputError as error:
        st.error(message_of(error))
        return
    scores = evaluations[a.name]
    table = pd.DataFrame({name: found.set_index("group")["miou"] for name, found in tables.items()})
    frames = max(tables.values(), key=len).set_index("group")["frames"]
    table.insert(0, "Frames", frames.reindex(table.index))
    is_pair = len(tables) > 1 and same_classes(scores, evaluations[b.name])
    difference = difference_title(a.name, b.name)
    if is_pair:
        table[difference] = table[a.name] - table[b.name]
    names = list(tables)
    left, right = st.columns((3, 2), gap="small")
    with left:
        shares = [*names, *([difference] if is_pair else [])]
        draw_table(
            in_percent(table, shares).rename_axis("Group").reset_index(),
            "groups",
            placeholder=ABSENT,
            height=min(38 + 35 * len(table), 600),
            column_config={
                "Group": st.column_config.TextColumn(pinned=True),
                **{
                    name: share_column(short, help=f"Mean IoU of {name} over the frames of the group.")
                    for name, short in zip(names, names_of((a, b)), strict=False)
                },
                difference: difference_column(a.name, b.name),
            },
            alt=f"Mean IoU of {' and '.join(names)} on each group of frames.",
        )
        offer_csv(table.rename_axis("group"), key="groups", about=(set_name, *names), index=True)
    with right:
        if len(names) > 1:
            show_chart(
                dumbbell(table[names]),
                key="dumbbell_groups",
                alt=f"Mean IoU of {' and '.join(names)} on each group of frames.",
                about=(set_name, *names),
            )
    st.caption(
        "A group is the first folder of a frame in its split: a city, a condition such as fog, a sequence. Its mean is "
        "over the classes that occur in it or are predicted there, so groups with different classes can be "
        "compared only roughly."
    )
