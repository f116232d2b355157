"""Reading of masks of every kind as class indices, with a clear error sentence for masks that cannot be read.

Colours must be exactly those of the classes. A palette is read by its colours if these are the classes' colours and its
indices are not classes: some programs write such palettes to make PNG files smaller. Values or colours that belong to
no class are never ignored: an error lists them with their number of pixels.
"""

import cv2
import numpy as np

from segcore.errors import InputError
from segcore.frames.encoding import UNKNOWN, VALUES, Encoding, color_codes, color_table, value_table
from segcore.frames.mask_file import StoredMask, read_stored
from segcore.frames.opening import MAX_PIXELS, Source
from segcore.labels import VOID
from segcore.system.counting import counted

_LISTED = 8
# The colours of fewer classes than this may be in the palette of other classes by chance.
_FEWEST_COLORS = 3


class UnknownValuesError(InputError):
    """A mask has values or colours that belong to no class; ``counts`` is the number of pixels of each."""

    def __init__(self, message: str, counts: dict[str, int]):
        super().__init__(message)
        self.counts = counts

    def __reduce__(self):
        return UnknownValuesError, (str(self), self.counts)


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
    return _classes_of(read_stored(source, max_pixels=max_pixels), encoding)


def holds_colors(source: Source) -> bool:
    """Return whether a mask is stored in colours, and not as values of one channel, of equal channels or of a palette.

    Raises:
        InputError: as `read_mask`, as far as it does not depend on an encoding.
    """
    return read_stored(source).values is None


def _classes_of(stored: StoredMask, encoding: Encoding) -> np.ndarray:
    if stored.palette is not None:
        table, are_colors = _palette_table(stored, stored.palette, encoding)
        return _known(cv2.LUT(np.ascontiguousarray(stored.ids), table), stored, encoding, are_colors)
    if encoding.kind == "colors" or stored.values is None:
        return _known(_by_color(stored.as_colors(), encoding), stored, encoding, are_colors=True)
    by_value = _by_value(stored.values, encoding)
    if stored.colors is not None and (by_value == UNKNOWN).any():
        # A coloured mask with only building, wall and void is grey.
        by_color = _by_color(stored.as_colors(), encoding)
        if not (by_color == UNKNOWN).any():
            return by_color
    return _known(by_value, stored, encoding, are_colors=False)


def _palette_table(stored: StoredMask, colors: np.ndarray, encoding: Encoding) -> tuple[np.ndarray, bool]:
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
    table = value_table(encoding)
    if values.dtype == np.uint8:
        return cv2.LUT(np.ascontiguousarray(values), table[:256])
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return table[values]
    inside = (values >= 0) & (values < VALUES)
    classes = np.where(inside, table[np.where(inside, values, 0)], np.uint8(UNKNOWN))
    classes[values == -1] = VOID
    return classes


def _by_color(colors: np.ndarray, encoding: Encoding) -> np.ndarray:
    return color_table(encoding)[color_codes(colors)]


def _known(classes: np.ndarray, stored: StoredMask, encoding: Encoding, are_colors: bool) -> np.ndarray:
    unknown = classes == UNKNOWN
    if not unknown.any():
        return classes
    if are_colors:
        codes, counts = np.unique(color_codes(stored.as_colors())[unknown], return_counts=True)
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
