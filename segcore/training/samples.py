"""Reading and augmentation of the frames of a batch, without Keras; threads and processes give the same result."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

import cv2
import numpy as np

from segcore.effects.library import albumentations as A
from segcore.errors import InputError
from segcore.frames.frame import Frame, read_pair
from segcore.labels import VOID, LabelSpace
from segcore.training.augmentation import augment
from segcore.training.copy_paste import RareSegments


class Sampler:
    """Reads and augments frames; arguments as in ``segcore.training.batches.FrameSequence``."""

    def __init__(
        self,
        frames: Sequence[Frame],
        *,
        make_transform: Callable[[], A.Compose],
        space: LabelSpace,
        seed: int,
        label_stride: int,
        segments: RareSegments | None = None,
    ):
        self.frames = tuple(frames)
        self.space = space
        self.seed = seed
        self.label_stride = label_stride
        self.segments = segments
        self._make_transform = make_transform
        self._local = threading.local()

    def batch(self, indices: Sequence[int], epoch: int):
        """Return images and labels of the frames at ``indices`` in ``epoch``, as in ``FrameSequence``.

        Raises:
            InputError: a frame cannot be read.
        """
        images, labels = zip(*(self._sample(int(index), epoch) for index in indices), strict=True)
        return np.stack(images), np.stack(labels)

    def _sample(self, index: int, epoch: int):
        image, mask = read_pair(self.frames[index], self.space)
        if mask is None:
            mask = np.full(image.shape[:2], VOID, np.uint8)
        entropy = np.random.SeedSequence((self.seed, epoch, index))
        if self.segments:
            # First, so that pasted pixels are scaled, cropped and augmented with the others.
            image, mask = self.segments.paste(image, mask, np.random.default_rng(entropy.spawn(1)[0]))
        image, mask = augment(self._transform(), image, mask, seed=int(entropy.generate_state(1)[0]))
        # An even stride has no central label; always taking the same neighbour would shift labels by half a pixel.
        stride = self.label_stride
        row, column = np.random.default_rng(entropy).integers((stride - 1) // 2, stride // 2 + 1, size=2)
        return image, mask[row::stride, column::stride]

    def _transform(self) -> A.Compose:
        # Each thread needs its own composition, which keeps the state of its random numbers.
        if not hasattr(self._local, "transform"):
            self._local.transform = self._make_transform()
        return self._local.transform

    def __getstate__(self):
        # Thread-local storage cannot be pickled; the other process creates its own.
        return {name: value for name, value in self.__dict__.items() if name != "_local"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._local = threading.local()


class SamplerPool:
    """Processes that prepare batches; they end with ``close``, or with the process that started them.

    Args:
        sampler: sent to each process once; ``make_transform`` must be picklable.
        workers: number of processes.
    """

    def __init__(self, sampler: Sampler, workers: int):
        # Spawned, not forked: a fork of a process whose back end has threads or a GPU may hang.
        self._executor = ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=_start_worker, initargs=(sampler,)
        )

    def batch(self, indices: Sequence[int], epoch: int):
        """Return the result of ``Sampler.batch``.

        Raises:
            InputError: a frame cannot be read, or a process has died.
        """
        try:
            return self._executor.submit(_batch, indices, epoch).result()
        except BrokenProcessPool as error:
            raise InputError(
                "A process that prepares batches has died, perhaps because memory was full; use fewer --workers."
            ) from error

    def close(self) -> None:
        """End the processes when their current batches are done."""
        self._executor.shutdown(cancel_futures=True)


class _Worker:
    """Global state of a worker process."""

    sampler: Sampler


def _start_worker(sampler: Sampler) -> None:
    # Ctrl-C reaches all processes of the group; only the main process handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    _Worker.sampler = sampler


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None, "only a worker process waits for the end of another"
    parent.join()
    os._exit(1)


def _batch(indices: Sequence[int], epoch: int):
    return _Worker.sampler.batch(indices, epoch)
