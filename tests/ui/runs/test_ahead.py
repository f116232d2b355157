"""Work ahead: in order, bounded, and no failure ends it."""

import threading

import pytest

from segcore.errors import InputError
from ui.runs.ahead import Ahead


def test_pieces_are_done_in_order_and_the_oldest_is_given_up_where_there_are_too_many():
    done, began, gate, last = [], threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        began.set()
        assert gate.wait(5)

    ahead = Ahead(3)
    ahead.add(hold)
    assert began.wait(5)
    for number in range(4):
        ahead.add(lambda number=number: done.append(number))
    ahead.add(last.set)
    gate.set()
    assert last.wait(5)
    assert done == [2, 3]


@pytest.mark.parametrize("error", [InputError("no mask"), ValueError("broken")])
def test_a_piece_that_fails_ends_neither_the_others_nor_later_ones(error: Exception):
    ahead, done = Ahead(8), []

    def fail() -> None:
        raise error

    for work in (fail, lambda: done.append(1), fail):
        ahead.add(work)
    _wait_for(ahead, threading.Event())
    ahead.add(lambda: done.append(2))
    _wait_for(ahead, threading.Event())
    assert done == [1, 2]


def _wait_for(ahead: Ahead, last: threading.Event) -> None:
    ahead.add(last.set)
    assert last.wait(5)
