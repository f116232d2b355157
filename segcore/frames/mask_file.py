"""Masks as their files store them, before their values get a meaning.

Values are read exactly as stored: grey of 1, 2, 4, 8 and 16 bits, three equal channels, an opaque alpha channel, and
the indices of a palette. Files with lossy compression are refused.
"""

import re
from dataclasses import dataclass

import cv2
import numpy as np

from segcore.errors import InputError
from segcore.frames.opening import MAX_PIXELS, OpenPicture, Source, opened
from segcore.frames.png import GREY, check_pixels
from segcore.system.counting import counted

_COMPRESSION, _BITS_PER_SAMPLE, _PHOTOMETRIC = 259, 258, 262
_LOSSY_IN_TIFF = (6, 7, 34712, 50001, 50002)  # old and new JPEG, JPEG 2000, WebP, JPEG XL
_LOSSY_FORMATS = ("JPEG", "AVIF")
_GREY_MODES = ("1", "L", "I", "I;16", "I;16B", "I;16L")


@dataclass(frozen=True, eq=False)
class StoredMask:
    """A mask as stored in its file: ``values`` (h, w) or ``colors`` (h, w, 3), or both if three channels are equal.

    ``palette`` is uint8 (n, 3), the colours of the values 0..n-1.
    """

    name: str
    values: np.ndarray | None
    colors: np.ndarray | None = None
    palette: np.ndarray | None = None

    @property
    def ids(self) -> np.ndarray:
        """The values of a mask with one channel, or with three equal ones."""
        assert self.values is not None, f"{self.name} has only colours"
        return self.values

    def as_colors(self) -> np.ndarray:
        """Return the visible colours, uint8 (h, w, 3).

        Raises:
            InputError: they have 16 bits and no equal in 8 bits.
        """
        if self.palette is not None:
            return self.palette[self.ids]
        colors = self.colors if self.colors is not None else self.ids[..., None].repeat(3, axis=2)
        if colors.dtype == np.uint8:
            return colors
        narrow = colors // 257
        if (narrow * 257 != colors).any():
            raise InputError(
                f"{self.name} has colours of 16 bits, but classes have colours of 8 bits; save it with 8 bits."
            )
        return narrow.astype(np.uint8)


def read_stored(source: Source, *, max_pixels: int = MAX_PIXELS) -> StoredMask:
    """Read a mask as it is stored.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        max_pixels: larger masks are refused from their header.

    Raises:
        InputError: the file is missing, damaged or too large, has a lossy compression, channels that are no mask or
            transparent pixels.
    """
    with opened(source, max_pixels) as picture:
        return _stored(picture)


def _stored(picture: OpenPicture) -> StoredMask:
    image, name = picture.image, picture.name
    _refuse_lossy(picture)
    values = _plain_grey(picture)
    if values is not None:
        return StoredMask(name, picture.upright(values))
    if picture.png:
        check_pixels(picture.content, picture.png)
    bits = _bits(picture)
    if image.mode == "P":
        palette = np.array(image.getpalette("RGB") or (), np.uint8).reshape(-1, 3)
        return StoredMask(name, picture.upright(np.asarray(image)), palette=palette)
    if image.mode in _GREY_MODES:
        return StoredMask(name, picture.upright(_as_stored(np.asarray(image), picture, bits)))
    if image.mode not in ("RGB", "RGBA", "LA"):
        raise InputError(
            f"{name} has the channels {'+'.join(image.getbands())}; expected a mask of ids with one channel, or of "
            "colours with red, green and blue."
        )
    channels = _wide_channels(picture) if bits > 8 else np.asarray(image)
    channels = picture.upright(_opaque(channels, name))
    if (channels == channels[..., :1]).all():
        return StoredMask(name, channels[..., 0], channels)
    return StoredMask(name, None, channels)


def _plain_grey(picture: OpenPicture) -> np.ndarray | None:
    """Return the values of a PNG file with 8-bit or 16-bit grey, the usual mask, faster than with Pillow."""
    header = picture.png
    if (
        not header
        or header.color_type != GREY
        or header.bit_depth < 8
        or "transparency" in picture.image.info
    ):
        return None
    values = picture.decoded_by_opencv(cv2.IMREAD_UNCHANGED)
    return values if values is not None and values.ndim == 2 else None


def _refuse_lossy(picture: OpenPicture) -> None:
    kind = picture.kind
    is_lossy = kind in _LOSSY_FORMATS
    if kind == "WEBP":
        is_lossy = b"VP8L" not in picture.content[:64] and b"VP8 " in picture.content
    if kind == "TIFF":
        is_lossy = picture.tiff_tag(_COMPRESSION) in _LOSSY_IN_TIFF
    if is_lossy:
        kept = "a lossy compression" if kind == "TIFF" else f"{kind}, which changes values"
        raise InputError(
            f"{picture.name} holds ids or colours in {kept}; save the mask as PNG from its source."
        )


def _bits(picture: OpenPicture) -> int:
    """Return the bits per channel in the file; Pillow reports 8 for files that it converts."""
    if picture.png:
        return picture.png.bit_depth
    if picture.kind == "TIFF":
        return picture.tiff_tag(_BITS_PER_SAMPLE, (1,))[0]
    if picture.kind == "PPM":
        return max(8, _highest_of_pgm(picture.content).bit_length())
    return 8


def _as_stored(values: np.ndarray, picture: OpenPicture, bits: int) -> np.ndarray:
    """Return the stored values: Pillow scales grey values to 0..255 and inverts them if 0 is white; undo both."""
    if picture.kind == "PPM":
        if values.dtype == bool:
            return (~values).astype(np.uint8)
        # From 0..255 or 0..65535 back to 0..highest: exact, because the steps were larger than 1.
        highest = _highest_of_pgm(picture.content)
        full = 255 if highest <= 255 else 65535
        return values if highest == full else np.round(values * (highest / full)).astype(np.int32)
    is_inverted = picture.tiff_tag(_PHOTOMETRIC) == 0 and bits <= 8
    if values.dtype == bool:
        return (values != is_inverted).astype(np.uint8)
    if is_inverted:
        values = 255 - values
    if bits < 8 and (picture.png or picture.kind == "TIFF"):
        values = values // np.uint8(255 // ((1 << bits) - 1))
    return values


def _highest_of_pgm(content: bytes) -> int:
    fields = re.sub(rb"#[^\r\n]*", b" ", content[:100_000]).split(None, 4)[:4]
    is_bitmap = fields[0][:2] in (b"P1", b"P4")
    return 255 if is_bitmap or not fields[-1].isdigit() else int(fields[-1])


def _wide_channels(picture: OpenPicture) -> np.ndarray:
    """Return channels of 16 bits; Pillow would keep only 8."""
    pixels = None
    if picture.kind in ("PNG", "TIFF"):
        pixels = picture.decoded_by_opencv(cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.ndim != 3:
        raise InputError(
            f"{picture.name} has several channels of 16 bits; save the mask with one channel of ids."
        )
    order = [2, 1, 0, 3][: pixels.shape[2]]
    return pixels[..., order]


def _opaque(channels: np.ndarray, name: str) -> np.ndarray:
    """Return red, green and blue; an alpha channel must be opaque.

    Raises:
        InputError: a pixel is transparent.
    """
    if channels.shape[2] in (2, 4):
        see_through = int(np.count_nonzero(channels[..., -1] != np.iinfo(channels.dtype).max))
        if see_through:
            raise InputError(
                f"{name} is transparent on {counted(see_through, 'pixel')}; save the mask opaque, with 255 for void."
            )
        channels = channels[..., :-1]
    return channels.repeat(3, axis=2) if channels.shape[2] == 1 else channels
