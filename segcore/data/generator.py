"""Batches of frames and labels from disk, for ``model.fit``."""

import math
import threading
from collections.abc import Callable, Sequence

import albumentations as A
import keras
import numpy as np

from segcore.data.augmentation import augment
from segcore.data.cityscapes import Frame, read_frame
from segcore.errors import InputError
from segcore.labels import VOID, LabelSpace


class FrameSequence(keras.utils.PyDataset):
    """Frames of a data set in batches.

    Args:
        frames: what to read.
        batch_size: frames a batch; the last batch of an epoch may have fewer.
        make_transform: called without arguments, returns an Albumentations composition over image and mask
            that leaves all frames with one size. A function, since each worker thread needs its own.
        space: label space of the labels, or None when predicting: batches then hold images alone.
        seed: of the order and of all random transforms, together with epoch and frame index.
        epoch: the epoch of the first pass; a resumed training goes on with the random numbers it would have had.
        shuffle: draw a new order of the frames for every epoch.
        label_stride: keep one label of each square of this side, the one at its middle, for a loss that is
            taken on a coarser grid.
        workers, use_multiprocessing: as in ``keras.utils.PyDataset``; they do not change the batches.
    """

    def __init__(
        self,
        frames: Sequence[Frame],
        *,
        batch_size: int,
        make_transform: Callable[[], A.Compose],
        space: LabelSpace | None,
        seed: int = 0,
        epoch: int = 0,
        shuffle: bool = False,
        label_stride: int = 1,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ):
        super().__init__(workers=workers, use_multiprocessing=use_multiprocessing, max_queue_size=4 * workers)
        if not frames:
            raise ValueError("expected at least one frame, received none")
        if batch_size < 1:
            raise ValueError(f"expected a batch size of at least 1, received {batch_size}")
        self.frames = tuple(frames)
        self.batch_size = batch_size
        self.space = space
        self.seed = seed
        self.epoch = epoch
        self.shuffle = shuffle
        self.label_stride = label_stride
        self.failure: InputError | None = None
        self._make_transform = make_transform
        self._local = threading.local()
        self._order = self._draw_order()

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return math.ceil(len(self.frames) / self.batch_size)

    def __getitem__(self, index: int):
        """Return batch ``index`` of this epoch.

        Returns:
            Images, uint8 (B, H, W, 3) RGB, and labels, uint8 (B, H / label_stride, W / label_stride), void
            255; images alone if there is no label space.

        Raises:
            InputError: if a frame cannot be read; it is also kept as ``failure``, since a back end may hide it.
        """
        try:
            samples = [self._sample(int(i)) for i in self._indices(index)]
        except InputError as error:
            self.failure = error
            raise
        images = np.stack([image for image, _ in samples])
        if self.space is None:
            return images
        offset = self.label_stride // 2
        labels = np.stack([mask for _, mask in samples])
        return images, labels[:, offset :: self.label_stride, offset :: self.label_stride]

    def on_epoch_end(self) -> None:
        """Go on to the next epoch: a new order, new random transforms."""
        self.epoch += 1
        self._order = self._draw_order()

    def batch_frames(self, index: int) -> list[str]:
        """Return the ids of the frames in batch ``index`` of this epoch."""
        return [self.frames[i].frame_id for i in self._indices(index)]

    def _indices(self, index: int) -> np.ndarray:
        if not 0 <= index < len(self):
            raise IndexError(f"expected a batch index of 0 to {len(self) - 1}, received {index}")
        return self._order[index * self.batch_size : (index + 1) * self.batch_size]

    def _draw_order(self) -> np.ndarray:
        order = np.arange(len(self.frames))
        if self.shuffle:
            np.random.default_rng((self.seed, self.epoch)).shuffle(order)
        return order

    def _sample(self, index: int):
        image, label_ids = read_frame(self.frames[index])
        if self.space is None or label_ids is None:
            mask = np.full(image.shape[:2], VOID, np.uint8)
        else:
            mask = self.space.from_label_ids[label_ids]
        seed = np.random.SeedSequence((self.seed, self.epoch, index)).generate_state(1)[0]
        return augment(self._transform(), image, mask, seed=int(seed))

    def _transform(self) -> A.Compose:
        if not hasattr(self._local, "transform"):
            self._local.transform = self._make_transform()
        return self._local.transform

    def __getstate__(self):
        # Thread-local storage cannot travel to a worker process; each makes its own.
        return {name: value for name, value in self.__dict__.items() if name != "_local"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._local = threading.local()
