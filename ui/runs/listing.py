"""The runs as the pages use them: listed, checked once, and the names of the sets that they have scores on."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from segcore.errors import InputError
from segcore.runs.results import evaluation_sets
from segcore.runs.run import (
    RECORD_FILE,
    BrokenRun,
    Run,
    RunList,
    check_weights,
    list_runs,
    runs_root,
)
from segcore.runs.sets import DEMO_SET
from segcore.system.files import file_version
from ui.shell.text import markdown_escaped, message_of

HOW_TO_ADD_A_RUN = (
    "A run is a folder with `run.json`, and beside it `model.onnx`, `model.weights.h5` or `predictions/`: "
    "put it into `weights/`, or set `SEGCOMPARE_RUNS` to the folder that holds your runs. "
    "`python -m segcore add FILE --name NAME` makes one of a model of any framework or of a folder of masks."
)

HOW_TO_EVALUATE = (
    "No run has been evaluated yet. Evaluate now does it, or `python -m segcore evaluate --run NAME --data ROOT "
    "--split val --save my_val`."
)

MOST_BYTES_CHECKED = 32_000_000


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
            bytes_left -= version[1][1] if version[1] and run.has_network else 0
        if fault is None:
            usable.append(run)
        else:
            broken.append(BrokenRun(run.name, fault))
    if broken:
        lines = "\n".join(f"- **{markdown_escaped(run.name)}**: {message_of(run.reason)}" for run in broken)
        st.warning(f"{'These runs' if usable else 'The runs here'} cannot be used:\n\n{lines}")
    if not usable:
        st.info(f"There are no runs in {message_of(runs_root())}. {HOW_TO_ADD_A_RUN}")
    return RunList(tuple(usable), tuple(broken))


def predicting_runs(*, any_picture: bool = False) -> tuple[Run, ...]:
    """List the runs that can predict; name the broken ones, and say how to add one if none is left.

    Args:
        any_picture: only those that can be shown any picture, whereas stored masks are of certain frames.
    """
    listed = listed_runs()
    usable = tuple(run for run in listed.runs if (run.has_network if any_picture else run.can_predict))
    if listed.runs and not usable:
        can = "has a network" if any_picture else "can predict"
        st.info(f"None of the runs here {can}. {HOW_TO_ADD_A_RUN}")
    if any_picture and (masks := [run.name for run in listed.runs if run.has_masks]):
        st.caption(
            f"Left out, because stored masks exist for unchanged frames only: {markdown_escaped(', '.join(masks))}."
        )
    return usable


def sets_of(runs: Sequence[Run], stored: Callable[[Run], Sequence[str]] = evaluation_sets) -> list[str]:
    """Return the names of the sets that ``stored`` gives: most shared first, and photographs before renderings."""
    names = [name for run in runs for name in stored(run)]
    return sorted(set(names), key=lambda name: (-names.count(name), name == DEMO_SET, name))


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
