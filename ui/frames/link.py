"""Which data a link is about: its name is in the address, and other data is not shown in its place unasked."""

import streamlit as st

from ui.shell.text import markdown_escaped
from ui.shell.url import asked_for, take_asked, write_address

_PARAMETER = "data"
# What a link asks for that is not in use; what is.
_WANTED, _HERE = "_data_wanted", "_data_here"
_LONGEST = 80


def data_asked() -> str | None:
    """Return the name of the data set that a link asks for and that nobody has looked for yet, or None."""
    return (asked_for(_PARAMETER) or [None])[-1] or None


def withheld(here: str | None) -> bool:
    """Tell whether the address is about other data than is in use, so that no frame may be shown.

    Args:
        here: the name of the data set in use, None where there is none.
    """
    if asked := (take_asked(_PARAMETER) or [None])[-1]:
        st.session_state[_WANTED] = asked
    st.session_state[_HERE] = here
    if st.session_state.get(_WANTED) in (None, here):
        st.session_state.pop(_WANTED, None)
        return False
    write_address(_PARAMETER, [st.session_state[_WANTED]])
    return True


def offer_data_in_use() -> bool:
    """Say that the link is about other data, if it is, and offer the data in use; return whether it is."""
    wanted, here = st.session_state.get(_WANTED), st.session_state.get(_HERE)
    if wanted is None:
        return False
    named = f"**{markdown_escaped(wanted[:_LONGEST])}**"
    if here is None:
        st.warning(
            f"This link is about the data set {named}: choose Data set in the sidebar and name its folder."
        )
    else:
        st.warning(
            f"This link is about the data set {named}, but this page uses **{markdown_escaped(here)}**, which has "
            "other frames. Choose the right data set in the sidebar, or go on with this one."
        )
    st.button("Go on with the frames here", on_click=_go_on, key="go_on_with_data")
    return True


def keep_data_in_address(name: str | None) -> None:
    """Have the address say which data the page is about, None for what cannot be linked to."""
    if name is not None:
        write_address(_PARAMETER, [name])


def _go_on() -> None:
    st.session_state.pop(_WANTED, None)
