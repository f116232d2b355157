"""Measure the time for opening each page with 50 runs of 300 epochs and 500 frames, and with the shipped runs only.

    PYTHONPATH=. python benchmarks/pages_many_runs.py    # needs requirements-dev.txt and a Chromium

The runs are created in a temporary folder with random results; only the shipped runs among them can predict. For each
of the two folders a server is started and every page is visited once (column "after start"). Then follow visits with a
new browser ("first") and with the same browser ("second"), each from the request of the app to the visible content of
the page, and "click": in an open app, from a click in the sidebar to the content. Times are wall time: run nothing
else meanwhile.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pandas as pd
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from segcore.effects.kinds import SEVERITIES
from segcore.labels import LABEL_SPACES
from segcore.runs.evaluation import Evaluation
from segcore.runs.history import write_history
from segcore.runs.results import write_evaluation, write_robustness
from segcore.runs.run import Run, list_runs, write_run
from segcore.scoring.confusion import class_counts, class_iou, mean_iou, none_if_nan, pixel_accuracy, summary
from segcore.scoring.robustness import WEATHER
from segcore.system.files import sha256_of

PROJECT = Path(__file__).resolve().parent.parent
SPACE = LABEL_SPACES["train_ids"]
_CHART, _PICTURE = ".js-plotly-plot .main-svg", ".stage[data-paints]"
# Address of a page, and the elements that must be visible.
PAGES = {
    "overview": ("", "[data-testid=stMetric]"),
    "augment": ("augment", _PICTURE),
    "compare": ("compare?a=mobilenet_segnet&b=unet_xception", _PICTURE),
    "training": ("training", f"{_CHART} path.js-line"),
    "evaluation": ("evaluation", _CHART),
    "evaluation, frames": ("evaluation?view=Frames", "[data-testid=stPageLink], [data-testid=stAlert]"),
    "robustness": ("robustness", f"{_CHART} path.js-line"),
}
# Pages with a link in the sidebar, and their headings. The overview is last, because the app opens with it.
HEADINGS = {
    name: name.capitalize() for name in ("augment", "compare", "training", "evaluation", "robustness")
}
HEADINGS["overview"] = "SegCompare"
_PATIENCE_SECONDS = 300
# A pause between two pages, in which the work of the previous page ends.
_PAUSE_MS = 4000


def make_runs(root: Path, *, runs: int, epochs: int, frames: int) -> None:
    """Fill ``root`` with copies of the shipped runs and with synthetic runs, ``runs`` in total."""
    shipped = list_runs().runs
    for run in shipped:
        shutil.copytree(run.path, root / run.name, ignore=shutil.ignore_patterns("checkpoint"))
    for index in range(runs - len(shipped)):
        _make_run(root / f"made_{index:02}", shipped[0], epochs=epochs, frames=frames, seed=index)


def _make_run(path: Path, like: Run, *, epochs: int, frames: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    path.mkdir()
    # As many bytes as real weights, so that checking them takes the same time.
    (path / like.weights_path.name).write_bytes(random.bytes(like.weights_path.stat().st_size))
    sha256 = sha256_of(path / like.weights_path.name)
    run = write_run(path, like.record.updated(seed=seed, weights_sha256=sha256, epochs=epochs))
    add_results(run, epochs=epochs, frames=frames, seed=seed)


def add_results(run: Run, *, epochs: int, frames: int, seed: int) -> None:
    """Add random curves, scores on a set "val" and scores under weather to a run."""
    random = np.random.default_rng(seed)
    falling = 2 * np.exp(-np.arange(epochs) / 60) + random.normal(0.2, 0.02, epochs)
    columns = {"loss": falling, "val_loss": 1.2 * falling}
    columns |= dict.fromkeys(("mean_iou", "val_mean_iou", "accuracy", "val_accuracy"), 1 / (1 + falling))
    constants = {"epoch": np.arange(1, epochs + 1), "learning_rate": 1e-3, "seconds": 60.0}
    write_history(run.path / "history.csv", pd.DataFrame(columns | constants))
    matrices = random.integers(0, 2000, (frames, 20, 20)) + 20_000 * np.eye(20, dtype=np.int64)
    total = matrices.sum(axis=0)
    write_evaluation(
        run,
        Evaluation.from_json(
            {
                "set": "val",
                "data": "Made numbers",
                "split": "val",
                "frames": frames,
                "frame_size": list(run.input_size),
                "input_size": list(run.input_size),
                "weights_sha256": run.weights_sha256,
                "class_names": list(SPACE.class_names),
                "confusion": total.tolist(),
                **summary(total, SPACE),
                "per_frame": [_frame(matrix, index) for index, matrix in enumerate(matrices)],
                "latency_ms": {"median": 30.0 + seed, "repeats": 1, "hardware": "none"},
            }
        ),
    )
    rows = [
        {"effect": effect, "severity": level, "miou": 0.9**level, "category_miou": 0.95**level}
        | dict(zip(SPACE.class_names, class_iou(total) * 0.9**level, strict=True))
        for effect in WEATHER
        for level in (0, *SEVERITIES)
    ]
    write_robustness(run, "val", pd.DataFrame(rows))


def _frame(matrix: np.ndarray, index: int) -> dict:
    counts = dict(zip(("tp", "fp", "fn"), (each.tolist() for each in class_counts(matrix)), strict=True))
    scores = {"miou": mean_iou(matrix), "pixel_accuracy": pixel_accuracy(matrix)}
    return {"frame": f"made_{index:06}_000019"} | {k: none_if_nan(v) for k, v in scores.items()} | counts


@contextmanager
def server(runs: Path) -> Iterator[str]:
    """Start the app with a folder of runs and yield its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    process = subprocess.Popen(
        [*command, "--server.headless=true"],
        cwd=PROJECT,
        env={**os.environ, "SEGCOMPARE_RUNS": str(runs), "NO_ALBUMENTATIONS_UPDATE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2)
                break
            except (URLError, OSError):
                time.sleep(0.2)
        else:
            raise TimeoutError("the app did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def measure(
    browser: Browser, url: str, pages: Sequence[str], repeats: int
) -> dict[str, dict[str, list[float]]]:
    """Return seconds by page and kind of visit."""
    times: dict[str, dict[str, list[float]]] = {}
    for name in pages:
        address, content = PAGES[name]
        found = times[name] = {"after start": [], "first": [], "second": []}
        for repeat in range(repeats + 1):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            first = _open(context, f"{url}/{address}", content)
            if repeat == 0:
                found["after start"].append(first)
            else:
                found["first"].append(first)
                found["second"].append(_open(context, f"{url}/{address}", content))
            context.close()
    return times


def measure_clicks(
    browser: Browser, url: str, pages: Sequence[str], repeats: int
) -> dict[str, dict[str, list[float]]]:
    """Return seconds by page as in ``measure``, from a click in the sidebar of an open app."""
    linked = [name for name in HEADINGS if name in pages]
    times: dict[str, dict[str, list[float]]] = {name: {"click": []} for name in linked}
    for _ in range(repeats):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(1000 * _PATIENCE_SECONDS)
        page.goto(url)
        page.locator(PAGES["overview"][1]).first.wait_for(state="attached")
        for name in linked:
            page.wait_for_timeout(_PAUSE_MS)
            link = page.get_by_test_id("stSidebarNavLink").filter(has_text=name.capitalize())
            start = time.monotonic()
            link.click()
            page.get_by_role("heading", name=HEADINGS[name], level=1).wait_for()
            page.locator(PAGES[name][1]).first.wait_for(state="attached")
            times[name]["click"].append(time.monotonic() - start)
        context.close()
    return times


def _all_visits(browser: Browser, url: str, pages: Sequence[str], repeats: int):
    times, clicks = measure(browser, url, pages, repeats), measure_clicks(browser, url, pages, repeats)
    return {name: kinds | clicks.get(name, {}) for name, kinds in times.items()}


def _open(context: BrowserContext, address: str, content: str) -> float:
    page = context.new_page()
    page.set_default_timeout(1000 * _PATIENCE_SECONDS)
    start = time.monotonic()
    page.goto(address, wait_until="commit")
    page.locator(content).first.wait_for(state="attached")
    seconds = time.monotonic() - start
    page.close()
    return seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Print median and 95th percentile of each page and kind of visit, and the ratio to the shipped runs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES), metavar="PAGE")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        make_runs(Path(folder), runs=chosen.runs, epochs=chosen.epochs, frames=chosen.frames)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        with server(Path(folder)) as url:
            many = _all_visits(browser, url, chosen.pages, chosen.repeats)
        with server(PROJECT / "weights") as url:
            few = _all_visits(browser, url, chosen.pages, chosen.repeats)
        browser.close()
    sys.stdout.write(f"{'seconds':20}{'visit':13}{'median':>8}{'p95':>8}{'shipped':>9}{'ratio':>7}\n")
    for name, kinds in many.items():
        for kind, values in kinds.items():
            median, base = statistics.median(values), statistics.median(few[name][kind])
            p95 = float(np.quantile(values, 0.95))
            sys.stdout.write(f"{name:20}{kind:13}{median:8.2f}{p95:8.2f}{base:9.2f}{median / base:7.2f}\n")


if __name__ == "__main__":
    main()
