"""What a shared address asks for, checked before a bound widget drops the unknown without a word."""

from collections.abc import Collection

import streamlit as st

from ui.shell.text import markdown_escaped

_NOTICED = "_noticed_addresses"


def notice_unknown(parameter: str, options: Collection[str], *, what: str, where: str = "here") -> None:
    """Say so, once, when the address asks for something not among ``options``.

    Call it before the widget with ``key=parameter, bind="query-params"``, which falls back to its default.

    Args:
        parameter: name in the address, also the widget's key.
        options: what may be chosen, as shown by the widget.
        what: the thing in words, such as "frame".
        where: where it should be, in words.
    """
    asked = st.query_params.get_all(parameter)
    noticed = st.session_state.setdefault(_NOTICED, set())
    unknown = [value for value in asked if value not in options and (parameter, value) not in noticed]
    if unknown:
        noticed.update((parameter, value) for value in unknown)
        named = ", ".join(markdown_escaped(repr(value[:60])) for value in unknown[:3])
        st.warning(f"The address asks for the {what} {named}, which is not {where}; the default is shown.")


def notice_bad_number(parameter: str, lowest: float, highest: float, *, what: str) -> None:
    """As ``notice_unknown``, for a widget that takes a number from ``lowest`` to ``highest``."""
    right = [value for value in st.query_params.get_all(parameter) if _is_within(value, lowest, highest)]
    notice_unknown(parameter, right, what=what)


def _is_within(text: str, lowest: float, highest: float) -> bool:
    try:
        return lowest <= float(text) <= highest
    except ValueError:
        return False


def accept_earlier(parameter: str, value: str) -> None:
    """Remember a value that was right when the visitor chose it, so that nothing is said about it later."""
    st.session_state.setdefault(_NOTICED, set()).add((parameter, value))
