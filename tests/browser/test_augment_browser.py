"""Augment in a real browser: a slider paints a new picture, the address repeats it, downloads hold it."""

import io
import re
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from segcore.effects.chain import from_json
from segcore.effects.render import apply

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUGMENT = "augment?source=Cityscapes&frame=ulm_000000_000019"


def pixels(page) -> str:
    """The right side of the viewer, once it has been painted."""
    page.locator(".stage[data-paints]").wait_for()
    return page.locator("[data-pane=right]").evaluate(
        """async (canvas) => {
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            return canvas.toDataURL();
        }"""
    )


def paints(page) -> int:
    return int(page.locator(".stage").get_attribute("data-paints"))


def wait_for_paint(page, earlier: int) -> None:
    expect(page.locator(".stage")).not_to_have_attribute("data-paints", str(earlier))


def slider(page, label: str):
    return page.locator(f'input[type=range][aria-label="{label}"]')


def test_a_slider_paints_a_new_picture_and_writes_it_into_the_address(page, visit: Callable, console_errors):
    visit(page, "")
    visit(page, AUGMENT)
    before, count = pixels(page), paints(page)
    slider(page, "Darkening (%)").press("End")
    wait_for_paint(page, count)
    after = pixels(page)
    assert after != before
    expect(page).to_have_url(re.compile("chain=rain-3-darkening.80"))
    page.reload()
    assert pixels(page) == after
    expect(slider(page, "Darkening (%)")).to_have_value("80")
    assert console_errors == []


def test_a_severity_moves_all_sliders(page, visit: Callable):
    visit(page, AUGMENT)
    entries = page.evaluate("history.length")
    page.get_by_role("radio", name="5").or_(page.get_by_role("button", name="5", exact=True)).first.click()
    expect(slider(page, "Darkening (%)")).to_have_value("46")
    expect(slider(page, "Length (% of height)")).to_have_value("13")
    expect(page).to_have_url(re.compile("chain=rain-5"))
    assert page.evaluate("history.length") == entries
    # The server tells the seed, and with it the chain that it last heard of.
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("No effect is chosen")).to_be_visible()
    expect(page).to_have_url(re.compile("chain=none"))
    page.get_by_role("button", name="Roll").click()
    expect(page).to_have_url(re.compile(r"(?=.*chain=none).*seed=\d"))


def test_an_effect_of_the_gallery_joins_the_chain(page, visit: Callable):
    visit(page, f"{AUGMENT}&more=All+effects")
    page.get_by_role("button", name="Fog 3", exact=True).click()
    expect(page.get_by_text("2. Fog")).to_be_visible()
    expect(page).to_have_url(re.compile("chain=rain-3%7Efog-3|chain=rain-3~fog-3"))


def test_the_download_holds_what_is_shown(page, visit: Callable):
    visit(page, f"{AUGMENT}&chain=snow-2~vertical_flip&seed=5")
    pixels(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    image, mask, expected, expected_mask = (
        np.asarray(Image.open(io.BytesIO(content[name])))
        for name in ("frame.png", "mask.png", "augmented.png", "augmented_mask.png")
    )
    chain = from_json(content["chain.json"].decode())
    assert chain.seed == 5
    made, moved = apply(chain, image, mask)
    assert np.array_equal(made, expected) and np.array_equal(moved, expected_mask)


def test_on_a_telephone_the_sliders_follow_the_picture(narrow_page, visit: Callable):
    visit(narrow_page, AUGMENT)
    pixels(narrow_page)
    stage = narrow_page.locator(".stage").bounding_box()
    darkening = slider(narrow_page, "Darkening (%)").locator("xpath=ancestor::*[@data-testid='stSlider']")
    code = narrow_page.locator("[data-testid=stCode]").bounding_box()
    assert stage["y"] < darkening.bounding_box()["y"] < code["y"]
    assert narrow_page.evaluate("document.documentElement.scrollWidth") <= 400
