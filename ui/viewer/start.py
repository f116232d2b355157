"""How a viewer is when it first opens, as far as the page's address says so; what cannot be used is named."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from segcore.labels import LABEL_SPACES
from segcore.scoring.comparison import AGREEMENT, OUTCOMES
from ui.shell.url import say_wrong
from ui.viewer.layers import VOID_NAMES, Layer
from ui.viewer.settings import LAYOUTS, MOST_ZOOM, Box, Probe, View, ViewerStart

IN_ADDRESS = ("left", "right", "opacity", "outlines", "divider", "hidden", "zoom")
"""Parameters that a viewer keeps; also "probe" and "box" where these are, "view" and "truth" where there are views."""
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
    """Read the start from the address once a session and page.

    It stays as it is afterwards: the browser keeps the settings then, and writes them into the address.

    Args:
        layers: those that the page has now.
        page: name of the page.
        left, right: layers for when the address asks for none, or for one that the page has not.
    """
    key, layer_names = f"_{page}_viewer_start", [layer.name for layer in layers]
    if key not in st.session_state:
        st.session_state[key] = ViewerStart(
            left=_asked("left", _one_of(layer_names), None, what="left layer"),
            right=_asked("right", _one_of(layer_names), None, what="right layer"),
            opacity=_asked("opacity", _percent, 60, what="opacity") / 100,
            outlines=_asked("outlines", _switch, False, what="outlines setting"),
            divider=_asked("divider", _percent, 50, what="dividing line") / 100,
            hidden=_asked("hidden", _names_in(layers), (), what="hidden classes"),
            view=_asked("zoom", _view, None, what="zoom") or _earlier_view(),
            probe=_asked("probe", _probe, None, what="probe"),
            box=_asked("box", _box, None, what="box"),
            layout=_layout(),
            third=_asked("truth", _switch, False, what="ground truth setting"),
        )
    asked = st.session_state[key]
    return replace(
        asked,
        left=asked.left if asked.left in layer_names else left,
        right=asked.right if asked.right in layer_names else right,
    )


def _asked(parameter: str, read: Callable[[str], _Setting], default: _Setting, *, what: str) -> _Setting:
    asked = st.query_params.get(parameter)
    if asked is None:
        return default
    try:
        return read(asked)
    except ValueError:
        say_wrong(parameter, [asked], what=what)
        return default


def _earlier_view() -> View | None:
    """Return which part is seen by the parameter that said so in earlier links."""
    asked = st.query_params.get("view", "")
    return _asked("view", _view, None, what="view") if "," in asked else None


def _layout() -> str | None:
    asked = st.query_params.get("view", "")
    if asked and "," not in asked:
        return _asked("view", _one_of(LAYOUTS), None, what="view")
    # Earlier links know of one view alone, and say where its line stands if it was moved.
    return "swipe" if st.query_params.get("divider", _MIDDLE) != _MIDDLE else None


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
