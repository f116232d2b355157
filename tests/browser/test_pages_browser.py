"""Every page in a real browser: it opens, nothing is wrong on it or behind it, and links lead where they say."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

PAGES = ("Overview", "Augment", "Compare", "Training", "Evaluation", "Robustness", "Runs")


def open_from_sidebar(page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    page.get_by_role("heading", level=1, name="SegCompare" if title == "Overview" else title).wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")


def nothing_wrong(page) -> None:
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0


def test_pages_open_from_the_sidebar_without_an_error_on_them_or_in_the_console(page, visit, console_errors):
    visit(page, "")
    for title in (*PAGES[1:], PAGES[0]):
        open_from_sidebar(page, title)
        nothing_wrong(page)
        assert console_errors == [], title


@pytest.mark.parametrize("title", PAGES)
def test_address_of_a_page_opens_it_inside_the_app_and_it_fits_a_telephone(narrow_page, visit, title):
    page = narrow_page
    visit(page, "" if title == "Overview" else title.lower())
    page.get_by_role("heading", level=1, name="SegCompare" if title == "Overview" else title).wait_for()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
    nothing_wrong(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link")).to_have_count(len(PAGES))
    assert page.segcompare_errors == []


@pytest.mark.parametrize("address", ["training", "evaluation", "evaluation?view=Confusion"])
def test_buttons_that_a_telephone_always_shows_cover_no_curve(narrow_page, visit, address):
    visit(narrow_page, address)
    figures = narrow_page.get_by_test_id("stPlotlyChart")
    figures.locator(".nsewdrag").first.wait_for(state="attached")
    for figure in figures.all():
        # Both places are read in one go: the page above may still grow between two calls.
        buttons, plot = figure.evaluate(
            """figure => [figure.querySelector(".modebar-group").getBoundingClientRect().bottom,
                         figure.querySelector(".nsewdrag").getBoundingClientRect().top]"""
        )
        assert buttons <= plot


def test_curves_are_drawn_and_one_pointer_reads_all_panels(page, visit, console_errors):
    visit(page, "training?runs=first&runs=second")
    chart = page.get_by_test_id("stPlotlyChart")
    chart.locator(".scatterlayer path.js-line").first.wait_for()
    box = chart.bounding_box()
    # In the first panel, well above the gap below it.
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.15)
    hover = chart.locator(".hoverlayer .legend")
    hover.wait_for()
    text = hover.text_content()
    assert re.search(r"epoch \d+", text)
    for quantity in ("loss", "mean IoU", "accuracy"):
        assert f"first, validation : {quantity}" in text
    assert console_errors == []


def test_choices_are_in_the_address_and_come_back_with_it(page, visit):
    visit(page, "evaluation")
    page.get_by_role("radio", name="Confusion").click()
    page.wait_for_url("**view=Confusion**")
    page.reload()
    page.get_by_test_id("stPlotlyChart").locator(".heatmaplayer").first.wait_for()
    assert page.get_by_role("radio", name="Confusion").is_checked()


def chosen(page, *names: str) -> list[str]:
    boxes = [page.get_by_test_id("stMain").get_by_role("combobox", name=name, exact=True) for name in names]
    boxes[0].wait_for()
    return [box.input_value() for box in boxes]


def test_link_of_a_frame_opens_it_in_compare_with_both_runs_and_back_leads_to_the_frames(
    page, visit, console_errors
):
    visit(page, "evaluation?source=Cityscapes&view=Frames&rank=Worst+for+B&a=second&b=first")
    page.wait_for_url("**data=Cityscapes**")
    frames, entries = page.url, page.evaluate("history.length")
    link = page.get_by_test_id("stMain").get_by_test_id("stPageLink").first
    frame_id = re.search(r"ulm_\d+_\d+", link.inner_text()).group()
    address = link.get_by_role("link").get_attribute("href")
    link.get_by_role("link").click()
    page.get_by_role("heading", level=1, name="Compare").wait_for()
    assert chosen(page, "Frame", "Run A", "Run B") == [frame_id, "second", "first"]
    page.locator(".stage[data-paints]").wait_for()
    assert page.evaluate("history.length") == entries + 1
    nothing_wrong(page)
    page.go_back()
    page.get_by_role("heading", level=1, name="Evaluation").wait_for()
    link.wait_for()
    page.wait_for_url(frames)
    assert chosen(page, "Run A", "Run B") == ["second", "first"]
    # By itself, as in another tab.
    visit(page, address)
    assert chosen(page, "Frame", "Run A", "Run B") == [frame_id, "second", "first"]
    assert console_errors == []


def test_frame_stays_when_the_page_changes(page, visit):
    visit(page, "compare?source=Cityscapes&frame=ulm_000002_000019")
    open_from_sidebar(page, "Augment")
    frame = page.get_by_test_id("stMain").get_by_role("combobox", name="Frame", exact=True)
    frame.wait_for()
    assert frame.input_value() == "ulm_000002_000019"
    assert "frame=ulm_000002_000019" in page.url


def test_overview_fetches_the_code_of_charts_before_a_page_has_one(page, visit, console_errors):
    with page.expect_response(re.compile(r"/PlotlyChart\.[^/]*\.js$")) as fetched:
        visit(page, "")
    assert fetched.value.ok
    assert page.get_by_test_id("stPlotlyChart").count() == 0
    assert console_errors == []
