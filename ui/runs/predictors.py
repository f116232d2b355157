"""Predictors and predictions that pages share, kept while there is room."""

import statistics
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import streamlit as st

from segcore.runs.run import Run
from ui.runs.jobs import jobs
from ui.runs.store import Store
from ui.runs.turns import turn_to_predict
from ui.shell.text import markdown_escaped

if TYPE_CHECKING:
    from segcore.predict.predictor import Prediction, Predictor

LATENCY_REPEATS = 7
CLEAN = ""
"""Augmentation key of a frame as it is."""

_Value = TypeVar("_Value")


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
    """Let a run predict a picture, or remember what it predicted; what comes back must not be changed.

    Args:
        run: a run that can predict.
        image: uint8 RGB (h, w, 3).
        frame: the frame's ``ui.frames.keys.frame_key``.
        frame_id: the frame's name, by which stored masks are found.
        augmentation: what was done to the frame to make ``image``, with the seed; ``CLEAN`` for nothing.

    Raises:
        InputError: the weights are damaged or do not fit, or there is no stored mask of the frame.
    """
    return _remembered(
        _predictions(),
        (str(run.path), run.version, frame, augmentation),
        lambda: predictor_of(run).predict(image, frame_id=frame_id),
        size=lambda found: found.class_map.nbytes + sum(view.scores.nbytes for view in found.views),
    )


def predict_classes(run: Run, image: np.ndarray, *, frame: str, augmentation: str = CLEAN) -> np.ndarray:
    """Return only the class map of ``predict`` by a network, uint8 (h, w), of which many times more can be kept."""
    key = (str(run.path), run.version, frame, augmentation)
    if (prediction := _predictions().get(key)) is not None:
        return prediction.class_map
    return _remembered(
        _class_maps(), key, lambda: predictor_of(run).classify(image)[0], size=lambda found: found.nbytes
    )


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


def _remembered(
    store: Store[_Value], key: Hashable, make: Callable[[], _Value], *, size: Callable[[_Value], int]
) -> _Value:
    if (found := store.get(key)) is not None:
        return found
    with turn_to_predict():
        # Whoever was before may have wanted the same.
        if (found := store.get(key)) is None:
            found = make()
            store.put(key, found, bytes=size(found))
    return found


# With the scores as coarse as networks give them: those of three views take 5 MB, their probabilities ten times that.
@st.cache_resource(show_spinner=False)
def _predictions() -> "Store[Prediction]":
    return Store(64_000_000)


@st.cache_resource(show_spinner=False)
def _class_maps() -> Store[np.ndarray]:
    return Store(32_000_000)


# What is measured beside a job is kept apart, as it must not stand for the network alone.
@st.cache_data(max_entries=64, show_spinner=False)
def _latency(
    path: str, version: str, size: tuple[int, ...], is_beside_job: bool, _run: Run, _image: np.ndarray
) -> float:
    predictor = predictor_of(_run)
    with turn_to_predict("Measuring the latency…"):
        return 1000 * statistics.median(predictor.classify(_image)[1] for _ in range(LATENCY_REPEATS))
