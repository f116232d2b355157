"""Opening of picture files: allowed formats and sizes, and one sentence for each error."""

import io
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin

from segcore.errors import InputError
from segcore.frames.ends import check_end
from segcore.frames.png import PngHeader, check_chunks

MAX_PIXELS = 50_000_000
MAX_BYTES = 500_000_000
MAX_SCANS = 100
"""Largest number of scans. Progressive JPEG files have about ten; each takes as much time as a whole picture."""

# An explicit list, because Pillow would also run an interpreter for PostScript.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "AVIF")
_EXPECTED = "expected a PNG, JPEG, WebP, AVIF, BMP, TIFF, GIF or PPM picture"
_ORIENTATION = 0x0112
_START_OF_SCAN = b"\xff\xda"

_UPRIGHT = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels),
}
"""What turns the stored pixels, by the orientation in EXIF."""
_ON_THEIR_SIDE = (5, 6, 7, 8)

# Pillow would print remarks on odd metadata beside the one sentence of an error.
warnings.filterwarnings("ignore", category=UserWarning, module="PIL")

Source = Path | str | bytes | BinaryIO


@dataclass(frozen=True, eq=False)
class OpenPicture:
    """A picture whose header is read, but not its pixels.

    Attributes:
        name: of the file, for messages.
        content: the whole file.
        image: opened by Pillow; most operations on it lose its ``format``.
        png: the header of a PNG file with correct lengths and checksums; None for other formats.
    """

    name: str
    content: bytes
    image: ImageFile.ImageFile
    png: PngHeader | None

    @property
    def kind(self) -> str:
        """The format in Pillow's words, such as ``PNG``; ``JPEG`` also with further pictures behind the first."""
        return "JPEG" if self.image.format == "MPO" else self.image.format or ""

    @property
    def orientation(self) -> int:
        """The orientation in EXIF: 1 for upright, up to 8."""
        # To look for it Pillow decodes the whole of a PNG file, which takes as long as reading its pixels.
        if self.png and not self.png.has_remarks:
            return 1
        return self.image.getexif().get(_ORIENTATION, 1)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels of the upright picture."""
        width, height = self.image.size
        # Pillow turns TIFF files itself, and has already swapped their sides.
        is_turned = isinstance(self.image, TiffImagePlugin.TiffImageFile)
        return (width, height) if self.orientation in _ON_THEIR_SIDE and not is_turned else (height, width)

    def upright(self, pixels: np.ndarray) -> np.ndarray:
        """Return pixels (h, w, ...) as they were decoded, turned upright."""
        turn = _UPRIGHT.get(self.orientation)
        return pixels if turn is None else np.ascontiguousarray(turn(pixels))

    def decoded_by_opencv(self, flags: int) -> np.ndarray | None:
        """Return the stored pixels by OpenCV, uint8 or uint16, not yet upright; None if it cannot read them.

        Of an animated PNG file OpenCV does not always read the first picture, so that this returns None.
        """
        if self.png and self.png.is_animated:
            return None
        # Orientations that OpenCV and Pillow read differently would tell a mask from its picture.
        return cv2.imdecode(np.frombuffer(self.content, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)

    def tiff_tag(self, tag: int, default: Any = None) -> Any:
        """Return the value of a tag of a TIFF file, or ``default`` if it is absent or the format is another one."""
        if isinstance(self.image, TiffImagePlugin.TiffImageFile):
            return self.image.tag_v2.get(tag, default)
        return default


@contextmanager
def opened(source: Source, max_pixels: int = MAX_PIXELS) -> Iterator[OpenPicture]:
    """Open a picture; every error in the block becomes an ``InputError`` with the picture's name.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        max_pixels: larger pictures are refused from their header, before decoding.

    Raises:
        InputError: the file is missing, empty, not a regular file, damaged, too large, or not a picture.
    """
    name = _name_of(source)
    content = _content_of(source, name)
    limit = f"the limit of {max_pixels / 1e6:g} million; shrink it first"
    try:
        png = check_chunks(content) if content.startswith(b"\x89PNG") else None
        file = io.BytesIO(content)
        with Image.open(file, formats=_FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise InputError(f"{name} has {image.width} x {image.height} pixels, more than {limit}.")
            picture = OpenPicture(name, content, image, png)
            if picture.kind == "JPEG" and content.count(_START_OF_SCAN) > MAX_SCANS:
                raise InputError(f"{name} has more than {MAX_SCANS} scans; save it again as a plain JPEG.")
            check_end(image, content, file.tell())
            yield picture
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(f"{name} has more pixels than {limit}.") from error
    except Image.UnidentifiedImageError as error:
        raise InputError(f"{name} is not a readable picture, or it is cut off; {_EXPECTED}.") from error
    except MemoryError as error:
        raise InputError(f"{name} does not fit into memory; shrink it first.") from error
    # Decoders raise many types for damaged files: OSError, SyntaxError, struct.error, IndexError.
    except Exception as error:
        raise InputError(f"{name} is damaged or incomplete ({error}); {_EXPECTED}.") from error


def _name_of(source: Source) -> str:
    if isinstance(source, bytes | bytearray | memoryview):
        return "The picture"
    if isinstance(source, str | Path):
        return str(source)
    return str(getattr(source, "name", "The picture"))


def _content_of(source: Source, name: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        content = bytes(source)
    elif isinstance(source, str | Path):
        content = _read_regular(Path(source), name)
    else:
        source.seek(0)
        content = source.read()
    if not content:
        raise InputError(f"{name} is empty; {_EXPECTED}.")
    return content


def _read_regular(path: Path, name: str) -> bytes:
    try:
        # Opening a pipe would wait for somebody to write into it.
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES:
            return path.read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be opened ({error.strerror}); {_EXPECTED}.") from error
    except ValueError as error:  # a null character in a path
        raise InputError(f"{name!r} is not a valid name of a file; {_EXPECTED}.") from error
    if stat.S_ISREG(status.st_mode):
        size = status.st_size / 1e6
        raise InputError(f"{name} has {size:.0f} MB, more than the limit of {MAX_BYTES / 1e6:.0f}.")
    kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
    raise InputError(f"{name} cannot be opened (it is {kind}); {_EXPECTED}.")
