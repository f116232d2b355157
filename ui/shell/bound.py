"""Widgets whose value is in the address: each reads what a link asks for, draws itself, and writes what it shows.

A value in the address that is unknown, empty, infinite or malformed counts as absent, and the page says so once.
A choice is kept for the whole visit, also while its widget is not drawn; one that is not offered any more gives way
to the default.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from ui.shell.url import notices_in, say_wrong, take_asked, visit_of_page, write_address

_Option = TypeVar("_Option")
_Value = TypeVar("_Value")
_KEPT, _CHOSEN, _GIVEN, _LABELS = "_bound_values", "_bound_chosen", "_bound_given", "_bound_labels"
_NOTHING = [""]
"""How an address says that nothing is chosen."""
_ABSENT = object()


@dataclass(frozen=True)
class _Kind:
    """What the values of a widget are.

    Attributes:
        fits: whether a value can be shown.
        read: what texts of the address mean, ``_ABSENT`` if there is no right one, and those that are wrong.
    """

    fits: Callable[[Any], bool]
    read: Callable[[list[str]], tuple[Any, list[str]]]


def choose(key: str, value: object) -> None:
    """Have the widget of a key show a value, from its next run on; the default where it is not offered.

    Streamlit warns of a value that is put into its session state for a widget that has a default.
    """
    st.session_state.setdefault(_CHOSEN, {})[key] = value


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
    default: str | None = None,
    draw_single: bool = True,
    **settings: object,
) -> str:
    """Draw ``st.selectbox``.

    Args:
        label, options, settings: as for Streamlit.
        key: of the widget, and its name in the address.
        what: what is chosen, in words, such as "frame".
        where: where it should be, in words.
        default: what is chosen at first, the first option if None.
        draw_single: whether the widget is drawn if there is nothing to choose.
    """
    names = list(options)
    first = names[0] if default is None else default
    kind = _one_of({name: name for name in names})
    value, given = _begin(key, kind, first, what=what, where=where, in_words=settings.get("format_func", str))
    if len(names) > 1 or draw_single:
        shown = {} if given else {"index": names.index(value)}
        value = st.selectbox(label, names, key=key, **shown, **settings)
    return _end(key, value, [value])


def bound_segments(
    label: str,
    options: Sequence[_Option],
    *,
    key: str,
    what: str,
    default: _Option | None = None,
    required: bool = True,
    draw_single: bool = True,
    format_func: Callable[[_Option], str] = str,
    shown: Mapping[_Option, str] | None = None,
    **settings: object,
) -> _Option | None:
    """Draw ``st.segmented_control`` for one choice, the first option by default.

    Args:
        label, options, format_func, settings: as for Streamlit.
        key, what, draw_single: as for ``bound_selectbox``.
        default: what is chosen at first.
        required: whether there is always a choice; without it none is a choice too, and returned as None.
        shown: what options are called on the page, where that is not what the address says, such as names of runs.
    """
    first = options[0] if default is None else default
    kind = _one_of({format_func(option): option for option in options}, may_be_none=not required)
    value, given = _begin(key, kind, first, what=what)
    if len(options) > 1 or draw_single:
        at_first = {} if given else {"default": value}
        value = st.segmented_control(
            label,
            list(options),
            required=required,
            key=key,
            format_func=format_func if shown is None else shown.__getitem__,
            **at_first,
            **settings,
        )
    return _end(key, value, _NOTHING if value is None else [format_func(value)])


def bound_several_segments(
    label: str, options: Sequence[str], *, key: str, what: str, default: Sequence[str], **settings: object
) -> list[str]:
    """Draw ``st.segmented_control`` for several choices, of which there may be none; see ``bound_selectbox``."""
    value, given = _begin(key, _several_of(options), list(default), what=what)
    shown = {} if given else {"default": value}
    value = st.segmented_control(label, list(options), selection_mode="multi", key=key, **shown, **settings)
    return _end(key, value, value or _NOTHING)


def bound_multiselect(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    what: str,
    default: Sequence[str],
    max_selections: int | None = None,
    **settings: object,
) -> list[str]:
    """Draw ``st.multiselect``; see ``bound_selectbox``."""
    value, given = _begin(key, _several_of(options, most=max_selections), list(default), what=what)
    shown = {} if given else {"default": value}
    value = st.multiselect(label, list(options), key=key, max_selections=max_selections, **shown, **settings)
    return _end(key, value, value or _NOTHING)


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
    value, given = _begin(key, _number(low, high), default, what=what)
    shown = {} if given else {"value": value}
    value = st.slider(label, low, high, step=step, key=key, **shown, **settings)
    return _end(key, value, [_number_text(value)])


def bound_number(
    label: str, low: float, high: float, default: float, *, key: str, what: str, **settings: object
) -> float:
    """Draw ``st.number_input``, for a whole number if ``low`` is; see ``bound_selectbox``."""
    value, given = _begin(key, _number(low, high), default, what=what)
    shown = {} if given else {"value": value}
    value = st.number_input(label, low, high, key=key, **shown, **settings)
    return _end(key, value, [_number_text(value)])


def bound_toggle(label: str, *, key: str, what: str, **settings: object) -> bool:
    """Draw ``st.toggle``, off at first; see ``bound_selectbox``."""
    value, given = _begin(key, _SWITCH, False, what=what)
    shown = {} if given else {"value": value}
    value = st.toggle(label, key=key, **shown, **settings)
    return _end(key, value, [str(value).lower()])


def _begin(
    key: str,
    kind: _Kind,
    default: _Value,
    *,
    what: str,
    where: str = "here",
    in_words: Callable[[Any], str] = str,
) -> tuple[_Value, bool]:
    """Return what the widget shall show, and whether it has been given that, so that it must not be told again."""
    now = st.session_state.get(key, _ABSENT)
    value = _kept().get(key, default) if now is _ABSENT else now
    all_given = st.session_state.setdefault(_GIVEN, {})
    given, visit = all_given.pop(key, (_ABSENT, None))
    if visit not in (None, visit_of_page()):
        # If the visitor left the page before the browser received this value, ``now`` is the browser's older one.
        value = given
    value = st.session_state.get(_CHOSEN, {}).pop(key, value)
    if (asked := take_asked(key)) is not None:
        value, wrong = kind.read(asked)
        say_wrong(key, wrong, what=what, where=where)
    if value is _ABSENT or not kind.fits(value):
        value = default
    # Given only where it changes: the browser would take every run's value for newer than its own.
    # In other words too: it knows its value by them.
    labels = st.session_state.setdefault(_LABELS, {})
    label = in_words(value)
    is_new = value != now or labels.get(key, label) != label
    labels[key] = label
    if is_new:
        st.session_state[key] = value
        all_given[key] = (value, visit_of_page())
    return value, is_new


def _end(key: str, value: _Value, texts: list[str]) -> _Value:
    _kept()[key] = value
    write_address(key, texts)
    return value


def _kept() -> dict[str, Any]:
    return st.session_state.setdefault(_KEPT, {})


def _one_of(options: Mapping[str, Any], *, may_be_none: bool = False) -> _Kind:
    """Return the kind of one option of several, by its text in the address."""
    values = [*options.values(), *([None] if may_be_none else [])]
    known = {**options, **({"": None} if may_be_none else {})}

    def read(texts: list[str]) -> tuple[Any, list[str]]:
        text = texts[-1]
        return (known[text], []) if text in known else (_ABSENT, [text])

    return _Kind(values.__contains__, read)


def _several_of(options: Sequence[str], *, most: int | None = None) -> _Kind:
    """Return the kind of any number of options, up to ``most``."""

    def fits(value: Any) -> bool:
        return len(value) <= (most or len(options)) and set(options).issuperset(value)

    def read(texts: list[str]) -> tuple[Any, list[str]]:
        asked = [text for text in dict.fromkeys(texts) if text]
        right = [text for text in asked if text in options]
        return right[:most] if right or not asked else _ABSENT, [
            text for text in asked if text not in options
        ]

    return _Kind(fits, read)


def _number(low: float, high: float) -> _Kind:
    """Return the kind of a number in a range, a whole one if ``low`` is."""

    def read(texts: list[str]) -> tuple[Any, list[str]]:
        text = texts[-1]
        try:
            if not isinstance(low, int):
                value = float(text)
            elif text.isascii() and text.removeprefix("-").isdigit():
                # Too many digits raise ValueError as well.
                value = int(text)
            else:
                raise ValueError(text)
        except ValueError:
            return _ABSENT, [text]
        # NaN is in no range.
        return (value, []) if low <= value <= high else (_ABSENT, [text])

    return _Kind(lambda value: low <= value <= high, read)


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _read_switch(texts: list[str]) -> tuple[Any, list[str]]:
    switches = {"true": True, "false": False}
    text = texts[-1]
    return (switches[text.lower()], []) if text.lower() in switches else (_ABSENT, [text])


_SWITCH = _Kind(lambda value: isinstance(value, bool), _read_switch)
