"""Class shares of a folder of label files: python -m tools.demo_city.shares FOLDER [REFERENCE]."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from .labels import EVALUATED


def count(folder: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Counts pixels (256,) and frames (256,) of each label id below `folder`, and the files."""
    pixels = np.zeros(256, dtype=np.int64)
    frames = np.zeros(256, dtype=np.int64)
    paths = sorted(folder.rglob("*_gtFine_labelIds.png"))
    for path in paths:
        found = np.bincount(np.asarray(Image.open(path)).ravel(), minlength=256)[:256]
        pixels += found
        frames += found > 0
    return pixels, frames, len(paths)


def table(folder: Path, reference: Path | None = None) -> str:
    """Returns a Markdown table of each class: share of the evaluated pixels, and frames that show it."""
    pixels, frames, total = count(folder)
    ids = list(EVALUATED)
    own = {i: pixels[i] / pixels[ids].sum() for i in ids}
    other = own
    if reference is not None:
        other_pixels, _, _ = count(reference)
        other = {i: other_pixels[i] / other_pixels[ids].sum() for i in ids}
    rows = ["| Class | Demo city | Cityscapes train | Ratio | Frames |", "|---|---:|---:|---:|---:|"]
    rows += [
        f"| {EVALUATED[i]} | {own[i]:.2%} | {other[i]:.2%} | {own[i] / other[i]:.2f} | {frames[i]} of {total} |"
        for i in sorted(ids, key=lambda i: -other[i])
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(table(*(Path(argument) for argument in sys.argv[1:3])) + "\n")
