"""Grey TIFF files written by hand: any depth, byte order and sign, also with 0 as white."""

import struct

import numpy as np


def make_tiff(
    values: object, *, bits: int = 16, order: str = "<", is_signed: bool = False, white_is_zero: bool = False
) -> bytes:
    """Return an uncompressed TIFF file with one strip of these integers (h, w)."""
    values = np.asarray(values)
    height, width = values.shape
    if bits >= 8 and bits != 12:
        body = values.astype(f"{order}{'i' if is_signed else 'u'}{bits // 8}").tobytes()
    else:
        body = b"".join(_packed(row, bits) for row in values)
    tags = [
        (256, width),
        (257, height),
        (258, bits),
        (259, 1),
        (262, 0 if white_is_zero else 1),
        (273, 8 + 2 + 12 * 10 + 4),
        (277, 1),
        (278, height),
        (279, len(body)),
        (339, 2 if is_signed else 1),
    ]
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags)
    head = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return head + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4) + body


def _packed(row: np.ndarray, bits: int) -> bytes:
    text = "".join(f"{int(value):0{bits}b}" for value in row)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8)
