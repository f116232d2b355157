"""The classes for scoring a run on frames: those of the data set, merged where the run does not distinguish them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from segcore.classes.scoring_space import scoring_space
from segcore.errors import InputError
from segcore.frames.frame import Frame, read_pair, read_truth_alone
from segcore.labels import VOID, LabelSpace
from segcore.runs.run import Run


@dataclass(frozen=True, eq=False)
class CommonClasses:
    """The scored classes, and the look-up tables into them.

    Attributes:
        space: the scored classes.
        truth_table: uint8 (256,), from class of the data set to scored class; void stays void.
        run_table: uint8 (256,), from class of the run to scored class; a class without a counterpart becomes void,
            which counts as wrong.
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
            InputError: the run has none of the classes of the data set.
        """
        truth, own = frames[0].classes, run.space
        found = scoring_space(truth, own)
        (table,) = found.tables
        if (table[: own.num_classes] == VOID).all():
            raise InputError(
                f"The run {run.name} has no class of {truth.title}; choose another run or other data."
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

    def read_truth(self, frame: Frame) -> np.ndarray:
        """Return the truth as in `read`; only the size of the picture is checked."""
        return cv2.LUT(read_truth_alone(frame), self.truth_table)

    def of_run(self, class_map: np.ndarray) -> np.ndarray:
        """Return a class map of the run, uint8 (height, width), in scored classes."""
        return cv2.LUT(class_map, self.run_table)
