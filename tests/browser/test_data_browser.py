"""The data set in a real browser: every address says which data it is about, and no other is shown in its place."""

from urllib.parse import parse_qs, urlsplit

import pytest
from makers import make_image, make_label_ids
from PIL import Image

pytestmark = pytest.mark.browser

IN_ADDRESS = "() => new URL(window.location.href).searchParams.get('data') === 'Cityscapes'"


def query_of(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_each_page_says_in_its_address_which_data_it_is_about(page, visit, console_errors):
    visit(page, "augment")
    page.wait_for_function(IN_ADDRESS)
    before = page.evaluate("window.history.length")
    sidebar = page.get_by_test_id("stSidebarNav")
    sidebar.get_by_role("link", name="Robustness").click()
    page.get_by_role("heading", level=1, name="Robustness").wait_for()
    page.wait_for_function(IN_ADDRESS)
    assert page.evaluate("window.history.length") == before + 1
    page.go_back()
    page.get_by_role("heading", level=1, name="Augment").wait_for()
    page.wait_for_function(IN_ADDRESS)
    assert page.get_by_text("This link is about").count() == 0
    assert console_errors == []


def test_a_link_about_other_data_shows_no_frame_until_the_visitor_goes_on(page, visit, console_errors):
    visit(page, "augment?data=CamVid&frame=ulm_000001_000019")
    main = page.get_by_test_id("stMain")
    main.get_by_text("but this page uses Cityscapes").wait_for()
    assert main.get_by_role("button", name="Next").count() == 0
    main.get_by_role("button", name="Go on with the frames here").click()
    main.get_by_role("button", name="Next").wait_for()
    page.wait_for_function(IN_ADDRESS)
    assert query_of(page)["data"] == ["Cityscapes"]
    assert console_errors == []


def test_an_old_link_goes_on_working(page, visit, console_errors):
    visit(page, "augment?source=Cityscapes&split=train")
    # Val has three.
    page.get_by_text("1 frame, all with ground truth.").wait_for()
    assert page.get_by_text("The address asks for").count() == 0
    page.get_by_test_id("stMain").get_by_role("button", name="Roll").click()
    page.wait_for_timeout(1500)
    assert page.get_by_text("The address asks for").count() == 0
    assert console_errors == []


def test_a_picture_uploaded_with_its_mask_is_scored_as_any_frame(page, visit, console_errors, tmp_path):
    labels = make_label_ids((64, 96), seed=5)
    Image.fromarray(make_image(labels, seed=5)).save(tmp_path / "street.png")
    Image.fromarray(labels).save(tmp_path / "street_labelIds.png")
    visit(page, "compare?source=My+pictures")
    files = [tmp_path / "street.png", tmp_path / "street_labelIds.png"]
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files)
    page.get_by_text("1 frame, all with ground truth.").wait_for()
    main = page.get_by_test_id("stMain")
    main.locator("[data-role=facts]").get_by_text("mIoU").first.wait_for()
    main.get_by_text("of 19 classes of Cityscapes").wait_for()
    page.get_by_text("They are gone when the page is reloaded").wait_for()
    assert page.get_by_test_id("stException").count() == 0
    assert console_errors == []
