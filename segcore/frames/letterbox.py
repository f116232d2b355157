"""Letterbox: fitting pictures of any shape into a fixed size, with their aspect ratio kept."""

import numpy as np

from segcore.frames.images import resize_image

FILL = 127.5
"""Value of the margin: the middle of 0..255. Networks of this project scale it to 0, like their zero padding."""


def letterbox(image: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Fit a picture into ``size`` without stretching it.

    Args:
        image: uint8 (h, w, 3).
        size: (height, width) of the result.

    Returns:
        float32 (height, width, 3) with the picture in the centre and ``FILL`` in the margin, and the rows and columns
        of the picture (all of them if the aspect ratios are equal).
    """
    fitted, (rows, columns) = fit(image, size)
    boxed = np.full((*size, 3), FILL, np.float32)
    boxed[rows, columns] = fitted
    return boxed, (rows, columns)


def fit(image: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Return a picture as ``letterbox`` fits it into ``size``, uint8 without margin, and its rows and columns."""
    scale = min(size[0] / image.shape[0], size[1] / image.shape[1])
    fitted = [max(1, round(scale * length)) for length in image.shape[:2]]
    starts = [(room - length) // 2 for room, length in zip(size, fitted, strict=True)]
    rows, columns = (slice(start, start + length) for start, length in zip(starts, fitted, strict=True))
    return resize_image(image, (fitted[0], fitted[1])), (rows, columns)
