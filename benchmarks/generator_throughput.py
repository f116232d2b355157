"""Compare the frames per second of the generator and of training: does training wait for frames?

    PYTHONPATH=. python benchmarks/generator_throughput.py --data ROOT

The table has one line per number of workers and one column per model: the frames per second of the generator, and
their ratio to the frames per second of the model's training steps. With a ratio of at least 1 the device never waits
for frames. Everything is measured in one process, one after the other, on the back end of KERAS_BACKEND; on two cores
this takes about 90 seconds.
"""

import argparse
import sys
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np

# Modules that need Keras are imported where they are used: worker processes import this file, but need no Keras.

PROJECT = Path(__file__).resolve().parent.parent
CONFIGS = (PROJECT / "configs" / "unet_xception.json", PROJECT / "configs" / "mobilenet_segnet.json")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="Cityscapes root")
    parser.add_argument("--split", default="train")
    parser.add_argument(
        "--config", type=Path, nargs="+", default=CONFIGS, help="the first one's frames are generated"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=(1, 2, 4))
    parser.add_argument("--batches", type=int, default=16, help="batches to generate for each line")
    parser.add_argument("--steps", type=int, default=6, help="training steps to take the median of")
    arguments = parser.parse_args()

    from segcore.frames.cityscapes import find_frames
    from segcore.system.hardware import describe_hardware
    from segcore.training.config import TrainingConfig

    frames = find_frames(arguments.data, split=arguments.split)
    configs = [TrainingConfig.from_file(path) for path in arguments.config]
    training = {config.model: steps_frames(config, frames, steps=arguments.steps) for config in configs}
    write = sys.stdout.write
    write(f"{describe_hardware()}\nframes/s          generator")
    write("".join(f"{name:>20}" for name in training) + f"\n{'training':17} {'':9}")
    write("".join(f"{speed:20.1f}" for speed in training.values()) + "\n")
    for kind in ("threads", "processes"):
        for workers in arguments.workers:
            speed = generated_frames(
                configs[0], frames, workers=workers, kind=kind, batches=arguments.batches
            )
            write(f"{workers:2} {kind:14} {speed:9.1f}")
            write("".join(f"{speed / other:18.1f} x" for other in training.values()) + "\n")


def batches_of(config, frames, *, label_stride: int, **arguments):
    """Return the training batches of a configuration."""
    from segcore.labels import LABEL_SPACES
    from segcore.training.augmentation import training_transform
    from segcore.training.batches import FrameSequence

    return FrameSequence(
        frames,
        batch_size=config.batch_size,
        make_transform=partial(
            training_transform,
            config.augment,
            image_size=config.image_size,
            crop_size=config.step_size,
            scale=config.scale,
        ),
        space=LABEL_SPACES[config.label_space],
        shuffle=True,
        label_stride=label_stride,
        **arguments,
    )


def generated_frames(config, frames, *, workers: int, kind: str, batches: int) -> float:
    """Return the frames per second that ``workers`` of a kind prepare."""
    sequence = batches_of(config, frames, label_stride=4, workers=workers, use_processes=kind == "processes")
    # The same number of threads as in Keras, see FrameSequence.
    with closing(sequence), ThreadPool(workers + (kind == "processes")) as pool:
        read = [index % len(sequence) for index in range(batches)]
        # Processes start with the first batches.
        pool.map(sequence.__getitem__, (read * workers)[: 2 * workers], chunksize=1)
        started = time.perf_counter()
        images = pool.map(sequence.__getitem__, read, chunksize=1)
        seconds = time.perf_counter() - started
    return sum(len(batch[0]) for batch in images) / seconds


def steps_frames(config, frames, *, steps: int) -> float:
    """Return the frames per second of training steps with a batch that is already in memory."""
    import keras

    from segcore.labels import LABEL_SPACES
    from segcore.training.losses import make_loss
    from segcore.training.metrics import Accuracy, MeanIoU
    from segcore.training.setup import make_optimizer, model_to_train

    num_classes = LABEL_SPACES[config.label_space].num_classes
    # The values of the weights do not affect the time.
    model, stride = model_to_train(replace(config, encoder_weights="none"), num_classes=num_classes)
    model.compile(
        optimizer=make_optimizer(config, steps_per_epoch=100, total_steps=100 * config.epochs),
        loss=make_loss(config.loss),
        metrics=[MeanIoU(num_classes), Accuracy(num_classes)],
    )
    images, labels = batches_of(config, frames, label_stride=stride)[0]
    ends = []
    # When the loss is known, the step is finished on the device, too.
    mark = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: ends.append((time.perf_counter(), logs))
    )
    count = steps + 3
    model.fit(
        np.tile(images, (count, 1, 1, 1)),
        np.tile(labels, (count, 1, 1)),
        batch_size=config.batch_size,
        callbacks=[mark],
        verbose=0,
    )
    return config.batch_size / np.median(np.diff([end for end, _ in ends])[2:])


if __name__ == "__main__":
    main()
