"""Measure now: score runs under weather on frames of the sidebar in the background, and keep it with the runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from segcore.effects.kinds import SEVERITIES
from segcore.effects.table import EFFECTS
from segcore.frames.frame import Frame
from segcore.frames.sampling import spread_to_measure
from segcore.reports.percent import percent
from segcore.runs.results import result_path, robustness_sets
from segcore.runs.run import Run
from segcore.scoring.robustness import WEATHER, read_provenance, save, summarize, sweep
from segcore.system.counting import counted
from segcore.system.files import check_writable, not_writable
from ui.measuring.frames import (
    FramesToMeasure,
    ask_for_name,
    ask_to_skip,
    choose_runs,
    frames_to_measure,
    known_data_name,
    proposed_name,
)
from ui.measuring.jobs import Batch, ask, finished_batch, show_jobs, show_jobs_of_others
from ui.measuring.kinds import SWEEP
from ui.measuring.visitor import visitor
from ui.runs.best import is_sweep_of
from ui.runs.conditions import provenance
from ui.runs.jobs import jobs
from ui.runs.predictors import predictor_of, say_what_starts_slowly
from ui.shell.bound import choose
from ui.shell.public import refuse_on_public_server, turned_off
from ui.shell.text import markdown_escaped

FRAMES_AT_FIRST = 25
"""As many as the shipped runs were measured on."""

_PURPOSE = "to measure runs under weather"
_REMEDY = "make the folder writable, or set SEGCOMPARE_RUNS to a writable copy of the runs"


@dataclass(frozen=True)
class _Asked:
    """What is to be measured, on which frames, and under which name it is kept."""

    effects: tuple[str, ...]
    frames: tuple[Frame, ...]
    set_name: str
    data_name: str
    skip_unusable: bool


def show_measure_now(runs: Sequence[Run]) -> None:
    """Draw the choice of runs, effects, frames and name, what would be replaced, and the button."""
    if turned_off(_PURPOSE):
        return
    these = frames_to_measure()
    if these is None:
        return
    usable = [run for run in runs if run.has_network]
    if not usable:
        st.info("None of the runs here has a network, and stored masks exist for unchanged frames only.")
        return
    proposed = proposed_name(runs, these)
    left, right = st.columns((3, 1))
    with right:
        set_name = ask_for_name(proposed, key="weather_as")
        number = st.number_input(
            "Frames",
            1,
            len(these.frames),
            min(FRAMES_AT_FIRST, len(these.frames)),
            key=f"weather_frames_{these.where}",
            help="Spread evenly over the split.",
        )
    unmeasured = [run for run in usable if proposed not in robustness_sets(run)]
    with left:
        chosen = choose_runs(usable, key="weather_runs", first=(unmeasured or usable)[:1])
        effects = _choose_effects()
    if set_name is None or not chosen or not effects:
        return
    say_what_starts_slowly(*chosen)
    predictions = int(number) * (1 + len(effects) * len(SEVERITIES)) * len(chosen)
    st.write(
        f"Scores runs on {int(number)} of {counted(len(these.frames), 'frame')} of {markdown_escaped(these.where)}, "
        f"clean and under each effect at severities 1 to {max(SEVERITIES)}: {predictions:,} predictions."
    )
    is_allowed = _show_stored(chosen, set_name, these)
    data_name = known_data_name(runs, set_name, these)
    skip = ask_to_skip(these, key="weather_skip")
    st.button(
        "Measure" if len(chosen) == 1 else f"Measure {len(chosen)} runs",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not is_allowed,
        on_click=_start,
        args=(
            chosen,
            _Asked(tuple(effects), spread_to_measure(these.frames, int(number)), set_name, data_name, skip),
        ),
    )
    show_jobs_of_others(SWEEP)


def show_measurements_under_way() -> None:
    """Draw the measurements that this visitor has asked for, and how they ended."""
    show_jobs(SWEEP, opens_results=True)


def open_result() -> None:
    """Choose the curves that were just measured, as soon as all that was asked for has ended."""
    if (batch := finished_batch(SWEEP)) is not None:
        choose("measured", batch.set_name)
        choose("measured_runs", list(batch.runs))


def _choose_effects() -> list[str]:
    titles = {effect.title: effect.name for effect in EFFECTS.values() if effect.has_severity}
    at_first = [title for title, name in titles.items() if name in WEATHER]
    return [
        titles[title] for title in st.multiselect("Effects", list(titles), at_first, key="weather_effects")
    ]


def _show_stored(chosen: Sequence[Run], set_name: str, these: FramesToMeasure) -> bool:
    """Say what would be replaced; return whether that is all right."""
    of_others = []
    for run in chosen:
        if set_name not in robustness_sets(run):
            continue
        made = read_provenance(run, set_name)
        name, kept_as = markdown_escaped(run.name), markdown_escaped(set_name)
        if made is not None and is_sweep_of(run, set_name, these.frames):
            st.caption(f"The set {kept_as} of {name} is replaced. {provenance(made)}.")
        else:
            how = "" if made is None else f" {provenance(made)}."
            st.warning(f"The scores of {name} named {kept_as} are of other data.{how}")
            of_others.append(run.name)
    if not of_others:
        return True
    return st.checkbox(
        "Replace what is of other data", key=f"weather_replace_{set_name}_{'_'.join(of_others)}"
    )


def _start(chosen: Sequence[Run], asked: _Asked) -> None:
    keys = {run.name: (SWEEP.name, str(run.path), asked.set_name) for run in chosen}
    for run in chosen:
        title = f"{run.name} under weather as {asked.set_name}"
        jobs().start(keys[run.name], title, _work(run, asked), visitor=visitor())
    ask(SWEEP, Batch(tuple(keys.values()), asked.set_name, tuple(keys)))


def _work(run: Run, asked: _Asked) -> Callable[[Callable[[int, int], None]], str]:
    return lambda report: _measure(run, asked, report)


def _measure(run: Run, asked: _Asked, report: Callable[[int, int], None]) -> str:
    # Before the work and not after it.
    refuse_on_public_server(_PURPOSE)
    path = result_path(run, "robustness", asked.set_name, ".csv")
    check_writable(path, remedy=_REMEDY)
    result = sweep(
        run,
        asked.frames,
        set_name=asked.set_name,
        effects=asked.effects,
        data_name=asked.data_name,
        predictor=predictor_of(run),
        skip_unusable=asked.skip_unusable,
        progress=report,
    )
    try:
        save(run, result)
    except OSError as error:
        raise not_writable(path, error, remedy=_REMEDY) from error
    kept = percent(summarize(result.table)["kept"].mean())
    made = result.provenance
    assert made is not None, "a new sweep has its provenance"
    return f"{kept} of the clean score is kept on {made.frames_in_words}."
