"""Something that is done when nothing else has happened for a while."""

import threading
from collections.abc import Callable


class WhenQuiet:
    """Call a function once some seconds have passed without another ``touch``.

    Args:
        do: called in a thread of its own; its exceptions end that thread only.
        seconds: how long it must be quiet.
    """

    def __init__(self, do: Callable[[], None], *, seconds: float):
        self._do, self._seconds = do, seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def touch(self) -> None:
        """Begin to wait, from now on."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(self._seconds, self._do)
            self._timer.daemon = True
            self._timer.start()
