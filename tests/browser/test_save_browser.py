"""Charts and reports as files, saved in a real browser and opened again without a network."""

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.browser


def saved(page, kind: str, folder: Path) -> Path:
    page.get_by_role("button", name="Save").click()
    button = page.get_by_role("button", name=kind, exact=True)
    with page.expect_download() as download:
        button.click()
    # Saving closes the menu; so does this, where it is still open.
    page.keyboard.press("Escape")
    button.wait_for(state="detached")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_chart_is_saved_as_png_as_svg_and_as_a_page_that_needs_no_network(
    page, visit, tmp_path, console_errors
):
    visit(page, "training?runs=first&plots=Loss&plots=Accuracy")
    chart = page.get_by_test_id("stPlotlyChart")
    chart.locator(".scatterlayer path.js-line").first.wait_for()
    width = chart.bounding_box()["width"]
    png, svg, html = (saved(page, kind, tmp_path) for kind in ("PNG", "SVG", "HTML"))
    assert [path.name for path in (png, svg, html)] == [
        f"segcompare_training_curves_first.{ending}" for ending in ("png", "svg", "html")
    ]
    assert png.read_bytes().startswith(b"\x89PNG")
    # Four pixels for each on the screen, for paper.
    assert struct.unpack(">I", png.read_bytes()[16:20])[0] == pytest.approx(4 * width, rel=0.02)
    root = ElementTree.parse(svg).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    written = "".join(root.itertext())
    assert "Pixel accuracy" in written
    assert "Training curves: first" in written
    assert console_errors == []

    page.goto(f"file://{html}")
    page.locator(".scatterlayer path.js-line").first.wait_for()
    assert (
        page.get_by_role("img")
        .first.get_attribute("aria-label")
        .startswith("Loss, Accuracy against the epoch")
    )
    assert [error for error in console_errors if "file://" not in error] == []


def test_report_fits_a_telephone_and_draws_on_a_dark_page(browser, made_project, tmp_path):
    from segcore.reports.html.pair import pair_report
    from segcore.runs.run import find_run

    runs = [find_run(name, made_project["runs"]) for name in ("first", "second")]
    path = tmp_path / "report.html"
    path.write_text(pair_report(*runs, "val"), encoding="utf-8")
    context = browser.new_context(viewport={"width": 400, "height": 800}, color_scheme="dark", offline=True)
    context.set_default_timeout(120_000)
    page, errors = context.new_page(), []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"file://{path}")
    page.locator(".heatmaplayer image").nth(2).wait_for(state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    brightness = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(brightness) < 64
    assert errors == []
    context.close()
