"""Compare: the table of what one frame tells of both models, and what is measured when that is asked for."""

import math
from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from segcore.reports.percent import percent
from segcore.reports.tables import views_in_words
from segcore.runs.run import is_mirrored
from segcore.system.hardware import describe_hardware
from ui.compare.certainty import certainty_scores
from ui.compare.latency import StoredLatency, measured_latency, stored_latency
from ui.compare.result import Comparison, Side, side_scores
from ui.runs.predictors import LATENCY_REPEATS, Latency
from ui.shell.bound import bound_toggle
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped
from ui.shell.url import address_of


@st.fragment
def show_scores(comparison: Comparison) -> None:
    """Show one column a model, and one for the clean frame beside one in weather; measure when that is asked for."""
    with st.container(gap=None):
        place, address = st.container(), st.empty()
    with address_of("scores", address):
        measured = bound_toggle(
            "Measure here",
            key="measured_here",
            what="choice of measurements",
            help=f"Calls each network {LATENCY_REPEATS} more times for its latency on this machine, and lets it "
            "predict the mirrored frame as well.",
        )
    latencies = {side.letter: _latency(side, comparison, measured=measured) for side in comparison.sides}
    columns = _columns(comparison, latencies, measured=measured)
    known = [name for name in _rows(columns) if any(column.get(name) for column in columns.values())]
    with place:
        draw_table(
            pd.DataFrame(columns, index=known).fillna(""),
            "scores",
            hide_index=False,
            alt="Scores, certainty and latency of both models on this frame.",
        )
    mirrored = (
        " Same when mirrored: pixels whose class does not change when the frame is mirrored."
        if measured
        else ""
    )
    st.caption(
        f"{_on_latency(latencies.values())}Entropy is 0 if the model is certain and 1 if all classes "
        f"are equally likely.{mirrored}"
    )


def _latency(side: Side, comparison: Comparison, *, measured: bool) -> Latency | StoredLatency | None:
    if measured:
        return measured_latency(side)
    return stored_latency(side.run, [other.run for other in comparison.sides])


def _on_latency(latencies: Iterable[Latency | StoredLatency | None]) -> str:
    known = [latency for latency in latencies if latency is not None]
    if not known:
        return ""
    ways = {
        f"stored with the scores on {markdown_escaped(latency.set_name)}"
        + (f", on {markdown_escaped(latency.time.hardware)}" if latency.time.hardware else "")
        if isinstance(latency, StoredLatency)
        else f"median of {LATENCY_REPEATS} calls on {describe_hardware()}"
        for latency in known
    }
    return f"Latency: the network alone, {'; '.join(sorted(ways))}. "


def _columns(
    comparison: Comparison, latencies: Mapping[str, Latency | StoredLatency | None], *, measured: bool
) -> dict[str, dict[str, str]]:
    """Return by the title of each side its numbers by name, in words; what it cannot tell is absent."""
    columns = {}
    most = max(len(side.run.inference_sizes) for side in comparison.sides)
    for side in (variant for both in comparison.sides for variant in both.variants):
        numbers = side_scores(side, comparison) | certainty_scores(side, with_mirrored=measured)
        column = {
            name: f"{value:.2f}" if name == "Mean entropy" else percent(value, absent="")
            for name, value in numbers.items()
        }
        column["Latency"] = str(latencies[side.letter] or ("not stored" if side.run.has_network else ""))
        column |= _inputs(side, most)
        is_one_of_two = (
            comparison.weather.hits(side.letter) and not side.saw_weather and not side.run.has_masks
        )
        columns[f"{side.name} (clean)" if is_one_of_two else side.title] = column
    return columns


def _rows(columns: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the names in all columns in one order, where each may lack some."""
    fullest = sorted(columns.values(), key=len, reverse=True)
    return list(dict.fromkeys(name for column in fullest for name in column))


def _inputs(side: Side, number: int) -> dict[str, str]:
    """Return in which sizes a model sees the frame, in as many rows as the one with the most views has."""
    sizes = side.run.inference_sizes
    views = [views_in_words([size]) for size in sizes] or ["none, stored masks"]
    if side.prediction.has_probabilities:
        filled = math.prod(side.prediction.grid) / math.prod(sizes[0])
        if filled < 1:
            # What a picture of other proportions does not fill is grey for the network.
            views[0] += f", {filled:.0%} filled"
    views += ["none"] * (number - len(views))
    # In the titles, as the columns are narrow.
    further = (f"View {view + 1}" + (", mirrored" if is_mirrored(view) else "") for view in range(1, number))
    titles = ["Network input", *further]
    return dict(zip(titles, views, strict=True))
