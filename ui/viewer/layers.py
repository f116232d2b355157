"""Layers of the viewer: pictures, class maps and maps of values, encoded once, and their palettes."""

import hashlib
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from segcore.labels import VOID, LabelSpace

# Level 6 takes four times as long for a tenth less.
_COMPRESSION = 1
VOID_NAMES = ("void", "void (not scored)")
"""Names in legends of what is no class."""


@dataclass(frozen=True)
class Palette:
    """What the indices of a map mean.

    ``title`` heads the legend and tells palettes apart: maps with the same title share one legend.
    ``entries`` holds (index, name, (red, green, blue)) triples, indices and colours 0 to 255. ``unscored`` is the
    index of which the shares in the legend are none. ``shown_as`` holds (name, title) pairs of entries that are shown
    under another name than the one that stands in the address.
    """

    title: str
    entries: tuple[tuple[int, str, tuple[int, int, int]], ...]
    unscored: int | None = None
    shown_as: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_labels(cls, space: LabelSpace) -> "Palette":
        """The classes of a label space with their Cityscapes names and colours, and void in black."""
        colors = [tuple(color) for color in space.colors.tolist()]
        classes = zip(range(space.num_classes), space.class_names, colors, strict=True)
        return cls("Classes", (*classes, (VOID, VOID_NAMES[0], (0, 0, 0))))

    @classmethod
    def of_values(cls, title: str, stops: Sequence[tuple[int, int, int]]) -> "Palette":
        """A gradient through ``stops``, evenly spaced, for a map of values."""
        places = np.linspace(0, 255, len(stops))
        colors = [np.interp(np.arange(256), places, channel) for channel in np.asarray(stops, float).T]
        rows = np.rint(colors).astype(int).T.tolist()
        return cls(title, tuple((index, str(index), tuple(color)) for index, color in enumerate(rows)))


@dataclass(frozen=True)
class Tag:
    """A letter or a short word on a ground of its own colour, RGB of 0 to 255, that tells a model from others."""

    text: str
    color: tuple[int, int, int]


@dataclass(frozen=True)
class Layer:
    """One encoded layer; make it with ``picture_layer``, ``class_layer``, ``value_layer`` or ``announced_layer``.

    ``data`` is None where the pixels come later, see ``ui.viewer.component.bring``. A layer can be pickled, so the
    function that makes a page's layers can be under ``st.cache_data``. ``tag`` stands before the title on the picture
    and ``note`` behind it.
    """

    name: str
    title: str
    kind: str
    width: int
    height: int
    data: bytes | None
    hash: str
    palette: Palette | None = None
    over: str | None = None
    described: bool = False
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    tag: Tag | None = None
    note: str = ""


def picture_layer(name: str, title: str, image: np.ndarray) -> Layer:
    """A picture, sent as JPEG without chroma subsampling.

    ``image`` is uint8 RGB (h, w, 3). ``name`` names the layer in code and in the URL, ``title`` on the page.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"expected a uint8 picture (h, w, 3), received {image.dtype} {image.shape}")
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="JPEG", quality=95, subsampling=0)
    return _layer(name, title, "picture", image.shape, buffer.getvalue())


def class_layer(
    name: str,
    title: str,
    classes: np.ndarray,
    *,
    palette: Palette,
    over: str | None = None,
    described: bool = True,
) -> Layer:
    """A class map, coloured in the browser.

    ``classes`` is uint8 (h, w) of indices that ``palette`` explains. ``over`` names the picture layer that
    lies beneath, where there is one. A ``described`` layer is read out under the pointer even while it is
    not shown.
    """
    _check_map(classes, np.uint8)
    content = zlib.compress(np.ascontiguousarray(classes).tobytes(), _COMPRESSION)
    return _layer(
        name, title, "classes", classes.shape, content, palette=palette, over=over, described=described
    )


def value_layer(
    name: str,
    title: str,
    values: np.ndarray,
    *,
    palette: Palette,
    low: float = 0.0,
    high: float = 1.0,
    unit: str = "",
    over: str | None = None,
) -> Layer:
    """A map of values from ``low`` to ``high`` (clipped), in 256 steps of a ``Palette.of_values``.

    ``values`` is a float (h, w), of any size: it is stretched over the first layer. ``unit`` follows the
    numbers as it is, so begin it with a space where one is due.
    """
    content = value_content(values, low=low, high=high)
    scale = {"low": low, "high": high, "unit": unit}
    return _layer(name, title, "values", values.shape, content, palette=palette, over=over, **scale)


def value_content(values: np.ndarray, *, low: float = 0.0, high: float = 1.0) -> bytes:
    """Return the pixels of ``value_layer``, encoded."""
    _check_map(values, None)
    steps = np.rint(255 * np.clip((values - low) / (high - low), 0, 1)).astype(np.uint8)
    return zlib.compress(steps.tobytes(), _COMPRESSION)


def announced_layer(
    name: str,
    title: str,
    size: tuple[int, int],
    *,
    version: str,
    palette: Palette,
    over: str | None = None,
) -> Layer:
    """A map of values from 0 to 1 whose pixels, a ``value_content``, come after the viewer has been drawn.

    ``size`` is that of the map, (height, width). ``version`` tells it from all others.
    """
    layer = _layer(name, title, "values", size, version.encode(), palette=palette, over=over)
    return replace(layer, data=None)


def _check_map(values: np.ndarray, dtype: type | None) -> None:
    if values.ndim != 2 or (dtype and values.dtype != dtype):
        wanted = "a map" if dtype is None else f"a {np.dtype(dtype)} map"
        raise ValueError(f"expected {wanted} (h, w), received {values.dtype} {values.shape}")


def _layer(name: str, title: str, kind: str, shape: tuple[int, ...], content: bytes, **fields) -> Layer:
    height, width = shape[:2]
    digest = hashlib.sha1(content).hexdigest()[:12]
    return Layer(name, title, kind, width, height, content, f"{kind}-{width}x{height}-{digest}", **fields)
