"""A real browser on a real server: made frames and runs, a fresh page for each test, and what went wrong in it.

``app_url``         address of a running app; one server serves the whole session
``page``            a new browser page, 1280 x 900
``narrow_page``     a new touch-screen page, 400 x 800
``visit``           opens a page of the app and waits until it has been drawn
``console_errors``  console errors, uncaught exceptions and requests to other machines, so far
``sent_frames``     what the page has sent to the server, so far
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from foreign_runs import onnx_run
from makers import make_cityscapes, make_run

from segcore.predict.onnx.export import publish_graph
from segcore.runs.run import read_run

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")

PROJECT = Path(__file__).resolve().parents[2]
FRAME_SIZE = (64, 96)
RUNS = {
    "first": {
        "architecture": "mobilenet_segnet",
        "arguments": {"alpha": 0.25, "output_stride": 16, "decoder_filters": [32, 16]},
    },
    "second": {"architecture": "unet_xception", "arguments": {"filters": [16, 24]}},
}
START_SECONDS = 120
# The first visit imports all that predicts, perhaps on a busy machine.
MOST_MILLISECONDS = 120_000
sync_api.expect.set_options(timeout=MOST_MILLISECONDS)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test in a browser a second try: on two busy cores it is too late once in some thousand steps."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator["sync_api.Browser"]:
    """A headless Chromium; without one the tests are skipped."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    with sync_api.sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).is_file():
            pytest.skip("no Chromium on PATH; install one, or run `playwright install chromium`")
        launched = playwright.chromium.launch(executable_path=found)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def made_project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Frames and runs for the server: folders ``data`` (Cityscapes layout, three frames in val) and ``runs``.

    The run "theirs" is foreign, with four classes of its own.
    """
    root = tmp_path_factory.mktemp("project")
    data = make_cityscapes(root / "data", frames={"val": 3, "train": 1}, size=FRAME_SIZE)
    for seed, (name, run) in enumerate(RUNS.items()):
        path = make_run(root / "runs", name, weights=True, input_size=FRAME_SIZE, seed=seed, **run)
        publish_graph(read_run(path))
    onnx_run(root / "runs", "theirs", size=FRAME_SIZE)
    return {"data": data, "runs": root / "runs"}


@pytest.fixture(scope="session")
def app_url(made_project: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start ``streamlit run app.py`` on a free port and stop it at the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    settings = {
        "CITYSCAPES_DATASET": str(made_project["data"]),
        "SEGCORE_RUNS": str(made_project["runs"]),
        "NO_ALBUMENTATIONS_UPDATE": "1",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_healthy(server, f"http://127.0.0.1:{port}/_stcore/health", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def page(browser: "sync_api.Browser") -> Iterator["sync_api.Page"]:
    """A page of its own for each test, with empty storage."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MOST_MILLISECONDS)
    yield _watched(context.new_page())
    context.close()


@pytest.fixture
def other_page(browser: "sync_api.Browser", page: "sync_api.Page") -> Iterator["sync_api.Page"]:
    """A page of a second visitor, with storage of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MOST_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def narrow_page(browser: "sync_api.Browser") -> Iterator["sync_api.Page"]:
    """A page as on a telephone, with a touch screen."""
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True)
    context.set_default_timeout(MOST_MILLISECONDS)
    yield _watched(context.new_page())
    context.close()


@pytest.fixture
def visit(app_url: str) -> Callable[..., None]:
    """A function (page, address) that opens, for example, ``compare?frame=x`` and waits until it is drawn."""

    def open_address(page: "sync_api.Page", address: str) -> None:
        page.goto(f"{app_url}/{address}")
        settle(page)

    return open_address


@pytest.fixture
def console_errors(page: "sync_api.Page") -> list[str]:
    """What went wrong in ``page``; compare it with [] at the end of a test."""
    return page.segcompare_errors


@pytest.fixture
def sent_frames(page: "sync_api.Page") -> list[bytes | str]:
    """The messages that ``page`` has sent to the server; every run of a script takes one."""
    return page.segcompare_frames


def settle(page: "sync_api.Page") -> None:
    """Wait until the script has run and nothing of the page is waiting to be replaced."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.locator("h1").first.wait_for()


def _watched(page: "sync_api.Page") -> "sync_api.Page":
    errors, frames = [], []

    def on_console(message: "sync_api.ConsoleMessage") -> None:
        # Opened at the address of a page, Streamlit first looks for its server below that address.
        probing = "/_stcore/" in (message.location or {}).get("url", "")
        if message.type == "error" and not probing:
            errors.append(f"{message.text} ({(message.location or {}).get('url', '')})")

    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: errors.extend(_leaving(request.url)))
    page.on("websocket", lambda channel: channel.on("framesent", lambda frame: frames.append(frame)))
    page.segcompare_errors, page.segcompare_frames = errors, frames
    return page


def _leaving(url: str) -> list[str]:
    local = url.startswith(("http://127.0.0.1:", "data:", "blob:"))
    return [] if local else [f"a request to another machine: {url}"]


def _wait_until_healthy(server: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server stopped with {server.returncode}: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the server was not healthy after {START_SECONDS} s: {log.read_text()[-2000:]}")
