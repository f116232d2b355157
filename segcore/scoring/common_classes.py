"""The classes in which a run is scored on frames: those of the data set, as far as the run tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from segcore.classes.scoring_space import scoring_space
from segcore.errors import InputError
from segcore.frames.frame import Frame, read_pair
from segcore.labels import VOID, LabelSpace
from segcore.runs.run import Run


@dataclass(frozen=True, eq=False)
class CommonClasses:
    """The scored classes, and the ways into them.

    Attributes:
        space: what is scored.
        truth_table: uint8 (256,), class of the data set to scored class; void stays void.
        run_table: uint8 (256,), class of the run to scored class; void, which counts as wrong, where there is none.
    """

    space: LabelSpace
    truth_table: np.ndarray = field(repr=False)
    run_table: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, run: Run, frames: Sequence[Frame]) -> "CommonClasses":
        """Return the classes for these frames.

        Args:
            run: the run.
            frames: at least one, all of one data set.

        Raises:
            InputError: the run knows none of the classes of the data set.
        """
        truth, own = frames[0].classes, run.space
        found = scoring_space(truth, own)
        (table,) = found.tables
        if (table[: own.num_classes] == VOID).all():
            raise InputError(
                f"The run {run.name} knows no class of {truth.title}; choose another run or other data."
            )
        return cls(found.space, found.truth_table, table)

    def read(self, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
        """Read a frame, uint8 (height, width, 3) RGB, and its truth as scored classes, uint8 (height, width).

        Raises:
            InputError: the frame has no ground truth, or a file is missing or damaged.
        """
        image, truth = read_pair(frame)
        if truth is None:
            raise InputError(f"The frame {frame.frame_id} has no ground truth; choose frames that have some.")
        return image, cv2.LUT(truth, self.truth_table)

    def of_run(self, class_map: np.ndarray) -> np.ndarray:
        """Return what the run predicted, uint8 (height, width), as scored classes."""
        return cv2.LUT(class_map, self.run_table)
