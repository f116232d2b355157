"""Compare the frames per second of training steps in float32 and mixed_bfloat16 on this machine.

    PYTHONPATH=. python benchmarks/precision.py --data ROOT

Prints one line per model. Everything is measured in one process, one after the other, on the back end of KERAS_BACKEND;
without instructions for bfloat16 this takes several minutes on two cores.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from generator_throughput import CONFIGS, steps_frames

from segcore.frames.cityscapes import find_frames
from segcore.system.hardware import describe_hardware, emulates_bfloat16
from segcore.training.config import PRECISIONS, TrainingConfig


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="Cityscapes root")
    parser.add_argument("--split", default="train")
    parser.add_argument("--config", type=Path, nargs="+", default=CONFIGS)
    parser.add_argument("--steps", type=int, default=6, help="training steps to take the median of")
    arguments = parser.parse_args()

    frames = find_frames(arguments.data, split=arguments.split)
    configs = [TrainingConfig.from_file(path) for path in arguments.config]
    write = sys.stdout.write
    for config in configs:
        speeds = {
            precision: steps_frames(replace(config, precision=precision), frames, steps=arguments.steps)
            for precision in PRECISIONS
        }
        first, *_ = speeds.values()
        cells = (f"{name} {speed:.2f} ({first / speed:.2f} x the time)" for name, speed in speeds.items())
        write(f"{config.model}, frames/s: {', '.join(cells)}\n")
        sys.stdout.flush()
    kind = "emulates bfloat16" if emulates_bfloat16() else "is not known to emulate bfloat16"
    write(f"{describe_hardware()}, which {kind}\n")


if __name__ == "__main__":
    main()
