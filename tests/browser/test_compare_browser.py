"""Compare in a real browser: what the viewer shows, reads and changes, by mouse, touch and keyboard."""

import io
import itertools
import json
import math
import re
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FRAME = "compare?source=Cityscapes&frame=ulm_000000_000019"
COMPARE = f"{FRAME}&view=swipe"
CAR = (45.5 / 96, 39.5 / 64)
"""The middle of a pixel of the car in the made scene, as shares of width and height."""
CAR_BLUE = [0, 0, 142]

STAND_STILL = """async (stage) => {
    const place = () => Object.values(stage.getBoundingClientRect().toJSON()).join();
    for (let before = null, times = 0; times < 4; times++) {
        if (place() !== before) [before, times] = [place(), 0];
        await new Promise((done) => setTimeout(done, 50));
    }
}"""
"""Waits until the viewer is where it stays: a scroll, or a part of the page that comes late, moves it for a moment."""


def wait_for_viewer(page) -> None:
    page.locator(".stage[data-paints]").wait_for()


def wait_for_script(page) -> None:
    # The state turns to running a moment after the message is sent.
    page.wait_for_timeout(500)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")


def color_at(page, place: tuple[float, float]) -> list[int]:
    """Return RGB that is seen at a share of the viewer's width and height, once it has been painted."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    )
    picture = Image.open(io.BytesIO(page.locator(".stage").screenshot())).convert("RGB")
    return list(picture.getpixel((int(place[0] * picture.width), int(place[1] * picture.height))))


def point(page, place: tuple[float, float]) -> tuple[float, float]:
    """Return where a share of the viewer's width and height is on the screen, once the viewer stands still."""
    page.locator(".stage").evaluate(STAND_STILL)
    box = page.locator(".stage").bounding_box()
    return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]


def bring_into_sight(page) -> None:
    page.locator(".stage").scroll_into_view_if_needed()


def set_range(page, role: str, value: int) -> None:
    page.locator(f"[data-role={role}]").fill(str(value))


def test_two_models_appear_on_a_frame_and_pointing_reads_them(
    page, visit: Callable, console_errors: list[str]
):
    visit(page, COMPARE)
    wait_for_viewer(page)
    score = r"mIoU \d+\.\d\s%"
    expect(page.locator("[data-role=tag-left]")).to_have_text(re.compile(f"^Afirst{score}$"))
    expect(page.locator("[data-role=tag-right]")).to_have_text(re.compile(f"^Bsecond{score}$"))
    assert page.locator("[data-role=left] option").all_inner_texts() == [
        "Frame",
        "Ground truth",
        "A: first",
        "B: second",
        "Disagreement",
        "Confidence first",
        "Entropy first",
        "Confidence second",
        "Entropy second",
    ]
    facts = page.locator("[data-role=facts]")
    expect(facts).to_have_text(
        re.compile("^Afirst mIoU.*Bsecond mIoU.*both right.*only first right.*only second right.*both wrong")
    )
    # The largest difference first, as far as rounded shares tell.
    shares = page.get_by_role("group", name="Classes").locator(".shares").all_inner_texts()
    pairs = [[float(re.sub("[^0-9.]", "", share) or 0) for share in text.split("·")] for text in shares]
    gaps = [abs(a - b) for a, b in pairs]
    assert len(gaps) > 1
    assert all(before >= after - 0.3 for before, after in itertools.pairwise(gaps))
    expect(page.get_by_text("Class by class")).to_be_visible()
    bring_into_sight(page)
    page.mouse.move(*point(page, CAR))
    expect(page.locator("[data-role=readout]")).to_have_text(
        re.compile(r"^x 45, y 39 · Ground truth: car · first: [a-z ]+ · second: [a-z ]+$")
    )
    # The tables come after the viewer.
    wait_for_script(page)
    tables = page.locator("[data-testid=stDataFrame]").count()
    page.mouse.click(*point(page, CAR))
    expect(page.get_by_text("Probe at x 45, y 39 · ground truth: car")).to_be_visible()
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(tables + 2)
    expect(page).to_have_url(re.compile("probe=45%2C39"))
    page.locator(".stage").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(tables)
    assert console_errors == []


def test_a_foreign_run_is_compared_with_one_of_19_classes(page, visit: Callable, console_errors: list[str]):
    visit(page, f"{COMPARE}&a=theirs&b=first&left=confidence_a&opacity=100")
    wait_for_viewer(page)
    # A layer that follows the picture. Sure everywhere: the last colour of the scale, a yellow.
    red, green, blue = color_at(page, CAR)
    assert red > 200 and green > 200 and blue < 100
    page.locator("[data-role=left]").select_option("a")
    assert color_at(page, CAR) == CAR_BLUE
    expect(
        page.get_by_text("Merged, because one model does not distinguish them: person and rider.")
    ).to_be_visible()
    expect(page.get_by_role("checkbox", name="human")).to_be_visible()
    expect(page.get_by_role("checkbox", name="rider")).to_have_count(0)
    page.get_by_text("Measure here").click()
    expect(page.get_by_text(re.compile(r"median of 7 calls"))).to_be_visible()
    assert console_errors == []


def test_a_class_is_drawn_in_its_own_colour_can_be_pointed_out_and_switched_off(page, visit: Callable):
    visit(page, f"{COMPARE}&left=truth&opacity=100")
    wait_for_viewer(page)
    assert color_at(page, CAR) == CAR_BLUE
    page.get_by_role("checkbox", name="car").uncheck()
    behind = color_at(page, CAR)
    # The made picture shows the car in about (30, 40, 140), with grain.
    assert behind != CAR_BLUE
    assert behind[1] > 15
    page.get_by_role("checkbox", name="car").check()
    assert color_at(page, CAR) == CAR_BLUE
    page.get_by_role("checkbox", name="road").hover()
    assert color_at(page, CAR) != CAR_BLUE
    page.get_by_role("button", name="Hide all").hover()
    assert color_at(page, CAR) == CAR_BLUE
    # All are switched by keyboard, and the focus stays.
    group = page.get_by_role("group", name="Classes")
    switches = group.get_by_role("checkbox").count()
    for name, key, checked in (("Hide all", "Enter", 0), ("Show all", "Space", switches)):
        button = group.get_by_role("button", name=name)
        button.focus()
        page.keyboard.press(key)
        expect(group.get_by_role("checkbox", checked=True)).to_have_count(checked)
        expect(button).to_be_focused()
        assert (color_at(page, CAR) == CAR_BLUE) == (checked > 0)


def test_settings_change_without_the_server(page, visit: Callable, sent_frames: list):
    # All of the viewer in sight: a page that scrolls under the pointer lets it leave, and then the opacity is told.
    page.set_viewport_size({"width": 1280, "height": 1500})
    visit(page, COMPARE)
    wait_for_viewer(page)
    page.wait_for_timeout(500)
    before = len(sent_frames)
    page.locator("[data-role=left]").select_option("truth")
    expect(page.locator("[data-role=tag-left]")).to_have_text("Ground truth")
    set_range(page, "opacity", 100)
    assert color_at(page, CAR) == CAR_BLUE
    set_range(page, "opacity", 0)
    assert color_at(page, CAR) != CAR_BLUE
    page.get_by_role("checkbox", name="Outlines").check()
    page.get_by_role("checkbox", name="road").uncheck()
    page.locator("[data-role=right]").select_option("disagreement")
    expect(page.get_by_role("checkbox", name="both wrong")).to_be_visible()
    *outcomes, void = page.get_by_role("group", name="Disagreement").locator(".shares").all_inner_texts()
    assert sum(float(share.removesuffix(" %")) for share in outcomes) == pytest.approx(100, abs=0.2)
    assert void.endswith(" % of all")
    expect(page).to_have_url(re.compile("left=truth.*opacity=0|opacity=0.*left=truth"))
    page.wait_for_timeout(500)
    assert len(sent_frames) == before


def test_the_dividing_line_is_a_slider_and_the_keyboard_moves_and_pins_the_probe(page, visit: Callable):
    visit(page, f"{COMPARE}&left=truth&right=frame&opacity=100")
    wait_for_viewer(page)
    line = page.get_by_role("slider", name="Dividing line")
    expect(line).to_have_attribute("aria-valuenow", "50")
    line.focus()
    page.keyboard.press("Home")
    expect(line).to_have_attribute("aria-valuenow", "0")
    assert color_at(page, CAR) != CAR_BLUE
    page.keyboard.press("End")
    assert color_at(page, CAR) == CAR_BLUE
    page.keyboard.press("PageDown")
    expect(line).to_have_attribute("aria-valuenow", "90")
    bring_into_sight(page)
    page.mouse.move(*point(page, (0.9, 0.3)))
    page.mouse.down()
    page.mouse.move(*point(page, (0.25, 0.3)), steps=4)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "25")
    # Away from the picture, whose readout follows the pointer.
    page.mouse.move(0, 0)
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    # It starts in the middle of 96 x 64.
    expect(page.locator("[data-role=readout]")).to_contain_text("x 49, y 42")
    expect(page.locator("[data-role=announcer]")).to_contain_text("x 49, y 42")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Probe at x 49, y 42")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Probe at x 48, y 42")).to_be_visible()


def test_zoom_stays_between_frames(page, visit: Callable, console_errors: list[str]):
    visit(page, f"{COMPARE}&left=truth&opacity=100")
    wait_for_viewer(page)
    bring_into_sight(page)
    page.mouse.move(*point(page, CAR))
    zoom = page.locator("[data-role=zoom-text]")
    # Alone, the wheel scrolls the page, and another place of the picture comes under the pointer.
    page.mouse.wheel(0, -10)
    page.mouse.move(*point(page, CAR))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -40)
    page.keyboard.up("Control")
    page.mouse.dblclick(*point(page, CAR))
    # Once by the wheel and once by the double click.
    expect(zoom).to_have_text(f"{2 * math.exp(40 / 120):.1f} ×")
    # Two clicks that zoom pin nothing.
    expect(page.get_by_text("Probe at x")).to_have_count(0)
    expect(page.locator("[data-role=readout]")).to_contain_text("x 45, y 39")
    kept = zoom.inner_text()
    version = page.locator(".stage").get_attribute("data-ready")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page).to_have_url(re.compile("frame=ulm_000001_000019"))
    expect(page.locator(f".stage:not([data-ready='{version}'])")).to_be_visible()
    expect(zoom).to_have_text(kept)
    page.locator(".stage").focus()
    page.keyboard.press("0")
    expect(zoom).to_have_text("1.0 ×")
    # On the picture the arrow keys move the place that is read, so that letters step as well.
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("frame=ulm_000002_000019"))
    expect(page.locator(".film [aria-current=true]")).to_have_text("ulm_000002_000019")
    wait_for_script(page)
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("frame=ulm_000001_000019"))
    page.get_by_role("button", name="Play").click()
    # It goes on by itself, and after the last one comes the first.
    expect(page).to_have_url(re.compile("frame=ulm_000000_000019"))
    page.get_by_role("button", name="Pause").click()
    assert console_errors == []


def test_another_run_reorders_the_frames_and_a_reload_opens_the_same_with_its_marks(page, visit: Callable):
    visit(page, "compare?source=Cityscapes&order=Worst+for+A&opacity=25")
    wait_for_viewer(page)
    frame = page.get_by_test_id("stMain").get_by_role("combobox", name="Frame", exact=True)
    # The worst of the first run, and not of the second.
    expect(frame).to_have_value("ulm_000001_000019")
    page.get_by_role("combobox", name="Run A").click()
    page.get_by_role("option", name="second").click()
    expect(page).to_have_url(re.compile("frame=ulm_000001_000019"))
    wait_for_script(page)
    assert {"order=Worst+for+A", "a=second", "opacity=25"} <= set(re.split("[?&]", page.url))
    page.get_by_role("button", name="Mark this frame").click()
    note = page.get_by_role("textbox", name="Note")
    note.fill("glare")
    note.press("Enter")
    page.wait_for_function("window.localStorage.getItem('segcompare_marks')?.includes(',glare,')")
    page.reload()
    wait_for_viewer(page)
    expect(frame).to_have_value("ulm_000001_000019")
    # The browser brings the marks.
    expect(note).to_have_value("glare")
    expect(page.locator(".film .marked")).to_have_text("ulm_000001_000019")
    # What is removed in another tab is removed here as well, and does not come back.
    other = page.context.new_page()
    visit(other, page.url.rpartition("/")[2])
    other.get_by_role("button", name="Remove the mark").click()
    expect(page.get_by_role("button", name="Mark this frame")).to_be_visible()
    expect(page.locator(".film .marked")).to_have_count(0)
    wait_for_script(page)
    assert page.evaluate("window.localStorage.getItem('segcompare_marks')") == ""


def test_dragging_moves_a_zoomed_picture(page, visit: Callable):
    visit(page, COMPARE)
    wait_for_viewer(page)
    bring_into_sight(page)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    bring_into_sight(page)
    page.mouse.move(*point(page, (0.3, 0.5)))
    before = page.locator("[data-role=readout]").inner_text()
    page.mouse.down()
    page.mouse.move(*point(page, (0.4, 0.6)), steps=4)
    page.mouse.up()
    page.mouse.move(*point(page, (0.4, 0.6)))
    # The pixel under the hand comes along, and a drag pins nothing.
    expect(page.locator("[data-role=readout]")).to_have_text(before)
    expect(page.get_by_text("Click the picture to list")).to_be_visible()
    page.get_by_role("button", name="Fit").click()
    bring_into_sight(page)
    page.mouse.move(*point(page, (0.25, 0.5)))
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(*point(page, (0.75, 0.75)), steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    # A box of 48 x 16 of the 96 x 64 pixels.
    expect(page.get_by_text("Box from x 24, y 32: 48 × 16 pixels")).to_be_visible()
    expect(page).to_have_url(re.compile("box=24%2C32%2C48%2C16"))
    page.locator(".stage").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Box from")).to_have_count(0)


def test_on_a_telephone_one_finger_taps_two_zoom_and_nothing_sticks_out(narrow_page, visit: Callable):
    page = narrow_page
    visit(page, COMPARE)
    wait_for_viewer(page)
    bring_into_sight(page)
    page.touchscreen.tap(*point(page, CAR))
    expect(page.get_by_text(re.compile("Probe at x 4[45], y 39 · ground truth: car"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    bring_into_sight(page)
    session = page.context.new_cdp_session(page)
    (x, y), touches = point(page, (0.5, 0.5)), []
    for spread in (20, 30, 45, 60):
        touches.append([{"x": x - spread, "y": y, "id": 1}, {"x": x + spread, "y": y, "id": 2}])
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": touches[0]})
    for points in touches[1:]:
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("[data-role=zoom-text]")).to_have_text("3.0 ×")
    assert page.segcompare_errors == []


def test_a_picture_of_ones_own_has_no_ground_truth(page, visit: Callable, made_project, console_errors):
    visit(page, "compare?source=My+pictures")
    picture = next((made_project["data"] / "leftImg8bit").rglob("*.png"))
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(picture)
    wait_for_viewer(page)
    expect(page.get_by_text("This frame has no ground truth, so there are no scores")).to_be_visible()
    expect(page.locator("[data-role=facts]")).to_have_text(re.compile(r"^agree[\d. ]+\s%differ[\d. ]+\s%$"))
    expect(page.get_by_text("Class by class")).to_have_count(0)
    expect(page.locator("[data-role=left] option[value=truth]")).to_have_count(0)
    assert console_errors == []


def test_a_link_carries_the_part_that_is_seen_and_what_is_hidden(page, visit: Callable):
    # As links said it before there were several views.
    visit(page, f"{FRAME}&left=truth&opacity=100&hidden=car&view=4.00,0.4700,0.6200&divider=80")
    wait_for_viewer(page)
    expect(page.locator("[data-role=zoom-text]")).to_have_text("4.0 ×")
    expect(page.get_by_role("slider", name="Dividing line")).to_have_attribute("aria-valuenow", "80")
    assert color_at(page, (0.5, 0.5)) != CAR_BLUE
    page.get_by_role("checkbox", name="car").check()
    assert color_at(page, (0.5, 0.5)) == CAR_BLUE
    expect(page).not_to_have_url(re.compile("hidden="))
    page.get_by_role("checkbox", name="road").uncheck()
    page.get_by_role("button", name="Fit").click()
    expect(page).to_have_url(re.compile("hidden=road"))
    expect(page).not_to_have_url(re.compile("zoom=|view=4"))


def test_views_show_the_same_place_by_click_and_key(page, visit: Callable, console_errors: list[str]):
    visit(page, FRAME)
    wait_for_viewer(page)
    stage, cells = page.locator(".stage"), page.locator(".cell")
    expect(stage).to_have_attribute("data-layout", "side")
    expect(cells).to_have_count(2)
    page.get_by_role("checkbox", name="Ground truth").check()
    expect(cells).to_have_count(3)
    bring_into_sight(page)
    box = cells.nth(1).bounding_box()
    page.mouse.move(box["x"] + CAR[0] * box["width"], box["y"] + CAR[1] * box["height"])
    expect(page.locator("[data-role=readout]")).to_contain_text("x 45, y 39")
    expect(page.locator(".mark:visible")).to_have_count(2)
    # The pixel's middle, in the panes that the pointer is not in.
    first, mark = cells.first.bounding_box(), page.locator(".mark:visible").first.bounding_box()
    assert mark["x"] + mark["width"] / 2 - first["x"] == pytest.approx(45.5 / 96 * first["width"], abs=1)
    page.keyboard.press("4")
    expect(cells).to_have_count(5)
    assert [cells.nth(at).locator("canvas").get_attribute("data-layer") for at in range(5)] == [
        "a",
        "b",
        "frame",
        "truth",
        "disagreement",
    ]
    # Two in the first row and three in the second, each row as wide as the stage.
    wide, boxes = stage.bounding_box(), [cells.nth(at).bounding_box() for at in range(5)]
    for row in (boxes[:2], boxes[2:]):
        assert len({round(box["y"]) for box in row}) == 1
        assert row[0]["x"] == pytest.approx(wide["x"], abs=1)
        assert row[-1]["x"] + row[-1]["width"] == pytest.approx(wide["x"] + wide["width"], abs=1)
    # A small cell and the large ones are on the same pixel.
    page.mouse.move(boxes[4]["x"] + CAR[0] * boxes[4]["width"], boxes[4]["y"] + CAR[1] * boxes[4]["height"])
    expect(page.locator("[data-role=readout]")).to_contain_text("x 45, y 39")
    mark = page.locator(".mark:visible").first.bounding_box()
    assert mark["x"] + mark["width"] / 2 - boxes[0]["x"] == pytest.approx(
        45.5 / 96 * boxes[0]["width"], abs=1
    )
    expect(page).to_have_url(re.compile("view=grid&truth=true|truth=true.*view=grid"))
    page.get_by_role("button", name="Blink").click()
    expect(stage).to_have_attribute("data-blink", "right")
    expect(stage).to_have_attribute("data-blink", "left")
    page.get_by_role("button", name="Hold this one").click()
    held = stage.get_attribute("data-blink")
    page.wait_for_timeout(1000)
    expect(stage).to_have_attribute("data-blink", held)
    page.keyboard.press("2")
    expect(page.get_by_role("slider", name="Dividing line")).to_be_visible()
    page.keyboard.press("1")
    expect(cells).to_have_count(3)
    # On a wide screen the classes stand beside the pictures, elsewhere below them.
    page.set_viewport_size({"width": 1920, "height": 1080})
    classes = page.locator("[data-role=legend]")
    assert classes.bounding_box()["x"] > cells.nth(2).bounding_box()["x"]
    page.set_viewport_size({"width": 400, "height": 800})
    tops = [cells.nth(at).bounding_box()["y"] for at in range(3)]
    assert tops == sorted(set(tops))
    assert console_errors == []


def test_the_download_has_the_opacity_that_is_shown_and_no_page_after_it_is_blank(
    page, visit: Callable, sent_frames: list
):
    visit(page, COMPARE)
    wait_for_viewer(page)
    bring_into_sight(page)
    page.mouse.move(*point(page, CAR))
    set_range(page, "opacity", 15)
    before = len(sent_frames)
    page.get_by_role("combobox", name="Run A").hover()
    # The browser tells it once the pointer has left the viewer, and the server notes it in one run.
    while len(sent_frames) == before:
        page.wait_for_timeout(50)
    wait_for_script(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download masks").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert json.loads(archive.read("manifest.json"))["overlay_opacity"] == 0.15
    # On Back and Forward the viewer is there a little longer: if it spoke then, the other page would be blank.
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Runs").click()
    page.get_by_role("heading", level=1, name="Runs").wait_for()
    page.go_back()
    wait_for_viewer(page)
    wait_for_script(page)
    set_range(page, "opacity", 45)
    page.locator(".viewer").evaluate(
        """(viewer) => {
            const leave = () => viewer.dispatchEvent(new PointerEvent("pointerleave"));
            window.addEventListener("popstate", () => setTimeout(leave), { once: true });
            window.history.forward();
        }"""
    )
    page.get_by_role("heading", level=1, name="Runs").wait_for()
    wait_for_script(page)
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    # Nor if it spoke between the click on another page and its arrival.
    page.go_back()
    wait_for_viewer(page)
    wait_for_script(page)
    set_range(page, "opacity", 55)
    page.locator(".viewer").evaluate(
        """(viewer) => {
            viewer.dispatchEvent(new PointerEvent("pointerleave"));
            document.querySelector("[data-testid=stSidebarNav] a[href$=augment]").click();
        }"""
    )
    page.get_by_role("heading", level=1, name="Augment").wait_for()
    wait_for_script(page)
    expect(page.get_by_role("heading", level=1, name="Augment")).to_be_visible()


def test_the_downloads_are_a_zip_and_a_figure_of_this_frame(page, visit: Callable):
    visit(page, f"{COMPARE}&opacity=100&outlines=false")
    wait_for_viewer(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save figure").click()
    assert download.value.suggested_filename == "segcompare_compare_ulm_000000_000019_first_second_figure.png"
    figure = Image.open(download.value.path()).convert("RGB")
    # Two pictures beside each other, 640 wide as the frame is smaller, with gaps and text of a fortieth of that.
    assert figure.width == 2 * 640 + 3 * 16
    left, top, height = 16 + 640 + 16, 16 + 26 + 26, round(640 * 64 / 96)
    truth = figure.getpixel((left + int(CAR[0] * 640), top + int(CAR[1] * height)))
    assert list(truth) == CAR_BLUE
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename.endswith("_first_second_a_b.png")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download masks").click()
    assert download.value.suggested_filename == "compare_ulm_000000_000019.zip"
    with open(download.value.path(), "rb") as file:  # noqa: PTH123
        assert file.read(4) == b"PK\x03\x04"
