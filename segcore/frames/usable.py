"""Which frames can be scored: all are checked before a long measurement, so that one bad file hides no other."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from segcore.errors import InputError
from segcore.frames.frame import Frame, read_truth_alone
from segcore.system.counting import counted

_NAMED = 20


def usable_frames(
    frames: Sequence[Frame], *, skip: bool = False
) -> tuple[tuple[Frame, ...], tuple[Frame, ...]]:
    """Read the mask of each frame and the header of its picture; return the frames that can be scored, and the others.

    Args:
        frames: of one split.
        skip: whether frames that cannot be scored may be left out.

    Raises:
        InputError: a frame cannot be scored and ``skip`` is False, or none can be scored; the message names the
            first twenty such frames with their reasons, and how many more there are.
    """
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        problems = list(pool.map(_problem, frames))
    named = [problem.rstrip(".") for problem in problems if problem]
    usable = tuple(frame for frame, problem in zip(frames, problems, strict=True) if not problem)
    if named and not (skip and usable):
        more = f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        remedy = (
            "correct the files, or leave these frames out (--skip-unusable)"
            if usable
            else "correct the files"
        )
        number = f"{len(named)} of {counted(len(frames), 'frame')} cannot be scored"
        raise InputError(f"{number}; {remedy}: {'; '.join(named[:_NAMED])}{more}.")
    return usable, tuple(frame for frame, problem in zip(frames, problems, strict=True) if problem)


def _problem(frame: Frame) -> str:
    try:
        read_truth_alone(frame)
    except InputError as error:
        return str(error)
    return ""
