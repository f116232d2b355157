"""Measure the time from a moved slider on the Augment page to the new picture, in a real browser.

    python benchmarks/augment_latency.py [--chain rain-3] [--slider "Darkening (%)"] [--url http://localhost:8501]

Without ``--url`` a server is started for the measurement. The time is measured in the browser, from the key press to
the browser frame with the new picture. The first moves only warm up the server and are not counted. Every counted move
gives a picture that is not in a cache. Needs Playwright for Python and a Chromium on the path.
"""

import argparse

from app_in_browser import new_page, opened_browser, served, tell, tell_machine, wait_for_script
from playwright.sync_api import Page

WARM_UP_MOVES = 5
_WATCH = """stage => {
    const watch = { pressed: 0, painted: 0 };
    window.slideWatch = watch;
    addEventListener("keydown", () => { watch.pressed = performance.now(); watch.painted = 0; }, true);
    new MutationObserver(() => { watch.painted = performance.now(); })
        .observe(stage, { attributes: true, attributeFilter: ["data-paints"] });
}"""


def measure(page: Page, url: str, *, chain: str, slider: str, moves: int) -> list[float]:
    """Return the milliseconds of each move of a slider from its lower end, one step per move."""
    page.goto(f"{url}/augment?chain={chain}")
    stage = page.locator("[data-role=stage]")
    stage.wait_for()
    thumb = page.locator(f'input[type=range][aria-label="{slider}"]')
    thumb.focus()
    stage.evaluate(_WATCH)
    page.keyboard.press("Home")
    _settle(page)
    times = []
    for number in range(WARM_UP_MOVES + moves):
        before = thumb.input_value()
        page.keyboard.press("ArrowRight")
        if thumb.input_value() == before:
            raise SystemExit(f"{slider} has only {number} steps; ask for {number - WARM_UP_MOVES} moves.")
        page.wait_for_function("window.slideWatch.painted > 0", polling="raf")
        if number >= WARM_UP_MOVES:
            times.append(page.evaluate("window.slideWatch.painted - window.slideWatch.pressed"))
        _settle(page)
    return times


def _settle(page: Page) -> None:
    wait_for_script(page)
    # Two fast moves would give only one picture.
    page.wait_for_timeout(150)


def main() -> None:
    """Measure and print median and 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chain", default="rain-3", help="the chain, as in the page's address")
    parser.add_argument("--slider", default="Darkening (%)", help="label of the slider of the first effect")
    parser.add_argument("--moves", type=int, default=50, help="how many moves are counted")
    parser.add_argument("--url", help="a running app; default: one is started")
    arguments = parser.parse_args()
    with served(arguments.url) as url, opened_browser() as browser:
        page = new_page(browser)
        times = measure(page, url, chain=arguments.chain, slider=arguments.slider, moves=arguments.moves)
    tell(f"{arguments.chain}, {arguments.slider}", times)
    tell_machine()


if __name__ == "__main__":
    main()
