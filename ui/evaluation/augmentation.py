"""Evaluation: runs trained with augmentation against their twins without, and where it does not help."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from segcore.reports.charts.curves import curves_figure
from segcore.reports.charts.intervals import difference_bars
from segcore.reports.percent import ABSENT, points, points_between
from segcore.reports.tables import score_table
from segcore.reports.words import gap_when_kept
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import is_stale, robustness_sets
from segcore.runs.run import Run
from segcore.scoring.bootstrap import Interval
from segcore.scoring.robustness import read_provenance
from ui.evaluation.columns import in_percent, points_column, share_column
from ui.runs.cached import differences, history_of
from ui.runs.conditions import provenance
from ui.runs.histories import best_epochs, readable_histories
from ui.shell.bound import bound_segments
from ui.shell.page import show_chart
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped, message_of
from ui.weather.curves import differences_in_words, show_effects
from ui.weather.scores import weather_scores

_GAP = "Mean IoU gap"
_ONE_TRAINING = (
    "Intervals cover the choice of frames only. Each network was trained once; another seed would "
    "also move the scores, so small differences may be chance even where the interval excludes "
    "0."
)


def show_augmentation(
    runs: Mapping[str, Run],
    pairs: Sequence[tuple[str, str]],
    evaluations: Mapping[str, Evaluation],
    set_name: str,
) -> None:
    """Draw every pair in one table, and one pair in full: classes, train-validation gap, weather."""
    _show_pairs(runs, pairs, evaluations, set_name)
    names = [with_it for with_it, _ in pairs]
    chosen = bound_segments("In full", names, key="pair", what="run", draw_single=False)
    with_it, without = runs[chosen], runs[dict(pairs)[chosen]]
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Classes")
        _show_classes(with_it, without, evaluations, set_name)
    with right:
        st.subheader("Train-validation gap")
        _show_gap(with_it, without)
    st.subheader("Weather")
    _show_weather(with_it, without, set_name)
    st.caption(_ONE_TRAINING)


def _show_pairs(
    runs: Mapping[str, Run],
    pairs: Sequence[tuple[str, str]],
    evaluations: Mapping[str, Evaluation],
    set_name: str,
) -> None:
    rows = []
    for with_it, without in pairs:
        scores, others = evaluations[with_it].miou, evaluations[without].miou
        row = {"Run": with_it, "With": scores, "Without": others}
        row["Gain"] = scores - others if None not in (scores, others) else None
        try:
            mean, _ = differences(runs[with_it], runs[without], set_name)
        except InputError:
            mean = None
        row["Significant differences"] = ABSENT if mean is None else _with_interval(mean)
        row["Gap with"], row["Gap without"] = (_gap(runs[name]) for name in (with_it, without))
        rows.append(row)
    shares = ["With", "Without", "Gain", "Gap with", "Gap without"]
    gap = "Training minus validation mean IoU at the best epoch, in points."
    draw_table(
        in_percent(pd.DataFrame(rows).astype(dict.fromkeys(shares, "float64")), shares),
        "augmentation",
        placeholder=ABSENT,
        column_config={
            "Run": st.column_config.TextColumn(pinned=True),
            "With": share_column("With", help="Mean IoU of the run trained with augmentation."),
            "Without": share_column("Without", help="Mean IoU of its twin trained without."),
            "Gain": points_column("Gain", help="Percentage points; above 0, augmentation helps."),
            "Gap with": points_column("Gap with", help=gap),
            "Gap without": points_column("Gap without", help=gap),
        },
        alt="Mean IoU with and without augmentation, the gain, and the train-validation gap of each pair.",
    )


def _show_classes(with_it: Run, without: Run, evaluations: Mapping[str, Evaluation], set_name: str) -> None:
    try:
        _, classes = differences(with_it, without, set_name)
    except InputError as error:
        st.info(f"There are no intervals: {message_of(error)}")
        table = score_table({run.name: evaluations[run.name] for run in (with_it, without)}, "classes")
        gains = table[with_it.name] - table[without.name]
        by_name = {name: Interval(gain, float("-inf"), float("inf"), 0.95) for name, gain in gains.items()}
        st.write(_list_in_words(by_name, where="in", what="class"))
        return
    by_name = dict(zip(evaluations[with_it.name].class_names, classes, strict=True))
    text = _list_in_words(by_name, where="in", what="class")
    st.write(text)
    show_chart(
        difference_bars(by_name, better="helps", worse="does harm", title="IoU with − without, points"),
        key="augmentation_classes",
        alt=text,
        about=(set_name, with_it.name),
    )


def _show_gap(with_it: Run, without: Run) -> None:
    histories = readable_histories((with_it, without))
    gaps = {run.name: _gap(run) for run in (with_it, without)}
    known = {name: gap for name, gap in gaps.items() if gap is not None}
    words = "; ".join(f"{markdown_escaped(name)} {points(gap)} points" for name, gap in known.items())
    if len(known) < 2:
        missing = ", ".join(markdown_escaped(name) for name in gaps if name not in known)
        st.write(
            f"{words + '. ' if words else ''}No training and validation mean IoU is recorded for {missing}."
        )
    else:
        first, second = known.values()
        helps = (
            "narrower with augmentation"
            if first < second
            else "no narrower with augmentation: it does not help"
        )
        st.write(f"At the best epoch: {words}; the gap is {helps}.")
    if known:
        shown = {name: histories[name] for name in known}
        best = best_epochs((with_it, without), histories)
        show_chart(
            curves_figure(shown, [_GAP], best_epochs=best),
            key="augmentation_gap",
            alt=f"{_GAP} by epoch. {words}",
            about=tuple(known),
        )
    st.caption(
        "Training frames are scored as the network sees them: augmented frames are harder, and that "
        "alone narrows the gap."
    )


def _show_weather(with_it: Run, without: Run, set_name: str) -> None:
    shared = [name for name in robustness_sets(with_it) if name in robustness_sets(without)]
    if not shared:
        missing = [run.name for run in (with_it, without) if not robustness_sets(run)] or [
            "the same frames for both"
        ]
        st.info(
            f"Not measured under weather: {markdown_escaped(', '.join(missing))}. "
            "Measure now, on the page Robustness, does that for runs that keep their weights."
        )
        return
    measured = set_name if set_name in shared else shared[0]
    try:
        found = weather_scores(with_it, without, measured)
    except InputError as error:
        st.error(message_of(error))
        return
    for run in (with_it, without):
        if is_stale(run, read_provenance(run, measured)):
            st.warning(
                f"{markdown_escaped(run.name)} was measured under weather with other weights or at other sizes; "
                "measure it again."
            )
    if found.gains:
        titled = {EFFECTS[effect].title: gain for effect, gain in found.gains.items() if effect in EFFECTS}
        st.write(
            _list_in_words(titled, where="under", what="weather") + " Each is the mean over its severities."
        )
    else:
        st.info(
            "No intervals: the stored scores lack single frames, or are of different frames; measure both runs again."
        )
    show_effects(
        found.curves,
        column="miou",
        measure="Mean IoU",
        key="augmentation",
        about=(measured, *found.curves),
    )
    made = read_provenance(with_it, measured)
    if made:
        st.caption(f"{provenance(made)}. Bars: 95 % intervals over frames.")


def _list_in_words(gains: Mapping[str, Interval], *, where: str, what: str) -> str:
    return differences_in_words(
        gains, better=f"Augmentation helps {where}", worse=f"it does harm {where}", nothing=f"no {what}"
    )


def _judged(mean: Interval) -> str:
    return {1: "helps", 0: "no difference shown", -1: "does not help"}[mean.verdict]


def _with_interval(mean: Interval) -> str:
    bounds = f", {points_between(mean.low, mean.high)} points" if mean.is_known else ""
    return f"{_judged(mean)}{bounds}"


def _gap(run: Run) -> float | None:
    """Return training less validation mean IoU at the epoch whose weights were kept, None where unknown."""
    try:
        return gap_when_kept(history_of(run), run.best_epoch)
    except InputError:
        return None
