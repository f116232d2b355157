"""Does the generator keep training busy? Frames a second of each, and their ratio.

    python benchmarks/generator_throughput.py --data ROOT --config configs/mobilenet_segnet.json

Both are measured in one process, one after the other, so that they see the same machine.
"""

import argparse
import sys
import time
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np

from segcore.data.augmentation import training_transform
from segcore.data.cityscapes import find_frames
from segcore.data.generator import FrameSequence
from segcore.labels import LABEL_SPACES
from segcore.losses import make_loss
from segcore.metrics import Accuracy, MeanIoU
from segcore.training_config import TrainingConfig
from segcore.training_setup import make_optimizer, model_to_train


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="Cityscapes root")
    parser.add_argument("--config", type=Path, required=True, help="training configuration")
    parser.add_argument("--workers", type=int, default=1, help="threads of the generator")
    parser.add_argument("--batches", type=int, default=12)
    arguments = parser.parse_args()
    config = TrainingConfig.from_file(arguments.config)
    space = LABEL_SPACES[config.label_space]
    model, stride = model_to_train(config, num_classes=space.num_classes)
    model.compile(
        optimizer=make_optimizer(config, steps_per_epoch=100),
        loss=make_loss(config.loss),
        metrics=[MeanIoU(space.num_classes), Accuracy(space.num_classes)],
    )
    batches = FrameSequence(
        find_frames(arguments.data, split="train"),
        batch_size=config.batch_size,
        make_transform=lambda: training_transform(
            config.augment, image_size=config.image_size, crop_size=config.step_size, scale=config.scale
        ),
        space=space,
        shuffle=True,
        label_stride=stride,
    )
    with ThreadPool(arguments.workers) as pool:
        pool.map(batches.__getitem__, range(arguments.workers))
        started = time.perf_counter()
        read = pool.map(batches.__getitem__, range(arguments.batches))
        generator = config.batch_size * arguments.batches / (time.perf_counter() - started)
    for images, labels in read[:2]:
        model.train_on_batch(images, labels)
    seconds = []
    for images, labels in read:
        started = time.perf_counter()
        model.train_on_batch(images, labels)
        seconds.append(time.perf_counter() - started)
    training = config.batch_size / np.median(seconds)
    sys.stdout.write(
        f"generator {generator:.1f} frames/s with {arguments.workers} worker(s), training {training:.1f} frames/s: "
        f"the generator is {generator / training:.1f} times as fast\n"
    )


if __name__ == "__main__":
    main()
