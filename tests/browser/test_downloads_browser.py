"""Two visitors: what one saves is there until it is fetched, however busy the other is."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_file_is_there_when_the_other_visitor_has_worked_between_click_and_fetch(
    page, other_page, visit, tmp_path, console_errors
):
    visit(page, "evaluation")
    waiting = []
    page.route(re.compile("/media/"), lambda route: waiting.append(route))
    button = page.get_by_test_id("stDownloadButton").get_by_role("button", name="Download as CSV").first
    with page.expect_download() as download:
        button.click()
        while not waiting:
            page.wait_for_timeout(50)
        # Streamlit removes files after a run, and a file at the second time that it finds it unused.
        for _ in range(4):
            visit(other_page, "training")
            other_page.get_by_test_id("stPlotlyChart").locator("path.js-line").first.wait_for()
        waiting[0].continue_()
    path = tmp_path / "table.csv"
    download.value.save_as(path)
    assert path.read_text().startswith(("class", "run", "frame"))
    assert console_errors == []


def test_a_run_named_like_a_host_becomes_no_link(page, visit, made_project):
    folder = made_project["runs"] / "www.host.example"
    folder.mkdir()
    (folder / "run.json").write_text("{")
    try:
        visit(page, "training")
        expect(page.get_by_text("host.example")).to_be_visible()
        assert page.locator("a[href*='host.example']").count() == 0
    finally:
        (folder / "run.json").unlink()
        folder.rmdir()
