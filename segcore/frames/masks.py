"""Reading of masks of every kind as class indices, with a clear error sentence for masks that cannot be read.

An *encoding* is the meaning of values in a mask:

- ``label-ids``: Cityscapes label ids, 0..33;
- ``train-ids``: Cityscapes train ids, 0..18;
- ``instance-ids``: label ids, or label id * 1000 + number for single objects;
- ``indices``: class indices of a class list, or the values that the encoding lists for them;
- ``colors``: the colours of the classes in a class list.

In all encodings 255 and -1 (65535 in 16 bits) are void. Values are read exactly as stored: grey of 1, 2, 4, 8 and
16 bits, three equal channels, an opaque alpha channel, and the indices of a palette. Colours must be exactly those of
the classes. A palette is read by its colours if these are the classes' colours and its indices are not classes: some
programs write such palettes to make PNG files smaller. Values or colours that belong to no class are never ignored:
an error lists them with their number of pixels. Files with lossy compression are refused.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from segcore.errors import InputError
from segcore.frames.opening import MAX_PIXELS, OpenPicture, Source, opened
from segcore.frames.png import GREY, check_pixels
from segcore.labels import LABEL_IDS, LABEL_SPACES, LABELS, VOID, LabelSpace
from segcore.system.counting import counted

KINDS = ("label-ids", "train-ids", "instance-ids", "indices", "colors")
UNKNOWN = 254
"""Placeholder for a value without a class, until it is reported; class indices are at most 253."""

_CITYSCAPES = {
    "label-ids": LABEL_IDS,
    "train-ids": LABEL_SPACES["train_ids"],
    "instance-ids": LABEL_IDS,
}
_CITYSCAPES_CLASSES = tuple(space.class_names for space in _CITYSCAPES.values())
_INSTANCES_FROM = 1000
_HIGHEST = 1 << 16
_LISTED = 8
# The colours of fewer classes than this may be in the palette of other classes by chance.
_FEWEST_COLORS = 3
_COMPRESSION, _BITS_PER_SAMPLE, _PHOTOMETRIC = 259, 258, 262
_LOSSY_IN_TIFF = (6, 7, 34712, 50001, 50002)  # old and new JPEG, JPEG 2000, WebP, JPEG XL
_LOSSY_FORMATS = ("JPEG", "AVIF")
_GREY_MODES = ("1", "L", "I", "I;16", "I;16B", "I;16L")


# Operation that makes a picture of each EXIF orientation upright.
class UnknownValuesError(InputError):
    """A mask has values or colours that belong to no class; ``counts`` is the number of pixels of each."""

    def __init__(self, message: str, counts: dict[str, int]):
        super().__init__(message)
        self.counts = counts

    def __reduce__(self):
        return UnknownValuesError, (str(self), self.counts)


@dataclass(frozen=True)
class Encoding:
    """The meaning of a mask's values: how they become classes of ``space``.

    Attributes:
        kind: one of ``KINDS``.
        space: the classes of the masks.
        void: further values that are not scored.
        values: the value of each class, for ``indices`` that do not count from 0; otherwise empty.
    """

    kind: str
    space: LabelSpace
    void: tuple[int, ...] = ()
    values: tuple[int, ...] = ()


LABEL_ID_MASKS = Encoding("label-ids", LABEL_IDS)
"""The encoding that cityscapesScripts and ``predict --format label-ids`` write."""


def encoding_of(
    kind: str,
    space: LabelSpace | None = None,
    *,
    void: tuple[int, ...] = (),
    values: tuple[int, ...] = (),
) -> Encoding:
    """Return an encoding; the encodings of Cityscapes need no ``space``.

    Raises:
        InputError: the kind is unknown, the classes are missing, or ``values`` do not fit them.
    """
    if kind not in KINDS:
        raise InputError(f"There is no encoding {kind!r} of masks; choose one of {', '.join(KINDS)}.")
    space = _CITYSCAPES.get(kind, space)
    if space is None:
        raise InputError(f"Masks with the encoding {kind!r} need a list of their classes; give one.")
    if values and (len(values) != space.num_classes or len(set(values)) < len(values)):
        raise InputError(
            f"The encoding names {len(values)} values for {space.num_classes} classes; expected a different value "
            "for each class."
        )
    if not all(0 <= value < _HIGHEST for value in (*void, *values)):
        raise InputError(f"The values of an encoding must be in 0..{_HIGHEST - 1}; correct them.")
    return Encoding(kind, space, tuple(void), tuple(values))


def read_mask(source: Source, encoding: Encoding, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Read a mask as class indices of ``encoding.space``, uint8 (height, width); void is 255.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        encoding: meaning of the values.
        max_pixels: larger masks are refused from their header.

    Raises:
        UnknownValuesError: values or colours belong to no class.
        InputError: the file is missing, damaged or too large, has a lossy compression or transparent pixels, or is
            ambiguous.
    """
    with opened(source, max_pixels) as picture:
        stored = _stored(picture)
    return _classes_of(stored, encoding)


def holds_colors(source: Source) -> bool:
    """Return whether a mask is stored in colours, and not as values of one channel, of equal channels or of a palette.

    Raises:
        InputError: as `read_mask`, as far as it does not depend on an encoding.
    """
    with opened(source) as picture:
        return _stored(picture).values is None


@dataclass(frozen=True, eq=False)
class _Stored:
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


def _stored(picture: OpenPicture) -> _Stored:
    image, name = picture.image, picture.name
    _refuse_lossy(picture)
    values = _plain_grey(picture)
    if values is not None:
        return _Stored(name, picture.upright(values))
    if picture.png:
        check_pixels(picture.content, picture.png)
    bits = _bits(picture)
    if image.mode == "P":
        palette = np.array(image.getpalette("RGB") or (), np.uint8).reshape(-1, 3)
        return _Stored(name, picture.upright(np.asarray(image)), palette=palette)
    if image.mode in _GREY_MODES:
        return _Stored(name, picture.upright(_as_stored(np.asarray(image), picture, bits)))
    if image.mode not in ("RGB", "RGBA", "LA"):
        raise InputError(
            f"{name} has the channels {'+'.join(image.getbands())}; expected a mask of ids with one channel, or of "
            "colours with red, green and blue."
        )
    channels = _wide_channels(picture) if bits > 8 else np.asarray(image)
    channels = picture.upright(_opaque(channels, name))
    if (channels == channels[..., :1]).all():
        return _Stored(name, channels[..., 0], channels)
    return _Stored(name, None, channels)


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
        full = 255 if highest <= 255 else _HIGHEST - 1
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


def _classes_of(stored: _Stored, encoding: Encoding) -> np.ndarray:
    if stored.palette is not None:
        table, are_colors = _palette_table(stored, stored.palette, encoding)
        return _known(cv2.LUT(np.ascontiguousarray(stored.ids), table), stored, encoding, are_colors)
    if encoding.kind == "colors" or stored.values is None:
        return _known(_by_color(_as_colors(stored), encoding), stored, encoding, are_colors=True)
    by_value = _by_value(stored.values, encoding)
    if stored.colors is not None and (by_value == UNKNOWN).any():
        # A coloured mask with only building, wall and void is grey.
        by_color = _by_color(_as_colors(stored), encoding)
        if not (by_color == UNKNOWN).any():
            return by_color
    return _known(by_value, stored, encoding, are_colors=False)


def _palette_table(stored: _Stored, colors: np.ndarray, encoding: Encoding) -> tuple[np.ndarray, bool]:
    """Return the class of each index of the palette ``colors``, uint8 (256,), and whether it was found by colour.

    Raises:
        InputError: the palette lacks the colour of a used index, has the colours of classes at other indices and
            further colours, or its indices and its greys are values of different classes.
    """
    used = np.flatnonzero(np.bincount(stored.ids.ravel(), minlength=256))
    by_color = np.full(256, UNKNOWN, np.uint8)
    by_color[: len(colors)] = _by_color(colors, encoding)
    by_index = _by_value(np.arange(256), encoding)
    if by_color[VOID] == UNKNOWN and by_index[VOID] == VOID:
        # Void may have any colour, or none.
        by_color[VOID] = VOID
        used = used[used != VOID]
    lacks_colors = used.max(initial=0) >= len(colors)
    if encoding.kind == "colors":
        if lacks_colors:
            raise InputError(f"{stored.name} uses the index {used.max()}, whose colour its palette lacks.")
        return by_color, True
    if lacks_colors:
        return by_index, False
    palette, classes = colors[used], by_index[used]
    is_known = bool((classes != UNKNOWN).all())
    scored = (classes != UNKNOWN) & (classes != VOID)
    if is_known and (palette[scored] == encoding.space.colors[classes[scored]]).all():
        return by_index, False
    if (palette != palette[:, :1]).any():
        told = by_color[used]
        if (told != UNKNOWN).all():
            return by_color, True
        others = (told != UNKNOWN) & (told != VOID) & (told != classes)
        if np.count_nonzero(others) >= _FEWEST_COLORS:
            place = int(np.argmax(told == UNKNOWN))
            raise InputError(
                f"{stored.name} has a palette with the colours of classes at other indices than theirs, but no class "
                f"has the colour {tuple(palette[place].tolist())} of the index {used[place]}; give void the index 255."
            )
        return by_index, False
    # A palette of greys: programs that make files smaller write grey values in this way.
    greys = palette[:, 0]
    by_grey = by_index.copy()
    by_grey[used] = by_index[greys]
    if (greys == used).all() or (by_grey[used] == UNKNOWN).any():
        return by_index, False
    if is_known:
        place = int(np.argmax(greys != used))
        raise InputError(
            f"{stored.name} has a palette with the grey {greys[place]} for the index {used[place]}, and both are "
            "values of classes; save the mask as grey without a palette."
        )
    return by_grey, False


def _by_value(values: np.ndarray, encoding: Encoding) -> np.ndarray:
    table = _value_table(encoding)
    if values.dtype == np.uint8:
        return cv2.LUT(np.ascontiguousarray(values), table[:256])
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return table[values]
    inside = (values >= 0) & (values < _HIGHEST)
    classes = np.where(inside, table[np.where(inside, values, 0)], np.uint8(UNKNOWN))
    classes[values == -1] = VOID
    return classes


def _by_color(colors: np.ndarray, encoding: Encoding) -> np.ndarray:
    return _color_table(encoding)[_codes(colors)]


def _as_colors(stored: _Stored) -> np.ndarray:
    """Return the visible colours of a mask, uint8 (h, w, 3)."""
    if stored.palette is not None:
        return stored.palette[stored.ids]
    colors = stored.colors if stored.colors is not None else stored.ids[..., None].repeat(3, axis=2)
    if colors.dtype == np.uint8:
        return colors
    narrow = colors // 257
    if (narrow * 257 != colors).any():
        raise InputError(
            f"{stored.name} has colours of 16 bits, but classes have colours of 8 bits; save it with 8 bits."
        )
    return narrow.astype(np.uint8)


def _codes(colors: np.ndarray) -> np.ndarray:
    """Return red + 256 * green + 65536 * blue of uint8 (..., 3), uint32 (...)."""
    padded = np.zeros((*colors.shape[:-1], 4), np.uint8)
    padded[..., :3] = colors
    return padded.view("<u4")[..., 0]


@lru_cache(maxsize=16)
def _value_table(encoding: Encoding) -> np.ndarray:
    """Return the look-up table, uint8 (65536,), from value to class index, void or unknown."""
    table = np.full(_HIGHEST, UNKNOWN, np.uint8)
    table[[VOID, _HIGHEST - 1, *encoding.void]] = VOID
    classes = np.arange(encoding.space.num_classes)
    values = np.array(encoding.values) if encoding.values else classes
    free = ~np.isin(values, encoding.void)
    table[values[free]] = classes[free]
    if encoding.kind == "instance-ids":
        instances = np.arange(_INSTANCES_FROM, _HIGHEST - 1)
        table[instances] = table[instances // _INSTANCES_FROM]
    return table


# Each table has 16 MB; looking up two million pixels then takes milliseconds.
@lru_cache(maxsize=3)
def _color_table(encoding: Encoding) -> np.ndarray:
    """Return the look-up table, uint8 (16777216,), from code of a colour to class index, void or unknown."""
    table = np.full(1 << 24, UNKNOWN, np.uint8)
    table[0] = VOID
    codes = _codes(encoding.space.colors)
    if encoding.space.class_names in _CITYSCAPES_CLASSES:
        table[_codes(np.array([label.color for label in LABELS], np.uint8))] = VOID
        # If labels have the same colour, such as black, the first one counts.
        for place in range(len(codes) - 1, -1, -1):
            table[codes[place]] = place
        return table
    for place, code in enumerate(codes):
        is_shared = np.count_nonzero(codes == code) > 1
        table[code] = UNKNOWN if is_shared else VOID if place in encoding.void else place
    return table


def _known(classes: np.ndarray, stored: _Stored, encoding: Encoding, are_colors: bool) -> np.ndarray:
    unknown = classes == UNKNOWN
    if not unknown.any():
        return classes
    if are_colors:
        codes, counts = np.unique(_codes(_as_colors(stored))[unknown], return_counts=True)
        found = [f"({code & 255}, {code >> 8 & 255}, {code >> 16})" for code in codes]
    else:
        values, counts = np.unique(stored.ids[unknown], return_counts=True)
        found = [str(value) for value in values]
    order = np.argsort(-counts, kind="stable")
    by_value = {found[place]: int(counts[place]) for place in order}
    raise UnknownValuesError(
        f"{stored.name} holds {_said_of(encoding, are_colors=are_colors).format(_listed(by_value))}.",
        by_value,
    )


def _listed(counts: dict[str, int]) -> str:
    parts = [f"{value} on {counted(number, 'pixel')}" for value, number in list(counts.items())[:_LISTED]]
    if len(counts) > _LISTED:
        rest = list(counts.values())[_LISTED:]
        parts.append(f"{len(rest)} more on {counted(sum(rest), 'pixel')}")
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _said_of(encoding: Encoding, *, are_colors: bool) -> str:
    space = encoding.space
    if are_colors:
        return f'colours of no class in "{space.title}": {{}}; correct them, or name their classes'
    what = "values of classes" if encoding.kind == "indices" else encoding.kind.replace("-", " ")
    values = encoding.values or range(space.num_classes)
    allowed = ", ".join(map(str, sorted(values))) if encoding.values else f"0..{space.num_classes - 1}"
    others = "".join(f", {value}" for value in encoding.void if value not in values)
    return f"values that are not {what}: {{}}; expected {allowed}{others}, or 255 for void"
