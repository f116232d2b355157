"""Check that a PNG file is complete: lengths, checksums and number of pixels.

Pillow accepts a wrong checksum of the pixels, and fills missing pixels with black. OpenCV refuses both without a
reason.
"""

import zlib
from dataclasses import dataclass, replace

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6

_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
_BIT_DEPTHS = {GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)}
_REMARKS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}
_STEP = 1 << 20
# (first column, first row, column step, row step) of the seven passes of an interlaced file.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True)
class PngHeader:
    """Content of the first chunk; ``color_type`` is one of the constants above, ``bit_depth`` is per channel.

    ``has_remarks`` is True if further chunks can contain an orientation, ``is_animated`` if it has more pictures.
    """

    width: int
    height: int
    bit_depth: int
    color_type: int
    is_interlaced: bool
    has_remarks: bool = False
    is_animated: bool = False


def check_chunks(content: bytes) -> PngHeader:
    """Check order, lengths and checksums of the chunks of a PNG file; nothing is decompressed.

    Raises:
        ValueError: what is wrong, in words.
    """
    if content[: len(SIGNATURE)] != SIGNATURE:
        raise ValueError("it does not begin like a PNG file")
    header, kinds = None, set()
    for kind, body in _chunks(content):
        if header is None:
            header = _header(kind, body)
        kinds.add(kind)
    if header is None or b"IEND" not in kinds:
        raise ValueError("its end is missing")
    if header.color_type == PALETTE and b"PLTE" not in kinds:
        raise ValueError("its palette is missing")
    if b"IDAT" not in kinds:
        raise ValueError("its pixels are missing")
    return replace(header, has_remarks=bool(kinds & _REMARKS), is_animated=b"acTL" in kinds)


def check_pixels(content: bytes, header: PngHeader) -> None:
    """Check that the compressed data of a PNG file is complete and has all rows; this needs only a few MB of memory.

    Raises:
        ValueError: what is wrong, in words.
    """
    expected = _bytes_of_pixels(header)
    stream, found = zlib.decompressobj(), 0
    try:
        for kind, body in _chunks(content):
            rest = body if kind == b"IDAT" else b""
            while rest and found <= expected and not stream.eof:
                found += len(stream.decompress(rest, _STEP))
                rest = stream.unconsumed_tail
    except zlib.error as error:
        raise ValueError("its compressed pixels are damaged") from error
    if found < expected:
        rows = header.height * found // expected
        raise ValueError(f"it holds about {rows} of {header.height} rows")


def _chunks(content: bytes):
    view, place = memoryview(content), len(SIGNATURE)
    while place < len(content):
        length = int.from_bytes(view[place : place + 4])
        kind, end = bytes(view[place + 4 : place + 8]), place + 8 + length
        if end + 4 > len(content):
            raise ValueError("it is cut off")
        if zlib.crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4]):
            raise ValueError(f"the checksum of its part {kind.decode('latin-1')!r} is wrong")
        yield kind, view[place + 8 : end]
        if kind == b"IEND":
            return
        place = end + 4


def _header(kind: bytes, body: memoryview) -> PngHeader:
    if kind != b"IHDR" or len(body) != 13:
        raise ValueError("its header is missing")
    bit_depth, color_type, _, _, interlace = body[8:]
    if color_type not in _CHANNELS or bit_depth not in _BIT_DEPTHS.get(color_type, (8, 16)):
        raise ValueError(
            f"its header names {bit_depth} bits of the kind {color_type}, which PNG does not have"
        )
    return PngHeader(
        int.from_bytes(body[:4]), int.from_bytes(body[4:8]), bit_depth, color_type, interlace == 1
    )


def _bytes_of_pixels(header: PngHeader) -> int:
    bits = header.bit_depth * _CHANNELS[header.color_type]
    passes = _PASSES if header.is_interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns = max(0, -((left - header.width) // across))
        rows = max(0, -((top - header.height) // down))
        if columns:
            # Each row begins with a byte that names its filter.
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
