"""Compare the time for scoring 2048 x 1024 masks from files with cityscapesScripts without its Cython part.

    PYTHONPATH=. python benchmarks/scoring.py [--pairs 20] [--repeats 5]    # needs requirements-dev.txt

The masks are enlarged masks of the demo city; the prediction is the mask shifted by a few pixels. Prints milliseconds
per pair, the minimum of all repeats, and the ratio: in CPU time, and by the clock with one thread per core, as
`evaluate` scores stored masks. Both must count the same pixels.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as official
from PIL import Image

from segcore.frames.dataset import open_dataset
from segcore.frames.demo import DEMO_CITY
from segcore.frames.encoding import LABEL_ID_MASKS
from segcore.frames.masks import read_mask
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
            "both, in threads": lambda: _score_in_threads(pairs),
            "cityscapesScripts": lambda: _score_officially(pairs),
        }
        times = {name: _least(work, chosen.repeats) / chosen.pairs for name, work in parts.items()}
    sys.stdout.write(f"{'':20}{'CPU':>8}{'clock':>8}\n")
    for name, (cpu, clock) in times.items():
        sys.stdout.write(f"{name:20}{1000 * cpu:8.1f}{1000 * clock:8.1f} ms\n")
    official_time = times["cityscapesScripts"]
    ratios = official_time[0] / times["both"][0], official_time[1] / times["both, in threads"][1]
    sys.stdout.write(f"{'ratio':20}{ratios[0]:8.1f}{ratios[1]:8.1f}\n")


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


def _score_in_threads(pairs: Sequence[tuple[Path, Path]]) -> np.ndarray:
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return sum(threads.map(lambda pair: _score([pair]), pairs))


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


def _least(work: Callable[[], object], repeats: int) -> np.ndarray:
    """Return the least CPU time and the least time by the clock, in seconds."""
    times = []
    for _ in range(repeats):
        start = np.array([time.process_time(), time.perf_counter()])
        work()
        times.append([time.process_time(), time.perf_counter()] - start)
    return np.min(times, axis=0)


if __name__ == "__main__":
    main()
