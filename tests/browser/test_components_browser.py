"""The app's own components in a real browser, when Streamlit calls them again before their script has arrived.

It then undoes the first call only after the second: what the second has set up must stay.
"""

from collections.abc import Callable

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Every script that Streamlit imports from memory waits until the test lets it go on.
_HOLD_SCRIPTS = """
window.scriptsMayGoOn = new Promise((goOn) => { window.letScriptsGoOn = goOn; });
window.Blob = class extends Blob {
    constructor(parts, options) {
        const isScript = options?.type === "text/javascript";
        super(isScript ? [...parts, "\\nawait window.scriptsMayGoOn; window.scriptsArrived = true;"] : parts, options);
    }
};
"""


def visit_with_late_scripts(page, visit: Callable, address: str, *, component: str) -> None:
    """Open a page, change its theme while the script of ``component`` is on its way, then let it arrive."""
    page.add_init_script(_HOLD_SCRIPTS)
    page.emulate_media(color_scheme="light")
    visit(page, address)
    page.locator(f"{component} [data-testid^=stBidiComponent]").first.wait_for(state="attached")
    background = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{background} !== '{light}'")
    page.evaluate("window.letScriptsGoOn()")
    page.wait_for_function("window.scriptsArrived")


def test_a_picture_is_shown_although_the_theme_changed_before_it(page, visit: Callable, console_errors):
    visit_with_late_scripts(page, visit, "augment?source=Cityscapes", component=".st-key-augment_viewer")
    page.locator(".stage[data-paints]").wait_for(timeout=20_000)
    expect(page.get_by_text("Point at the picture")).to_be_visible()
    assert console_errors == []


def test_a_link_leads_back_although_the_theme_changed_before_it_was_followed(page, visit: Callable):
    visit_with_late_scripts(
        page, visit, "evaluation?source=Cityscapes&view=Frames", component=".st-key-follow_links"
    )
    page.wait_for_url("**data=Cityscapes**")
    frames, entries = page.url, page.evaluate("history.length")
    page.get_by_test_id("stMain").get_by_test_id("stPageLink").first.get_by_role("link").click()
    page.get_by_role("heading", level=1, name="Compare").wait_for()
    page.locator(".stage[data-paints]").wait_for()
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    page.wait_for_url(frames, timeout=20_000)
