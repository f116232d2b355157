"""What is kept in memory stays below its bound."""

from ui.runs.store import Store


def test_what_was_not_asked_for_the_longest_is_given_up_first():
    store = Store[str](10)
    for name in "abc":
        store.put(name, name.upper(), bytes=3)
    assert store.get("a") == "A"
    store.put("d", "D", bytes=4)
    # 3 + 3 + 4 of a, c and d; b had waited the longest.
    assert [store.get(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_a_value_takes_the_place_of_the_one_before():
    store = Store[str](10)
    store.put("a", "old", bytes=9)
    store.put("a", "new", bytes=2)
    store.put("b", "other", bytes=8)
    assert (store.get("a"), store.get("b")) == ("new", "other")


def test_what_is_too_large_is_not_kept():
    store = Store[str](10)
    store.put("a", "A", bytes=11)
    assert store.get("a") is None
