"""The part of a network's input that the picture covers, as weights of rows and columns of features."""

from collections.abc import Set

import numpy as np


def weights_name(axis: str, cells: int) -> str:
    """Return the name of the graph's input with weights of cells, ``cells`` pixels each, along "rows" or "columns"."""
    return f"{axis}{cells}"


def region_weights(
    size: tuple[int, int], rows: slice, columns: slice, strides: Set[int]
) -> dict[str, np.ndarray]:
    """Return the weights of rows and columns of features, their overlap with the picture, as inputs of a graph.

    Args:
        size: (height, width) of the input.
        rows, columns: part of the input that the picture covers; the rest is margin.
        strides: of the features, in pixels of the input.

    Returns:
        By ``weights_name``: for rows float32 (1, rows), for columns float32 (columns, 1), each with sum 1.
    """
    found = {}
    for stride in strides:
        shares = (_covered(side, stride, part) for side, part in zip(size, (rows, columns), strict=True))
        found[weights_name("rows", stride)] = next(shares)[np.newaxis]
        found[weights_name("columns", stride)] = next(shares)[:, np.newaxis]
    return found


def _covered(side: int, stride: int, part: slice) -> np.ndarray:
    first = np.arange(0, side, stride, dtype=np.float32)
    covered = np.minimum(first + stride, part.stop) - np.maximum(first, part.start)
    covered = np.clip(covered, 0, None)
    return covered / covered.sum()
