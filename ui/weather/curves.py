"""Scores against the severity of each effect, drawn the same way on every page that has them."""

import html
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from segcore.effects.table import EFFECTS
from segcore.reports.charts.intervals import add_intervals
from segcore.reports.charts.looks import looks
from segcore.reports.charts.severity import severity_curves
from segcore.reports.percent import points
from segcore.scoring.bootstrap import Interval
from ui.shell.page import show_chart

# Three beside one another on a small screen.
_CARD_WIDTH = 256


def show_effects(
    tables: Mapping[str, pd.DataFrame], *, column: str, measure: str, key: str, about: Sequence[str]
) -> None:
    """Draw a small plot an effect with a line a run, on one scale.

    Args:
        tables: run name to ``effect``, ``severity`` and ``column`` (0..1); for bars also ``low`` and ``high``.
        column: what is drawn.
        measure: what it is called.
        key: begins the keys of the plots.
        about: see `ui.shell.page.show_chart`.
    """
    with_bars = all("high" in table for table in tables.values())
    drawn = [column, "high"] if with_bars else [column]
    highest = pd.concat(list(tables.values()))[drawn].max().max()
    highest = 1.0 if pd.isna(highest) else max(highest, 0.05)
    show_legend(list(tables))
    with st.container(horizontal=True, gap="small", key=f"cards_{key}"):
        for effect in effects_of(tables):
            curves = {name: table[table["effect"] == effect] for name, table in tables.items()}
            with st.container(width=_CARD_WIDTH, gap="xxsmall"):
                st.markdown(f"**{EFFECTS[effect].title}**", help=EFFECTS[effect].meaning)
                figure = severity_curves(curves, value=column, title=measure, range_to=(0, 1.05 * highest))
                alt = _in_words(curves, column, measure, effect)
                show_chart(
                    add_intervals(figure, curves) if with_bars else figure,
                    key=f"{key}_{effect}",
                    alt=alt,
                    about=about,
                )


def effects_of(sweeps: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the effects that were measured, in the order of the table of effects."""
    measured = {effect for table in sweeps.values() for effect in table["effect"]}
    return [effect for effect in EFFECTS if effect in measured]


def show_legend(names: Sequence[str]) -> None:
    """Draw which colour and marker of ``severity_curves`` is which run."""
    # One for all the plots: in each of them it would leave no room for the lines.
    look = looks(names)
    marks = [
        f'<span style="white-space:nowrap"><span style="color:{look[name].color}">{look[name].sign}</span> '
        f"{html.escape(name)}</span>"
        for name in names
    ]
    st.html(f'<div style="display:flex;gap:1.2rem;flex-wrap:wrap">{"".join(marks)}</div>')


def differences_in_words(
    differences: Mapping[str, Interval], *, better: str, worse: str, nothing: str
) -> str:
    """Return a sentence with the differences above 0, those below 0, and those within noise.

    Args:
        differences: by what they are of; NaN is left out.
        better, worse: how the two parts begin, such as "A is ahead under".
        nothing: what a part says where it has none, such as "no weather".
    """
    named: dict[int, list[str]] = {1: [], 0: [], -1: []}
    for name, difference in differences.items():
        if not pd.isna(difference.value):
            named[difference.verdict].append(f"{name} {points(difference.value)}")
    above, unclear, below = (", ".join(names) for names in named.values())
    rest = f" Within noise: {unclear}." if unclear else ""
    return f"In points: {better} {above or nothing}; {worse} {below or nothing}.{rest}"


def _in_words(curves: Mapping[str, pd.DataFrame], column: str, measure: str, effect: str) -> str:
    parts = [f"{measure} under {EFFECTS[effect].title.lower()} against severity."]
    for name, table in curves.items():
        if not table.empty:
            ordered = table.sort_values("severity")
            first, last = ordered.iloc[0], ordered.iloc[-1]
            parts.append(
                f"{name}: {100 * first[column]:.1f} % at severity {first['severity']}, "
                f"{100 * last[column]:.1f} % at {last['severity']}."
            )
    return " ".join(parts)
