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
        frames: the frames.
        batch_size: frames per batch; the last batch of an epoch may have fewer.
        make_transform: function without arguments that returns an Albumentations composition for image and mask; all
            frames must have the same size after it. A function, since each worker needs its own composition.
        space: label space of the labels.
        seed: of the order and, with epoch and frame index, of all random transforms.
        epoch: number of the first epoch; so a resumed training uses the same random numbers as without interruption.
        shuffle: draw a new order of the frames for every epoch.
        label_stride: keep one label of each square of this side, for a loss on a coarser grid: the label at the
            centre, or if the side is even, one of the four central labels, drawn for each frame and epoch.
        segments: source of pixels that are pasted into the frames, or None.
        workers: number of batches that are prepared in parallel, ahead of their use; it does not change the batches.
        use_processes: workers are processes, which end with ``close``; ``make_transform`` must then be picklable.
            Threads share one Python interpreter, which slows down effects of weather that are computed in Python.

    Raises:
        ValueError: there is no frame, or ``batch_size`` is below 1.
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
        # With one thread Keras prepares no batches ahead, and its processes are forked. One more thread than processes
        # keeps the processes busy while a batch is copied.
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
        """Return the number of batches per epoch."""
        return math.ceil(len(self.frames) / self.batch_size)

    def __getitem__(self, index: int):
        """Return batch ``index`` of this epoch.

        Returns:
            Images, uint8 (B, H, W, 3) RGB, and labels, uint8 (B, H / label_stride, W / label_stride), void
            255.

        Raises:
            InputError: a frame cannot be read; the error is also kept as ``failure``, since a back end may hide it.
        """
        try:
            return self._batch(self._indices(index), self.epoch)
        except InputError as error:
            self.failure = error
            raise

    def on_epoch_end(self) -> None:
        """Start the next epoch: a new order, new random transforms."""
        self.epoch += 1
        self._order = self._draw_order()

    def batch_frames(self, index: int) -> list[str]:
        """Return the ids of the frames in batch ``index`` of this epoch."""
        return [self.frames[i].frame_id for i in self._indices(index)]

    def close(self) -> None:
        """End the worker processes, if there are any."""
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
