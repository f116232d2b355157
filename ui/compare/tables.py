"""Compare: the numbers and tables under the viewer."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from segcore.labels import VOID
from segcore.reports.percent import percent
from segcore.reports.tables import in_words
from segcore.runs.run import is_mirrored
from segcore.scoring.comparison import class_gaps
from segcore.scoring.confusion import class_iou, mean_iou, pixel_accuracy
from segcore.system.hardware import describe_hardware
from ui.compare.result import (
    Comparison,
    Side,
    boundary_iou_of,
    certainty_of,
    latency_of,
    side_scores,
)
from ui.runs.predictors import LATENCY_REPEATS
from ui.viewer.settings import Probe

_TOP = 5
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
        f"truth or mask: {_counted(comparison)} of {comparison.space.num_classes}."
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


def show_scores(comparison: Comparison) -> None:
    """Show one column a model, and one for the clean frame beside one in weather."""
    columns = _columns(comparison)
    known = [name for name in _rows(columns) if any(column.get(name) for column in columns.values())]
    st.dataframe(
        pd.DataFrame(columns, index=known).fillna(""),
        alt="Scores, certainty and latency of both models on this frame.",
    )
    st.caption(
        f"Latency: the network alone, median of {LATENCY_REPEATS} calls on {describe_hardware()}. "
        "Entropy is 0 for a certain model and 1 for one that could as well guess. "
        "Same when mirrored: pixels whose class does not change when the frame is mirrored."
    )


def show_classes(comparison: Comparison) -> None:
    """Show each class's IoU under A and B, the largest difference first; absent classes are blank."""
    table = class_table(comparison).set_index("Class").mul(100).reset_index()
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


def class_table(comparison: Comparison) -> pd.DataFrame:
    """Return one row a class, sorted by the largest difference; NaN where a class is absent."""
    names = comparison.space.class_names
    a, b = comparison.sides
    borders = {
        side.letter: dict(zip(names, boundary_iou_of(side.classes, comparison), strict=True))
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


def show_probe(comparison: Comparison, probe: Probe | None) -> None:
    """Show the likeliest classes of both models at the pinned pixel."""
    if probe is None:
        st.caption("Click the picture to list what each model holds most likely at that pixel.")
        return
    truth = ""
    if comparison.truth is not None:
        truth = f" · ground truth: **{_class_name(comparison, comparison.truth[probe.y, probe.x])}**"
    st.markdown(f"**Probe** at x {probe.x}, y {probe.y}{truth}")
    for column, side in zip(st.columns(2), comparison.sides, strict=True):
        with column:
            st.dataframe(
                top_classes(side, probe, size=comparison.outcome.shape),
                hide_index=True,
                column_config={
                    "Probability": st.column_config.ProgressColumn(
                        format=_PERCENT, min_value=0, max_value=100
                    )
                },
                alt=f"The {_TOP} likeliest classes of {side.title} at the probe.",
            )


def top_classes(side: Side, probe: Probe, *, size: tuple[int, int]) -> pd.DataFrame:
    """Return a model's likeliest classes, in percent, at a pixel of a frame of ``size`` (h, w).

    Of a run that gives classes alone it is that class, without a probability.
    """
    names = side.run.space.class_names
    if not side.prediction.has_probabilities:
        index = side.prediction.class_map[probe.y, probe.x]
        return pd.DataFrame({side.title: [names[index] if index < len(names) else "no class"]})
    probabilities = side.prediction.probabilities
    rows, columns, _ = probabilities.shape
    here = probabilities[probe.y * rows // size[0], probe.x * columns // size[1]]
    best = np.argsort(-here, kind="stable")[:_TOP]
    return pd.DataFrame(
        {
            side.title: [names[index] for index in best],
            "Probability": [100 * float(here[index]) for index in best],
        }
    )


def _columns(comparison: Comparison) -> dict[str, dict[str, str]]:
    """Return by the title of each side its numbers by name, in words; what it cannot tell is absent."""
    columns = {}
    most = max(len(side.run.inference_sizes) for side in comparison.sides)
    for side in (variant for both in comparison.sides for variant in both.variants):
        numbers = side_scores(side, comparison) | certainty_of(side)
        column = {
            name: f"{value:.2f}" if name == "Mean entropy" else percent(value, absent="")
            for name, value in numbers.items()
        }
        column |= {"Latency": str(latency_of(side) or ""), **_inputs(side, most)}
        is_one_of_two = (
            comparison.weather.hits(side.letter) and not side.saw_weather and not side.run.has_masks
        )
        columns[f"{side.letter} (clean)" if is_one_of_two else side.title] = column
    return columns


def _rows(columns: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the names in all columns in one order, where each may lack some."""
    fullest = sorted(columns.values(), key=len, reverse=True)
    return list(dict.fromkeys(name for column in fullest for name in column))


def _inputs(side: Side, number: int) -> dict[str, str]:
    """Return in which sizes a model sees the frame, in as many rows as the one with the most views has."""
    sizes = side.run.inference_sizes
    views = [in_words([size]) for size in sizes] or ["none, stored masks"]
    if side.prediction.has_probabilities:
        first = side.prediction.views[0]
        taken = (first.rows.stop - first.rows.start) * (first.columns.stop - first.columns.start)
        if (filled := taken / math.prod(first.size)) < 1:
            # What a picture of other proportions does not fill is grey for the network.
            views[0] += f", {filled:.0%} filled"
    views += ["none"] * (number - len(views))
    # In the titles, as the columns are narrow.
    further = (f"View {view + 1}" + (", mirrored" if is_mirrored(view) else "") for view in range(1, number))
    titles = ["Network input", *further]
    return dict(zip(titles, views, strict=True))


def _class_name(comparison: Comparison, index: int) -> str:
    names = comparison.space.class_names
    return names[index] if index < len(names) else "void (not scored)"


def _counted(comparison: Comparison) -> str:
    a, b = (np.count_nonzero(~np.isnan(class_iou(side.matrix))) for side in comparison.sides)
    return str(a) if a == b else f"{a} (A) and {b} (B)"


def _points(difference: float) -> str:
    # Adding zero turns a -0.0 that is left by rounding into 0.0.
    return "not comparable" if np.isnan(difference) else f"{round(100 * difference, 1) + 0.0:+.1f} points"


def _size(image: np.ndarray) -> str:
    return f"{image.shape[1]} × {image.shape[0]}"
