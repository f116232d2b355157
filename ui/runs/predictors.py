"""Predictors that pages share, kept while there is room, and how long their networks take."""

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from segcore.runs.run import Run
from ui.runs.jobs import jobs
from ui.runs.turns import turn_to_predict
from ui.shell.text import markdown_escaped

if TYPE_CHECKING:
    from segcore.predict.predictor import Predictor

LATENCY_REPEATS = 7


@dataclass(frozen=True)
class Latency:
    """Milliseconds of a network call, and whether a job of the server took the same cores meanwhile."""

    milliseconds: float
    is_beside_job: bool

    def __str__(self) -> str:
        return f"{self.milliseconds:.0f} ms{' beside an evaluation' if self.is_beside_job else ''}"


def latency(run: Run, image: np.ndarray) -> Latency:
    """Return the median time of the network call, over ``LATENCY_REPEATS`` calls of a warm network."""
    is_beside_job = any(job.is_active for job in jobs().all())
    return Latency(
        _latency(str(run.path), run.version, image.shape, is_beside_job, run, image), is_beside_job
    )


def predictor_of(run: Run) -> "Predictor":
    """Return the loaded run, the same for all pages and visitors; it lets one picture in at a time.

    Raises:
        InputError: the run has no weights, or they are damaged or do not fit.
    """
    return _predictor(str(run.path), run.version, run.starts_quickly, run)


def say_what_starts_slowly(*runs: Run) -> None:
    """Say why a run takes half a minute to begin, and what to do about it; nothing where none does."""
    for run in {run.path: run for run in runs}.values():
        if not run.starts_quickly:
            st.caption(
                f"{markdown_escaped(run.name)} starts slowly, because it has no `model.onnx` and "
                f"Keras computes it; `python -m segcore export --run {run.name}` makes that file."
            )


# Four sessions of the largest architecture stay below 1 GB. No spinner, as jobs load networks where there is no page
# to show it.
@st.cache_resource(max_entries=4, show_spinner=False)
def _predictor(path: str, version: str, starts_quickly: bool, _run: Run) -> "Predictor":
    from segcore.predict.predictor import load_predictor

    if not starts_quickly:
        _keep_keras_state()
    return load_predictor(_run)


def _keep_keras_state() -> None:
    """Stop Streamlit from clearing Keras after every run of a page.

    It would drop the state of a network that another thread is just building, and collect all garbage each time:
    with TensorFlow loaded, that is most of what a rerun costs, and a job of the background stands still meanwhile.
    """
    import keras

    keras.backend.clear_session = lambda free_memory=True: None


# What is measured beside a job is kept apart, as it must not stand for the network alone.
@st.cache_data(max_entries=64, show_spinner=False)
def _latency(
    path: str, version: str, size: tuple[int, ...], is_beside_job: bool, _run: Run, _image: np.ndarray
) -> float:
    predictor = predictor_of(_run)
    with turn_to_predict("Measuring the latency…"):
        return 1000 * statistics.median(predictor.classify(_image)[1] for _ in range(LATENCY_REPEATS))
