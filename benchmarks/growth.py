"""Measure how cost grows with frames and runs: listing, evaluation of masks, and the first content of each page.

    PYTHONPATH=. python benchmarks/growth.py [--frames 10 100 1000 10000] [--runs 2 20 200]

Prints CPU seconds, and the exponent of the growth from the previous number: 1 is linear, 0 is no growth. Data sets and
runs are created in a temporary folder; all frames share small pictures. Pages run without a browser (Streamlit's
AppTest), in one process that has shown each page before, so that imports are not counted.
"""

import argparse
import contextlib
import logging
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pages_many_runs import add_results
from PIL import Image
from streamlit.testing.v1 import AppTest

from segcore.adding.masks import open_masks, write_masks
from segcore.adding.publishing import new_run
from segcore.frames.dataset import open_dataset
from segcore.frames.encoding import LABEL_ID_MASKS
from segcore.labels import LABEL_IDS
from segcore.runs.run import list_runs, read_run, write_run
from segcore.scoring.evaluation import evaluate
from segcore.system.settings import DATA, RUNS

PROJECT = Path(__file__).resolve().parent.parent
PAGES = ("overview", "augment", "compare", "training", "evaluation", "robustness", "runs")
SIZE = (64, 128)
_GROUP = 500
_SHIPPED = ("mobilenet_segnet", "unet_xception")


def make_frames(root: Path, number: int) -> None:
    """Create a data set in the layout of Cityscapes; its files are links to one picture and one mask."""
    random = np.random.default_rng(0)
    root.mkdir(parents=True)
    picture, mask = root / "picture.png", root / "mask.png"
    Image.fromarray(random.integers(0, 255, (*SIZE, 3), np.uint8)).save(picture)
    Image.fromarray(random.integers(19, 27, SIZE, np.uint8)).save(mask)
    kinds = (("leftImg8bit", "leftImg8bit", picture), ("gtFine", "gtFine_labelIds", mask))
    for index in range(number):
        city = f"city{index // _GROUP}"
        for kind, ending, source in kinds:
            place = root / kind / "val" / city
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{city}_{index:06}_000019_{ending}.png").hardlink_to(source)
    picture.unlink()
    mask.unlink()


def make_runs(root: Path, number: int, *, frames: int) -> None:
    """Copy two shipped runs, and add runs with synthetic results and without weights, ``number`` runs in total."""
    shipped = [run for run in list_runs(PROJECT / "weights").runs if run.name in _SHIPPED]
    for run in shipped[:number]:
        shutil.copytree(run.path, root / run.name)
    for index in range(number - len(shipped)):
        path = root / f"made_{index:03}"
        path.mkdir()
        run = write_run(path, shipped[0].record.updated(seed=index, weights_sha256=None, epochs=100))
        add_results(run, epochs=100, frames=frames, seed=index)


def seconds_of(work: Callable[[], object]) -> float:
    """Return the CPU time of a call in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def evaluate_masks(root: Path, folder: Path) -> float:
    """Return the time for scoring the ground truth of a data set as if it were a prediction."""
    frames = open_dataset(root).frames("val")
    with new_run(folder, "masks") as run_folder:
        write_masks(run_folder, open_masks(root / "gtFine", LABEL_ID_MASKS), LABEL_IDS)
    run = read_run(folder / "masks")
    return seconds_of(lambda: evaluate(run, frames, set_name="val", data_name="made"))


def open_pages(data: Path, runs: Path) -> dict[str, float]:
    """Return the time for opening each page of an app with this data and these runs."""
    os.environ |= {DATA.name: str(data), RUNS.name: str(runs)}
    times = {}
    for page in PAGES:
        app = AppTest.from_file(PROJECT / "app.py", default_timeout=600)
        if page != "overview":
            app.switch_page(f"pages/{page}.py")
        times[page] = seconds_of(app.run)
        if app.exception:
            raise RuntimeError(f"{page}: {app.exception[0].value}")
    return times


def _print_growth(title: str, numbers: Sequence[int], times: Sequence[float]) -> None:
    cells = []
    for place, (number, seconds) in enumerate(zip(numbers, times, strict=True)):
        exponent = ""
        if place:
            ratio = seconds / max(times[place - 1], 1e-9)
            exponent = f"{math.log(ratio) / math.log(number / numbers[place - 1]):+.2f}"
        cells.append(f"{seconds:9.3f}s {exponent:>6}")
    sys.stdout.write(f"{title:24}{''.join(cells)}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table for frames and one for runs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--runs", type=int, nargs="+", default=[2, 20, 200])
    chosen = parser.parse_args(arguments)
    logging.disable()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(None):
        root = Path(folder)
        make_frames(root / "warm", 3)
        (root / "few").mkdir()
        make_runs(root / "few", 2, frames=3)
        open_pages(root / "warm", root / "few")
        _frames(root, chosen.frames)
        _runs(root, chosen.runs)


def _frames(root: Path, numbers: Sequence[int]) -> None:
    rows: dict[str, list[float]] = {}
    for number in numbers:
        data = root / f"frames{number}"
        make_frames(data, number)
        masks = root / f"masks{number}"
        found = {
            "list": seconds_of(lambda data=data: open_dataset(data).frames("val")),
            "evaluate masks": evaluate_masks(data, masks),
            **open_pages(data, root / "few"),
        }
        for name, seconds in found.items():
            rows.setdefault(name, []).append(seconds)
    _print_table("frames", numbers, rows)


def _runs(root: Path, numbers: Sequence[int]) -> None:
    rows: dict[str, list[float]] = {}
    for number in numbers:
        runs = root / f"runs{number}"
        runs.mkdir()
        make_runs(runs, number, frames=100)
        for name, seconds in open_pages(root / "warm", runs).items():
            rows.setdefault(name, []).append(seconds)
    _print_table("runs", numbers, rows)


def _print_table(what: str, numbers: Sequence[int], rows: dict[str, list[float]]) -> None:
    sys.stdout.write(f"{what:24}{''.join(f'{number:10}       ' for number in numbers)}\n")
    for name, times in rows.items():
        _print_growth(name, numbers, times)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
