"""Measure how long the first visitor of a cold server waits for a page, in a real browser with an empty cache.

    python benchmarks/first_page.py [--page augment] [--repeats 8]

Each repeat starts a new server and opens the page as soon as the server is healthy. The times are measured in the
browser, from the request to the heading and to the complete page: Streamlit's files, imports of the page, and its first
run. Needs Playwright for Python and a Chromium.
"""

import argparse

from app_in_browser import new_page, opened_browser, served, tell, tell_machine
from playwright.sync_api import Browser

_HEADING = "() => document.querySelector('h1') && performance.now()"
_WHOLE = """() => document.querySelector("h1")
    && document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") && performance.now()"""


def measure(browser: Browser, page_name: str) -> tuple[float, float]:
    """Return the milliseconds until the heading and until the complete page of a server that was just started."""
    with served() as url:
        page = new_page(browser)
        page.goto(f"{url}/{page_name}", wait_until="commit")
        times = [page.wait_for_function(ready, polling="raf").json_value() for ready in (_HEADING, _WHOLE)]
        page.context.close()
    return times[0], times[1]


def main() -> None:
    """Measure and print median and 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--page", default="", help="a page's address, such as augment; default: the overview")
    parser.add_argument("--repeats", type=int, default=8, help="how many servers are started")
    arguments = parser.parse_args()
    with opened_browser() as browser:
        times = [measure(browser, arguments.page) for _ in range(arguments.repeats)]
    name = arguments.page or "overview"
    for what, values in zip(("heading", "whole page"), zip(*times, strict=True), strict=True):
        tell(f"{name} of a cold server, {what}", values)
    tell_machine()


if __name__ == "__main__":
    main()
