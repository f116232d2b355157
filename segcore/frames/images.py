"""Reading of users' pictures as 8-bit RGB, and resizing of pictures and masks."""

import cv2
import numpy as np
from PIL import Image

from segcore.errors import InputError
from segcore.frames.opening import MAX_PIXELS, OpenPicture, Source, opened
from segcore.frames.png import check_pixels

_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
_WHITE_IS_ZERO = 0


def read_image(source: Source, *, max_pixels: int = MAX_PIXELS, long_side: int | None = None) -> np.ndarray:
    """Read a picture as uint8 (height, width, 3) RGB, in upright orientation.

    The EXIF orientation is applied and transparency is dropped. Of 16 bits per channel, the upper 8 are kept. Grey,
    palette and CMYK pictures are converted to RGB. Of an animation, the first picture is read.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        max_pixels: larger pictures are refused from their header, before decoding.
        long_side: the needed length of the longer side in pixels. A JPEG may then be read at a half, a quarter or an
            eighth of its size, but not smaller than this. Other formats are read at full size; default: full size.

    Raises:
        InputError: the file is missing, empty, not a regular file, damaged, too large, or not a picture.
    """
    with opened(source, max_pixels) as picture:
        if long_side is not None:
            _reduce(picture.image, long_side)
        pixels = _decoded_by_opencv(picture)
        if pixels is None:
            if picture.png:
                check_pixels(picture.content, picture.png)
            _check_indices(picture.image)
            bits, is_inverted = _grey_of_tiff(picture)
            pixels = np.asarray(_as_rgb(picture.image, picture.name, kind=picture.kind, bits=bits))
            pixels = 255 - pixels if is_inverted else pixels
        return picture.upright(pixels)


def read_size(source: Source, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Return the (height, width) in pixels of the result of `read_image`, from the header.

    Raises:
        InputError: as `read_image`, as far as header and checksums show the error.
    """
    with opened(source, max_pixels) as picture:
        return picture.size


def resize_image(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize uint8 or float32 (h, w, channels) to ``size`` (height, width): area mean down, bilinear up."""
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


def _reduce(image: Image.Image, long_side: int) -> None:
    scale = long_side / max(image.size)
    if scale < 1:
        # Only JPEG has a draft mode; it gives the next larger of its sizes.
        image.draft(None, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _decoded_by_opencv(picture: OpenPicture) -> np.ndarray | None:
    # Up to three times faster than Pillow for the usual files of data sets. OpenCV refuses a truncated file in memory
    # (but not a truncated file on disk); then Pillow reads it and reports the error.
    image = picture.image
    is_reduced = bool(image.decoderconfig and image.decoderconfig[0] > 1)
    if image.mode != "RGB" or picture.kind not in ("JPEG", "PNG") or is_reduced:
        return None
    return picture.decoded_by_opencv(cv2.IMREAD_COLOR_RGB)


def _check_indices(image: Image.Image) -> None:
    if image.mode != "P":
        return
    largest, colors = int(np.asarray(image).max()), len(image.getpalette("RGB") or ()) // 3
    if largest >= colors:
        raise ValueError(f"it has the index {largest}, but only {colors} colours")


def _grey_of_tiff(picture: OpenPicture) -> tuple[int, bool]:
    """Return the bits of a grey pixel, and whether 0 is white and Pillow does not invert it."""
    is_inverted = picture.image.mode.startswith("I;16") and picture.tiff_tag(_PHOTOMETRIC) == _WHITE_IS_ZERO
    return picture.tiff_tag(_BITS_PER_SAMPLE, (16,))[0], is_inverted


def _as_rgb(image: Image.Image, name: str, *, kind: str, bits: int) -> Image.Image:
    if image.mode.startswith("I;16") or (image.mode == "I" and kind in ("PNG", "PPM")):
        return Image.fromarray((np.asarray(image) >> (bits - 8)).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        raise InputError(
            f"{name} has 32-bit pixels of unknown range; convert it to 8 or 16 bits per channel."
        )
    if "transparency" in image.info or image.mode == "PA":
        image = image.convert("RGBA")
    return image.convert("RGB")
