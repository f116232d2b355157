"""Which data a link is about: its name is in the address, and other data is not shown in its place unasked."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shell.component_text import component_text
from ui.shell.text import markdown_escaped

_PARAMETER = "data"
# Names that this visit has put into the address itself; what a link asks for that is not in use; what is.
_SAID, _WANTED, _HERE = "_data_said", "_data_wanted", "_data_here"
_LONGEST = 80
_write = st.components.v2.component("segcompare_address", js=component_text("shell/browser/address.js"))


def data_asked() -> str | None:
    """Return the name of the data set in the address, or None."""
    return st.query_params.get(_PARAMETER) or None


def withheld(here: str | None) -> bool:
    """Tell whether the address is about other data than is in use, so that no frame may be shown.

    Args:
        here: the name of the data set in use, None where there is none.
    """
    asked, context = data_asked(), get_script_run_ctx()
    is_link = asked not in _said() or (context is not None and context.is_history_navigation)
    if asked and is_link:
        st.session_state[_WANTED] = asked
    st.session_state[_HERE] = here
    if st.session_state.get(_WANTED) in (None, here):
        st.session_state.pop(_WANTED, None)
        return False
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
            f"This link is about the data set {named}, but the one in use here is **{markdown_escaped(here)}**, whose "
            "frames are others. Choose the right one in the sidebar, or go on with what is here."
        )
    st.button("Go on with the frames here", on_click=_go_on, args=(wanted,), key="go_on_with_data")
    return True


def keep_data_in_address(name: str | None) -> None:
    """Have the address say which data the page is about, None for what cannot be linked to.

    The browser writes it: what Streamlit writes is an entry in the history.
    """
    context = get_script_run_ctx()
    if context is not None:
        # What Streamlit writes later must not take it away again.
        with context.session_state.query_params() as address:
            if name is None:
                address.discard_param_no_forward_msg(_PARAMETER)
            else:
                _said().add(name)
                address.set_with_no_forward_msg(_PARAMETER, name)
    # The page is told along, so that it is written again where another page has dropped it.
    page = context.page_script_hash if context is not None else ""
    _write(key="data_in_address", data={"parameters": {_PARAMETER: name}, "page": page})


def _go_on(wanted: str) -> None:
    st.session_state.pop(_WANTED, None)
    _said().add(wanted)


def _said() -> set[str]:
    return st.session_state.setdefault(_SAID, set())
