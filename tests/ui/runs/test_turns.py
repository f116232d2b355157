"""Predictions in line: who comes first, who is told what, and who leaves."""

import threading

import pytest

from ui.runs import turns as module
from ui.runs.turns import Turns, one_turn, turn_to_predict


class Visitor(threading.Thread):
    """Takes a turn in a thread of its own; ``told`` is what it was told while waiting."""

    def __init__(self, turns: Turns, served: list[str], name: str):
        super().__init__(name=name, daemon=True)
        self._turns, self._served = turns, served
        self.told: list[int] = []
        self.waits = threading.Event()
        self.start()

    def run(self) -> None:
        with self._turns.turn(self._tell):
            self._served.append(self.name)

    def _tell(self, ahead: int) -> None:
        if ahead not in self.told:
            self.told.append(ahead)
        self.waits.set()


def test_the_first_come_is_the_first_served_and_the_others_hear_how_many_are_before():
    turns, served, visitors = Turns(), [], []
    with turns.turn(lambda ahead: pytest.fail("nobody is before")):
        for name in "abc":
            visitors.append(Visitor(turns, served, name))
            assert visitors[-1].waits.wait(5)
        assert [visitor.told for visitor in visitors] == [[1], [2], [3]]
    for visitor in visitors:
        visitor.join(5)
    assert served == ["a", "b", "c"]


def test_who_gives_up_waiting_holds_up_nobody():
    turns, served = Turns(), []

    def leave(ahead: int) -> None:
        raise KeyboardInterrupt

    with turns.turn(lambda ahead: None):
        with pytest.raises(KeyboardInterrupt), turns.turn(leave):
            pass
        after = Visitor(turns, served, "after")
        assert after.waits.wait(5)
        assert after.told == [1]
    after.join(5)
    assert served == ["after"]


def test_a_prediction_that_fails_gives_its_turn_on():
    turns = Turns()
    with pytest.raises(ValueError), turns.turn(lambda ahead: None):
        raise ValueError
    with turns.turn(lambda ahead: pytest.fail("nobody is before")):
        pass


def test_a_spare_turn_is_one_that_nobody_wants():
    turns, served = Turns(), []
    with turns.spare() as is_free:
        assert is_free
        with turns.spare() as second:
            assert not second
        other = Visitor(turns, served, "other")
        assert other.waits.wait(5)
        assert (other.told, served) == ([1], [])
    other.join(5)
    assert served == ["other"]
    with turns.turn(lambda ahead: None), turns.spare() as is_free:
        assert not is_free
    with turns.spare() as is_free:
        assert is_free


def test_nobody_comes_between_predictions_that_share_a_turn(monkeypatch: pytest.MonkeyPatch):
    turns, served = Turns(), []
    monkeypatch.setattr(module, "_turns", lambda: turns)
    with one_turn():
        with turns.spare() as is_free:
            assert is_free, "a turn began before there was something to predict"
        with turn_to_predict():
            other = Visitor(turns, served, "other")
            assert other.waits.wait(5)
        served.append("between")
        with turn_to_predict():
            served.append("second")
    other.join(5)
    assert served == ["between", "second", "other"]


def test_a_shared_turn_ends_where_a_prediction_fails(monkeypatch: pytest.MonkeyPatch):
    turns = Turns()
    monkeypatch.setattr(module, "_turns", lambda: turns)
    with pytest.raises(ValueError), one_turn(), turn_to_predict():
        raise ValueError
    with turns.spare() as is_free:
        assert is_free
    with turn_to_predict(), turns.spare() as is_free:
        assert not is_free
    with turns.spare() as is_free:
        assert is_free
