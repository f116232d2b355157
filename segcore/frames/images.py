"""Reading any picture a user has as 8-bit RGB, reading masks as they are, and resizing both."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image, ImageOps

from segcore.errors import InputError

MAX_PIXELS = 50_000_000

# Named one by one: Pillow would also hand PostScript to an interpreter.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "AVIF")
_EXPECTED = "expected a PNG, JPEG, WebP, AVIF, BMP, TIFF, GIF or PPM picture"

Source = Path | str | bytes | BinaryIO


def read_image(source: Source, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Read a picture, upright, as uint8 (height, width, 3) RGB.

    The orientation in EXIF is applied, transparency is dropped, of 16 bits the upper 8 are kept, and grey,
    palette and CMYK pictures are converted. Of an animation the first picture is read.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        max_pixels: larger pictures are refused from their header, before anything is decoded.

    Raises:
        InputError: the file is missing, empty, damaged, too large, or no picture.
    """
    with _opened(source, max_pixels) as (image, stream, name):
        pixels = _decoded_by_opencv(image, stream)
        if pixels is None:
            pixels = np.asarray(_as_rgb(ImageOps.exif_transpose(image), name))
    return pixels


def read_mask(source: Source, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Read a picture of one channel with its values as stored: (height, width), uint8, or wider for 16 bits.

    A palette picture gives its indices, not its colours.

    Raises:
        InputError: as ``read_image``, or the picture has several channels.
    """
    with _opened(source, max_pixels) as (image, _, name):
        if image.mode not in ("1", "L", "P", "I", "I;16", "I;16B"):
            channels = "+".join(image.getbands())
            raise InputError(
                f"{name} has the channels {channels}; expected a mask with one channel of ids, so give the "
                "file with ids and not the one with colours."
            )
        values = np.asarray(image)
    return values.astype(np.uint8) if values.dtype == bool else values


def resize_image(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize uint8 or float32 (h, w, channels) to ``size`` (height, width): area means down, bilinear up."""
    height, width = size
    if image.shape[:2] == (height, width):
        return image
    shrinks = height <= image.shape[0] and width <= image.shape[1]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def resize_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize a class map uint8 (h, w) to ``size`` (height, width) by the nearest pixel centre."""
    height, width = size
    if mask.shape == (height, width):
        return mask
    return cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)


def fit_long_side(image: np.ndarray, long_side: int = 1024) -> np.ndarray:
    """Shrink an image or mask so that its longer side is at most ``long_side`` pixels; never enlarge it."""
    height, width = image.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    return resize_mask(image, size) if image.ndim == 2 else resize_image(image, size)


@contextmanager
def _opened(source: Source, max_pixels: int) -> Iterator[tuple[Image.Image, BinaryIO, str]]:
    """Yield the picture, its header checked, its stream and its name; what goes wrong becomes InputError."""
    name = _name_of(source)
    stream = _stream_of(source, name)
    limit = f"the {max_pixels / 1e6:g} million that are read; shrink it first"
    try:
        with Image.open(stream, formats=_FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise InputError(f"{name} has {image.width} x {image.height} pixels, more than {limit}.")
            yield image, stream, name
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(f"{name} has far more pixels than {limit}.") from error
    except Image.UnidentifiedImageError as error:
        raise InputError(f"{name} is not a picture that can be read; {_EXPECTED}.") from error
    # Decoders of damaged files raise nearly anything: OSError, SyntaxError, struct.error, IndexError.
    except Exception as error:
        raise InputError(f"{name} is damaged or incomplete ({error}); {_EXPECTED}.") from error
    finally:
        if stream is not source:
            stream.close()


def _name_of(source: Source) -> str:
    if isinstance(source, bytes | bytearray | memoryview):
        return "The picture"
    if isinstance(source, str | Path):
        return str(source)
    return str(getattr(source, "name", "The picture"))


def _stream_of(source: Source, name: str) -> BinaryIO:
    if isinstance(source, str | Path):
        try:
            stream = Path(source).open("rb")  # noqa: SIM115 (closed by the caller)
        except OSError as error:
            raise InputError(f"{name} cannot be opened ({error.strerror}); {_EXPECTED}.") from error
    elif isinstance(source, bytes | bytearray | memoryview):
        stream = io.BytesIO(source)
    else:
        stream = source
        stream.seek(0)
    if not stream.read(1):
        if stream is not source:
            stream.close()
        raise InputError(f"{name} is empty; {_EXPECTED}.")
    stream.seek(0)
    return stream


def _decoded_by_opencv(image: Image.Image, stream: BinaryIO) -> np.ndarray | None:
    # Up to three times faster than Pillow for the files that data sets consist of. From memory it refuses a
    # truncated file, which it does not when it reads the file itself; Pillow then says what is wrong.
    if image.mode != "RGB" or image.format not in ("JPEG", "PNG"):
        return None
    stream.seek(0)
    return cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_COLOR_RGB)


def _as_rgb(image: Image.Image, name: str) -> Image.Image:
    if image.mode in ("I;16", "I;16B") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        raise InputError(f"{name} has 32-bit pixels of no known range; convert it to 8 or 16 bits a channel.")
    if "transparency" in image.info or image.mode == "PA":
        image = image.convert("RGBA")
    return image.convert("RGB")
