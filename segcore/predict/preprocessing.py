"""Conversion of a picture to the input of a foreign network, and of its output to scores or classes."""

import numpy as np

from segcore.frames.images import resize_image
from segcore.frames.letterbox import letterbox
from segcore.runs.network_io import NetworkInput, NetworkOutput

Region = tuple[slice, slice]


def network_input(image: np.ndarray, how: NetworkInput) -> tuple[np.ndarray, Region]:
    """Prepare a picture for a network.

    Args:
        image: uint8 RGB (height, width, 3) of any size.
        how: description of the network's input.

    Returns:
        The input with a batch axis, in the dtype and layout of ``how``; and the rows and columns of ``how.size`` that
        the picture covers (all of them if it is stretched).
    """
    if how.fit == "stretch":
        fitted: np.ndarray = resize_image(image, how.size)
        region = (slice(0, how.size[0]), slice(0, how.size[1]))
    else:
        fitted, region = letterbox(image, how.size)
    if how.channels == "bgr":
        fitted = fitted[..., ::-1]
    scale, offset = np.array(how.scale, np.float32), np.array(how.offset, np.float32)
    if (scale != 1).any() or offset.any():
        fitted = fitted * scale + offset
    if np.issubdtype(np.dtype(how.dtype), np.integer) and fitted.dtype != np.uint8:
        limits = np.iinfo(how.dtype)
        fitted = np.clip(np.rint(fitted), limits.min, limits.max)
    if how.layout == "NCHW":
        fitted = fitted.transpose(2, 0, 1)
    return np.ascontiguousarray(fitted[np.newaxis], dtype=how.dtype), region


def network_scores(raw: np.ndarray, how: NetworkOutput) -> np.ndarray:
    """Return the output of a network without its batch axis.

    Args:
        raw: the output, with a batch axis of 1.
        how: description of the output.

    Returns:
        float32 (C, rows, columns) for logits and probabilities, int64 (rows, columns) for classes.

    Raises:
        ValueError: the axes of ``raw`` do not fit ``how``.
    """
    if how.kind == "classes":
        planes = raw[0] if raw.ndim > 2 and raw.shape[0] == 1 else raw
        if planes.ndim == 3:
            # Networks use (1, h, w), (1, 1, h, w) and (1, h, w, 1).
            planes = planes[0] if planes.shape[0] == 1 else planes[..., 0] if planes.shape[2] == 1 else planes
        if planes.ndim != 2:
            raise ValueError(f"expected a map of classes, received the shape {raw.shape}")
        if not are_whole(planes):
            raise ValueError("expected the numbers of classes, received values that are not whole numbers")
        return planes.astype(np.int64)
    if raw.ndim != 4 or raw.shape[0] != 1:
        raise ValueError(f"expected scores (1, ...) with four axes, received the shape {raw.shape}")
    scores = raw[0] if how.layout == "NCHW" else raw[0].transpose(2, 0, 1)
    # Larger values than float32 has become infinite, which is reported then.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(scores, dtype=np.float32)


def are_whole(values: np.ndarray) -> bool:
    """Return whether all values are finite whole numbers, so that they can be the numbers of classes."""
    return values.dtype.kind != "f" or bool((np.isfinite(values) & (values == np.rint(values))).all())
