"""What a shared address asks for: checked before it is used, and what cannot be had is said once.

`ui.shell.bound` does that for widgets; what else lives in the address, such as the viewer's settings, calls
``check_asked`` or ``say_wrong`` itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shell.text import markdown_escaped

_NOTICED = "_noticed_addresses"
_place: ContextVar[DeltaGenerator | None] = ContextVar("place of notices", default=None)


def check_asked(
    parameter: str,
    is_right: Callable[[str], bool],
    *,
    what: str,
    where: str = "here",
    several: bool = False,
) -> None:
    """Count a value in the address that cannot be used as absent, and say so once.

    Args:
        parameter: name in the address, also the key of the widget that is drawn next.
        is_right: whether a text from the address can be used.
        what: the thing in words, such as "frame".
        where: where it should be, in words.
        several: whether the address may hold several values, of which the widget takes those that are right.
    """
    wrong = [value for value in st.query_params.get_all(parameter) if not is_right(value)]
    if wrong and not several:
        _drop(parameter)
    say_wrong(parameter, wrong, what=what, where=where)


def read_as(parameter: str, names: Mapping[str, str]) -> None:
    """Read what earlier versions wrote into addresses by its name of today.

    Args:
        parameter: name in the address, also the key of the widget that is drawn next.
        names: earlier value to today's.
    """
    context = get_script_run_ctx()
    asked = st.query_params.get(parameter)
    if context is not None and asked in names:
        with context.session_state.query_params() as address:
            address.set_with_no_forward_msg(parameter, names[asked])
            if context.is_history_navigation or not address.is_bound(parameter):
                address.set_initial_query_params_from_current()


def say_wrong(parameter: str, values: Sequence[str], *, what: str, where: str = "here") -> None:
    """Say, once, that the address asks for values that cannot be had."""
    noticed = st.session_state.setdefault(_NOTICED, set())
    unknown = [value for value in values if (parameter, value) not in noticed]
    if unknown:
        noticed.update((parameter, value) for value in unknown)
        named = ", ".join(markdown_escaped(repr(value[:60])) for value in unknown[:3])
        (_place.get() or st).warning(
            f"The address asks for the {what} {named}, which is not {where}; the default is shown."
        )


def accept_earlier(parameter: str, value: str) -> None:
    """Remember a value that was right when the visitor chose it, so that nothing is said about it later."""
    st.session_state.setdefault(_NOTICED, set()).add((parameter, value))


@contextmanager
def notices_in(place: DeltaGenerator) -> Iterator[None]:
    """Have notices of the block written into ``place``, such as above a row of widgets."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def _drop(parameter: str) -> None:
    """Take a parameter out of the address and out of what widgets begin with.

    Streamlit drops most of what it cannot use by itself, but not an infinite number, which ends in an
    exception, nor an empty choice where one is required.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as address:
        # Later in a visit the widget knows better than the address, of which Streamlit keeps an older copy.
        if context.is_history_navigation or not address.is_bound(parameter):
            address.remove_param(parameter)
            address.set_initial_query_params_from_current()
