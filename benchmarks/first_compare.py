"""Measure the time of the first visit to Compare on a cold server until both masks are visible, and the memory.

    python benchmarks/first_compare.py [--repeats 3] [--frames 20]

Each repeat starts a server, opens Compare in a browser with a cold cache and waits until both masks are painted. The
last repeat then visits all pages and ``--frames`` further frames on Compare. Memory is the resident size of the
server's process, directly after the page and again some seconds later, when the server has returned the memory of
predictions. Linux only.
"""

import argparse
import statistics
import sys
import time

from app_in_browser import (
    MASKS_STAND,
    POLLING_MS,
    new_page,
    opened_browser,
    resident,
    served,
    tell_machine,
    wait_for_script,
)
from playwright.sync_api import Page

_PAGES = ("", "augment", "training", "evaluation", "robustness", "compare")
_SECONDS_TO_REST = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--frames", type=int, default=20)
    arguments = parser.parse_args()
    tell_machine()
    seconds = []
    with opened_browser() as browser:
        for repeat in range(arguments.repeats):
            with served() as url:
                page = new_page(browser)
                start = time.monotonic()
                page.goto(f"{url}/compare")
                page.wait_for_function(MASKS_STAND, polling=POLLING_MS)
                seconds.append(time.monotonic() - start)
                if repeat == arguments.repeats - 1:
                    sys.stdout.write(f"memory after the first comparison {resident(url):6.0f} MB\n")
                    _walk(page, url, arguments.frames)
                    after = f"memory after all pages and {arguments.frames} frames"
                    sys.stdout.write(f"{after} {resident(url):6.0f} MB\n")
                    time.sleep(_SECONDS_TO_REST)
                    sys.stdout.write(f"{after}, at rest {resident(url):6.0f} MB\n")
                page.context.close()
    sys.stdout.write(
        f"first comparison {statistics.median(seconds):.1f} s, median of {len(seconds)} cold servers\n"
    )


def _walk(page: Page, url: str, frames: int) -> None:
    for name in _PAGES:
        page.goto(f"{url}/{name}")
        wait_for_script(page)
    for _ in range(frames):
        page.get_by_role("button", name="Next", exact=True).first.click()
        wait_for_script(page)


if __name__ == "__main__":
    main()
