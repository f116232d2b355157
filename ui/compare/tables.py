"""Compare: the numbers and tables under the viewer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from segcore.frames.pictures import outcome_palette
from segcore.labels import VOID
from segcore.reports.percent import percent
from segcore.reports.tables import classes_of
from segcore.scoring.comparison import class_gaps
from segcore.scoring.confusion import class_iou, mean_iou
from ui.compare.names import TAGS
from ui.compare.result import Comparison, boundary_iou_of
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped
from ui.viewer.settings import Fact

GAP = "Difference"
_PERCENT = "%.1f %%"


def headline(comparison: Comparison) -> tuple[Fact, ...]:
    """Return mIoU of both and who is right on which share of the pixels; without ground truth, how far they agree."""
    scores = [
        Fact(f"{side.title} mIoU", percent(mean_iou(side.matrix), absent="–"), tag=TAGS[side.letter])
        for side in comparison.sides
        if side.matrix is not None
    ]
    colors = outcome_palette(has_truth=comparison.truth is not None)
    outcomes = zip(comparison.outcome_titles, comparison.outcome_shares, colors, strict=True)
    return *scores, *(
        Fact(title, percent(share, absent="–"), color=color) for title, share, color in outcomes
    )


def say_what_is_averaged(comparison: Comparison) -> None:
    """Say over which classes and pixels the numbers are."""
    st.caption(
        f"On this frame only, at {_size(comparison.frame.image)} pixels. mIoU averages the classes that occur in "
        f"truth or mask: {markdown_escaped(_counted_classes(comparison))}."
    )


def show_outcomes(comparison: Comparison) -> None:
    """Show the shares of the pixels that both, one or none of the models has right."""
    rows = zip(comparison.outcome_titles, comparison.outcome_shares, strict=True)
    table = pd.DataFrame([{"Pixels": name, "Share": 100 * share} for name, share in rows])
    draw_table(
        table,
        "outcomes",
        column_config={"Share": st.column_config.ProgressColumn(format=_PERCENT, min_value=0, max_value=100)},
        alt="Shares of the pixels by who is right.",
    )
    if comparison.truth is not None:
        void = np.mean(comparison.outcome == VOID)
        st.caption(f"Shares of the scored pixels; void, {percent(void)} of the frame, is left out.")


def show_classes(comparison: Comparison) -> None:
    """Show each class's IoU under both models, the largest difference first; absent classes are one line."""
    table = class_table(comparison).set_index("Class").mul(100)
    columns = Columns.of(comparison)
    is_absent = table[list(columns.iou)].isna().all(axis=1)
    table, absent = table[~is_absent].reset_index(), list(table.index[is_absent])
    # Rounded here, as a table would show -0.0 for what rounding leaves of a small difference.
    table[GAP] = table[GAP].round(1) + 0.0
    bars = {
        title: st.column_config.ProgressColumn(format=_PERCENT, min_value=0, max_value=100)
        for title in columns.iou
    }
    numbers = {title: st.column_config.NumberColumn(format=_PERCENT) for title in columns.boundary}
    a, b = (side.name for side in comparison.sides)
    numbers[GAP] = st.column_config.NumberColumn(
        "Δ\u00a0points",
        format="%+.1f",
        help=f"{a} minus {b} in percentage points; above 0, {a} is better.",
    )
    draw_table(
        table,
        "classes",
        placeholder="",
        height="content",
        column_config={"Class": st.column_config.TextColumn(pinned=True)} | bars | numbers,
        alt=f"Intersection over union of each class, {a}, {b} and their difference, largest difference first.",
    )
    if absent:
        st.caption(f"Not in this frame: {markdown_escaped(', '.join(absent))}.")


def class_table(comparison: Comparison) -> pd.DataFrame:
    """Return one row a class, sorted by the largest difference; NaN where a class is absent."""
    names, columns = comparison.space.class_names, Columns.of(comparison)
    a, b = comparison.sides
    borders = [dict(zip(names, boundary_iou_of(side, comparison), strict=True)) for side in (a, b)]
    rows = []
    for gap in class_gaps(names, class_iou(a.matrix), class_iou(b.matrix)):
        numbers = dict(zip(columns.iou, (gap.a, gap.b), strict=True)) | {GAP: gap.gap}
        at_borders = zip(columns.boundary, (known[gap.name] for known in borders), strict=True)
        rows.append({"Class": gap.name, **numbers, **dict(at_borders)})
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Columns:
    """Titles of the columns of A and B in the table of classes."""

    iou: tuple[str, str]
    boundary: tuple[str, str]

    @classmethod
    def of(cls, comparison: Comparison) -> "Columns":
        a, b = (side.name for side in comparison.sides)
        return cls((f"IoU {a}", f"IoU {b}"), (f"Boundary IoU {a}", f"Boundary IoU {b}"))


def _counted_classes(comparison: Comparison) -> str:
    a, b = (np.count_nonzero(~np.isnan(class_iou(side.matrix))) for side in comparison.sides)
    space, data = comparison.space, comparison.frame.data
    of = classes_of(space.num_classes, space.name, data=data)
    if a == b:
        return f"{a} of {of}"
    return f"{a} for {comparison.a.name} and {b} for {comparison.b.name}, of {of}"


def _size(image: np.ndarray) -> str:
    return f"{image.shape[1]} × {image.shape[0]}"
