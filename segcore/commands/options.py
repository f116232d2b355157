"""Options that several commands share, and their values."""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from segcore.errors import InputError
from segcore.frames.dataset import Dataset, open_dataset
from segcore.frames.frame import Frame
from segcore.frames.sampling import spread_to_measure
from segcore.predict.work import Mapper
from segcore.runs.checks import PLAIN_NAME
from segcore.runs.run import Run, list_runs
from segcore.runs.sets import set_for
from segcore.system.counting import counted
from segcore.system.settings import DATA, data_folder, expanded

_LONGEST_NAME = 80


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that choose annotated frames."""
    add_root_option(parser)
    parser.add_argument("--split", help="split of the data set (default: the one for validation)")
    add_annotation_option(parser)
    parser.add_argument("--data-name", help="name to store for the data set (default: its own)")


def add_annotation_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option for the kind of masks."""
    parser.add_argument(
        "--annotation",
        help="kind of ground truth, such as gtFine or gtCoarse (default: the first that exists)",
    )


def add_skip_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option to score without the frames that cannot be scored."""
    parser.add_argument(
        "--skip-unusable",
        action="store_true",
        help="leave out frames whose picture or mask is damaged, or whose mask has another size or unknown values; "
        "without this option they stop the command before the first prediction",
    )


def add_root_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option for the folder of frames."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="ROOT",
        help="folder of a data set, which `dataset` can check (default: SEGCOMPARE_DATA)",
    )


def run_name(text: str) -> str:
    """Return ``text`` if it is a valid name of a new run.

    Raises:
        InputError: ``text`` is not a valid name.
    """
    if not PLAIN_NAME.fullmatch(text):
        raise InputError(
            f"{text!r} is not a valid name of a run; use letters, digits, spaces, '-', '_', '+' and '.', and begin "
            "with a letter or digit."
        )
    return text


def add_ray_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option for a Ray cluster."""
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="address of a Ray cluster that does the work: auto or HOST:PORT on one of its machines, "
        "ray://HOST:PORT from elsewhere",
    )


@contextmanager
def mappers(address: str | None) -> Iterator[Callable[[Run], Mapper | None]]:
    """Yield a function that returns the mapper of a run on the cluster; without ``address`` it returns None."""
    if address is None:
        yield lambda run: None
        return
    from segcore.predict.cluster import connect

    with connect(address) as mapper_of:
        yield mapper_of


def open_data(root: Path | None, *, name: str | None = None) -> Dataset:
    """Return the data set in the given folder, or in that of the settings.

    Args:
        root: the folder, None for that of the settings.
        name: name for the data set, None for its own name.

    Raises:
        InputError: there is no folder, its layout is unknown, or ``name`` is not a printable text of at most 80
            characters.
    """
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise InputError(
            f"--data-name {name[:40]!r} is not a valid name; use up to {_LONGEST_NAME} printable characters."
        )
    root = expanded(root) if root else data_folder()
    if root is None:
        raise InputError(f"The folder of the frames is unknown; give --data or set {DATA.name}.")
    return open_dataset(root, name=name)


def annotated_frames(
    dataset: Dataset, *, split: str, annotation: str | None = None, count: int | None = None
) -> list[Frame]:
    """Return the frames of a split with ground truth, or ``count`` of them spread evenly over the split.

    Raises:
        InputError: the split is missing, no frame has ground truth, or ``count`` is below 1.
    """
    listing = dataset.listing(split, annotation=annotation)
    found = listing.frames
    frames = [frame for frame in found if frame.truth_path]
    if not frames:
        lonely = len(listing.lonely_masks)
        named = dataset.layout.without_masks or (
            f"{counted(lonely, 'mask')} without a frame of the same name, such as {listing.lonely_masks[0]}; "
            "rename them"
            if lonely
            else f"fetch {' or '.join(filter(None, dataset.layout.annotations)) or 'their'} masks"
        )
        raise InputError(
            f"The split {split!r} of {dataset.root} has {counted(len(found), 'frame')} and no ground truth; {named}, "
            "or choose another split."
        )
    first, *others = dataset.annotations or ("",)
    if others and annotation is None:
        sys.stderr.write(f"segcore: scores on the masks {first}; --annotation {others[0]} chooses others\n")
    if len(frames) < len(found):
        missing = len(found) - len(frames)
        sys.stderr.write(f"segcore: {missing} of {len(found)} frames have no ground truth and are left out\n")
    if listing.problems:
        sys.stderr.write(
            f"segcore: files or folders that cannot be used: {len(listing.problems)}, such as {listing.problems[0]}\n"
        )
    return frames if count is None else as_many(frames, count)


def how_to_score(name: str, frames: Sequence[Frame], *, root: Path, program: str) -> str:
    """Return a line with the command that scores a new run and stores the scores for the app.

    Args:
        name: name of the run.
        frames: those of the split to score on; where none has ground truth, the command names ROOT as their folder.
        root: folder of the data set.
        program: how this command line was started, such as ``python -m segcore``.
    """
    here, split, save = "ROOT", "val", "my_val"
    if annotated := [frame for frame in frames if frame.truth_path]:
        here = str(root.relative_to(Path.cwd()) if root.is_relative_to(Path.cwd()) else root)
        split = annotated[0].split
        save = set_for(annotated, list_runs().runs)
    words = ("--run", name, "--data", here, "--split", split, "--save", save)
    return f"next: {program} evaluate {shlex.join(words)}\n"


def as_many(frames: Sequence[Frame], count: int) -> list[Frame]:
    """Return ``count`` of the frames, the value of ``--frames``, see `spread_to_measure`.

    Raises:
        InputError: ``count`` is below 1.
    """
    if count < 1:
        raise InputError(f"--frames is {count}; expected 1 or more.")
    return list(spread_to_measure(frames, count))


def size_option(text: str) -> tuple[int, int]:
    """Return (height, width) in pixels of a size such as 512x1024."""
    height, mark, width = text.lower().partition("x")
    if not mark or not height.isdecimal() or not width.isdecimal() or len(text) > 20:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size; expected HEIGHTxWIDTH in pixels, such as 512x1024"
        )
    return int(height), int(width)
