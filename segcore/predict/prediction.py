"""What a run says about a picture, and what everything that predicts can do."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from segcore.predict.views import View, mean_logits, softmax
from segcore.runs.run import Run


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a run says about one picture.

    Attributes:
        class_map: uint8 (height, width) at the picture's own size, 0..C-1; 255 where the run gives no class.
        views: what its network said, none for a run that gives classes alone.
        seconds: time that the network took, without decoding, resizing and soft-max.
    """

    class_map: np.ndarray = field(repr=False)
    views: tuple[View, ...] = field(repr=False)
    seconds: float

    @property
    def has_probabilities(self) -> bool:
        """Whether the run says how sure it is."""
        return bool(self.views)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the probabilities: those that the picture takes of the first view; (0, 0) for none."""
        if not self.views:
            return 0, 0
        rows, columns = self.views[0].rows, self.views[0].columns
        return rows.stop - rows.start, columns.stop - columns.start

    @property
    def probabilities(self) -> np.ndarray:
        """float32 (rows, columns, C) of ``grid``; each pixel sums to 1.

        They are computed each time that they are asked for: a picture of the classes does not need them, and they
        take ten times the memory of what they come from.

        Raises:
            ValueError: the run gives classes alone.
        """
        if not self.views:
            raise ValueError("expected a run with a network that gives scores")
        return softmax(mean_logits(self.views))


class Predictor(Protocol):
    """A run as a function from pictures to classes; safe to call from several threads."""

    run: Run

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        """Predict a picture, uint8 RGB (height, width, 3) of any size.

        Args:
            image: the picture.
            frame_id: its name, by which runs of stored masks find what they say of it.

        Raises:
            InputError: the run cannot predict this picture.
        """
        ...

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        """Return ``class_map`` and ``seconds`` of ``predict``, sparing the probabilities."""
        ...

    def classify_with_confidence(
        self, image: np.ndarray, *, frame_id: str = ""
    ) -> tuple[np.ndarray, np.ndarray | None, float]:
        """Return ``class_map``, the probability of each pixel's class and ``seconds`` of ``predict``.

        The probability is float32 (height, width) in 0..1, None from a run that gives classes alone.
        """
        ...
