"""Compare: the numbers and tables under the viewer."""

import numpy as np
import pandas as pd
import streamlit as st

from segcore.labels import VOID
from segcore.reports.percent import percent
from segcore.reports.tables import classes_of
from segcore.scoring.comparison import class_gaps
from segcore.scoring.confusion import class_iou, mean_iou, pixel_accuracy
from ui.compare.result import Comparison, boundary_iou_of
from ui.shell.text import markdown_escaped

_PERCENT = "%.1f %%"


def show_headline(comparison: Comparison) -> None:
    """Show mIoU and accuracy of both, or how far they agree where there is no ground truth."""
    with st.container(horizontal=True):
        if comparison.truth is None:
            st.metric("Pixels on which A and B agree", percent(comparison.outcome_shares[0], absent=""))
            return
        for name, score in (("mIoU", mean_iou), ("Pixel accuracy", pixel_accuracy)):
            a, b = (score(side.matrix) for side in comparison.sides)
            for side, value in zip(comparison.sides, (a, b), strict=True):
                ahead = f"{_points(a - b)} against B" if side.letter == "A" else None
                st.metric(
                    f"{name} {side.title}",
                    percent(value, absent=""),
                    ahead,
                    delta_arrow="off",
                    delta_color="off",
                )
    st.caption(
        f"On this frame alone, at {_size(comparison.frame.image)} pixels. mIoU averages the classes that occur in "
        f"truth or mask: {markdown_escaped(_counted_classes(comparison))}."
    )


def show_outcomes(comparison: Comparison) -> None:
    """Show the shares of the pixels that both, one or none of the models has right."""
    rows = zip(comparison.outcome_names, comparison.outcome_shares, strict=True)
    table = pd.DataFrame([{"Pixels": name, "Share": 100 * share} for name, share in rows])
    st.dataframe(
        table,
        hide_index=True,
        column_config={"Share": st.column_config.ProgressColumn(format=_PERCENT, min_value=0, max_value=100)},
        alt="Shares of the pixels by who is right.",
    )
    if comparison.truth is not None:
        void = np.mean(comparison.outcome == VOID)
        st.caption(f"Of the scored pixels: void, {percent(void)} of the frame, is left out.")


def show_classes(comparison: Comparison) -> None:
    """Show each class's IoU under A and B, the largest difference first; absent classes are one line."""
    table = class_table(comparison).set_index("Class").mul(100)
    is_absent = table[["IoU A", "IoU B"]].isna().all(axis=1)
    table, absent = table[~is_absent].reset_index(), list(table.index[is_absent])
    # Rounded here, as a table would show -0.0 for what rounding leaves of a small difference.
    table["A − B"] = table["A − B"].round(1) + 0.0
    bar = st.column_config.ProgressColumn(format=_PERCENT, min_value=0, max_value=100)
    number = st.column_config.NumberColumn(format=_PERCENT)
    bars = dict.fromkeys(("IoU A", "IoU B"), bar)
    numbers = dict.fromkeys(("Boundary IoU A", "Boundary IoU B"), number)
    numbers["A − B"] = st.column_config.NumberColumn(
        format="%+.1f", help="Percentage points; above 0, A is better."
    )
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height="content",
        column_config={"Class": st.column_config.TextColumn(pinned=True)} | bars | numbers,
        alt="Intersection over union of each class, A, B and their difference, largest difference first.",
    )
    if absent:
        st.caption(f"Not in this frame: {markdown_escaped(', '.join(absent))}.")


def class_table(comparison: Comparison) -> pd.DataFrame:
    """Return one row a class, sorted by the largest difference; NaN where a class is absent."""
    names = comparison.space.class_names
    a, b = comparison.sides
    borders = {
        side.letter: dict(zip(names, boundary_iou_of(side, comparison), strict=True))
        for side in comparison.sides
    }
    return pd.DataFrame(
        [
            {
                "Class": gap.name,
                "IoU A": gap.a,
                "IoU B": gap.b,
                "A − B": gap.gap,
                "Boundary IoU A": borders["A"][gap.name],
                "Boundary IoU B": borders["B"][gap.name],
            }
            for gap in class_gaps(names, class_iou(a.matrix), class_iou(b.matrix))
        ]
    )


def _counted_classes(comparison: Comparison) -> str:
    a, b = (np.count_nonzero(~np.isnan(class_iou(side.matrix))) for side in comparison.sides)
    space, data = comparison.space, comparison.frame.data
    of = classes_of(space.num_classes, space.name, data=data)
    return f"{a if a == b else f'{a} (A) and {b} (B)'} of {of}"


def _points(difference: float) -> str:
    # Adding zero turns a -0.0 that is left by rounding into 0.0.
    return "not comparable" if np.isnan(difference) else f"{round(100 * difference, 1) + 0.0:+.1f} points"


def _size(image: np.ndarray) -> str:
    return f"{image.shape[1]} × {image.shape[0]}"
