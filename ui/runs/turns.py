"""Predictions take turns, in the order in which they were asked for, and whoever waits sees how many are before."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

import streamlit as st

from ui.runs.quiet import WhenQuiet

_SECONDS_BETWEEN_LOOKS = 0.5
_QUIET_SECONDS = 3.0


class _SharedTurn(ExitStack):
    """Ends a turn that several predictions share, if one of them began it."""

    has_begun = False


_shared: ContextVar[_SharedTurn | None] = ContextVar("_shared", default=None)


class Turns:
    """A line in which the first has its turn and the others wait."""

    def __init__(self) -> None:
        self._line: list[object] = []
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, tell: Callable[[int], None]) -> Iterator[None]:
        """Wait for a turn, and have it during the block.

        Args:
            tell: called while waiting, again and again, with the number of those before; an exception of it leaves
                the line.
        """
        ticket = object()
        with self._changed:
            self._line.append(ticket)
        try:
            while ahead := self._ahead(ticket):
                tell(ahead)
                with self._changed:
                    self._changed.wait_for(
                        lambda ahead=ahead: self._line.index(ticket) < ahead, timeout=_SECONDS_BETWEEN_LOOKS
                    )
            yield
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()

    @contextmanager
    def spare(self) -> Iterator[bool]:
        """Have a turn during the block if nobody has one or waits for one; yields whether it is so."""
        ticket = object()
        with self._changed:
            is_free = not self._line
            if is_free:
                self._line.append(ticket)
        try:
            yield is_free
        finally:
            if is_free:
                with self._changed:
                    self._line.remove(ticket)
                    self._changed.notify_all()

    def _ahead(self, ticket: object) -> int:
        with self._changed:
            return self._line.index(ticket)


@st.cache_resource(show_spinner=False)
def _turns() -> Turns:
    return Turns()


@st.cache_resource(show_spinner=False)
def _rest() -> WhenQuiet:
    return WhenQuiet(_release_memory, seconds=_QUIET_SECONDS)


def _release_memory() -> None:
    # Stored masks predict without ONNX Runtime, which is not imported for this.
    network = sys.modules.get("segcore.predict.onnx.network")
    if network is not None:
        network.release_memory()


@contextmanager
def one_turn() -> Iterator[None]:
    """Let all predictions of the block share a turn, which begins with the first of them.

    Otherwise of several visitors who compare at once nobody gets B before all others have A.
    """
    with _SharedTurn() as turn:
        before = _shared.set(turn)
        try:
            yield
        finally:
            _shared.reset(before)


@contextmanager
def turn_to_predict(doing: str = "Predicting…") -> Iterator[None]:
    """Wait until no prediction that was asked for before is under way; the page says how many there are.

    Args:
        doing: what the page says during the block.
    """
    shared = _shared.get()
    if shared is None:
        with _turn(doing):
            yield
        return
    if not shared.has_begun:
        shared.enter_context(_turn(doing))
        shared.has_begun = True
    yield


@contextmanager
def _turn(doing: str) -> Iterator[None]:
    with ExitStack() as shown:
        said = None

        def tell(ahead: int) -> None:
            nonlocal said
            if ahead == said:
                # Nothing to see, but here Streamlit stops the run of a visitor who has gone on or away.
                with st.spinner(""):
                    return
            said = ahead
            shown.close()
            shown.enter_context(st.spinner(_waiting(ahead)))

        with _turns().turn(tell):
            shown.close()
            try:
                with st.spinner(doing):
                    yield
            finally:
                # Streamlit ends the block early if the visitor goes on.
                _rest().touch()


@contextmanager
def spare_turn() -> Iterator[bool]:
    """Have a turn to predict for work that nobody waits for, if nobody else predicts; yields whether it is so."""
    with _turns().spare() as is_free:
        try:
            yield is_free
        finally:
            if is_free:
                _rest().touch()


def _waiting(ahead: int) -> str:
    # page.css shows the hourglass in place of the turning ring.
    return f":material/hourglass_empty: Waiting for {ahead} other prediction{'' if ahead == 1 else 's'}…"
