"""Check that the file of a picture is not cut off, without decompressing its pixels; Pillow reads only its beginning.

PNG files have checksums, see ``segcore.frames.png``, and Pillow itself refuses a WebP file that is cut off.
"""

from PIL import ImageFile, TiffImagePlugin

_END_OF_JPEG = b"\xff\xd9"
# (offsets, lengths) of the strips and of the tiles of a TIFF file.
_PARTS_OF_TIFF = ((273, 279), (324, 325))
_LARGE_SIZE_FOLLOWS, _UP_TO_THE_END = 1, 0


def check_end(image: ImageFile.ImageFile, content: bytes, place: int) -> None:
    """Check that the first picture of a file is complete.

    Args:
        image: as opened by Pillow, which has not read its pixels.
        content: the whole file.
        place: the number of bytes that Pillow has read.

    Raises:
        ValueError, OSError: the file is cut off.
    """
    if image.format in ("JPEG", "MPO"):
        # Pillow has read up to the first scan, behind a small preview with an end of its own.
        is_whole = content.rfind(_END_OF_JPEG, place) >= 0
    elif isinstance(image, TiffImagePlugin.TiffImageFile):
        is_whole = _end_of_tiff(image) <= len(content)
    elif image.format == "GIF":
        is_whole = _end_of_gif(image, content) <= len(content)
    elif image.format == "AVIF":
        is_whole = _end_of_avif(content) <= len(content)
    else:
        is_whole = True
    if not is_whole:
        raise ValueError("it is cut off")
    if image.format in ("BMP", "PPM"):
        # Their pixels are not compressed: to read them takes hardly longer than to read the file.
        image.load()


def _end_of_tiff(image: TiffImagePlugin.TiffImageFile) -> int:
    ends = [0]
    for offsets, lengths in _PARTS_OF_TIFF:
        pairs = zip(image.tag_v2.get(offsets, ()), image.tag_v2.get(lengths, ()), strict=False)
        ends += [offset + length for offset, length in pairs]
    return max(ends)


def _end_of_gif(image: ImageFile.ImageFile, content: bytes) -> int:
    """Return the end of the first picture: blocks of up to 255 bytes behind their length, and an empty one."""
    end = image.tile[0].offset
    while end < len(content) and content[end]:
        end += 1 + content[end]
    return end + 1


def _end_of_avif(content: bytes) -> int:
    """Return the end of the box with the compressed pixels; each box has its size and its kind in front."""
    end = 0
    while end < len(content):
        size, kind = int.from_bytes(content[end : end + 4]), content[end + 4 : end + 8]
        if size == _LARGE_SIZE_FOLLOWS:
            size = int.from_bytes(content[end + 8 : end + 16])
        if size == _UP_TO_THE_END:
            break
        end += size
        if kind == b"mdat":
            return end
    return 0
