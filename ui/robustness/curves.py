"""The parts of the Robustness page that show stored sweeps, one function each."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from segcore.reports.charts.intervals import difference_bars
from segcore.reports.charts.looks import looks
from segcore.reports.charts.severity import class_heatmap
from segcore.reports.charts.style import html_escaped
from segcore.reports.percent import ABSENT
from segcore.reports.tables import MEANS, ranked_by, without_absent
from segcore.runs.results import is_stale
from segcore.runs.run import Run
from segcore.scoring.bootstrap import RATHER_WIDER, Interval
from segcore.scoring.robustness import CLEAN, Sweep, class_columns, read_provenance, relative_loss, summarize
from segcore.system.counting import counted
from ui.runs.cached import sweep_of
from ui.shell.bound import bound_row, bound_segments, bound_selectbox, bound_toggle
from ui.shell.page import is_dark, show_chart
from ui.shell.save import offer_csv
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped, message_of
from ui.weather.curves import differences_in_words, effects_of, show_effects
from ui.weather.scores import WeatherScores, weather_scores

_MEASURES = {**{title: key for key, title in MEANS.items()}, "Loss": "loss"}


def read_sweeps(runs: Sequence[Run], set_name: str) -> dict[str, pd.DataFrame]:
    """Return the sweeps on a set by run, of effects that exist; what is wrong with one is said on the page."""
    found = {}
    for run in runs:
        try:
            table = sweep_of(run, set_name)
        except InputError as error:
            st.warning(f"{markdown_escaped(run.name)}: {message_of(error)}")
            continue
        if table is None:
            continue
        table = table[table["effect"].isin(EFFECTS)]
        if not table.empty:
            found[run.name] = table
        if is_stale(run, read_provenance(run, set_name)):
            st.warning(
                f"{markdown_escaped(run.name)} was measured with other weights or at other sizes than now; "
                "measure it again."
            )
    return found


def provenances(runs: Sequence[Run], sweeps: Mapping[str, pd.DataFrame], set_name: str) -> dict[str, Sweep]:
    """Return each sweep with how it was measured, for `ui.runs.conditions.show_provenances`."""
    return {
        run.name: Sweep(sweeps[run.name], read_provenance(run, set_name))
        for run in runs
        if run.name in sweeps
    }


def show_curves(
    runs: Sequence[Run], sweeps: Mapping[str, pd.DataFrame], made: Mapping[str, Sweep], set_name: str
) -> None:
    """Draw a small plot an effect with a line a run, and of two runs what the frames tell of their difference."""
    measure = bound_segments(
        "Measure",
        list(_MEASURES),
        key="measure",
        what="measure",
        default=MEANS[ranked_by(made)],
        help="Loss is the lost share of the score on clean frames.",
    )
    column = _MEASURES[measure]
    tables = {
        name: relative_loss(table)
        if column == "loss"
        else table.assign(**{column: table.get(column, np.nan)})
        for name, table in sweeps.items()
    }
    found = weather_scores(*runs, set_name) if len(sweeps) == len(runs) == 2 else WeatherScores({}, {})
    gains = {EFFECTS[effect].title: gain for effect, gain in found.gains.items() if effect in EFFECTS}
    if gains and column == "miou":
        tables = found.curves
    show_effects(tables, column=column, measure=measure, key="robustness", about=(column, set_name, *sweeps))
    if gains:
        _show_differences(gains, *sweeps, set_name)
    elif len(sweeps) > 1:
        frames = min((sweep.provenance.frames for sweep in made.values() if sweep.provenance), default=None)
        few = "so few frames" if frames is None else counted(frames, "frame")
        st.caption(f"Differences of a few points on {few} may be chance.")


def show_summary(sweeps: Mapping[str, pd.DataFrame], set_name: str) -> None:
    """Draw a table of what each run keeps of its clean score under each effect."""
    summaries = {name: summarize(table).set_index("effect") for name, table in sweeps.items()}
    effects = effects_of(sweeps)
    kept = pd.DataFrame({name: 100 * table["kept"].reindex(effects) for name, table in summaries.items()})
    shown = kept.rename(index={effect: EFFECTS[effect].title for effect in effects}).rename_axis("Effect")
    st.markdown("**Share of the clean mean IoU that is kept**")
    draw_table(
        shown.reset_index(),
        "kept",
        placeholder=ABSENT,
        height=38 + 35 * len(shown),
        column_config={
            name: st.column_config.ProgressColumn(name, min_value=0, max_value=100, format="%.1f %%")
            for name in shown
        },
        alt="Share of the clean mean IoU that each run keeps under each effect.",
    )
    clean = "; ".join(
        f"{markdown_escaped(name)} {100 * table['clean'].iloc[0]:.1f} % clean"
        for name, table in summaries.items()
    )
    st.caption(
        "Kept: the area under the curve of mean IoU against severity, as a share of the area without any loss. "
        f"Mean IoU: {clean}."
    )
    areas = pd.concat([summarize(table).assign(run=name) for name, table in sweeps.items()])
    everything = pd.concat([table.assign(run=name) for name, table in sweeps.items()])
    with st.container(horizontal=True):
        offer_csv(areas, key="robustness_areas", about=(set_name, *sweeps), label="This table as CSV")
        offer_csv(everything, key="robustness", about=(set_name, *sweeps), label="All scores as CSV")


def show_classes(sweeps: Mapping[str, pd.DataFrame], set_name: str) -> None:
    """Draw the IoU of each class under each effect at one severity, or what it has lost."""
    with bound_row():
        name = bound_selectbox("Run", list(sweeps), key="run", what="run", width=260)
        table = sweeps[name]
        levels = sorted(level for level in table["severity"].unique().tolist() if level != CLEAN)
        level = bound_segments(
            "Severity", levels, key="level", what="severity", default=levels[len(levels) // 2]
        )
        is_change = bound_toggle("Change from the clean frames", key="change", what="change")
    classes = class_columns(table)
    by_effect = table.set_index(["effect", "severity"])[classes].T
    effects = [effect for effect in effects_of({name: table}) if (effect, level) in by_effect]
    scores = pd.DataFrame({EFFECTS[effect].title: by_effect[effect, level] for effect in effects})
    _, absent = without_absent(by_effect)
    scores = scores.drop(index=absent)
    if is_change:
        clean = {EFFECTS[effect].title: by_effect[effect, CLEAN] for effect in effects}
        scores = scores - pd.DataFrame(clean).drop(index=absent)
    show_chart(
        class_heatmap(scores, change=is_change, dark=is_dark()),
        key="robustness_classes",
        alt=f"{'Change of the IoU' if is_change else 'IoU'} of {name} for each class under each effect at "
        f"severity {level}; blank where a class does not occur.",
        about=("change" if is_change else "iou", f"severity{level}", set_name, name),
    )
    offer_csv(scores, key="robustness_iou", about=(f"severity{level}", set_name, name), index=True)
    left_out = (
        f" Neither in these frames nor predicted: {markdown_escaped(', '.join(absent))}." if absent else ""
    )
    st.caption(
        f"{'Points of IoU' if is_change else 'IoU in percent'}; blank where a class does not occur.{left_out}"
    )


def _show_differences(gains: Mapping[str, Interval], first: str, second: str, set_name: str) -> None:
    text = differences_in_words(
        gains, better=f"{first} is ahead under", worse=f"{second} is ahead under", nothing="no effect"
    )
    look = looks((first, second))
    show_chart(
        difference_bars(
            gains,
            better=f"{html_escaped(first)} ahead",
            worse=f"{html_escaped(second)} ahead",
            title="difference in mean IoU, points",
            colors=(look[first].color, look[second].color),
        ),
        key="robustness_differences",
        alt=f"Difference of the mean IoU of {first} and {second} under each effect with its interval. {text}",
        about=(set_name, first, second),
    )
    st.caption(
        f"{markdown_escaped(text)} Each is the mean over its severities. Bars: 95 % intervals over frames. "
        f"{RATHER_WIDER}"
    )
