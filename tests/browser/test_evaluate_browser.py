"""Evaluate now in a real browser: it goes on while its visitor is elsewhere, and the page rests when it has ended."""

import re
import secrets

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


@pytest.fixture
def kept_as(made_project):
    """A new name for scores, which are gone after the test: Evaluation would open them for other tests as well."""
    # A second try must not find the scores of the first.
    name = f"now_{secrets.token_hex(3)}"
    yield name
    for path in made_project["runs"].glob(f"*/evaluation/{name}.json"):
        path.unlink()


def test_scores_come_by_themselves_and_nothing_is_asked_for_afterwards(
    page, visit, console_errors, sent_frames, kept_as
):
    visit(page, "evaluation?source=Cityscapes")
    # What is typed while the page is still being drawn can be lost.
    at_rest = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    at_rest.wait_for(state="attached")
    page.get_by_test_id("stExpander").get_by_text("Evaluate now").click()
    name = page.get_by_role("textbox", name="Keep as")
    name.wait_for()
    at_rest.wait_for(state="attached")
    name.fill(kept_as)
    name.press("Enter")
    # Leaving the field also sends what is in it.
    name.blur()
    # Any run: which one is proposed depends on what was scored before.
    page.get_by_text(f"has no scores named {kept_as} yet").wait_for()
    # The name begins with that of the icon.
    page.get_by_test_id("stMain").get_by_role("button", name=re.compile("Evaluate$")).click()
    page.get_by_text(f" as {kept_as}").first.wait_for()
    sidebar = page.get_by_test_id("stSidebarNav")
    sidebar.get_by_role("link", name="Training").click()
    page.get_by_role("heading", level=1, name="Training").wait_for()
    sidebar.get_by_role("link", name="Evaluation").click()
    page.get_by_text(f" as {kept_as}: mean IoU").wait_for()
    # The scores open by themselves.
    page.get_by_role("radio", name=kept_as, checked=True).wait_for()
    # Not that of the closed part, where the scores are named as what would be replaced.
    page.get_by_text("split val, 3 frames of 96 × 64 px").filter(visible=True).first.wait_for()
    at_rest.wait_for(state="attached")
    # A page that still polls would send something every second.
    for _ in range(5):
        before = len(sent_frames)
        page.wait_for_timeout(3000)
        if len(sent_frames) == before:
            break
    else:
        pytest.fail(f"the page does not rest; it sent {sent_frames[before:]}")
    assert page.get_by_test_id("stException").count() == 0
    assert console_errors == []


def test_frames_with_a_class_have_pictures_and_lead_into_compare(page, visit, console_errors):
    visit(page, "evaluation?source=Cityscapes&set=val&view=Frames&with=rider")
    pictures = page.get_by_test_id("stMain").locator("img[src^='data:image/jpeg']")
    pictures.first.wait_for()
    expect(pictures).to_have_count(3)
    assert pictures.first.evaluate("picture => picture.complete && picture.naturalWidth") == 256
    page.get_by_test_id("stMain").get_by_test_id("stPageLink").first.get_by_role("link").click()
    page.get_by_role("heading", level=1, name="Compare").wait_for()
    assert console_errors == []
