"""The same work on many frames: in this process, one after the other, or on a cluster (`segcore.predict.cluster`)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from segcore.frames.cityscapes import Frame
from segcore.predict.prediction import Predictor
from segcore.runs.run import Run

Work = Callable[[Predictor, int, Frame], Iterator[Any]]
"""Work on one frame: a function of predictor, index of the frame, and frame that yields results in order.

It depends only on these and changes nothing, so that it can be repeated after an interruption.
"""

Mapper = Callable[[Work, Sequence[Frame]], Iterator[tuple[int, Any]]]
"""Does a work on each frame and yields (index of the frame, result). Frames may come in any order; each result comes
once, and the results of one frame come in order."""


def map_here(run: Run, predictor: Predictor | None = None) -> Mapper:
    """Return a mapper that works on one frame after the other in this process; it loads ``run`` if necessary."""
    predictor = predictor or loaded(run)

    def each(work: Work, frames: Sequence[Frame]) -> Iterator[tuple[int, Any]]:
        for index, frame in enumerate(frames):
            for result in work(predictor, index, frame):
                yield index, result

    return each


def loaded(run: Run) -> Predictor:
    """Load a run; import ONNX Runtime or Keras only now, since stored scores can be shown without them."""
    from segcore.predict.predictor import load_predictor

    return load_predictor(run)
