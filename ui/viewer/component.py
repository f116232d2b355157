"""The picture viewer: two layers side by side under a dividing line, coloured and zoomed in the browser.

Python sends every layer once. Which layers are shown, opacity, outlines, hidden classes, zoom and the
dividing line change in the browser without a run of the script; only a pinned probe comes back.

The pixels of each layer travel in an element of their own, which shows nothing and hands them to the viewer
in the browser: bytes need no base64 there, and of an element that has not changed Streamlit sends only its hash.
"""

import hashlib
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import streamlit as st
from PIL import Image

from segcore.labels import VOID, LabelSpace
from ui.shell.component_text import component_text

# In this order they make one module.
_SCRIPTS = (
    "shell/browser/undo.js",
    "viewer/browser/store.js",
    "viewer/browser/layers.js",
    "viewer/browser/view.js",
    "viewer/browser/paint.js",
    "viewer/browser/legend.js",
    "viewer/browser/address.js",
    "viewer/browser/gestures.js",
    "viewer/browser/viewer.js",
)
_NO_CHANGE = {"on_probe_change": lambda: None, "on_opacity_change": lambda: None}
# Level 6 takes four times as long for a tenth less.
_COMPRESSION = 1


_mount = st.components.v2.component(
    "segcompare_viewer",
    html=component_text("viewer/browser/viewer.html"),
    css=component_text("viewer/browser/viewer.css"),
    js=component_text(*_SCRIPTS),
)
_mount_content = st.components.v2.component(
    "segcompare_layer",
    js=component_text("shell/browser/undo.js", "viewer/browser/store.js", "viewer/browser/content.js"),
)
# Bytes of a layer's hash, padded with spaces, before its content; content.js knows the same number.
_HASH_LENGTH = 48
MOST_ZOOM = 32
"""As in view.js."""
VOID_NAMES = ("void", "void (not scored)")
"""Names in legends of what is no class."""


@dataclass(frozen=True)
class Palette:
    """What the indices of a map mean.

    ``title`` heads the legend and tells palettes apart: maps with the same title share one legend.
    ``entries`` holds (index, name, (red, green, blue)) triples, indices and colours 0 to 255. ``unscored`` is the
    index of which the shares in the legend are none.
    """

    title: str
    entries: tuple[tuple[int, str, tuple[int, int, int]], ...]
    unscored: int | None = None

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
class Layer:
    """One encoded layer; make it with ``picture_layer``, ``class_layer`` or ``value_layer``.

    It can be pickled, so the function that makes a page's layers can be under ``st.cache_data``.
    """

    name: str
    title: str
    kind: str
    width: int
    height: int
    data: bytes
    hash: str
    palette: Palette | None = None
    over: str | None = None
    described: bool = False
    low: float = 0.0
    high: float = 1.0
    unit: str = ""


@dataclass(frozen=True)
class Probe:
    """A pinned pixel of the first layer: column ``x`` and row ``y``, from 0, from the top left."""

    x: int
    y: int


@dataclass(frozen=True)
class View:
    """Which part is seen: ``zoom`` 1 shows all, and ``x`` and ``y`` are its middle, 0..1 of width and height."""

    zoom: float
    x: float
    y: float


@dataclass(frozen=True)
class Shown:
    """What the browser tells of a viewer: the pinned probe, and the opacity of 0..1 in whole percent."""

    probe: Probe | None
    opacity: float


def picture_layer(name: str, title: str, image: np.ndarray) -> Layer:
    """A picture, sent as JPEG without chroma subsampling.

    ``image`` is uint8 RGB (h, w, 3). ``name`` names the layer in code and in the URL, ``title`` on the page.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"expected a uint8 picture (h, w, 3), received {image.dtype} {image.shape}")
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="JPEG", quality=95, subsampling=0)
    return _layer(name, title, "picture", image, buffer.getvalue())


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
    return _layer(name, title, "classes", classes, content, palette=palette, over=over, described=described)


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
    _check_map(values, None)
    steps = np.rint(255 * np.clip((values - low) / (high - low), 0, 1)).astype(np.uint8)
    content = zlib.compress(steps.tobytes(), _COMPRESSION)
    scale = {"low": low, "high": high, "unit": unit}
    return _layer(name, title, "values", steps, content, palette=palette, over=over, **scale)


def viewer(
    layers: Sequence[Layer],
    *,
    key: str,
    left: str | None = None,
    right: str | None = None,
    opacity: float = 0.6,
    outlines: bool = False,
    divider: float = 0.5,
    hidden: Sequence[str] = (),
    view: View | None = None,
    height: int | None = None,
    description: str = "Picture viewer.",
    probe: bool = False,
    start_probe: Probe | None = None,
    url: Mapping[str, str] | None = None,
    address: Mapping[str, str | None] | None = None,
) -> Shown:
    """Show layers in pairs with a dividing line, zoom, legend and a read-out of the pixel under the pointer.

    Example::

        before = picture_layer("before", "Before", image)
        after = picture_layer("after", "After", augmented)
        mask = class_layer("mask", "Mask", truth, palette=Palette.of_labels(space), over="after")
        viewer([before, after, mask], key="augment_viewer", left="before", right="after")

    Args:
        layers: at least one; the first gives the size in which pixels are counted; all are stretched to it.
        key: the viewer's own name; its settings in the browser stay with it between frames and pages.
        left, right: names of the layers shown at first; the first and the last by default.
        opacity: 0 to 1, of class and value maps over their picture, at first.
        outlines: whether borders between classes are drawn, at first.
        divider: 0 to 1, where the dividing line stands at first.
        hidden: names of palette entries that are switched off at first.
        view: which part is seen at first; all of it by default.
        height: px, at most; without it the viewer is as wide as there is room.
        description: what the pictures are, for those who do not see them.
        probe: whether a click (or Enter) pins a probe. It reruns the script, or the fragment around the call;
            so does another opacity, but only once the pointer and the keyboard have left the viewer.
        start_probe: a probe that is there at first.
        url: which settings the browser keeps in the page's address, as {setting: parameter}, of "left",
            "right", "opacity" and "divider" (percent), "outlines" (true or false), "hidden" (names between commas),
            "view" ("zoom,x,y") and "probe" ("x,y").
        address: what else the browser keeps in the page's address, as {parameter: value}, None to leave it out.

    The values "at first" count when the viewer is mounted, not afterwards.

    Returns: the pinned probe, and the opacity, which is only told of a viewer with ``probe``.
    """
    names = [layer.name for layer in layers]
    left, right = left or names[0], right or names[-1]
    for name in (left, right, *(layer.over for layer in layers if layer.over)):
        if name not in names:
            raise ValueError(f"no layer is named {name!r}; there are {', '.join(names)}")
    palettes = list(dict.fromkeys(layer.palette for layer in layers if layer.palette))
    start = {"left": left, "right": right, "opacity": opacity, "outlines": outlines, "divider": divider}
    start["probe"] = None if start_probe is None else {"x": start_probe.x, "y": start_probe.y}
    start["hidden"] = list(hidden)
    start["view"] = view and {"zoom": view.zoom, "centre": {"x": view.x, "y": view.y}}
    data = {
        "key": key,
        "start": start,
        "height": height,
        "description": description,
        "probe": probe,
        "url": dict(url or {}),
        "address": dict(address or {}),
        "palettes": [_palette_record(palette) for palette in palettes],
        "layers": [_layer_record(layer, palettes) for layer in layers],
        "version": hashlib.sha1("".join(layer.hash for layer in layers).encode()).hexdigest()[:12],
    }
    # Without a gap, so that the elements of the layers take no room.
    with st.container(gap=None):
        default = {"probe": start["probe"], "opacity": round(100 * opacity)}
        result = _mount(key=key, data=data, default=default, **_NO_CHANGE)
        for layer in layers:
            content = layer.hash.encode().ljust(_HASH_LENGTH) + layer.data
            _mount_content(key=f"{key}_layer_{layer.name}", data=content)
    return Shown(_read_probe(result.probe, layers[0]), _read_percent(result.opacity, opacity))


def _read_probe(value: object, layer: Layer) -> Probe | None:
    # The browser says it, so it may be anything; and the frame may have shrunk since.
    if not isinstance(value, Mapping) or not all(type(value.get(axis)) is int for axis in "xy"):
        return None
    inside = 0 <= value["x"] < layer.width and 0 <= value["y"] < layer.height
    return Probe(value["x"], value["y"]) if inside else None


def _read_percent(value: object, otherwise: float) -> float:
    return value / 100 if type(value) is int and 0 <= value <= 100 else otherwise


def _check_map(values: np.ndarray, dtype: type | None) -> None:
    if values.ndim != 2 or (dtype and values.dtype != dtype):
        wanted = "a map" if dtype is None else f"a {np.dtype(dtype)} map"
        raise ValueError(f"expected {wanted} (h, w), received {values.dtype} {values.shape}")


def _layer(name: str, title: str, kind: str, pixels: np.ndarray, content: bytes, **fields) -> Layer:
    height, width = pixels.shape[:2]
    digest = hashlib.sha1(content).hexdigest()[:12]
    return Layer(name, title, kind, width, height, content, f"{kind}-{width}x{height}-{digest}", **fields)


def _layer_record(layer: Layer, palettes: list[Palette]) -> dict:
    record = {field.name: getattr(layer, field.name) for field in fields(layer) if field.name != "data"}
    return record | {"palette": palettes.index(layer.palette) if layer.palette else None}


def _palette_record(palette: Palette) -> dict:
    entries = [{"index": index, "name": name, "color": color} for index, name, color in palette.entries]
    return {"title": palette.title, "entries": entries, "unscored": palette.unscored}
