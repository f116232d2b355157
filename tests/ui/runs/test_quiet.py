"""Something that is done once nothing else has happened for a while."""

import threading
import time

from ui.runs.quiet import WhenQuiet


def test_it_is_done_once_after_the_last_touch():
    times, done = [], threading.Event()

    def do() -> None:
        times.append(time.monotonic())
        done.set()

    quiet = WhenQuiet(do, seconds=0.3)
    for _ in range(4):
        quiet.touch()
        last = time.monotonic()
        time.sleep(0.05)
    assert done.wait(20)
    time.sleep(0.5)
    assert len(times) == 1 and times[0] - last >= 0.29
    done.clear()
    quiet.touch()
    assert done.wait(20) and len(times) == 2
