"""Measure the time for listing the frames of a data set, and its growth.

    python benchmarks/listing.py [--most 20000]

Prints for each number of frames: seconds for recognising the data set, seconds for listing a split, and the exponent of
the growth from the previous number (1 is linear).
"""

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path

from segcore.frames.dataset import open_dataset

_GROUP = 500


def main() -> None:
    """Create empty files in the folders of Cityscapes and measure the time for listing them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=10_000, help="largest number of frames, by default 10000")
    most = parser.parse_args().most
    sys.stdout.write(f"{'frames':>8}{'recognise':>12}{'list':>10}{'exponent':>10}\n")
    before = None
    with tempfile.TemporaryDirectory() as folder:
        made = 0
        for number in sorted({100, 1_000, most // 2, most}):
            _add_frames(Path(folder), made, number)
            made = number
            recognised, listed = _seconds(Path(folder), number)
            exponent = math.log(listed / before[1]) / math.log(number / before[0]) if before else math.nan
            sys.stdout.write(f"{number:8}{recognised:11.4f}s{listed:9.4f}s{exponent:10.2f}\n")
            before = (number, listed)


def _add_frames(root: Path, first: int, last: int) -> None:
    for index in range(first, last):
        city = f"city{index // _GROUP}"
        for kind, ending in (("leftImg8bit", "leftImg8bit"), ("gtFine", "gtFine_labelIds")):
            place = root / kind / "val" / city
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{city}_{index:06}_000019_{ending}.png").touch()


def _seconds(root: Path, number: int) -> tuple[float, float]:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        dataset = open_dataset(root)
        middle = time.perf_counter()
        frames = dataset.frames("val")
        times.append((middle - start, time.perf_counter() - middle))
        if len(frames) != number:
            raise RuntimeError(f"expected {number} frames, found {len(frames)}")
    return min(one for one, _ in times), min(two for _, two in times)


if __name__ == "__main__":
    main()
