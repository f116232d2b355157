"""Measure the response times of the Compare page in a real browser.

    python benchmarks/compare_latency.py [--source "Demo city"] [--url http://localhost:8501]

Without ``--url`` a server is started for the measurement. Changes of opacity, layer and class happen in the browser;
their time is from the event to the painted canvas. A new frame needs the server: both models predict it, and the time
ends when both masks are painted, so it includes the latencies of both models, which the page shows. Each frame is
visited once, since the server keeps predictions. Half of the frames follow as soon as the page is done, half after
``--look`` seconds, in which the server predicts the next frame ahead.
"""

import argparse
from urllib.parse import quote

from app_in_browser import new_page, opened_browser, served, tell, tell_machine, wait_for_script
from playwright.sync_api import Page

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
    const find = (root) => root.querySelector(".viewer") ?? [...root.querySelectorAll("*")]
        .map((node) => node.shadowRoot && find(node.shadowRoot)).find(Boolean);
    const stage = find(document).querySelector(".stage");
    const ready = new Promise((done) => {
        const watch = new MutationObserver(() => { watch.disconnect(); requestAnimationFrame(() => done()); });
        watch.observe(stage, { attributes: true, attributeFilter: ["data-ready"] });
    });
    const start = performance.now();
    document.querySelector(".st-key-compare_next button").click();
    await ready;
    return performance.now() - start;
}"""
_LAYERS = ("truth", "a", "b", "disagreement", "confidence_a", "frame")


def measure(page: Page, repeats: int, frames: int, look: float) -> dict[str, list[float]]:
    """Return the milliseconds of each kind of change, without the first one, which warms up."""
    present = page.locator("[data-role=left] option").evaluate_all("nodes => nodes.map((n) => n.value)")
    layers = [name for name in _LAYERS if name in present]
    changes = {
        "opacity": [_OPACITY.format(20 + step % 60) for step in range(repeats + 1)],
        "class": [_CLASS] * (repeats + 1),
        "layer": [_LAYER.format(layers[step % len(layers)]) for step in range(repeats + 1)],
    }
    page.locator("[data-role=left]").select_option("a")
    times = {name: [page.evaluate(_TIMED, change) for change in changes[name]][1:] for name in changes}
    for name, seconds in (("new frame, both masks", 0), (f"new frame after a look of {look:g} s", look)):
        seen = []
        for _ in range(frames // 2 + 1):
            page.wait_for_timeout(1000 * seconds)
            seen.append(page.evaluate(_NEW_FRAME))
            # Wait for the numbers under the viewer, which are still being computed.
            wait_for_script(page)
        times[name] = seen[1:]
    return times


def main() -> None:
    """Measure and print median and 95th percentile of each kind of change."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", help="a running app; default: one is started")
    parser.add_argument("--source", default="Demo city", help="title of the source in the sidebar")
    parser.add_argument("--repeats", type=int, default=50, help="changes of each kind within a frame")
    parser.add_argument(
        "--frames", type=int, default=28, help="new frames; the demo city has 32 after the first"
    )
    parser.add_argument("--look", type=float, default=2, help="seconds for which a frame is looked at")
    arguments = parser.parse_args()
    with served(arguments.url) as url, opened_browser() as browser:
        page = new_page(browser)
        page.goto(f"{url}/compare?source={quote(arguments.source)}")
        page.locator(".stage[data-paints]").wait_for()
        wait_for_script(page)
        times = measure(page, arguments.repeats, arguments.frames, arguments.look)
    for name, values in times.items():
        tell(name, values)
    tell_machine()


if __name__ == "__main__":
    main()
