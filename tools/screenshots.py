"""Take screenshots of the app's pages for the README, with the demo city only.

    python tools/screenshots.py            # writes docs/*.png; needs requirements-dev.txt and a Chromium

The script starts its own server without the settings of this shell, so that no other frames can be in a picture.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "docs"
_BOTH = "mobilenet_segnet", "unet_xception"
# File name, address, color scheme.
SHOTS = (
    ("overview", "", "light"),
    ("augment", "augment", "light"),
    ("compare", f"compare?a={_BOTH[0]}&b={_BOTH[1]}", "light"),
    ("training", f"training?runs={_BOTH[0]}&runs={_BOTH[1]}", "light"),
    ("evaluation", "evaluation", "light"),
    ("runs", "runs", "light"),
    ("robustness", f"robustness?measured_runs={_BOTH[0]}&measured_runs={_BOTH[1]}", "light"),
)
_PATIENCE_SECONDS = 180


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    settings = ("SEGCOMPARE_", "SEGCORE_RUNS", "CITYSCAPES_DATASET")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            f"--server.port={port}",
            "--server.headless=true",
        ],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
            for name, address, scheme in SHOTS:
                context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=scheme)
                page = context.new_page()
                page.set_default_timeout(1000 * _PATIENCE_SECONDS)
                page.goto(f"http://127.0.0.1:{port}/{address}")
                _settle(page)
                page.screenshot(path=FOLDER / f"{name}.png")
                context.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


def _settle(page: Page) -> None:
    page.locator("h1").first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    # Charts and canvases are drawn after the script has ended.
    page.wait_for_timeout(4000)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2)
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise TimeoutError("the app did not start")


if __name__ == "__main__":
    main()
