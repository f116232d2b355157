"""Measure what one server carries: many visitors, each with a browser and pictures of their own.

    PYTHONPATH=. python benchmarks/replica.py [--visitors 20] [--minutes 4] [--pause 15] [--wire]

All visitors open Compare at once and upload a picture that nobody else has. When all have seen its masks, all upload
their next picture at once. After that each one uploads another about every ``--pause`` seconds. A time is from the
upload, for the first picture from the address, to both masks on the screen. The browsers run on this machine
and take most of its cores, so the CPU time of the server is told as well. With ``--wire``, visitors exchange with the
server what a browser would and draw nothing, as if their browsers ran on other machines; a time ends when both masks
have arrived. The times end with the given minutes. Memory is the resident size of the server's process: at the start,
after one visitor, at its peak, and when all have left. Linux only; needs Playwright for Python.
"""

import argparse
import asyncio
import io
import os
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from app_in_browser import MASKS_STAND, POLLING_MS, chromium, cpu_seconds, resident, served, tell_machine
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from wire_visitor import WireVisitor

from segcore.frames.dataset import open_dataset
from segcore.frames.demo import DEMO_CITY
from segcore.frames.images import read_image

_PATIENCE_MS = 300_000
_SECONDS_TO_REST = 10
_VERSION = """() => {
    const find = (root) => root.querySelector(".viewer") ?? [...root.querySelectorAll("*")]
        .map((node) => node.shadowRoot && find(node.shadowRoot)).find(Boolean);
    return find(document)?.querySelector("[data-ready]")?.dataset.ready ?? "";
}"""


def main() -> None:
    """Measure and print times and memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--pause", type=float, default=15, help="seconds between two uploads of a visitor")
    parser.add_argument("--wire", action="store_true", help="further visitors have no browser")
    arguments = parser.parse_args()
    tell_machine()
    with served() as url:
        asyncio.run(_measure(url, arguments))


async def _measure(url: str, arguments: argparse.Namespace) -> None:
    visitors, pause = arguments.visitors, arguments.pause
    _tell_memory("start", resident(url))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        first = await _visit(browser, url, -1, 0, pause, asyncio.Barrier(1))
        _tell("one visitor on a cold server", first[:1])
        _tell_memory("after one visitor", resident(url))
        files = await _files(browser, url)
        start, cpu = time.monotonic(), cpu_seconds(url)
        end = start + 60 * arguments.minutes
        if arguments.wire:
            each = await _visits_by_wire(url, files, visitors, end, pause)
        else:
            all_here = asyncio.Barrier(visitors)
            each = await asyncio.gather(
                *(_visit(browser, url, number, end, pause, all_here) for number in range(visitors))
            )
        _tell(f"{visitors} visitors come at once", [times[0] for times in each])
        _tell(f"{visitors} visitors upload at once", [times[1] for times in each])
        _tell("all further pictures", [value for times in each for value in times[2:]])
        _tell_share(cpu_seconds(url) - cpu, time.monotonic() - start, pictures=sum(map(len, each)))
        _tell_memory("peak", resident(url, "VmHWM"))
        await browser.close()
    await asyncio.sleep(_SECONDS_TO_REST)
    _tell_memory("when all have left", resident(url))


async def _visit(
    browser: Browser, url: str, number: int, end: float, pause: float, all_here: asyncio.Barrier
) -> list[float]:
    """Return the seconds from each upload of one visitor to both masks; the first one counts from the address."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    random = np.random.default_rng(number + 1)
    start = time.monotonic()
    await page.goto(f"{url}/compare?source=My+pictures")
    await _upload(page, _picture(random))
    await page.wait_for_function(MASKS_STAND, polling=POLLING_MS)
    times = [time.monotonic() - start]
    await all_here.wait()
    while len(times) == 1 or time.monotonic() < end:
        picture = _picture(random)
        await page.get_by_role("button", name="Remove").first.click()
        # The page without a picture comes first: a file chosen before would be lost with the field.
        await page.wait_for_function(f"() => ({_VERSION})() === ''", polling=POLLING_MS)
        start = time.monotonic()
        await _upload(page, picture)
        await page.wait_for_function(MASKS_STAND, polling=POLLING_MS)
        times.append(time.monotonic() - start)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
    await context.close()
    return times


async def _files(browser: Browser, url: str) -> list[str]:
    """Return the addresses of scripts, styles and fonts that a first visit fetches."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page, files = await context.new_page(), []
    page.on("response", lambda response: files.append(response.url))
    await page.goto(f"{url}/compare")
    await page.wait_for_function(MASKS_STAND, polling=POLLING_MS)
    await page.wait_for_load_state("networkidle")
    await context.close()
    return [file for file in files if "/static/" in file]


async def _visits_by_wire(
    url: str, files: Sequence[str], visitors: int, end: float, pause: float
) -> list[list[float]]:
    visit = partial(_visit_by_wire, url, files, end=end, pause=pause, all_here=threading.Barrier(visitors))
    with ThreadPoolExecutor(visitors) as threads:
        loop = asyncio.get_running_loop()
        return await asyncio.gather(*(loop.run_in_executor(threads, visit, n) for n in range(visitors)))


def _visit_by_wire(
    url: str, files: Sequence[str], number: int, *, end: float, pause: float, all_here: threading.Barrier
) -> list[float]:
    """Do as ``_visit`` without a browser."""
    random = np.random.default_rng(number + 1)
    start, picture = time.monotonic(), _picture(random)
    with WireVisitor(url, files) as visitor:
        visitor.upload(picture)
        times = [time.monotonic() - start]
        all_here.wait()
        while len(times) == 1 or time.monotonic() < end:
            times.append(visitor.upload(_picture(random)))
            time.sleep(pause * random.uniform(0.5, 1.5))
    return times


async def _upload(page: Page, picture: bytes) -> None:
    field = page.get_by_test_id("stFileUploaderDropzoneInput").first
    await field.wait_for(state="attached")
    await field.set_input_files({"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": picture})


def _picture(random: np.random.Generator) -> bytes:
    """Return a frame of the demo city as JPEG, moved sideways so that no two pictures are equal."""
    frames = open_dataset(DEMO_CITY).frames("val")
    image = read_image(frames[random.integers(len(frames))].image_path)
    content = io.BytesIO()
    Image.fromarray(np.roll(image, random.integers(1, image.shape[1]), axis=1)).save(content, "JPEG")
    return content.getvalue()


def _tell(name: str, seconds: Sequence[float]) -> None:
    if len(seconds) > 1:
        at_90 = statistics.quantiles(seconds, n=10, method="inclusive")[-1]
        sys.stdout.write(
            f"{name:40}{statistics.median(seconds):7.1f} s p50{at_90:7.1f} s p90{len(seconds):5} pictures\n"
        )
    elif seconds:
        sys.stdout.write(f"{name:40}{seconds[0]:7.1f} s\n")


def _tell_share(cpu: float, seconds: float, pictures: int) -> None:
    name, cores = "CPU time of the server", (os.cpu_count() or 1) * seconds
    sys.stdout.write(f"{name:40}{cpu / pictures:7.1f} s a picture, {cpu / cores:.0%} of all cores\n")


def _tell_memory(name: str, megabytes: float) -> None:
    sys.stdout.write(f"memory, {name:32}{megabytes:7.0f} MB\n")


if __name__ == "__main__":
    main()
