"""Check of a data set: its pictures, masks and classes, and files that do not fit."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from segcore.errors import InputError
from segcore.frames.dataset import Dataset
from segcore.frames.frame import Frame, read_truth
from segcore.frames.images import read_size
from segcore.frames.masks import UnknownValuesError
from segcore.frames.sampling import spread_to_measure


@dataclass(frozen=True, eq=False)
class SplitInspection:
    """Results for one split.

    Attributes:
        split: its name.
        frames: number of frames.
        pairs: number of frames with a mask.
        groups: number of frames by group, empty without groups.
        looked_into: number of pairs that were read.
        unusable: number of those that cannot be scored.
        sizes: number of read pictures by (height, width) in pixels.
        class_pixels: int64 (classes,), number of pixels in the read masks.
        void_pixels: number of pixels that are not scored.
        unknown: number of pixels by value or colour that belongs to no class.
        misfits: texts about files that do not fit, by kind of problem, such as "mask without a frame".
    """

    split: str
    frames: int
    pairs: int
    groups: Counter = field(repr=False)
    looked_into: int
    unusable: int
    sizes: Counter = field(repr=False)
    class_pixels: np.ndarray = field(repr=False)
    void_pixels: int
    unknown: Counter = field(repr=False)
    misfits: dict[str, list[str]] = field(repr=False)


def inspect_split(
    dataset: Dataset,
    split: str,
    *,
    count: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SplitInspection:
    """List a split and read its pairs.

    Args:
        dataset: the data set.
        split: one of its splits.
        count: number of pairs to read, spread over the split; default: all.
        progress: called with (pairs read, pairs to read) before the first pair and after each one.

    Raises:
        InputError: the split has no frame.
    """
    listing = dataset.listing(split)
    pairs = [frame for frame in listing.frames if frame.truth_path]
    chosen = pairs if count is None else list(spread_to_measure(pairs, count)) if pairs else []
    misfits: dict[str, list[str]] = {
        "frame without a mask": [frame.frame_id for frame in listing.frames if not frame.truth_path],
        "mask without a frame": [str(path.relative_to(dataset.root)) for path in listing.lonely_masks],
        "file that cannot be used": list(listing.problems),
        "mask of another size": [],
        "mask with unknown values": [],
    }
    sizes: Counter = Counter()
    unknown: Counter = Counter()
    pixels = np.zeros(256, np.int64)
    unusable = 0
    report = progress or (lambda done, total: None)
    report(0, len(chosen))
    for done, frame in enumerate(chosen, start=1):
        try:
            counts, size = _look_into(frame)
            pixels += counts
            sizes[size[0]] += 1
            if size[0] != size[1]:
                unusable += 1
                misfits["mask of another size"].append(
                    f"{frame.frame_id}: {_size(size[1])}, its picture {_size(size[0])}"
                )
        except UnknownValuesError as error:
            unusable += 1
            unknown.update(error.counts)
            misfits["mask with unknown values"].append(str(error))
        except InputError as error:
            unusable += 1
            misfits["file that cannot be used"].append(str(error))
        report(done, len(chosen))
    return SplitInspection(
        split=split,
        frames=len(listing.frames),
        pairs=len(pairs),
        groups=Counter(frame.group for frame in listing.frames if frame.group),
        looked_into=len(chosen),
        unusable=unusable,
        sizes=sizes,
        class_pixels=pixels[: dataset.classes.num_classes],
        void_pixels=int(pixels[dataset.classes.num_classes :].sum()),
        unknown=unknown,
        misfits={kind: found for kind, found in misfits.items() if found},
    )


def _look_into(frame: Frame) -> tuple[np.ndarray, tuple[tuple[int, int], tuple[int, int]]]:
    """Return the number of pixels of each class, int64 (256,), and the sizes (height, width) of picture and mask."""
    truth = read_truth(frame)
    return np.bincount(truth.ravel(), minlength=256), (read_size(frame.image_path), truth.shape)


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]} x {size[0]}"
