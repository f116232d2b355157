"""Batches of frames and labels from disk, for ``model.fit``."""

import math
from collections.abc import Callable, Sequence

import keras
import numpy as np

from segcore.effects.library import albumentations as A
from segcore.errors import InputError
from segcore.frames.cityscapes import Frame
from segcore.labels import LabelSpace
from segcore.training.copy_paste import RareSegments
from segcore.training.samples import Sampler, SamplerPool


class FrameSequence(keras.utils.PyDataset):
    """Frames of a data set in batches.

    Args:
        frames: what to read.
        batch_size: frames a batch; the last batch of an epoch may have fewer.
        make_transform: called without arguments, returns an Albumentations composition over image and mask
            that leaves all frames with one size. A function, since each worker needs its own.
        space: label space of the labels.
        seed: of the order and of all random transforms, together with epoch and frame index.
        epoch: the epoch of the first pass; a resumed training goes on with the random numbers it would have had.
        shuffle: draw a new order of the frames for every epoch.
        label_stride: keep one label of each square of this side, for a loss that is taken on a coarser grid: the
            one at its middle or, where the side is even, one of the four there, drawn for each frame and epoch.
        segments: what is pasted into the frames, or None.
        workers: batches that are prepared at a time, ahead of their use; they do not change the batches.
        use_processes: let each worker be a process of its own, to be ended with ``close``; ``make_transform``
            must then be picklable. Threads share one interpreter, in which much of the weather is computed.
    """

    def __init__(
        self,
        frames: Sequence[Frame],
        *,
        batch_size: int,
        make_transform: Callable[[], A.Compose],
        space: LabelSpace,
        seed: int = 0,
        epoch: int = 0,
        shuffle: bool = False,
        label_stride: int = 1,
        segments: RareSegments | None = None,
        workers: int = 1,
        use_processes: bool = False,
    ):
        # Keras prepares nothing ahead with a single thread, and its own processes are forked. One thread more
        # than there are processes keeps these busy while a batch is handed over.
        super().__init__(workers=workers + 1, max_queue_size=4 * workers)
        if not frames:
            raise ValueError("expected at least one frame, received none")
        if batch_size < 1:
            raise ValueError(f"expected a batch size of at least 1, received {batch_size}")
        self.frames = tuple(frames)
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = epoch
        self.shuffle = shuffle
        self.failure: InputError | None = None
        sampler = Sampler(
            frames,
            make_transform=make_transform,
            space=space,
            seed=seed,
            label_stride=label_stride,
            segments=segments,
        )
        self._pool = SamplerPool(sampler, workers) if use_processes else None
        self._batch = (self._pool or sampler).batch
        self._order = self._draw_order()

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return math.ceil(len(self.frames) / self.batch_size)

    def __getitem__(self, index: int):
        """Return batch ``index`` of this epoch.

        Returns:
            Images, uint8 (B, H, W, 3) RGB, and labels, uint8 (B, H / label_stride, W / label_stride), void
            255.

        Raises:
            InputError: if a frame cannot be read; it is also kept as ``failure``, since a back end may hide it.
        """
        try:
            return self._batch(self._indices(index), self.epoch)
        except InputError as error:
            self.failure = error
            raise

    def on_epoch_end(self) -> None:
        """Go on to the next epoch: a new order, new random transforms."""
        self.epoch += 1
        self._order = self._draw_order()

    def batch_frames(self, index: int) -> list[str]:
        """Return the ids of the frames in batch ``index`` of this epoch."""
        return [self.frames[i].frame_id for i in self._indices(index)]

    def close(self) -> None:
        """End the processes, if there are any."""
        if self._pool:
            self._pool.close()

    def _indices(self, index: int) -> list[int]:
        if not 0 <= index < len(self):
            raise IndexError(f"expected a batch index of 0 to {len(self) - 1}, received {index}")
        return self._order[index * self.batch_size : (index + 1) * self.batch_size].tolist()

    def _draw_order(self) -> np.ndarray:
        order = np.arange(len(self.frames))
        if self.shuffle:
            np.random.default_rng((self.seed, self.epoch)).shuffle(order)
        return order
