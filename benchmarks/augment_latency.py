"""How long a moved slider on the Augment page takes to become a new picture, in a real browser.

    python benchmarks/augment_latency.py [--chain rain-3] [--slider "Darkening (%)"] [--url http://localhost:8501]

Without ``--url`` a server is started for the measurement. The time runs in the browser from the key being
pressed to the frame in which the viewer has painted the new picture; the first moves are not counted, since
they warm the server up. Every counted move gives a picture that no cache has. Needs Playwright for Python and
a Chromium on the path.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
WARM_UP_MOVES = 5
WAIT_MILLISECONDS = 120_000
_WATCH = """stage => {
    const watch = { pressed: 0, painted: 0 };
    window.slideWatch = watch;
    addEventListener("keydown", () => { watch.pressed = performance.now(); watch.painted = 0; }, true);
    new MutationObserver(() => { watch.painted = performance.now(); })
        .observe(stage, { attributes: true, attributeFilter: ["data-paints"] });
}"""


@contextmanager
def served(url: str | None) -> Iterator[str]:
    """Yield ``url``, or the address of a server that lives as long as the block."""
    if url is not None:
        yield url
        return
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"]
    server = subprocess.Popen(command, cwd=PROJECT, env=os.environ, stdout=subprocess.DEVNULL)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"the server did not answer at {url}")


def measure(page: Page, url: str, *, chain: str, slider: str, moves: int) -> list[float]:
    """Return the milliseconds of each move of a slider from its lower end, one step a move."""
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
        page.wait_for_function("window.slideWatch.painted > 0")
        if number >= WARM_UP_MOVES:
            times.append(page.evaluate("window.slideWatch.painted - window.slideWatch.pressed"))
        _settle(page)
    return times


def _settle(page: Page) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    # Two moves at once would be answered by one picture.
    page.wait_for_timeout(150)


def main() -> None:
    """Measure and print median and 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chain", default="rain-3", help="the chain, as in the page's address")
    parser.add_argument("--slider", default="Darkening (%)", help="label of the slider of the first effect")
    parser.add_argument("--moves", type=int, default=50, help="how many moves are counted")
    parser.add_argument("--url", help="a running app; default: one is started")
    arguments = parser.parse_args()
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with served(arguments.url) as url, sync_playwright() as playwright:
        # Run as root, as in a container, Chromium starts only without its sandbox.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(WAIT_MILLISECONDS)
        times = measure(page, url, chain=arguments.chain, slider=arguments.slider, moves=arguments.moves)
        browser.close()
    at_95 = statistics.quantiles(times, n=20)[-1]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    sys.stdout.write(
        f"{arguments.chain}, {arguments.slider}: median {statistics.median(times):.0f} ms, 95 % within "
        f"{at_95:.0f} ms, {len(times)} moves, {os.cpu_count()} CPU cores, load {load}\n"
    )


if __name__ == "__main__":
    main()
