"""Evaluation, class by class: scores, differences with intervals, and what is taken for what."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.charts.intervals import difference_bars
from segcore.reports.charts.looks import looks
from segcore.reports.charts.scores import confusion_heatmap, dumbbell, only_classes, row_shares
from segcore.reports.charts.style import html_escaped
from segcore.reports.percent import ABSENT, points
from segcore.reports.tables import (
    colors_in,
    difference_title,
    occurring,
    predicts_void,
    same_classes,
    score_table,
    swatch_address,
    with_difference,
    without_absent,
)
from segcore.runs.evaluation import Color, Evaluation
from segcore.runs.run import Run
from segcore.scoring.bootstrap import RATHER_WIDER, Interval
from ui.evaluation.columns import difference_column, in_percent, share_column
from ui.runs.cached import differences
from ui.runs.names import names_of
from ui.shell.bound import bound_segments
from ui.shell.page import is_dark, percent, show_chart
from ui.shell.save import offer_csv
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped, message_of

_LARGEST = 5
# As the address says it.
_CHARTS = {"A − B": "Difference", "A and B": "Both scores"}
_DIFFERENCE = "A − B"


def show_classes(evaluations: Mapping[str, Evaluation], a: Run, b: Run, set_name: str) -> None:
    """Draw the IoU of every class and every category, as a table to sort and as a chart of A against B."""
    for key, title in (("classes", "Classes"), ("categories", "Categories")):
        table, absent = without_absent(score_table(evaluations, key))
        table = with_difference(table, a.name, b.name)
        if table.empty:
            continue
        st.subheader(title)
        # The table as wide as swatch, class, two runs and their difference need on a common laptop.
        left, right = st.columns((5, 3), gap="small")
        with left:
            colors = colors_in(table, {run.name: evaluations[run.name] for run in (a, b)}, key)
            _show_score_table(table, a, b, title=title, colors=colors)
            offer_csv(table.rename_axis("class"), key=key, about=(set_name, *evaluations), index=True)
            if absent:
                st.caption(f"Neither in these frames nor predicted: {markdown_escaped(', '.join(absent))}.")
        with right:
            if a == b:
                st.info("Choose two different runs to see their differences.")
            elif key == "classes":
                _show_class_chart(table, evaluations[a.name].class_names, a, b, set_name)
            else:
                _show_dumbbell(table[[a.name, b.name]], key, set_name)


def describe_differences(classes: Mapping[str, Interval], *, first: str, second: str) -> str:
    """Return a sentence on the differences: how many are larger than noise, and how many within it, if it is known."""
    known = [interval for interval in classes.values() if not np.isnan(interval.value)]
    if not any(interval.is_known for interval in known):
        return "It is not known which differences are larger than noise: one frame has no intervals."
    count = {sign: sum(interval.verdict == sign for interval in known) for sign in (1, 0, -1)}
    return (
        f"{first} is better in {count[1]} of {len(known)} classes, {second} in {count[-1]}; in the other {count[0]} "
        "the difference is within noise."
    )


def show_confusion(evaluations: Mapping[str, Evaluation], a: Run, b: Run, set_name: str) -> None:
    """Draw the confusion matrix of A, of B or their difference, each row divided by its pixels."""
    first, second = evaluations[a.name], evaluations[b.name]
    shown = dict(zip("AB", names_of((a, b)), strict=True)) | {_DIFFERENCE: "Difference"}
    view = bound_segments("Matrix", list(shown), key="matrix", what="matrix", shown=shown)
    is_difference = view == _DIFFERENCE
    if is_difference and not same_classes(first, second):
        st.info("The two runs know different classes, so their matrices cannot be subtracted.")
        return
    keep_void = predicts_void(first, second)
    shares = {
        letter: row_shares(scores.confusion, keep_void=keep_void)
        for letter, scores in (("A", first), ("B", second))
    }
    cells = shares["A"] - shares["B"] if is_difference else shares[view]
    scores = second if view == "B" else first
    about = {"A": a.name, "B": b.name, _DIFFERENCE: difference_title(a.name, b.name)}[view]
    kept = occurring(first, second) if same_classes(first, second) else occurring(scores)
    names = [name for name, keep in zip(scores.class_names, kept, strict=True) if keep]
    cells = only_classes(cells, kept)
    table = pd.DataFrame(cells, names, [*names, "void"] if keep_void else names).rename_axis("truth")
    show_chart(
        confusion_heatmap(cells, names, difference=is_difference, dark=is_dark()),
        key="confusion",
        alt=f"Confusion matrix of {about}: truth in rows, prediction in columns. "
        f"{_describe_confusion(table, is_difference=is_difference)}",
        about=(set_name, about),
    )
    offer_csv(table, key="confusion", about=(set_name, about), index=True)
    meaning = (
        f"Each cell is the share of {a.name} minus that of {b.name}; on the diagonal, above 0 means that {a.name} is "
        "right more often."
        if is_difference
        else "Each row is a class of the ground truth and adds up to 100 %: the classes that its pixels were given."
    )
    st.caption(f"{markdown_escaped(meaning)} A row is blank where a class is predicted but does not occur.")


def _describe_confusion(table: pd.DataFrame, *, is_difference: bool) -> str:
    """Say which cells are largest: of one run those off the diagonal, of a difference all."""
    cells = table.stack().dropna()
    cells = cells[
        [share != 0 and (is_difference or truth != found) for (truth, found), share in cells.items()]
    ]
    told = [
        f"{truth} as {found} {f'{points(share)} points' if is_difference else percent(share)}"
        for (truth, found), share in cells[cells.abs().nlargest(_LARGEST).index].items()
    ]
    return f"Largest {'differences' if is_difference else 'confusions'}: {'; '.join(told) or 'none'}."


def _show_class_chart(table: pd.DataFrame, names: Sequence[str], a: Run, b: Run, set_name: str) -> None:
    chart = bound_segments("Chart", list(_CHARTS), key="chart", what="chart", shown=_CHARTS)
    if chart == _DIFFERENCE:
        try:
            _, classes = differences(a, b, set_name)
        except InputError as error:
            st.info(f"There are no intervals: {message_of(error)}")
        else:
            by_name = {
                name: interval for name, interval in zip(names, classes, strict=True) if name in table.index
            }
            _show_differences(by_name, a, b, set_name)
            return
    _show_dumbbell(table[[a.name, b.name]], "classes", set_name)


def _show_differences(classes: Mapping[str, Interval], a: Run, b: Run, set_name: str) -> None:
    text, look = describe_differences(classes, first=a.name, second=b.name), looks((a.name, b.name))
    first, second = map(html_escaped, names_of((a, b)))
    show_chart(
        difference_bars(
            classes,
            better=f"{first} better",
            worse=f"{second} better",
            title="difference of the IoU, points",
            colors=(look[a.name].color, look[b.name].color),
        ),
        key="class_differences",
        alt=f"Difference of the IoU of {a.name} and {b.name} for each class with its interval. {text}",
        about=(set_name, a.name, b.name),
    )
    are_drawn = any(interval.is_known for interval in classes.values())
    how = (
        f" Intervals: the frames drawn again with replacement, 2,000 times. {RATHER_WIDER}"
        if are_drawn
        else ""
    )
    st.caption(f"{markdown_escaped(text)}{how}")


def _show_dumbbell(scores: pd.DataFrame, key: str, set_name: str) -> None:
    a, b = scores.columns
    show_chart(
        dumbbell(scores),
        key=f"dumbbell_{key}",
        alt=f"IoU of {a} and {b} for each of the {key}.",
        about=(set_name, a, b),
    )


def _show_score_table(
    table: pd.DataFrame, a: Run, b: Run, *, title: str, colors: Sequence[Color | None]
) -> None:
    # The other runs are in the file alone: a column for each would not fit the page.
    called = dict(zip((a.name, b.name), names_of((a, b)), strict=True)) if a != b else {a.name: a.name}
    difference = difference_title(a.name, b.name)
    columns = [*called, difference] if difference in table else [*called]
    shown = in_percent(table[columns], columns).rename_axis("Name").reset_index()
    if any(colors):
        shown.insert(0, "Color", [color and swatch_address(color) for color in colors])
    draw_table(
        shown,
        title.lower(),
        placeholder=ABSENT,
        height=38 + 35 * len(shown),
        column_config={
            "Color": st.column_config.ImageColumn("", pinned=True),
            "Name": st.column_config.TextColumn(pinned=True),
            **{name: share_column(short, help=name) for name, short in called.items()},
            difference: difference_column(a.name, b.name),
        },
        alt=f"IoU of {' and '.join(called)} for each of the {title.lower()}; blank where a class does not occur.",
    )
