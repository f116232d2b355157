"""Samples of frames. Stored scores and runs depend on these functions, so their results must not change."""

from collections.abc import Sequence

import numpy as np

from segcore.frames.cityscapes import Frame


def spread_to_measure(frames: Sequence[Frame], count: int) -> tuple[Frame, ...]:
    """Return ``count`` frames, or all if there are fewer, evenly spread from the first to the last.

    Scores under weather and the usual changes of an adaptation use this sample.

    Raises:
        ValueError: ``count`` is below 1.
    """
    if count < 1:
        raise ValueError(f"expected a count of at least 1, received {count}")
    places = np.linspace(0, len(frames) - 1, min(count, len(frames))).round().astype(int)
    return tuple(frames[place] for place in places)


def spread_to_train(frames: Sequence[Frame], count: int) -> tuple[Frame, ...]:
    """Return the first frame of each of ``count`` equal parts, so that every city is represented.

    Trainings with ``frames`` in their configuration use this sample.

    Raises:
        ValueError: ``count`` is not in 1..number of frames.
    """
    if not 1 <= count <= len(frames):
        raise ValueError(f"expected a count in 1..{len(frames)}, received {count}")
    return tuple(frames[index * len(frames) // count] for index in range(count))
