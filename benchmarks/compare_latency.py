"""How long the Compare page takes to follow: measured in a real browser against a running, warm server.

    streamlit run app.py --server.port 8501 &
    python benchmarks/compare_latency.py --url http://localhost:8501 --source "Demo city"

Changes of opacity, layer and class happen in the browser, from the event to the painted canvas. A new frame
goes to the server and back: both models predict it, and the time ends with both masks painted. Frames that
were seen before are answered from the cache, so each frame is visited once.
"""

import argparse
import shutil
import statistics
import sys
from collections.abc import Sequence
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

# Runs `change` and gives the milliseconds until the canvas has been painted.
_TIMED = """async (change) => {
    const find = (root) => root.querySelector(".viewer") ?? [...root.querySelectorAll("*")]
        .map((node) => node.shadowRoot && find(node.shadowRoot)).find(Boolean);
    const viewer = find(document);
    const stage = viewer.querySelector(".stage");
    const painted = new Promise((done) => {
        const watch = new MutationObserver(() => { watch.disconnect(); done(); });
        watch.observe(stage, { attributes: true, attributeFilter: ["data-paints"] });
    });
    const start = performance.now();
    (new Function("viewer", change))(viewer);
    await painted;
    return performance.now() - start;
}"""
_OPACITY = """const range = viewer.querySelector("[data-role=opacity]");
    range.value = {}; range.dispatchEvent(new Event("input"));"""
_LAYER = """const choice = viewer.querySelector("[data-role=left]");
    choice.value = "{}"; choice.dispatchEvent(new Event("change"));"""
_CLASS = """viewer.querySelector("input[data-class]").click();"""
_NEW_FRAME = """async () => {
    const stage = document.querySelector(".stBidiComponent [data-testid=stBidiComponentIsolated]")
        .shadowRoot.querySelector(".stage");
    const ready = new Promise((done) => {
        const watch = new MutationObserver(() => { watch.disconnect(); requestAnimationFrame(() => done()); });
        watch.observe(stage, { attributes: true, attributeFilter: ["data-ready"] });
    });
    const start = performance.now();
    document.querySelector(".st-key-compare_next button").click();
    await ready;
    return performance.now() - start;
}"""


def measure(page: Page, repeats: int, frames: int) -> dict[str, list[float]]:
    """Return the milliseconds of each kind of change, without a first one that warms up."""
    layers = ("truth", "a", "b", "disagreement", "confidence_a", "frame")
    changes = {
        "opacity": [_OPACITY.format(20 + step % 60) for step in range(repeats + 1)],
        "layer": [_LAYER.format(layers[step % len(layers)]) for step in range(repeats + 1)],
        "class": [_CLASS] * (repeats + 1),
    }
    present = page.locator("[data-role=left] option").evaluate_all("nodes => nodes.map((n) => n.value)")
    changes["layer"] = [
        change for change in changes["layer"] if any(f'"{name}"' in change for name in present)
    ]
    page.locator("[data-role=left]").select_option("a")
    times = {}
    for name in ("opacity", "class", "layer"):
        times[name] = [page.evaluate(_TIMED, change) for change in changes[name]][1:]
    times["new frame, both masks"] = []
    for _ in range(frames + 1):
        times["new frame, both masks"].append(page.evaluate(_NEW_FRAME))
        # The numbers under the viewer are still being worked out: let them finish.
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    times["new frame, both masks"].pop(0)
    return times


def main(arguments: Sequence[str] | None = None) -> None:
    """Print median and 95th percentile of each kind of change."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="http://localhost:8501")
    parser.add_argument("--source", default="Demo city", help="title of the source in the sidebar")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--frames", type=int, default=12)
    chosen = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(180_000)
        page.goto(f"{chosen.url}/compare?source={quote(chosen.source)}")
        page.locator(".stage[data-paints]").wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
        times = measure(page, chosen.repeats, chosen.frames)
        browser.close()
    for name, values in times.items():
        tail = statistics.quantiles(values, n=20)[-1]
        sys.stdout.write(
            f"{name:24}{statistics.median(values):8.1f} ms median{tail:8.1f} ms p95{len(values):5} times\n"
        )


if __name__ == "__main__":
    main()
