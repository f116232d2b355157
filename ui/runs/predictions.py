"""Predictions that pages and visitors share: class maps of hundreds of pictures, and the scores of the latest few.

A class map compresses to a fiftieth, its scores do not. So going back over many frames predicts nothing again, and
scores that have gone come by another prediction where a page needs them.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import streamlit as st

from segcore.runs.run import Run
from ui.runs.ahead import Ahead
from ui.runs.jobs import jobs
from ui.runs.predictors import predictor_of
from ui.runs.store import Store
from ui.runs.threads import one_thread
from ui.runs.turns import spare_turn, turn_to_predict

if TYPE_CHECKING:
    from segcore.predict.prediction import Prediction
    from segcore.predict.views import View

CLEAN = ""
"""Augmentation key of a frame as it is."""
_COMPRESSION = 1
_KEY_BYTES = 2_000
"""What a key and the objects around a value take, about."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class Predicted:
    """What a run made of a picture, see ``segcore.predict.prediction.Prediction``.

    Attributes:
        class_map: uint8 (h, w), not to be written to.
        grid: (rows, columns) of the probabilities, (0, 0) if there are none.
    """

    class_map: np.ndarray = field(repr=False)
    grid: tuple[int, int]
    _views: "Callable[[], tuple[View, ...]]" = field(repr=False)

    @property
    def has_probabilities(self) -> bool:
        """Whether there are class probabilities."""
        return self.grid != (0, 0)

    @property
    def views(self) -> "tuple[View, ...]":
        """The scores of each view, empty without probabilities; where they are not kept the run predicts again."""
        return self._views() if self.has_probabilities else ()


@dataclass(frozen=True)
class _Packed:
    """A class map, uint8 of ``size`` (h, w), compressed."""

    content: bytes = field(repr=False)
    size: tuple[int, int]
    grid: tuple[int, int]

    @property
    def class_map(self) -> np.ndarray:
        return np.frombuffer(zlib.decompress(self.content), np.uint8).reshape(self.size)


def predict(
    run: Run, image: np.ndarray, *, frame: str, frame_id: str = "", augmentation: str = CLEAN
) -> Predicted:
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
    key = _key(run, frame, augmentation)

    def remembered(store: Store[_Value], kept_of: "Callable[[Prediction], _Value]") -> _Value:
        if (found := store.get(key)) is not None:
            return found
        with turn_to_predict():
            # Whoever was before may have wanted the same.
            if (found := store.get(key)) is not None:
                return found
            return kept_of(_predicted(run, image, frame_id, key))

    found = remembered(_class_maps(), _packed)
    return Predicted(found.class_map, found.grid, lambda: remembered(_scores(), lambda made: made.views))


def predict_ahead(run: Run, image: np.ndarray, *, frame: str, frame_id: str = "") -> None:
    """Let a run predict in the background what ``predict`` will probably be asked for; not while others predict.

    Args:
        run, image, frame, frame_id: as for ``predict``.
    """
    key = _key(run, frame, CLEAN)

    def work() -> None:
        if any(job.is_active for job in jobs().all()):
            return
        with spare_turn() as is_free:
            if is_free and _class_maps().get(key) is None:
                _predicted(run, image, frame_id, key)

    if _class_maps().get(key) is None:
        _ahead().add(work)


def _key(run: Run, frame: str, augmentation: str) -> tuple:
    return str(run.path), run.version, run.starts_quickly, frame, augmentation


def _predicted(run: Run, image: np.ndarray, frame_id: str, key: tuple) -> "Prediction":
    """Let a run predict, whose turn it is, and keep the result."""
    made = one_thread("predict").submit(lambda: predictor_of(run).predict(image, frame_id=frame_id))
    prediction = made.result()
    packed = _packed(prediction)
    _class_maps().put(key, packed, bytes=len(packed.content) + _KEY_BYTES)
    # Copies: what ONNX Runtime gives is a part of its arena, and would keep a whole block of that in memory.
    views = tuple(replace(view, scores=view.scores.copy()) for view in prediction.views)
    _scores().put(key, views, bytes=sum(view.scores.nbytes for view in views))
    return prediction


def _packed(prediction: "Prediction") -> _Packed:
    class_map = np.ascontiguousarray(prediction.class_map)
    return _Packed(zlib.compress(class_map.tobytes(), _COMPRESSION), class_map.shape, prediction.grid)


# Of some visitors, two runs each.
@st.cache_resource(show_spinner=False)
def _ahead() -> Ahead:
    return Ahead(8)


@st.cache_resource(show_spinner=False)
def _class_maps() -> Store[_Packed]:
    return Store(24_000_000)


# As coarse as networks give them: those of three views take 5 MB, their probabilities ten times that.
@st.cache_resource(show_spinner=False)
def _scores() -> "Store[tuple[View, ...]]":
    return Store(64_000_000)
