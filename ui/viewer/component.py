"""The picture viewer: layers beside each other, under a dividing line or in turn, coloured and zoomed in the browser.

Python sends every layer once; one that takes long to make can be announced, and brought later. Which layers are
shown, opacity, outlines, hidden classes, zoom and the dividing line change in the browser without a run of the script;
only a pinned probe comes back.

The pixels of each layer travel in an element of their own, which shows nothing and hands them to the viewer
in the browser: bytes need no base64 there, and of an element that has not changed Streamlit sends only its hash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import streamlit as st

from ui.shell.component_text import component_text
from ui.viewer.layers import Layer, Palette
from ui.viewer.settings import Box, Probe, ViewerSettings, ViewerStart

_BROWSER = "viewer/browser"
# In this order they make one module.
_SCRIPTS = (
    "shell/browser/undo.js",
    "shell/browser/leaving.js",
    f"{_BROWSER}/store.js",
    f"{_BROWSER}/elements.js",
    f"{_BROWSER}/layers.js",
    f"{_BROWSER}/geometry.js",
    f"{_BROWSER}/state.js",
    f"{_BROWSER}/address.js",
    f"{_BROWSER}/report.js",
    f"{_BROWSER}/paint.js",
    f"{_BROWSER}/box.js",
    f"{_BROWSER}/pane.js",
    f"{_BROWSER}/tag.js",
    f"{_BROWSER}/pointer.js",
    f"{_BROWSER}/keyboard.js",
    f"{_BROWSER}/page_keys.js",
    f"{_BROWSER}/layouts/swipe.js",
    f"{_BROWSER}/layouts/cells.js",
    f"{_BROWSER}/layouts/blink.js",
    f"{_BROWSER}/layouts/layouts.js",
    f"{_BROWSER}/readout.js",
    f"{_BROWSER}/legend.js",
    f"{_BROWSER}/facts.js",
    f"{_BROWSER}/toolbar.js",
    f"{_BROWSER}/save.js",
    f"{_BROWSER}/shown.js",
    f"{_BROWSER}/show.js",
    f"{_BROWSER}/view.js",
    f"{_BROWSER}/probe.js",
    f"{_BROWSER}/viewer.js",
)
_STYLES = (f"{_BROWSER}/viewer.css", f"{_BROWSER}/layouts/swipe.css", f"{_BROWSER}/layouts/cells.css")
_NO_CHANGE = {f"on_{name}_change": lambda: None for name in ("probe", "box", "opacity")}
_mount = st.components.v2.component(
    "segcompare_viewer",
    html=component_text(f"{_BROWSER}/viewer.html"),
    css=component_text(*_STYLES),
    js=component_text(*_SCRIPTS),
)
_mount_content = st.components.v2.component(
    "segcompare_layer",
    js=component_text("shell/browser/undo.js", f"{_BROWSER}/store.js", f"{_BROWSER}/content.js"),
)
# Bytes of a layer's hash, padded with spaces, before its content; content.js knows the same number.
_HASH_LENGTH = 48


@dataclass(frozen=True)
class Shown:
    """What the browser tells of a viewer: the pinned probe, the box, and the opacity of 0..1 in whole percent."""

    probe: Probe | None
    box: Box | None
    opacity: float


def viewer(layers: Sequence[Layer], settings: ViewerSettings) -> Shown:
    """Show layers in one of several views, with zoom, legend and a read-out of the pixel under the pointer.

    Example::

        before = picture_layer("before", "Before", image)
        after = picture_layer("after", "After", augmented)
        mask = class_layer("mask", "Mask", truth, palette=Palette.of_labels(space), over="after")
        start = ViewerStart(left="before", right="after")
        viewer([before, after, mask], ViewerSettings("augment_viewer", start=start))

    Args:
        layers: at least one; the first gives the size in which pixels are counted; all are stretched to it.
        settings: the rest.

    Returns: the pinned probe, the box, and the opacity, which are only told of a viewer with ``probe``.
    """
    start, key = _start_record(layers, settings.start), settings.key
    palettes = list(dict.fromkeys(layer.palette for layer in layers if layer.palette))
    data = {
        "key": key,
        "start": start,
        "height": settings.height,
        "description": settings.description,
        "probe": settings.probe,
        "layouts": list(settings.layouts),
        "third": settings.third,
        "grid": list(settings.grid),
        "save": settings.save and asdict(settings.save),
        "facts": [asdict(fact) for fact in settings.facts],
        "inAddress": list(settings.in_address),
        "palettes": [_palette_record(palette) for palette in palettes],
        "layers": [_layer_record(layer, palettes) for layer in layers],
        "version": hashlib.sha1("".join(layer.hash for layer in layers).encode()).hexdigest()[:12],
    }
    # Without a gap, so that the elements of the layers take no room.
    with st.container(gap=None):
        default = {
            "probe": start["probe"],
            "box": start["box"],
            "opacity": round(100 * settings.start.opacity),
        }
        result = _mount(key=key, data=data, default=default, **_NO_CHANGE)
        for layer in layers:
            if layer.data is not None:
                _mount_pixels(key, layer, layer.data)
    return Shown(
        _read_probe(result.probe, layers[0]),
        _read_box(result.box, layers[0]),
        _read_percent(result.opacity, settings.start.opacity),
    )


def bring(contents: Mapping[Layer, bytes], *, key: str) -> None:
    """Bring the pixels of layers that were announced, anywhere on the page of the viewer with this key."""
    with st.container(gap=None):
        for layer, content in contents.items():
            _mount_pixels(key, layer, content)


def _mount_pixels(key: str, layer: Layer, content: bytes) -> None:
    _mount_content(key=f"{key}_layer_{layer.name}", data=layer.hash.encode().ljust(_HASH_LENGTH) + content)


def _start_record(layers: Sequence[Layer], start: ViewerStart) -> dict:
    names = [layer.name for layer in layers]
    left, right = start.left or names[0], start.right or names[-1]
    for name in (left, right, *(layer.over for layer in layers if layer.over)):
        if name not in names:
            raise ValueError(f"no layer is named {name!r}; there are {', '.join(names)}")
    view = start.view and {"zoom": start.view.zoom, "centre": {"x": start.view.x, "y": start.view.y}}
    return {
        "left": left,
        "right": right,
        "opacity": start.opacity,
        "outlines": start.outlines,
        "divider": start.divider,
        "hidden": list(start.hidden),
        "view": view,
        "layout": start.layout,
        "third": start.third,
        "probe": None if start.probe is None else {"x": start.probe.x, "y": start.probe.y},
        "box": start.box and asdict(start.box),
        "arrival": start.arrival,
    }


def _read_probe(value: object, layer: Layer) -> Probe | None:
    # The browser says it, so it may be anything; and the frame may have shrunk since.
    if not isinstance(value, Mapping) or not all(type(value.get(axis)) is int for axis in "xy"):
        return None
    inside = 0 <= value["x"] < layer.width and 0 <= value["y"] < layer.height
    return Probe(value["x"], value["y"]) if inside else None


def _read_box(value: object, layer: Layer) -> Box | None:
    names = [field.name for field in fields(Box)]
    if not isinstance(value, Mapping) or not all(type(value.get(name)) is int for name in names):
        return None
    box = Box(**{name: value[name] for name in names})
    is_inside = box.x + box.width <= layer.width and box.y + box.height <= layer.height
    return box if is_inside and min(box.x, box.y) >= 0 and min(box.width, box.height) > 0 else None


def _read_percent(value: object, otherwise: float) -> float:
    return value / 100 if type(value) is int and 0 <= value <= 100 else otherwise


def _layer_record(layer: Layer, palettes: list[Palette]) -> dict:
    record = {field.name: getattr(layer, field.name) for field in fields(layer) if field.name != "data"}
    return record | {
        "tag": layer.tag and asdict(layer.tag),
        "palette": palettes.index(layer.palette) if layer.palette else None,
    }


def _palette_record(palette: Palette) -> dict:
    titles = dict(palette.shown_as)
    entries = [
        {"index": index, "name": name, "title": titles.get(name, name), "color": color}
        for index, name, color in palette.entries
    ]
    return {"title": palette.title, "entries": entries, "unscored": palette.unscored}
