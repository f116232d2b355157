"""A model of somebody else in a real browser: uploaded, seen to be wrong, set right, saved and compared."""

import re
import shutil

import pytest
from street_network import street_onnx

pytestmark = pytest.mark.browser
SIZE = (64, 96)


@pytest.fixture
def saved(made_project):
    """Remove what the test saves, as other tests share the runs of the server."""
    folder = made_project["runs"] / "uploaded"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def settle(page) -> None:
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")


def choose(page, label: str, option: str) -> None:
    page.get_by_test_id("stMain").get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()
    settle(page)


def score(page) -> float:
    metric = page.get_by_test_id("stMetric").filter(has_text="Mean IoU")
    metric.wait_for()
    return float(re.search(r"([\d.]+)\s%", metric.inner_text()).group(1))


def test_a_model_is_uploaded_set_right_saved_and_compared(page, visit, console_errors, saved, tmp_path):
    visit(page, "runs?source=Cityscapes&do=Add+a+run")
    path = street_onnx(tmp_path / "uploaded.onnx", channels="bgr", size=SIZE)
    page.get_by_test_id("stMain").locator("input[type=file]").set_input_files(path)
    choose(page, "Normalisation", "0 to 255")
    page.locator(".stage[data-paints]").wait_for()
    wrong = score(page)
    page.get_by_role("radio", name="BGR").click()
    settle(page)
    # With its channels the other way round the network is right nearly everywhere.
    assert wrong < 50 < 97 < score(page)
    page.get_by_test_id("stMain").get_by_role("button", name=re.compile("Save$")).click()
    page.get_by_text("uploaded is a run now").wait_for()
    assert (saved / "run.json").is_file() and not list(saved.parent.glob(".adding-*"))
    page.get_by_test_id("stMain").get_by_role("radio", name="All runs").click()
    chosen = page.get_by_test_id("stMain").get_by_role("combobox", name="Run", exact=True)
    chosen.wait_for()
    assert chosen.input_value() == "uploaded"
    page.get_by_test_id("stMain").get_by_role("link", name="Compare it").click()
    page.get_by_role("heading", level=1, name="Compare").wait_for()
    run_a = page.get_by_test_id("stMain").get_by_role("combobox", name="Run A", exact=True)
    run_a.wait_for()
    assert run_a.input_value() == "uploaded"
    page.locator(".stage[data-paints]").wait_for()
    assert page.get_by_test_id("stException").count() == 0
    assert console_errors == []


def test_a_row_of_the_table_shows_its_run(page, visit, console_errors):
    visit(page, "runs?shown_run=first")
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    rows = table.locator("canvas tbody tr")
    # The table for screen readers is filled after the picture of it.
    rows.nth(1).wait_for(state="attached")
    place = next(place for place, text in enumerate(rows.all_text_contents()) if text.startswith("second"))
    box = table.bounding_box()
    # The box at the beginning of its row, below the head of 35 px.
    page.mouse.click(box["x"] + 18, box["y"] + 35 * (place + 1.5))
    page.get_by_test_id("stMain").get_by_role("heading", name="second").wait_for()
    chosen = page.get_by_test_id("stMain").get_by_role("combobox", name="Run", exact=True)
    assert chosen.input_value() == "second"
    assert console_errors == []


def test_on_a_telephone_nothing_is_wider_than_the_page(narrow_page, visit, tmp_path):
    visit(narrow_page, "runs?source=Cityscapes&do=Add+a+run")
    path = street_onnx(tmp_path / "narrow.onnx", size=SIZE)
    narrow_page.get_by_test_id("stMain").locator("input[type=file]").set_input_files(path)
    narrow_page.get_by_test_id("stMetric").first.wait_for()
    settle(narrow_page)
    main = narrow_page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
