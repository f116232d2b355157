"""Pictures of any shape for a network of a fixed input size, in their own proportions."""

import numpy as np

from segcore.frames.images import resize_image

FILL = 127.5
"""Value around the picture: the middle of 0..255, which networks see as 0, as they do beyond their border."""


def letterbox(image: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Fit a picture into ``size`` without stretching it.

    Args:
        image: uint8 (h, w, 3).
        size: (height, width) of the result.

    Returns:
        float32 (height, width, 3) with the picture in its middle and ``FILL`` beside it, and the rows and columns
        that the picture takes: all of them where it has the same proportions.
    """
    scale = min(size[0] / image.shape[0], size[1] / image.shape[1])
    fitted = [max(1, round(scale * length)) for length in image.shape[:2]]
    starts = [(room - length) // 2 for room, length in zip(size, fitted, strict=True)]
    rows, columns = (slice(start, start + length) for start, length in zip(starts, fitted, strict=True))
    boxed = np.full((*size, 3), FILL, np.float32)
    boxed[rows, columns] = resize_image(image, tuple(fitted))
    return boxed, (rows, columns)
