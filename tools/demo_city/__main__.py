"""Command line: python -m tools.demo_city --split val --output data/demo_city --seed 1."""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from pathlib import Path

from .cities import CITIES, VAL_CITIES
from .frames import FrameJob, make_frame
from .render import RenderSettings

logger = logging.getLogger("demo_city")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo_city", description="Render street scenes with exact ground truth."
    )
    parser.add_argument("--split", choices=("val", "train"), default="val")
    parser.add_argument(
        "--output", type=Path, default=Path("data/demo_city"), help="root of the data set to write into"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, help="frames a city (default: 11 in val, 50 in train)")
    parser.add_argument(
        "--city",
        choices=tuple(CITIES),
        action="append",
        help=f"this city (may be repeated; default: {', '.join(VAL_CITIES)})",
    )
    parser.add_argument("--first", type=int, default=0, help="number of the first frame of each city")
    parser.add_argument(
        "--width", type=int, help="default: 1024 in val, 512 in train; the height is half of it"
    )
    parser.add_argument("--samples", type=int, default=16, help="light paths a pixel, before denoising")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--labels-only", action="store_true", help="write the ground truth and no picture")
    parser.add_argument(
        "--skip-existing", action="store_true", help="leave frames alone that are there already"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Renders the chosen frames; returns the exit status."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    width = options.width or (1024 if options.split == "val" else 512)
    count = options.frames or (11 if options.split == "val" else 50)
    settings = RenderSettings(
        width=width, height=width // 2, samples=options.samples, threads=options.threads
    )
    for index in range(options.first, options.first + count):
        for name in options.city or VAL_CITIES:
            job = FrameJob(CITIES[name], options.split, index, options.seed)
            if options.skip_existing and job.image_path(options.output).exists():
                continue
            start = time.monotonic()
            make_frame(
                job,
                options.output,
                settings,
                picture=not options.labels_only,
                rng=random.Random(job.key + "/plan"),
            )
            logger.info("%s: %.0f s", job.stem, time.monotonic() - start)
    return 0


if __name__ == "__main__":
    sys.exit(main())
