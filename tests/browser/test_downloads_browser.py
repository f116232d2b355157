"""Two visitors: what one saves is there until it is fetched, however busy the other is."""

from pathlib import Path

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_file_is_still_there_when_another_visitor_has_worked_since_the_click(
    page, other_page, visit, console_errors
):
    visit(page, "evaluation")
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="Download as CSV").first.click()
    table = Path(download.value.path()).read_text()
    # Streamlit removes files after a run, and a file at the second time that it finds it unused.
    for _ in range(2):
        visit(other_page, "training")
    late = page.request.get(download.value.url)
    assert (late.status, late.text()) == (200, table)
    assert table.startswith(("class", "run", "frame"))
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
