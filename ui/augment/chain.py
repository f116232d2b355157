"""Augment: the chain as the visitor has built it, kept for the session and in the address as ``?chain=``."""

from dataclasses import dataclass

import streamlit as st

from segcore.effects.chain import MAXIMUM_STEPS, Chain, Step, from_text, make_step, to_text
from segcore.errors import InputError
from ui.shell.text import message_of
from ui.shell.url import take_asked, write_address

START = Chain((make_step("rain", severity=3),))
"""What a newcomer sees."""
_NOTHING = "none"
_PARAMETER = "chain"
_ENTRIES, _COUNT = "_augment_entries", "_augment_count"


@dataclass(frozen=True)
class Entry:
    """A step and the number that its widgets carry, so that they stay with it when the order changes."""

    number: int
    step: Step


def open_chain() -> None:
    """Take the chain from the address, or the one of before, or the start; the page calls it on a full run."""
    if (asked := take_asked(_PARAMETER)) is not None:
        try:
            replace_chain(Chain() if asked[-1] == _NOTHING else from_text(asked[-1]))
        except InputError as error:
            st.warning(f"The chain in the address cannot be used; the default is shown. {message_of(error)}")
            replace_chain(START)
    elif _ENTRIES not in st.session_state:
        replace_chain(START)


def entries() -> tuple[Entry, ...]:
    """Return the steps in the order in which they are applied."""
    return st.session_state[_ENTRIES]


def steps() -> tuple[Step, ...]:
    """Return the steps alone."""
    return tuple(entry.step for entry in entries())


def keep_in_address() -> None:
    """Have the address tell the chain; its seed is a widget, which does so itself."""
    write_address(_PARAMETER, [to_text(Chain(steps())) or _NOTHING])


def replace_chain(chain: Chain) -> None:
    """Put another chain in place of the whole; its seed is not taken over."""
    st.session_state[_ENTRIES] = tuple(_new_entry(step) for step in chain.steps)


def add(step: Step) -> int | None:
    """Put a step at the end; return its number, or None when the chain is full."""
    if len(entries()) >= MAXIMUM_STEPS:
        return None
    entry = _new_entry(step)
    st.session_state[_ENTRIES] = (*entries(), entry)
    return entry.number


def remove(number: int) -> None:
    """Take a step away."""
    st.session_state[_ENTRIES] = tuple(entry for entry in entries() if entry.number != number)


def move(number: int, places: int) -> None:
    """Move a step towards the end, or towards the start with negative ``places``."""
    kept = list(entries())
    # None where the step is gone: its button is still there until the page has been drawn anew.
    for at in [index for index, entry in enumerate(kept) if entry.number == number]:
        kept.insert(max(0, at + places), kept.pop(at))
    st.session_state[_ENTRIES] = tuple(kept)


def change(number: int, step: Step) -> None:
    """Give a step other values."""
    st.session_state[_ENTRIES] = tuple(
        Entry(number, step) if entry.number == number else entry for entry in entries()
    )


def _new_entry(step: Step) -> Entry:
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    return Entry(number, step)
