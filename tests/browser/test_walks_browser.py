"""Walks through the app with Back and Forward: each shows the page before, or the next one, as it was left."""

import pytest

pytestmark = pytest.mark.browser

BACK, FORWARD = "<", ">"
# A word alone opens that page from the list of pages; "box=value" chooses; "+name" presses a segment, a switch or a
# button; "@name" follows a link on the page. "~name" presses a button of the viewer, "~name=value" sets one of its
# layers or its opacity.
WALKS = (
    "Overview, Compare, Run A=second, Run B=first, Evaluation, <, <",
    "Compare, ~left=truth, ~opacity=35, Run A=second, ~Blink, Augment, Compare, ~Swipe, ~left=b, ~+, <, <, >, >",
    "Compare, ~+, ~+, Evaluation, Compare, ~Grid, Runs, <, <, <, >",
    "Compare, Run A=theirs, Evaluation, Run A=first, Run B=second, <, >, <",
    "Compare, Run A=second, Run B=second, Evaluation, Training, Robustness, <, <, <, >, >",
    "Evaluation, +Confusion, Training, +Loss, Overview, <, <, >",
    "Evaluation, +Cost, Compare, <, +Classes, Overview, <",
    "Evaluation, +Frames, @ulm, Frame=ulm_000001_000019, <, >, <",
    "Compare, Frame=ulm_000002_000019, Augment, Frame=ulm_000000_000019, <, >, <",
    "Compare, +Next, +Next, Augment, +Roll, Overview, <, <, >",
    "Augment, +JSON, Training, <, +JSON, Overview, <",
    "Runs, @Scores, Run B=first, <, >, <",
    "Overview, @Compare them, Run A=first, Run B=theirs, Runs, <, <",
    "Robustness, +Live, Runs, +Add a run, Overview, <, <, >",
    "Training, Split=train, Augment, Split=val, Overview, <, <, >",
)
# Of viewers there is more to wait for: the picture, and the address, which the browser writes a little later.
SHOWN = """() => {
    if (!document.querySelector("h1")) return null;
    const components = [...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
    const viewers = components.flatMap((root) => root.querySelector(".viewer") ?? []);
    const isDrawn = (viewer) => viewer.querySelector(".stage").dataset.ready && location.search.includes("opacity=");
    if (!viewers.every(isDrawn)) return null;
    const values = (selector, of) => [...document.querySelectorAll(selector)].map(of);
    const parameters = [...new URLSearchParams(location.search)].map((pair) => pair.join("="));
    return {
        title: document.querySelector("h1")?.textContent,
        parameters: parameters.sort(),
        boxes: values("[role=combobox]", (box) => `${box.ariaLabel}=${box.value}`),
        pressed: values("[role=radio][aria-checked=true], [data-testid*=ButtonGroup] [aria-pressed=true]",
                        (button) => button.textContent),
        viewers: viewers.flatMap((viewer) => [...viewer.querySelectorAll(
            "select, [data-role=opacity-text], [data-role=zoom-text], [aria-pressed=true]")].map(
                (part) => part.value || part.textContent)),
    };
}"""


@pytest.fixture(scope="module")
def walker(browser, app_url):
    """One page for all walks: a visit that has been everywhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{app_url}/?source=Cityscapes")
    yield page
    context.close()


def at_rest(page) -> dict:
    """What is shown once it does not change any more."""
    before = now = None
    while now is None or before != now:
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
        page.wait_for_timeout(150)
        before, now = now, page.evaluate(SHOWN)
    return now


def set_in_viewer(page, what: str) -> None:
    viewer = page.locator(".viewer")
    name, _, value = what.partition("=")
    if name == "opacity":
        viewer.locator("[data-role=opacity]").fill(value)
    elif value:
        viewer.locator(f"[data-role={name}]").select_option(value)
    else:
        viewer.locator("button", has_text=name).click()


def step(page, what: str) -> None:
    main = page.get_by_test_id("stMain")
    if what.startswith("~"):
        set_in_viewer(page, what[1:])
    elif what == BACK:
        page.go_back()
    elif what == FORWARD:
        page.go_forward()
    elif "=" in what:
        label, value = what.split("=")
        box = page.get_by_role("combobox", name=label, exact=True)
        box.click()
        page.get_by_role("option", name=value, exact=True).click()
    elif what.startswith("+"):
        main.locator("button", has_text=what[1:]).first.click()
    elif what.startswith("@"):
        main.get_by_test_id("stPageLink").filter(has_text=what[1:]).first.get_by_role("link").click()
    else:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=what).click()


def wait_for_title(page, title: str) -> None:
    page.wait_for_function("title => document.querySelector('h1')?.textContent === title", arg=title)


@pytest.mark.parametrize("walk", WALKS)
def test_back_and_forward_show_each_page_as_it_was_left(walker, walk):
    visited, place = [at_rest(walker)], 0
    for what in walk.split(", "):
        if what in (BACK, FORWARD):
            place += 1 if what == FORWARD else -1
            step(walker, what)
            wait_for_title(walker, visited[place]["title"])
            shown = at_rest(walker)
            left = visited[place]
            # What a page writes into its address may grow; what somebody has set there is below "viewers", "boxes".
            assert shown | {"parameters": []} == left | {"parameters": []}
            assert set(shown["parameters"]) >= set(left["parameters"])
            continue
        entries = walker.evaluate("history.length")
        step(walker, what)
        if what.isalpha():
            wait_for_title(walker, {"Overview": "SegCompare"}.get(what, what))
        shown = at_rest(walker)
        if shown["title"] == visited[place]["title"]:
            assert walker.evaluate("history.length") == entries
            visited[place] = shown
        else:
            visited[place + 1 :] = [shown]
            place += 1
