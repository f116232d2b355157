"""Predictors and predictions that pages share, kept while there is room; TensorFlow comes in here alone."""

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from segcore.runs.run import Run
from ui.runs.jobs import jobs

if TYPE_CHECKING:
    from segcore.predict.predictor import Prediction, Predictor

LATENCY_REPEATS = 7
CLEAN = ""
"""Augmentation key of a frame as it is."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds of a network call, and whether a job of the server took the same cores meanwhile."""

    milliseconds: float
    is_beside_job: bool

    def __str__(self) -> str:
        return f"{self.milliseconds:.0f} ms{' beside an evaluation' if self.is_beside_job else ''}"


def predict(
    run: Run, image: np.ndarray, *, frame: str, frame_id: str, augmentation: str = CLEAN
) -> "Prediction":
    """Let a run predict a picture, or remember what it predicted.

    Args:
        run: a run that can predict.
        image: uint8 RGB (h, w, 3).
        frame: the frame's ``ui.frames.keys.frame_key``.
        frame_id: the frame's name, by which stored masks are found.
        augmentation: what was done to the frame to make ``image``, with the seed; ``CLEAN`` for nothing.

    Raises:
        InputError: the weights are damaged or do not fit, or there is no stored mask of the frame.
    """
    return _prediction(str(run.path), run.version, frame, augmentation, run, image, frame_id)


def predict_classes(run: Run, image: np.ndarray, *, frame: str, augmentation: str = CLEAN) -> np.ndarray:
    """Return only the class map of ``predict`` by a network, uint8 (h, w), of which many times more can be kept."""
    return _classes(str(run.path), run.version, frame, augmentation, run, image)


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
    return _predictor(str(run.path), run.version, run)


# Keras models hold compiled functions that cannot be pickled, so they are resources; four of the largest
# architecture stay below 1 GB. No spinner, as jobs load models where there is no page to show it.
@st.cache_resource(max_entries=4, show_spinner=False)
def _predictor(path: str, version: str, _run: Run) -> "Predictor":
    from segcore.predict.predictor import load_predictor

    _keep_keras_state()
    return load_predictor(_run)


def _keep_keras_state() -> None:
    """Stop Streamlit from clearing Keras after every run of a page.

    It would drop the state of a network that another thread is just building, and collect all garbage each time:
    with TensorFlow loaded, that is most of what a rerun costs, and a job of the background stands still meanwhile.
    """
    import keras

    keras.backend.clear_session = lambda free_memory=True: None


# Bounded by bytes, since the probabilities of one frame take 10 MB at 512 x 256 and four times that at twice
# the size.
@st.cache_data(max_size="192MB", show_spinner="Predicting…")
def _prediction(
    path: str, version: str, frame: str, augmentation: str, _run: Run, _image: np.ndarray, _frame_id: str
) -> "Prediction":
    return _predictor(path, version, _run).predict(_image, frame_id=_frame_id)


@st.cache_data(max_size="32MB", show_spinner="Predicting…")
def _classes(
    path: str, version: str, frame: str, augmentation: str, _run: Run, _image: np.ndarray
) -> np.ndarray:
    return _predictor(path, version, _run).classify(_image)[0]


# What is measured beside a job is kept apart, as it must not stand for the network alone.
@st.cache_data(max_entries=64, show_spinner="Measuring the latency…")
def _latency(
    path: str, version: str, size: tuple[int, ...], is_beside_job: bool, _run: Run, _image: np.ndarray
) -> float:
    predictor = _predictor(path, version, _run)
    return 1000 * statistics.median(predictor.classify(_image)[1] for _ in range(LATENCY_REPEATS))
