"""Common code of the benchmarks of pages: a server, a browser, and printing of times."""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
MASKS_STAND = """() => {
    const find = (root) => root.querySelector(".viewer") ?? [...root.querySelectorAll("*")]
        .map((node) => node.shadowRoot && find(node.shadowRoot)).find(Boolean);
    const stage = find(document)?.querySelector("[data-ready]");
    return Boolean(stage) && stage.dataset.ready !== "";
}"""
POLLING_MS = 100
"""How often a page is asked; Playwright's own way asks at every drawn frame, and so lets the page draw all the time."""
_PATIENCE_SECONDS = 120


@contextmanager
def served(url: str | None = None) -> Iterator[str]:
    """Yield ``url``, or the address of a server that runs during the block."""
    if url is not None:
        yield url
        return
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    server = subprocess.Popen(command, cwd=PROJECT, env=os.environ, stdout=subprocess.DEVNULL)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def chromium() -> str | None:
    """Return the path of a Chromium; with None, Playwright takes its own."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Yield a headless Chromium from the path, or the one of Playwright."""
    with sync_playwright() as playwright:
        # As root, for example in a container, Chromium starts only without its sandbox.
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """Open an empty page with a cold cache."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(1000 * _PATIENCE_SECONDS)
    return page


def wait_for_script(page: Page) -> None:
    """Wait until the server has finished the page's script."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")


def resident(url: str, field: str = "VmRSS") -> float:
    """Return the resident megabytes of the process that listens at ``url``; ``VmHWM`` is the peak. Linux only."""
    status = (_process(url) / "status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) / 1024


def cpu_seconds(url: str) -> float:
    """Return the CPU time that the process that listens at ``url`` has taken so far. Linux only."""
    # The name of the program, in brackets, may hold spaces.
    fields = (_process(url) / "stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _process(url: str) -> Path:
    port = url.rpartition(":")[2]
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                if f"--server.port={port}".encode() in (process / "cmdline").read_bytes().split(b"\0"):
                    return process
    raise SystemExit(
        f"no process of this machine serves {url}; memory and CPU time are those of a local server"
    )


def tell(name: str, milliseconds: Sequence[float]) -> None:
    """Print median and 95th percentile of one kind of change."""
    at_95 = statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]
    median = statistics.median(milliseconds)
    sys.stdout.write(f"{name:44}{median:8.0f} ms median{at_95:8.0f} ms p95{len(milliseconds):5} times\n")


def tell_machine() -> None:
    """Print the number of cores and the load; with a load above the number of cores, times mean little."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    sys.stdout.write(f"{os.cpu_count()} CPU cores, load {load}\n")


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"the server did not answer at {url}")
