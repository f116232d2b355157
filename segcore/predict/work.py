"""Doing the same work on many frames: here, one after the other, or on a cluster (`segcore.predict.cluster`)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from segcore.frames.cityscapes import Frame
from segcore.predict.prediction import Predictor
from segcore.runs.run import Run

Work = Callable[[Predictor, int, Frame], Iterator[Any]]
"""What is done with one frame, from predictor, place among the frames and frame; yields its results in order.

It depends on nothing else and changes nothing, so that it may be begun again wherever it was cut short.
"""

Mapper = Callable[[Work, Sequence[Frame]], Iterator[tuple[int, Any]]]
"""Does some work on each frame and yields (place of the frame, result); the frames may come in any order, but
each result comes once and those of one frame come in order."""


def map_here(run: Run, predictor: Predictor | None = None) -> Mapper:
    """Return what works on one frame after the other in this process, loading ``run`` if that is not done."""
    predictor = predictor or loaded(run)

    def each(work: Work, frames: Sequence[Frame]) -> Iterator[tuple[int, Any]]:
        for index, frame in enumerate(frames):
            for result in work(predictor, index, frame):
                yield index, result

    return each


def loaded(run: Run) -> Predictor:
    """Load a run, importing ONNX Runtime or Keras only now, so that stored scores can be shown without them."""
    from segcore.predict.predictor import load_predictor

    return load_predictor(run)
