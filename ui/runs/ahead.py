"""Work that is done ahead: what somebody is likely to ask for next, in the background and only while nobody waits."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from segcore.errors import InputError


class Ahead:
    """Does one piece of work after the other in a thread of its own.

    Args:
        most: pieces that wait; beyond it the oldest, which is the least likely to be wanted still, is given up.
    """

    def __init__(self, most: int):
        self._waiting: deque[Callable[[], None]] = deque(maxlen=most)
        self._lock = threading.Lock()
        self._is_working = False

    def add(self, work: Callable[[], None]) -> None:
        """Have a piece of work done; what goes wrong there is left to whoever asks for the result."""
        with self._lock:
            self._waiting.append(work)
            if not self._is_working:
                self._is_working = True
                threading.Thread(target=self._work, name="ahead", daemon=True).start()

    def _work(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except InputError:
                pass
            except Exception:
                logging.getLogger(__name__).exception("work ahead failed")

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._is_working = False
            return None
