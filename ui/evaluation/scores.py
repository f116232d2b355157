"""The head of the Evaluation page: which scores, which two runs, and what every run scores and costs."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.charts.scores import cost_scatter
from segcore.reports.percent import ABSENT
from segcore.reports.tables import MEANS, ranked_by, same_classes
from segcore.runs.results import is_outdated
from segcore.runs.run import Run
from ui.evaluation.columns import in_percent, share_column
from ui.runs.listing import provenance, scores_of
from ui.shell.page import percent, show_chart
from ui.shell.text import markdown_escaped
from ui.shell.url import notice_unknown

_KEPT = {"bind": "query-params", "persist_state": "session"}


def choose_set(names: Sequence[str]) -> str:
    """Draw the choice of the set, where there are several."""
    notice_unknown("set", names, what="set")
    if len(names) == 1:
        return names[0]
    return st.segmented_control("Evaluated on", names, default=names[0], required=True, key="set", **_KEPT)


def read_scores(runs: Sequence[Run], set_name: str) -> dict[str, dict]:
    """Return the evaluations on a set by run; unreadable and outdated ones are named on the page."""
    found = {}
    for run in runs:
        try:
            scores = scores_of(run, set_name)
        except InputError as error:
            st.warning(f"{markdown_escaped(run.name)}: {markdown_escaped(str(error))}")
            continue
        if scores is not None:
            found[run.name] = scores
            if is_outdated(run, scores):
                st.warning(
                    f"{markdown_escaped(run.name)} was scored with other weights or at other sizes than now; "
                    "evaluate it again."
                )
    return found


def choose_pair(runs: Sequence[Run]) -> tuple[str, str]:
    """Draw the choice of A and B; the choice is shared with the Compare page."""
    # In the order of Compare and not of the scores: the first two are the pair where the address names none, and
    # must not change places with the set.
    names = [run.name for run in sorted(runs, key=lambda run: (not run.has_weights, run.name))]
    chosen = []
    for column, letter, index in zip(st.columns(2), "ab", (0, min(1, len(names) - 1)), strict=True):
        notice_unknown(letter, names, what=f"run {letter.upper()}")
        chosen.append(column.selectbox(f"Run {letter.upper()}", names, index=index, key=letter, **_KEPT))
    return chosen[0], chosen[1]


def show_headline(table: pd.DataFrame, evaluations: Mapping[str, Mapping]) -> None:
    """Draw one row a run with what it scores and costs, and under which conditions."""
    names = {
        "run": "Run",
        "architecture": "Architecture",
        "classes": "Classes",
        **MEANS,
        "pixel_accuracy": "Pixel accuracy",
        "latency_ms": "Latency",
        "parameters": "Parameters",
        "megabytes": "File",
    }
    shares = ["miou", "category_miou", "pixel_accuracy"]
    shown = in_percent(table, shares).dropna(axis=1, how="all")
    if same_classes(*evaluations.values()):
        shown = shown.drop(columns="classes")
    st.dataframe(
        shown.rename(columns=names),
        hide_index=True,
        placeholder=ABSENT,
        height=min(38 + 35 * len(table), 290),
        column_config={
            **{names[key]: share_column(names[key]) for key in shares},
            "Latency": st.column_config.NumberColumn(
                format="%.0f ms", help="Median time of the network call."
            ),
            "Parameters": st.column_config.NumberColumn(format="compact"),
            "File": st.column_config.NumberColumn(
                format="%.1f MB",
                help="Of the weights, whose kernels a training stores in half precision.",
            ),
        },
        alt="Mean IoU, category IoU, pixel accuracy, latency, parameters and file size of every run.",
    )
    show_provenances(evaluations)
    st.caption("Mean IoU is the mean over the classes of one matrix for all frames.")


def show_cost(table: pd.DataFrame, evaluations: Mapping[str, Mapping], set_name: str) -> None:
    """Draw the score that ranks the runs against what it costs: time, parameters or bytes."""
    costs = {
        "Latency": ("latency_ms", "latency in ms, median"),
        "Parameters": ("parameters", "parameters"),
        "File size": ("megabytes", "size of the weights in MB"),
    }
    notice_unknown("cost", costs, what="cost")
    chosen = st.segmented_control(
        "Against", list(costs), default="Latency", required=True, key="cost", **_KEPT
    )
    column, title = costs[chosen]
    score = ranked_by(evaluations)
    known = table.dropna(subset=[column, score])
    if known.empty:
        st.info(f"No run on this set records its {chosen.lower()}.")
        return
    show_chart(
        cost_scatter(table, score=score, score_title=MEANS[score], cost=column, title=title),
        key="cost_scatter",
        alt=f"{MEANS[score]} against {title}: "
        + "; ".join(
            f"{row['run']} {percent(row[score])} at {row[column]:,.1f}".removesuffix(".0")
            for row in known.to_dict("records")
        ),
        about=(column, set_name),
    )
    missing = len(table) - len(known)
    left_out = f" {missing} without it {'is' if missing == 1 else 'are'} left out." if missing else ""
    machines = {(scores.get("latency_ms") or {}).get("hardware") for scores in evaluations.values()} - {None}
    measured = f" Measured on: {'; '.join(sorted(machines))}." if chosen == "Latency" and machines else ""
    st.caption(
        f"Up and to the left is better.{left_out}{measured} {provenance(next(iter(evaluations.values())))}."
    )


def show_provenances(scores: Mapping[str, Mapping]) -> None:
    """Say under which conditions runs were scored, and warn where frames or classes differ.

    Args:
        scores: run name to its evaluation, or to the provenance of its sweep with ``class_names``; what does not
            record a split is passed over as unknown.
    """
    known = {name: record for name, record in scores.items() if "split" in record}
    lines = _grouped({name: provenance(known[name]) if name in known else "" for name in scores})
    # The name of the data is free text, and a model may see the same frames at a size of its own.
    measured_on = {
        (record["split"], record["frames"], tuple(record.get("frame_size") or ()))
        for record in known.values()
    }
    if len(measured_on) > 1:
        _warn("These runs were not scored on the same frames, so that their scores do not compare", lines)
    elif lines:
        st.caption("  \n".join(lines))
    if not same_classes(*scores.values()):
        counts = {name: f"{len(record['class_names'])} classes" for name, record in scores.items()}
        _warn(
            "These runs do not tell the same classes apart, so that only their category IoU compares",
            _grouped(counts),
        )


def _grouped(texts: Mapping[str, str]) -> list[str]:
    """Return each text once, with the names that have it before it unless all share one."""
    groups: dict[str, list[str]] = {}
    for name, text in texts.items():
        groups.setdefault(text, []).append(markdown_escaped(name))
    return [
        text if len(groups) == 1 else f"{', '.join(runs)}. {text}" for text, runs in groups.items() if text
    ]


def _warn(sentence: str, lines: Sequence[str]) -> None:
    listed = "\n".join(f"- {line}" for line in lines)
    st.warning(f"{sentence}:\n\n{listed}")
