"""The address of a page: what a link asks for when it is opened, and what the page says about itself.

Everything that is shown is in the address, also what nobody has chosen, so that a link shows the same when it is
opened after another run was added. An address is read once: when a visit begins, when a link with parameters is
followed, on Back and on Forward. From then on the page writes it. Streamlit's own binding of widgets to parameters
is not used, as it leaves out whatever equals the default, and adds an entry to the browser's history for much of
what it writes; here the browser is told to replace the entry that there is.

`ui.shell.bound` does both for widgets; what else lives in the address calls ``take_asked`` and ``write_address``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shell.component_text import component_text
from ui.shell.text import markdown_escaped

_ASKED, _PAGE, _VISIT, _NOTICED, _WRITTEN = (
    "_address_asked",
    "_address_page",
    "_address_visit",
    "_noticed_addresses",
    "_address_written",
)
_write = st.components.v2.component("segcompare_address", js=component_text("shell/browser/address.js"))


@dataclass
class _Writer:
    """What a run of a page, or of a part of it, has written so far; ``place`` holds one component at a time."""

    place: DeltaGenerator
    parameters: dict[str, list[str] | None] = field(default_factory=dict)

    def tell(self) -> None:
        with self.place:
            _write(data={"page": st.session_state.get(_PAGE, ""), "parameters": self.parameters})


_place: ContextVar[DeltaGenerator | None] = ContextVar("place of notices", default=None)
_writer: ContextVar[_Writer | None] = ContextVar("writer of the address", default=None)


def arrive(page: str) -> None:
    """Take note of which page is drawn, and on Back, Forward and links of its address; ``ui.visit`` calls it first.

    Args:
        page: the last part of the page's path, "" for the one that opens by itself.
    """
    if st.session_state.get(_PAGE) != page:
        st.session_state[_VISIT] = visit_of_page() + 1
    st.session_state[_PAGE] = page
    context = get_script_run_ctx()
    if context is not None and context.is_history_navigation:
        # Streamlit does so only where the page changes.
        with context.session_state.query_params() as address:
            address.populate_from_query_string(context.query_string)
        st.session_state.pop(_ASKED, None)


def visit_of_page() -> int:
    """Return a number that grows with each page that is opened."""
    return st.session_state.get(_VISIT, 0)


def asked_for(parameter: str) -> list[str] | None:
    """Return what the address asks for and nobody has taken yet, None if it does not say."""
    return _asked().get(parameter)


def take_asked(parameter: str) -> list[str] | None:
    """Return what the address asks for, once: later the visitor knows better."""
    return _asked().pop(parameter, None)


def read_as(parameter: str, names: Mapping[str, str]) -> None:
    """Read what earlier versions wrote into addresses by its name of today.

    Args:
        parameter: name in the address, also the key of the widget that is drawn next.
        names: earlier value to today's.
    """
    if asked := asked_for(parameter):
        _asked()[parameter] = [names.get(value, value) for value in asked]


def write_address(parameter: str, values: Sequence[str]) -> None:
    """Have the address say ``values``, several as a list; one empty text stands for nothing chosen."""
    writer = _writer.get()
    _write_here({parameter: list(values)})
    if writer is not None and writer.parameters.get(parameter) != list(values):
        writer.parameters[parameter] = list(values)
        writer.tell()


@contextmanager
def address_of(scope: str, place: DeltaGenerator) -> Iterator[None]:
    """Write the address of what is drawn in the block: of the page, and of each fragment with bound widgets.

    What it has written in an earlier run and not in this one is taken out of the address at the end, as it is not
    shown any more; what a link asks for and no widget has taken yet stays.

    Args:
        scope: a name of the block; others keep what they have written.
        place: an ``st.empty`` for what tells the browser, in a fragment one of its own.
    """
    writer = _Writer(place)
    token = _writer.set(writer)
    try:
        yield
    finally:
        _writer.reset(token)
    # By page: a viewer of this page may write a parameter that Python wrote on the page before.
    here = (st.session_state.get(_PAGE), scope)
    names = st.session_state.setdefault(_WRITTEN, {}).setdefault(here, set())
    gone = {name: None for name in names - set(writer.parameters) if asked_for(name) is None}
    names.update(writer.parameters)
    if gone:
        _write_here(gone)
        writer.parameters.update(gone)
        writer.tell()


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


@contextmanager
def notices_in(place: DeltaGenerator) -> Iterator[None]:
    """Have notices of the block written into ``place``, such as above a row of widgets."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def _asked() -> dict[str, list[str]]:
    """Return what is left of what the address asks for, which is read anew when another page is opened."""
    context = get_script_run_ctx()
    page = context.page_script_hash if context is not None else ""
    known, asked = st.session_state.get(_ASKED, (None, {}))
    if known != page:
        asked = {name: st.query_params.get_all(name) for name in st.query_params}
        st.session_state[_ASKED] = (page, asked)
    return asked


def _write_here(parameters: Mapping[str, list[str] | None]) -> None:
    """Keep Streamlit's own copy of the address, which it sends to nobody, as the browser's is."""
    context = get_script_run_ctx()
    if context is None:
        return
    address = parse_qs(context.query_string, keep_blank_values=True) | parameters
    with context.session_state.query_params() as copy:
        for name, values in parameters.items():
            if values is None:
                copy.discard_param_no_forward_msg(name)
            else:
                copy.set_with_no_forward_msg(name, values)
    context.query_string = urlencode({name: values for name, values in address.items() if values}, doseq=True)
