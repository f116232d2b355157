"""Two people with two browsers on one server: neither sees what the other has uploaded or set."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def upload(page, path) -> None:
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(path)
    page.locator(".stage[data-paints]").wait_for()


def chosen_frame(page):
    return page.get_by_test_id("stMain").get_by_role("combobox", name="Frame", exact=True)


def color(page) -> list[int]:
    """What the viewer shows in the left half, where the picture is as it was uploaded."""
    return page.locator("[data-pane=left]").evaluate(
        """async (canvas) => {
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            const place = [Math.floor(0.2 * canvas.width), Math.floor(0.5 * canvas.height), 1, 1];
            return [...canvas.getContext("2d").getImageData(...place).data].slice(0, 3);
        }"""
    )


def test_neither_sees_the_uploads_or_the_settings_of_the_other(page, other_page, visit: Callable, tmp_path):
    for name, value in (("red", (200, 30, 30)), ("blue", (30, 30, 200))):
        Image.fromarray(np.full((64, 128, 3), value, np.uint8)).save(tmp_path / f"{name}.png")
    visit(page, "augment?source=My+pictures&chain=fog-2")
    upload(page, tmp_path / "red.png")
    mine = chosen_frame(page).input_value()
    assert mine.startswith("red-")
    page.get_by_label("Seed").fill("77")
    page.get_by_label("Seed").press("Enter")
    expect(page).to_have_url(re.compile("seed=77"))

    # The whole address of the other's picture opens nothing.
    visit(other_page, f"augment?source=My+pictures&frame={mine}")
    expect(other_page.get_by_text("There are no frames to show")).to_be_visible()
    upload(other_page, tmp_path / "blue.png")
    theirs = chosen_frame(other_page).input_value()
    assert theirs.startswith("blue-")
    assert color(other_page)[2] > 150 > color(other_page)[0]
    expect(other_page.get_by_label("Seed")).to_have_value("0")
    expect(other_page.get_by_text("1. Rain")).to_be_visible()
    expect(other_page.get_by_text("1. Fog")).to_have_count(0)

    # And the first visitor's next run of the page still has their own.
    page.get_by_role("button", name="Roll").click()
    expect(page).not_to_have_url(re.compile("seed=77"))
    assert chosen_frame(page).input_value() == mine
    assert color(page)[0] > 150 > color(page)[2]
    expect(page.get_by_text("1. Fog")).to_be_visible()
