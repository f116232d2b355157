"""The runs as the pages use them: checked once, tables read when shown and kept until their file changes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.tables import conditions
from segcore.runs.history import read_history
from segcore.runs.results import evaluation_sets, read_evaluation, read_robustness
from segcore.runs.run import (
    HISTORY_FILE,
    RECORD_FILE,
    BrokenRun,
    Run,
    RunList,
    check_weights,
    list_runs,
    read_run,
    runs_root,
)
from segcore.system.files import file_version
from ui.shell.text import markdown_escaped

HOW_TO_ADD_A_RUN = (
    "A run is a folder with `run.json`, and beside it `model.weights.h5`, `history.csv` and `evaluation/`: "
    "put it into `weights/`, or set `SEGCORE_RUNS` to the folder that holds your runs."
)

HOW_TO_EVALUATE = (
    "No run has been evaluated yet: do it on the Evaluation page, or by `python -m segcore evaluate --run NAME "
    "--data ROOT --split val --save val`."
)

MOST_BYTES_CHECKED = 32_000_000

_FRAME_COLUMNS = ["frame", "miou", "pixel_accuracy"]


def listed_runs() -> RunList:
    """List the runs and name the broken ones on the page.

    Weights are compared with their checksum once a version of the file, ``MOST_BYTES_CHECKED`` a visit: more
    of them would be felt. Those that are left come next time, and before a prediction in any case.
    """
    listed = list_runs()
    usable, broken = [], list(listed.broken)
    faults, bytes_left = _weights_faults(), MOST_BYTES_CHECKED
    for run in listed.runs:
        version = (file_version(run.path / RECORD_FILE), file_version(run.weights_path))
        known, fault = faults.get(run.path, (None, None))
        if known != version and bytes_left > 0:
            fault = _weights_fault(run)
            faults[run.path] = (version, fault)
            bytes_left -= version[1][1] if version[1] and run.has_weights else 0
        if fault is None:
            usable.append(run)
        else:
            broken.append(BrokenRun(run.name, fault))
    if broken:
        lines = "\n".join(
            f"- **{markdown_escaped(run.name)}**: {markdown_escaped(run.reason)}" for run in broken
        )
        st.warning(f"Left out, because something is wrong:\n\n{lines}")
    if not usable:
        st.info(f"There are no runs in `{runs_root()}`. {HOW_TO_ADD_A_RUN}")
    return RunList(tuple(usable), tuple(broken))


def history_of(run: Run) -> pd.DataFrame:
    """Return the curves of a run as ``segcore.runs.history.read_history`` does; raises its InputError."""
    return _history(str(run.path), file_version(run.path / HISTORY_FILE))


def scores_of(run: Run, set_name: str) -> dict | None:
    """Return the evaluation of a run on a set without its frames, or None; not to be changed by the caller.

    Raises:
        InputError: the file is malformed.
    """
    return _scores(str(run.path), set_name, file_version(run.path / "evaluation" / f"{set_name}.json"))


def frame_scores_of(run: Run, set_name: str) -> pd.DataFrame:
    """Return one row a frame: frame, miou, pixel_accuracy, in 0..1, NaN where not defined.

    Frames that cannot be read are named on the page, and there are no rows then.
    """
    try:
        return _frames(str(run.path), set_name, file_version(run.path / "evaluation" / f"{set_name}.json"))
    except InputError as error:
        st.warning(f"{markdown_escaped(run.name)}: {markdown_escaped(str(error))}")
        return pd.DataFrame(columns=_FRAME_COLUMNS)


def sweep_of(run: Run, set_name: str) -> pd.DataFrame | None:
    """Return the scores under effects as ``segcore.runs.results.read_robustness`` does; raises its InputError."""
    return _sweep(str(run.path), set_name, file_version(run.path / "robustness" / f"{set_name}.csv"))


DEMO_SET = "demo"
"""Name under which the shipped runs keep their scores on the demo city."""


def sets_of(runs: Sequence[Run], stored: Callable[[Run], Sequence[str]] = evaluation_sets) -> list[str]:
    """Return the names of the sets that ``stored`` gives: most shared first, and photographs before renderings."""
    names = [name for run in runs for name in stored(run)]
    return sorted(set(names), key=lambda name: (-names.count(name), name == DEMO_SET, name))


def provenance(scores: dict) -> str:
    """Return data, split, frames and resolution of scores in words, for the line under every score."""
    return f"Scores: {markdown_escaped(conditions(scores))}"


@st.cache_resource(show_spinner=False)
def _weights_faults() -> dict[Path, tuple[tuple, str | None]]:
    """What is wrong with the weights of a run, by its folder, with the versions of the files that were read."""
    return {}


def _weights_fault(run: Run) -> str | None:
    try:
        check_weights(run)
    except InputError as error:
        return str(error)
    return None


@st.cache_data(max_entries=128, show_spinner=False)
def _history(path: str, version: tuple | None) -> pd.DataFrame:
    del version  # part of the key only
    return read_history(read_run(Path(path)))


# Resources, not data, as a copy a rerun of many evaluations would be felt; nobody changes them.
@st.cache_resource(max_entries=1024, show_spinner=False)
def _scores(path: str, set_name: str, version: tuple | None) -> dict | None:
    del version
    return read_evaluation(read_run(Path(path)), set_name, with_frames=False)


@st.cache_resource(max_entries=32, show_spinner=False)
def _frames(path: str, set_name: str, version: tuple | None) -> pd.DataFrame:
    del version
    evaluation = read_evaluation(read_run(Path(path)), set_name) or {}
    frames = pd.DataFrame(evaluation.get("per_frame", []), columns=_FRAME_COLUMNS)
    return frames.astype({"frame": "str", "miou": "float64", "pixel_accuracy": "float64"})


@st.cache_data(max_entries=64, show_spinner=False)
def _sweep(path: str, set_name: str, version: tuple | None) -> pd.DataFrame | None:
    del version
    return read_robustness(read_run(Path(path)), set_name)
