"""Widgets whose value is in the address: each checks what the address asks for and then draws itself.

Here alone a widget is bound to the address, so that what an address holds is decided in one place. A value that
is unknown, empty, infinite or malformed counts as absent, and the page says so once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from ui.shell.url import check_asked, notices_in

_Option = TypeVar("_Option")


@contextmanager
def bound_row(**settings: object) -> Iterator[None]:
    """Begin a row of widgets, with ``settings`` of ``st.container``; notices about the address come above it."""
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", **settings), notices_in(place):
        yield


def bound_selectbox(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    what: str,
    where: str = "here",
    persist: bool = True,
    draw_single: bool = True,
    **settings: object,
) -> str:
    """Draw ``st.selectbox``.

    Args:
        label, options, settings: as for Streamlit.
        key: of the widget, and its name in the address.
        what: what is chosen, in words, such as "frame".
        where: where it should be, in words.
        persist: whether the choice is kept for the session while the widget is not drawn.
        draw_single: whether the widget is drawn if there is nothing to choose.
    """
    check_asked(key, set(options).__contains__, what=what, where=where)
    if len(options) == 1 and not draw_single:
        return options[0]
    return st.selectbox(label, list(options), key=key, **_bound(persist), **settings)


def bound_segments(
    label: str,
    options: Sequence[_Option],
    *,
    key: str,
    what: str,
    default: _Option | None = None,
    required: bool = True,
    persist: bool = True,
    draw_single: bool = True,
    format_func: Callable[[_Option], str] = str,
    **settings: object,
) -> _Option | None:
    """Draw ``st.segmented_control`` for one choice, the first option by default.

    Args:
        label, options, format_func, settings: as for Streamlit.
        key, what, persist, draw_single: as for ``bound_selectbox``.
        default: what is chosen at first.
        required: whether there is always a choice; without it none is a choice too, and returned as None.
    """
    known = {format_func(option) for option in options} | (set() if required else {""})
    check_asked(key, known.__contains__, what=what)
    if len(options) == 1 and not draw_single:
        return options[0]
    return st.segmented_control(
        label,
        list(options),
        default=options[0] if default is None else default,
        required=required,
        key=key,
        format_func=format_func,
        **_bound(persist),
        **settings,
    )


def bound_several_segments(
    label: str, options: Sequence[str], *, key: str, what: str, default: Sequence[str], **settings: object
) -> list[str]:
    """Draw ``st.segmented_control`` for several choices, of which there may be none; see ``bound_selectbox``."""
    _check_several(key, options, what=what)
    return st.segmented_control(
        label,
        list(options),
        default=list(default),
        selection_mode="multi",
        key=key,
        **_bound(),
        **settings,
    )


def bound_multiselect(
    label: str, options: Sequence[str], *, key: str, what: str, default: Sequence[str], **settings: object
) -> list[str]:
    """Draw ``st.multiselect``; see ``bound_selectbox``."""
    _check_several(key, options, what=what)
    return st.multiselect(label, list(options), default=list(default), key=key, **_bound(), **settings)


def bound_slider(
    label: str,
    low: float,
    high: float,
    default: float,
    step: float | None = None,
    *,
    key: str,
    what: str,
    **settings: object,
) -> float:
    """Draw ``st.slider`` for one number, a whole one if ``low`` is; see ``bound_selectbox``."""
    _check_number(key, low, high, what=what)
    return st.slider(label, low, high, default, step, key=key, **_bound(), **settings)


def bound_number(
    label: str, low: float, high: float, default: float, *, key: str, what: str, **settings: object
) -> float:
    """Draw ``st.number_input``, for a whole number if ``low`` is; see ``bound_selectbox``."""
    _check_number(key, low, high, what=what)
    return st.number_input(label, low, high, default, key=key, **_bound(), **settings)


def bound_toggle(label: str, *, key: str, what: str, **settings: object) -> bool:
    """Draw ``st.toggle``, off at first; see ``bound_selectbox``."""
    check_asked(key, lambda text: text.lower() in ("true", "false"), what=what)
    return st.toggle(label, key=key, **_bound(), **settings)


def _bound(persist: bool = True) -> dict[str, str]:
    return {"bind": "query-params"} | ({"persist_state": "session"} if persist else {})


def _check_several(key: str, options: Sequence[str], *, what: str) -> None:
    # Empty is how Streamlit writes that nothing is chosen.
    check_asked(key, {*options, ""}.__contains__, what=what, several=True)


def _check_number(key: str, low: float, high: float, *, what: str) -> None:
    def is_right(text: str) -> bool:
        if isinstance(low, int) and not (text.isascii() and text.removeprefix("-").isdigit()):
            return False
        try:
            # NaN is in no range, and what is too long for a float is infinite.
            return low <= float(text) <= high
        except ValueError:
            return False

    check_asked(key, is_right, what=what)
