"""How a viewer is when its page is opened, as the address says or as it was left; what cannot be used is named."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from segcore.labels import LABEL_SPACES
from segcore.scoring.comparison import AGREEMENT, OUTCOMES
from ui.shell.url import say_wrong, take_asked
from ui.viewer.layers import VOID_NAMES, Layer
from ui.viewer.settings import LAYOUTS, MOST_ZOOM, Box, Probe, View, ViewerStart

IN_ADDRESS = ("left", "right", "opacity", "outlines", "divider", "hidden", "zoom")
"""Parameters that a viewer keeps; also "probe" and "box" where these are, "view" and "truth" where there are views."""
_READ = (*IN_ADDRESS, "probe", "box", "view", "truth")
# Other frames and models of the same page may have them, so that nobody is told that they are unknown.
_USUAL_NAMES = {
    *(name for space in LABEL_SPACES.values() for name in space.class_names),
    *OUTCOMES,
    *AGREEMENT,
    *VOID_NAMES,
}
_MIDDLE = "50"
_Setting = TypeVar("_Setting")


def viewer_start(layers: Sequence[Layer], *, page: str, left: str, right: str) -> ViewerStart:
    """Return how the viewer of a page is when the page is opened.

    An address that says anything about the viewer, as on Back and in a link, decides all of it. Without one it is as
    it was left: the browser keeps its settings, and writes them into the address.

    Args:
        layers: those that the page has now.
        page: name of the page.
        left, right: layers for when the address asks for none, or for one that the page has not.
    """
    key, layer_names = f"_{page}_viewer_start", [layer.name for layer in layers]
    known = st.session_state.get(key, ViewerStart())
    asked = {name: texts[-1] for name in _READ if (texts := take_asked(name))}
    if asked:
        known = replace(_read(_of_today(asked), layers), arrival=known.arrival + 1)
    st.session_state[key] = known
    return replace(
        known,
        left=known.left if known.left in layer_names else left,
        right=known.right if known.right in layer_names else right,
    )


def keep_pinned(page: str, *, probe: Probe | None, box: Box | None) -> None:
    """Remember the probe and the box that the viewer of a page shows, for when somebody comes back to the page."""
    key = f"_{page}_viewer_start"
    st.session_state[key] = replace(st.session_state[key], probe=probe, box=box)


def _read(asked: Mapping[str, str], layers: Sequence[Layer]) -> ViewerStart:
    def read(parameter: str, reader: Callable[[str], _Setting], default: _Setting, *, what: str) -> _Setting:
        if parameter not in asked:
            return default
        try:
            return reader(asked[parameter])
        except ValueError:
            say_wrong(parameter, [asked[parameter]], what=what)
            return default

    is_layer = _one_of([layer.name for layer in layers])
    return ViewerStart(
        left=read("left", is_layer, None, what="left layer"),
        right=read("right", is_layer, None, what="right layer"),
        opacity=read("opacity", _percent, 60, what="opacity") / 100,
        outlines=read("outlines", _switch, False, what="outlines setting"),
        divider=read("divider", _percent, 50, what="dividing line") / 100,
        hidden=read("hidden", _names_in(layers), (), what="hidden classes"),
        view=read("zoom", _view, None, what="zoom"),
        probe=read("probe", _probe, None, what="probe"),
        box=read("box", _box, None, what="box"),
        layout=read("view", _one_of(LAYOUTS), None, what="view"),
        third=read("truth", _switch, False, what="ground truth setting"),
    )


def _of_today(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what an earlier link asks for by the names of today.

    It says under "view" which part is seen. It knows of one arrangement alone, and says where its line stands if it
    was moved.
    """
    today = dict(asked)
    if "," in asked.get("view", ""):
        today.setdefault("zoom", today.pop("view"))
    if asked.get("divider", _MIDDLE) != _MIDDLE:
        today.setdefault("view", "swipe")
    return today


def _one_of(options: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return read


def _switch(text: str) -> bool:
    return _one_of(("true", "false"))(text) == "true"


def _percent(text: str) -> int:
    return _whole(text, 100)


def _names_in(layers: Sequence[Layer]) -> Callable[[str], tuple[str, ...]]:
    palettes = {layer.palette for layer in layers if layer.palette}
    known = _USUAL_NAMES | {name for palette in palettes for _, name, _ in palette.entries}

    def read(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        if not known.issuperset(names):
            raise ValueError(text)
        return names

    return read


def _view(text: str) -> View:
    zoom, x, y = map(float, text.split(","))
    # NaN is in no range.
    if not (1 <= zoom <= MOST_ZOOM and 0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError(text)
    return View(zoom, x, y)


def _probe(text: str) -> Probe:
    x, y = text.split(",")
    return Probe(_whole(x, 99_999), _whole(y, 99_999))


def _box(text: str) -> Box:
    x, y, width, height = (_whole(part, 99_999) for part in text.split(","))
    if not width * height:
        raise ValueError(text)
    return Box(x, y, width, height)


def _whole(text: str, most: int) -> int:
    # int() would also take signs, spaces and digits of other scripts.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise ValueError(text)
    return int(text)
