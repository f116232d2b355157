"""PNG files written by hand: kinds that Pillow and OpenCV cannot write, and damaged ones."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# (first column, first row, column step, row step), as in section 8.2 of the specification.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG chunk with its length and its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of_rows(
    width: int,
    height: int,
    *,
    depth: int,
    color: int,
    rows: bytes,
    palette: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    """Return a PNG file with these filtered rows, even if they do not fit the header."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    parts = [chunk(b"IHDR", header)]
    if palette:
        parts.append(chunk(b"PLTE", palette))
    parts += [chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return SIGNATURE + b"".join(parts)


def make_png(
    values: np.ndarray,
    *,
    depth: int = 8,
    color: int = GREY,
    palette: Sequence[Sequence[int]] = (),
    interlaced: bool = False,
) -> bytes:
    """Return a PNG file of integers (h, w) or (h, w, channels), each of ``depth`` bits."""
    values = np.asarray(values)
    if values.ndim == 2:
        values = values[..., None]
    rows = b"".join(
        _rows(values[top::down, left::across], depth)
        for left, top, across, down in (_ADAM7 if interlaced else ((0, 0, 1, 1),))
    )
    height, width = values.shape[:2]
    return png_of_rows(
        width,
        height,
        depth=depth,
        color=color,
        rows=rows,
        palette=bytes(part for entry in palette for part in entry),
        interlaced=interlaced,
    )


def _rows(values: np.ndarray, depth: int) -> bytes:
    if not values.size:
        return b""
    rows = []
    for row in values.reshape(len(values), -1):
        bits = "".join(f"{int(value):0{depth}b}" for value in row)
        bits += "0" * (-len(bits) % 8)
        rows.append(b"\0" + int(bits, 2).to_bytes(len(bits) // 8))
    return b"".join(rows)
