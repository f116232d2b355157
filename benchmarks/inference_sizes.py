"""Measure the effect of several views, sharpening and adaptation on score and time.

    PYTHONPATH=. python benchmarks/inference_sizes.py --data ROOT    # some minutes

For each run and each choice of sizes, sharpening and adaptation: mean IoU of classes and categories on the split val,
and the median time of the network's calls relative to that of the first choice, measured in alternation.
"""

import argparse
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

from segcore.frames.cityscapes import find_frames
from segcore.predict.predictor import load_predictor
from segcore.runs.results import sizes_in_words
from segcore.runs.run import find_run
from segcore.scoring.evaluation import evaluate

CHOICES = (
    [[384, 768]],
    [[448, 896], [256, 512]],
    [[512, 1024], [256, 512]],
    [[512, 1024], [384, 768], [256, 512]],
)


def main() -> None:
    """Print one line for each run and choice of sizes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="Cityscapes root with the split val")
    parser.add_argument("--run", nargs="+", default=["mobilenet_segnet", "unet_xception"])
    parser.add_argument(
        "--sizes",
        type=_sizes,
        nargs="+",
        default=CHOICES,
        help="such as 768x384, or 896x448+512x256 for two views",
    )
    parser.add_argument(
        "--sharpening", type=float, nargs="+", help="such as 0 1; by default that of each run"
    )
    parser.add_argument(
        "--adaptation", choices=("off", "on"), nargs="+", default=["on"], help="by default as in run.json"
    )
    arguments = parser.parse_args()
    frames = find_frames(arguments.data, split="val")
    for name in arguments.run:
        run = find_run(name)
        first = None
        choices = product(arguments.sizes, arguments.sharpening or [run.sharpening], arguments.adaptation)
        for sizes, amount, adaptation in choices:
            adapted = run.adaptation if adaptation == "on" else {}
            record = run.record.updated(inference_sizes=sizes, sharpening=amount, adaptation=dict(adapted))
            seeing = replace(run, record=record)
            scores = evaluate(seeing, frames, set_name="val", predictor=load_predictor(seeing))
            took = scores.latency.median
            first = first or took
            sys.stdout.write(
                f"{name}, {sizes_in_words(sizes)}, sharpened by {amount:g}, "
                f"{'adapted' if adapted else 'not adapted'}: "
                f"{100 * scores.miou:.1f} % classes, {100 * scores.category_miou:.1f} % categories, "
                f"{took / first:.2f} times the time, {scores.provenance.frames} frames\n"
            )
            sys.stdout.flush()


def _sizes(text: str) -> list[list[int]]:
    return [[int(length) for length in reversed(size.split("x"))] for size in text.split("+")]


if __name__ == "__main__":
    main()
