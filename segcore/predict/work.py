"""The same work on many frames: in this process, one after the other, or on a cluster (`segcore.predict.cluster`)."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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


def map_here(run: Run, predictor: Predictor | None = None, *, threads: int = 1) -> Mapper:
    """Return a mapper that works in this process, on one frame after the other; it loads ``run`` if necessary.

    With several threads frames are worked on ahead, for work that uses one core each; results come in order.
    """
    predictor = predictor or loaded(run)

    def one_by_one(work: Work, frames: Sequence[Frame]) -> Iterator[tuple[int, Any]]:
        for index, frame in enumerate(frames):
            for result in work(predictor, index, frame):
                yield index, result

    def ahead(work: Work, frames: Sequence[Frame]) -> Iterator[tuple[int, Any]]:
        waiting: deque[Future[list]] = deque()
        depth = 2 * threads
        with ThreadPoolExecutor(threads) as pool:
            try:
                for place in range(len(frames) + depth):
                    if place < len(frames):
                        waiting.append(pool.submit(lambda at: list(work(predictor, at, frames[at])), place))
                    if place >= depth:
                        for result in waiting.popleft().result():
                            yield place - depth, result
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    return ahead if threads > 1 else one_by_one


def loaded(run: Run) -> Predictor:
    """Load a run; import ONNX Runtime or Keras only now, since stored scores can be shown without them."""
    from segcore.predict.predictor import load_predictor

    return load_predictor(run)
