"""Options that several commands share, and what they stand for."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from segcore.errors import InputError
from segcore.frames.cityscapes import ANNOTATIONS, Frame, dataset_root, find_frames
from segcore.frames.sampling import spread_to_measure
from segcore.predict.work import Mapper
from segcore.runs.record import PLAIN_NAME
from segcore.runs.run import Run


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Declare which annotated frames a command works on."""
    parser.add_argument("--data", type=Path, help="Cityscapes root, by default CITYSCAPES_DATASET")
    parser.add_argument("--split", default="val", help="by default val")
    parser.add_argument("--annotation", choices=ANNOTATIONS, help="by default gtFine where there is one")
    parser.add_argument("--data-name", default="Cityscapes", help="name of the data set to record")


def run_name(text: str) -> str:
    """Return ``text`` if a new run may be called so.

    Raises:
        InputError: a run of that name would not be found again.
    """
    if not PLAIN_NAME.fullmatch(text):
        raise InputError(
            f"{text!r} is no name for a run; use letters, digits, spaces, '-', '_', '+' and '.', the first a "
            "letter or digit."
        )
    return text


def add_ray_option(parser: argparse.ArgumentParser) -> None:
    """Declare where the work is done."""
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="work on this Ray cluster: HOST:PORT or auto on one of its machines, ray://HOST:PORT from elsewhere",
    )


@contextmanager
def mappers(address: str | None) -> Iterator[Callable[[Run], Mapper | None]]:
    """Yield a function that returns what works on frames with a run: None, for this process, without ``address``."""
    if address is None:
        yield lambda run: None
        return
    from segcore.predict.cluster import connect

    with connect(address) as mapper_of:
        yield mapper_of


def frames_root(root: Path | None) -> Path:
    """Return the folder of frames that was given, or CITYSCAPES_DATASET.

    Raises:
        InputError: neither is there.
    """
    root = root or dataset_root()
    if root is None:
        raise InputError("Nothing says where the frames are; give --data or set CITYSCAPES_DATASET.")
    return root


def annotated_frames(
    root: Path | None, *, split: str, annotation: str | None = None, count: int | None = None
) -> list[Frame]:
    """Return the frames of a split that have ground truth, or ``count`` of them spread evenly over it.

    Raises:
        InputError: no root is given or set, it or the split is missing, nothing is annotated, or ``count`` is
            below 1.
    """
    found = find_frames(root := frames_root(root), split=split, annotation=annotation)
    frames = [frame for frame in found if frame.truth_path]
    if not frames:
        raise InputError(
            f"The {len(found)} frames of the split {split!r} in {root} have no ground truth; fetch "
            "gtFine or gtCoarse, or choose another split."
        )
    if len(frames) < len(found):
        missing = len(found) - len(frames)
        sys.stderr.write(f"segcore: {missing} of {len(found)} frames have no ground truth and are left out\n")
    return frames if count is None else as_many(frames, count)


def as_many(frames: Sequence[Frame], count: int) -> list[Frame]:
    """Return as many of the frames as ``--frames`` asks for, see `spread_to_measure`.

    Raises:
        InputError: ``count`` is below 1.
    """
    if count < 1:
        raise InputError(f"--frames is {count}; expected 1 or more.")
    return list(spread_to_measure(frames, count))
