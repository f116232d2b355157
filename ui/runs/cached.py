"""What runs keep beside their weights, read when it is shown and kept until its file changes."""

from pathlib import Path

import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.reports.tables import scores_by_frame
from segcore.runs.evaluation import Evaluation, FrameCounts
from segcore.runs.history import read_history
from segcore.runs.results import read_evaluation, read_robustness, result_path
from segcore.runs.run import HISTORY_FILE, Run
from segcore.scoring.bootstrap import Interval, bootstrap_classes, bootstrap_difference
from segcore.scoring.robustness import CLEAN, read_per_frame
from ui.shell.kept import kept_until_changed
from ui.shell.text import markdown_escaped, message_of


def _history_file(run: Run) -> list[Path]:
    return [run.path / HISTORY_FILE]


def _evaluation_file(run: Run, set_name: str) -> list[Path]:
    return [result_path(run, "evaluation", set_name, ".json")]


def _evaluation_files(a: Run, b: Run, set_name: str) -> list[Path]:
    return _evaluation_file(a, set_name) + _evaluation_file(b, set_name)


def _sweep_file(run: Run, set_name: str) -> list[Path]:
    return [result_path(run, "robustness", set_name, suffix) for suffix in (".csv", ".json", ".jsonl")]


@kept_until_changed(_history_file, most=128, copied=True)
def history_of(run: Run) -> pd.DataFrame:
    """Return the curves of a run as ``segcore.runs.history.read_history`` does; raises its InputError."""
    return read_history(run)


@kept_until_changed(_evaluation_file, most=1024)
def evaluation_of(run: Run, set_name: str) -> Evaluation | None:
    """Return the evaluation of a run on a set without its frames, or None.

    Raises:
        InputError: the file is malformed.
    """
    return read_evaluation(run, set_name, with_frames=False)


# Half a megabyte for two hundred frames.
@kept_until_changed(_evaluation_file, most=16)
def frame_counts_of(run: Run, set_name: str) -> tuple[FrameCounts, ...]:
    """Return the frames of an evaluation, none where they were not kept.

    Raises:
        InputError: the evaluation is malformed.
    """
    evaluation = read_evaluation(run, set_name)
    return () if evaluation is None else evaluation.per_frame


# Names alone, of which many more can be kept than of whole entries.
@kept_until_changed(_evaluation_file, most=256)
def frame_names_of(run: Run, set_name: str) -> frozenset[str]:
    """Return the names of the frames in an evaluation; raises the InputError of ``frame_counts_of``."""
    return frozenset(entry.frame for entry in frame_counts_of(run, set_name))


def frame_scores_of(run: Run, set_name: str) -> pd.DataFrame:
    """Return one row a frame: frame, miou, pixel_accuracy, in 0..1, NaN where not defined; not to be changed.

    An evaluation that cannot be read is named on the page, and there are no rows then.
    """
    try:
        return _frame_scores(run, set_name)
    except InputError as error:
        st.warning(f"{markdown_escaped(run.name)}: {message_of(error)}")
        return scores_by_frame(())


@kept_until_changed(_evaluation_file, most=32)
def _frame_scores(run: Run, set_name: str) -> pd.DataFrame:
    evaluation = read_evaluation(run, set_name)
    return scores_by_frame(() if evaluation is None else evaluation.per_frame)


@kept_until_changed(_evaluation_files, most=64, spinner="Resampling the frames…")
def differences(a: Run, b: Run, set_name: str) -> tuple[Interval, tuple[Interval, ...]]:
    """Return the intervals of A - B: of the mean IoU, and of the IoU of each class.

    Raises:
        InputError: the evaluations list no frames, not the same ones, or not the same classes.
    """
    pair = frame_counts_of(a, set_name), frame_counts_of(b, set_name)
    return bootstrap_difference(*pair), bootstrap_classes(*pair)


@kept_until_changed(_sweep_file, most=64, copied=True)
def sweep_of(run: Run, set_name: str) -> pd.DataFrame | None:
    """Return the scores under effects as ``segcore.runs.results.read_robustness`` does; raises its InputError."""
    return read_robustness(run, set_name)


@kept_until_changed(_sweep_file, most=256)
def sweep_names_of(run: Run, set_name: str) -> frozenset[str]:
    """Return the names of the frames that were scored under effects, none where they were not kept."""
    return frozenset(entry.frame for entry in read_per_frame(run, set_name).get((None, CLEAN), ()))
