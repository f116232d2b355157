"""The prediction of a picture, and the interface of predictors."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from segcore.predict.views import View, mean_logits, softmax
from segcore.runs.run import Run


@dataclass(frozen=True, eq=False)
class Prediction:
    """A run's prediction of one picture.

    Attributes:
        class_map: uint8 (height, width) at the size of the picture, 0..C-1; 255 where the run gives no class.
        views: logits of each view of the network; empty for a run that predicts only classes.
        seconds: time of the network, without decoding, resizing and soft-max.
    """

    class_map: np.ndarray = field(repr=False)
    views: tuple[View, ...] = field(repr=False)
    seconds: float

    @property
    def has_probabilities(self) -> bool:
        """Whether there are class probabilities."""
        return bool(self.views)

    @property
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of the probabilities: the part of the first view that the picture covers; (0, 0) if none."""
        if not self.views:
            return 0, 0
        rows, columns = self.views[0].rows, self.views[0].columns
        return rows.stop - rows.start, columns.stop - columns.start

    @property
    def probabilities(self) -> np.ndarray:
        """Class probabilities, float32 (rows, columns, C) of ``grid``; each pixel sums to 1.

        They are computed at each access: a class map does not need them, and they take ten times the memory of the
        views.

        Raises:
            ValueError: the run predicts only classes.
        """
        if not self.views:
            raise ValueError("expected a run whose network gives scores")
        return softmax(mean_logits(self.views))


class Classified(NamedTuple):
    """The classes of a picture, their confidence, and the time of the network.

    Attributes:
        class_map: uint8 (height, width), see ``Prediction``.
        confidence: probability of each pixel's class, float32 (height, width) in 0..1; None without probabilities.
        seconds: time of the network for all views.
        first_view_seconds: time of the network for the first view.
    """

    class_map: np.ndarray
    confidence: np.ndarray | None
    seconds: float
    first_view_seconds: float


class Predictor(Protocol):
    """A run as a function from pictures to classes; safe to call from several threads."""

    run: Run

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        """Predict a picture, uint8 RGB (height, width, 3) of any size.

        Args:
            image: the picture.
            frame_id: name of the frame; runs of stored masks find their mask by it.

        Raises:
            InputError: the run cannot predict this picture.
        """
        ...

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        """Return ``class_map`` and ``seconds`` of ``predict``, without keeping scores for probabilities."""
        ...

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str = "") -> Classified:
        """Return what ``classify`` does, with the probability of each pixel's class."""
        ...
