"""The runs as the pages use them: checked once, tables read when shown and kept until their file changes."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.runs import (
    HISTORY_FILE,
    BrokenRun,
    Run,
    RunList,
    check_weights,
    evaluation_sets,
    list_runs,
    read_evaluation,
    read_history,
    read_run,
    runs_root,
)

HOW_TO_ADD_A_RUN = (
    "A run is a folder with `run.json`, and beside it `model.weights.h5`, `history.csv` and `evaluation/`: "
    "put it into `weights/`, or set `SEGCORE_RUNS` to the folder that holds your runs."
)


def listed_runs() -> RunList:
    """List the runs, weights checked, and name the broken ones on the page."""
    listed = list_runs()
    usable, broken = [], list(listed.broken)
    for run in listed.runs:
        fault = _weights_fault(str(run.path), _version(run.path / "run.json"), _version(run.weights_path))
        if fault is None:
            usable.append(run)
        else:
            broken.append(BrokenRun(run.name, fault))
    if broken:
        lines = "\n".join(f"- **{plain(run.name)}**: {plain(run.reason)}" for run in broken)
        st.warning(f"Left out, because something is wrong:\n\n{lines}")
    if not usable:
        st.info(f"There are no runs in `{runs_root()}`. {HOW_TO_ADD_A_RUN}")
    return RunList(tuple(usable), tuple(broken))


def history_of(run: Run) -> pd.DataFrame:
    """Return the curves of a run as ``segcore.runs.read_history`` does; raises its InputError."""
    return _history(str(run.path), _version(run.path / HISTORY_FILE))


def scores_of(run: Run, set_name: str) -> dict | None:
    """Return the evaluation of a run on a set without its frames, or None; not to be changed by the caller.

    Raises:
        InputError: the file is malformed.
    """
    return _evaluation(str(run.path), set_name, _version(run.path / "evaluation" / f"{set_name}.json"))[0]


def frame_scores_of(run: Run, set_name: str) -> pd.DataFrame:
    """Return one row a frame: frame, miou, pixel_accuracy, in 0..1, NaN where not defined."""
    return _evaluation(str(run.path), set_name, _version(run.path / "evaluation" / f"{set_name}.json"))[1]


DEMO_SET = "demo"
"""Name under which the shipped runs keep their scores on the demo city."""


def sets_of(runs: Sequence[Run]) -> list[str]:
    """Return the names of all evaluation sets of the runs: most shared first, and photographs before renderings."""
    names = [name for run in runs for name in evaluation_sets(run)]
    return sorted(set(names), key=lambda name: (-names.count(name), name == DEMO_SET, name))


def is_outdated(run: Run, scores: dict) -> bool:
    """Tell whether scores were measured with other weights than those that the run holds now."""
    measured = scores.get("weights_sha256")
    return None not in (measured, run.weights_sha256) and measured != run.weights_sha256


def provenance(scores: dict) -> str:
    """Return data, split, frames and resolution of scores in words, for the line under every score."""
    data = f"{plain(str(scores['data']))}, " if scores.get("data") else ""
    frames = f"{scores['frames']} frame{'' if scores['frames'] == 1 else 's'}"
    scored, seen = scores.get("frame_size"), scores.get("input_size")
    size = f" of {_size(scored)}" if scored else ""
    shrunk = f", seen by the model at {_size(seen)}" if seen and scored and seen != scored else ""
    return f"Scores: {data}split {plain(scores['split'])}, {frames}{size}{shrunk}"


def _size(size: Sequence[int]) -> str:
    return f"{size[1]} × {size[0]} px"


def plain(text: str) -> str:
    """Return ``text`` such that Markdown shows it as it is: names of folders come from the user."""
    for mark in "\\`*_[]<>$:~#|":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")


def _version(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


@st.cache_data(max_entries=512, show_spinner="Checking weights…")
def _weights_fault(path: str, record_version: tuple | None, weights_version: tuple | None) -> str | None:
    del record_version, weights_version  # part of the key only
    try:
        check_weights(read_run(Path(path)))
    except InputError as error:
        return str(error)
    return None


@st.cache_data(max_entries=128, show_spinner=False)
def _history(path: str, version: tuple | None) -> pd.DataFrame:
    del version
    return read_history(read_run(Path(path)))


# A resource, not data, as a copy a rerun of many evaluations would be felt; nobody changes them.
@st.cache_resource(max_entries=128, show_spinner=False)
def _evaluation(path: str, set_name: str, version: tuple | None) -> tuple[dict | None, pd.DataFrame]:
    del version
    evaluation = read_evaluation(read_run(Path(path)), set_name)
    rows = (evaluation or {}).get("per_frame", [])
    frames = pd.DataFrame(rows, columns=["frame", "miou", "pixel_accuracy"])
    frames = frames.astype({"frame": "str", "miou": "float64", "pixel_accuracy": "float64"})
    if evaluation is None:
        return None, frames
    return {key: value for key, value in evaluation.items() if key != "per_frame"}, frames
