"""What stored evaluations tell frame by frame, and the intervals that follow from it, kept until a file changes."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from segcore.runs.results import read_evaluation
from segcore.runs.run import Run, read_run
from segcore.scoring.bootstrap import Interval, bootstrap_classes, bootstrap_difference
from segcore.system.files import file_version


def frame_counts(run: Run, set_name: str) -> tuple[Mapping, ...]:
    """Return the entries ``per_frame`` of an evaluation, none where there are none; not to be changed.

    Raises:
        InputError: the evaluation is malformed.
    """
    return _entries(str(run.path), set_name, _version(run, set_name))


def differences(a: Run, b: Run, set_name: str) -> tuple[Interval, tuple[Interval, ...]]:
    """Return the intervals of A - B: of the mean IoU, and of the IoU of each class.

    Raises:
        InputError: the evaluations list no frames, not the same ones, or not the same classes.
    """
    return _differences(
        str(a.path), _version(a, set_name), str(b.path), _version(b, set_name), set_name, a, b
    )


def _version(run: Run, set_name: str) -> tuple[int, int] | None:
    return file_version(run.path / "evaluation" / f"{set_name}.json")


# A resource, not data, since a copy a rerun would be felt; half a megabyte for two hundred frames.
@st.cache_resource(max_entries=16, show_spinner=False)
def _entries(path: str, set_name: str, version: tuple | None) -> tuple[Mapping, ...]:
    del version  # part of the key only
    evaluation = read_evaluation(read_run(Path(path)), set_name) or {}
    return tuple(evaluation.get("per_frame", ()))


@st.cache_data(max_entries=64, show_spinner="Resampling the frames…")
def _differences(
    path_a: str, version_a: tuple, path_b: str, version_b: tuple, set_name: str, _a: Run, _b: Run
) -> tuple[Interval, tuple[Interval, ...]]:
    pair = frame_counts(_a, set_name), frame_counts(_b, set_name)
    return bootstrap_difference(*pair), bootstrap_classes(*pair)
