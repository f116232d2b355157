"""Results in memory up to a number of bytes, the same for all visitors."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Store(Generic[_Value]):
    """Values by key; those that were not asked for the longest are given up beyond ``most_bytes``.

    Args:
        most_bytes: of all values together. One that is larger is not kept.
    """

    def __init__(self, most_bytes: int):
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[_Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> _Value | None:
        """Return the value of a key, None where there is none."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, value: _Value, *, bytes: int) -> None:
        """Keep a value, which takes so many bytes; callers must not change it any more."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (value, bytes)
            while sum(size for _, size in self._kept.values()) > self._most_bytes:
                self._kept.popitem(last=False)
