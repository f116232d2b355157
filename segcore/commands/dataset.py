"""``python -m segcore dataset``: check a folder of frames and name everything that does not fit.

The exit status is 1 if a frame has a mask and cannot be scored, which would stop ``evaluate``.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from segcore.commands.options import add_annotation_option, open_data
from segcore.errors import InputError
from segcore.frames.dataset import Dataset
from segcore.frames.inspection import SplitInspection, inspect_split
from segcore.frames.paths import Folders
from segcore.frames.recognition import matches
from segcore.labels import LABEL_SPACES, LABELS
from segcore.reports.percent import percent
from segcore.system.counting import counted
from segcore.system.progress import progress

_NAMED = 20
_CANNOT_BE_SCORED = 1
"""Exit status if a frame with a mask cannot be scored."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "root",
        nargs="?",
        type=Path,
        metavar="ROOT",
        help="folder of the data set (default: SEGCOMPARE_DATA)",
    )
    parser.add_argument("--split", help="check only this split")
    add_annotation_option(parser)
    parser.add_argument(
        "--frames",
        type=int,
        metavar="N",
        help="number of frames to open, spread over each split (default: all)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the data set and print a report; return 1 if a frame with a mask cannot be scored."""
    if arguments.frames is not None and arguments.frames < 1:
        raise InputError(f"--frames is {arguments.frames}; expected 1 or more.")
    dataset = open_data(arguments.root)
    if arguments.annotation:
        dataset = dataset.with_annotation(arguments.annotation)
    splits = [arguments.split] if arguments.split else dataset.splits
    found = []
    for split in splits:
        with progress(f"look into {split}") as report:
            found.append(inspect_split(dataset, split, count=arguments.frames, progress=report))
    sys.stdout.writelines(f"{line}\n" for line in _report(dataset, found))
    return _CANNOT_BE_SCORED if any(one.unusable for one in found) else 0


def _report(dataset: Dataset, found: Sequence[SplitInspection]) -> Iterator[str]:
    layout = dataset.layout
    yield f"{dataset.name} in {dataset.root}"
    picture = next(matches(layout.images, dataset.place.homes, Folders()), None)
    yield f"layout    {layout.name}: {layout.images.in_words(picture)}"
    for rule, encoding, match in dataset.masks_here:
        yield f"masks     {rule.path.in_words(match)}, {encoding.kind} of {encoding.space.title}"
    if len(dataset.annotations) > 1:
        first, *others = dataset.annotations
        yield f"choice    {first} masks, or {' or '.join(others)} with --annotation"
    if not dataset.masks_here and layout.without_masks:
        yield f"masks     {layout.without_masks}"
    yield f"classes   {dataset.classes.num_classes}: {dataset.classes.title}"
    if layout.licence:
        yield f"licence   {layout.licence}"
    yield ""
    for one in found:
        read = "" if one.looked_into == one.pairs else f", {one.looked_into} looked into"
        sizes = ", ".join(
            f"{width} x {height} ({number})" for (height, width), number in one.sizes.most_common(5)
        )
        yield f"{one.split}: {counted(one.frames, 'frame')}, {one.pairs} with a mask{read}" + (
            f"; {sizes}" if sizes else ""
        )
        if one.groups:
            yield f"  groups  {_some([f'{name} ({number})' for name, number in sorted(one.groups.items())])}"
    yield from _shares(dataset, found)
    yield from _misfits(found)


def _shares(dataset: Dataset, found: Sequence[SplitInspection]) -> Iterator[str]:
    pixels = np.sum([one.class_pixels for one in found], axis=0)
    void = sum(one.void_pixels for one in found)
    if not pixels.sum() + void:
        return
    yield ""
    yield "classes, shares of the pixels that are scored"
    is_cityscapes = dataset.classes.name in LABEL_SPACES
    for name, number, labels in zip(
        dataset.classes.class_names, pixels.tolist(), dataset.classes.covers, strict=True
    ):
        share = f"{percent(number / pixels.sum()):>8}" if number else "       -"
        yield f"  {name:24}{share}{'' if is_cityscapes else f'   {_counted(labels)}'}"
    yield f"  {'(void, of all pixels)':24}{percent(void / (pixels.sum() + void)):>8}"


def _counted(labels: frozenset[str]) -> str:
    """Return which Cityscapes labels count as a class, in words."""
    known = [label.name for label in LABELS if label.name in labels]
    return f"= {', '.join(known)}" if known else "no class of Cityscapes"


def _misfits(found: Sequence[SplitInspection]) -> Iterator[str]:
    yield ""
    if not any(one.misfits for one in found):
        yield "everything fits"
    for one in found:
        for kind, names in one.misfits.items():
            yield f"{one.split}: {counted(len(names), kind)}"
            if not one.pairs and len(one.misfits) == 1:
                continue  # A split without any mask, as many have for a test; names would tell nothing.
            yield from (f"  {name}" for name in names[:_NAMED])
            if len(names) > _NAMED:
                yield f"  and {len(names) - _NAMED} more"
    unknown = sum((one.unknown for one in found), Counter())
    if unknown:
        listed = [f"{value} on {counted(number, 'pixel')}" for value, number in unknown.most_common()]
        yield f"unknown values: {_some(listed)}"
    if unusable := sum(one.unusable for one in found):
        yield (
            f"{counted(unusable, 'frame')} cannot be scored: correct the files, or evaluate with --skip-unusable"
        )


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
