"""A server that strangers reach: what they may not do there, and how the pages say so.

Whatever opens a folder that a visitor types, or writes on the server, asks here first.
"""

import streamlit as st

from segcore.errors import InputError
from segcore.system.settings import is_public

_ELSEWHERE = "This is a public server. Start SegCompare on your own machine"


def say_public() -> None:
    """Say on the page, in the sidebar, what a public server leaves out; nothing elsewhere."""
    if is_public():
        st.caption(
            "This is a public server: you can upload pictures; folders, evaluations and new runs are turned off."
        )


def turned_off(purpose: str) -> bool:
    """Tell whether visitors may not do something, and say so in its place.

    Args:
        purpose: what one can do elsewhere, such as "to add runs".
    """
    if is_public():
        st.info(f"{_ELSEWHERE} {purpose}.")
    return is_public()


def refuse_on_public_server(purpose: str) -> None:
    """Check, right before it is done, that visitors may do something that the page has not offered them.

    Raises:
        InputError: they may not.
    """
    if is_public():
        raise InputError(f"{_ELSEWHERE} {purpose}.")
