"""Compare the time for scoring 2048 x 1024 masks from files with cityscapesScripts without its Cython part.

    PYTHONPATH=. python benchmarks/scoring.py [--pairs 20] [--repeats 5]    # needs requirements-dev.txt

The masks are enlarged masks of the demo city; the prediction is the mask shifted by a few pixels. Prints the CPU time
per pair in milliseconds, the minimum of all repeats, and the ratio. Both must count the same pixels.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as official
from PIL import Image

from segcore.frames.dataset import open_dataset
from segcore.frames.demo import DEMO_CITY
from segcore.frames.masks import LABEL_ID_MASKS, read_mask
from segcore.labels import LABEL_IDS
from segcore.scoring.confusion import confusion_matrix

SIZE = (2048, 1024)
_MOVED = 3


def main() -> None:
    """Print the times for reading, for counting, for both, and for cityscapesScripts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = _make_pairs(Path(folder), chosen.pairs)
        ours, theirs = _score(pairs), _score_officially(pairs)
        if not (ours[:-1, :-1] == theirs).all() or ours.sum() != theirs.sum():
            raise RuntimeError("the two count other pixels")
        read = [tuple(read_mask(path, LABEL_ID_MASKS) for path in pair) for pair in pairs]
        parts = {
            "read two masks": lambda: [read_mask(path, LABEL_ID_MASKS) for pair in pairs for path in pair],
            "count a pair": lambda: [_count(*pair) for pair in read],
            "both": lambda: _score(pairs),
            "cityscapesScripts": lambda: _score_officially(pairs),
        }
        times = {name: _least(work, chosen.repeats) / chosen.pairs for name, work in parts.items()}
    for name, seconds in times.items():
        sys.stdout.write(f"{name:20}{1000 * seconds:8.1f} ms\n")
    sys.stdout.write(f"{'ratio':20}{times['cityscapesScripts'] / times['both']:8.1f}\n")


def _make_pairs(folder: Path, number: int) -> list[tuple[Path, Path]]:
    frames = [frame for frame in open_dataset(DEMO_CITY).frames("val") if frame.truth_path]
    pairs = []
    for index in range(number):
        frame = frames[index % len(frames)]
        with Image.open(frame.truth_path) as image:
            truth = np.asarray(image.resize(SIZE, Image.Resampling.NEAREST))
        pair = folder / f"{index}_truth.png", folder / f"{index}_prediction.png"
        for path, mask in zip(pair, (truth, np.roll(truth, _MOVED, axis=1)), strict=True):
            Image.fromarray(mask).save(path)
        pairs.append(pair)
    return pairs


def _score(pairs: Sequence[tuple[Path, Path]]) -> np.ndarray:
    return sum(_count(*(read_mask(path, LABEL_ID_MASKS) for path in pair)) for pair in pairs)


def _count(truth: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    return confusion_matrix(truth, prediction, num_classes=LABEL_IDS.num_classes)


def _score_officially(pairs: Sequence[tuple[Path, Path]]) -> np.ndarray:
    official.CSUPPORT = False
    arguments = official.args
    arguments.evalInstLevelScore = arguments.evalPixelAccuracy = False
    matrix = official.generateMatrix(arguments)
    for truth, prediction in pairs:
        official.evaluatePair(str(prediction), str(truth), matrix, {}, {}, arguments)
    return matrix


def _least(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
