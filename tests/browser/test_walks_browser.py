"""Walks through the app with Back and Forward: each shows the page before, or the next one, as it was left."""

import pytest

pytestmark = pytest.mark.browser

BACK, FORWARD = "<", ">"
# A word alone opens that page from the list of pages; "box=value" chooses; "+name" presses a segment, a switch or a
# button; "@name" follows a link on the page.
WALKS = (
    "Overview, Compare, Run A=second, Run B=first, Evaluation, <, <",
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
SHOWN = """() => {
    const values = (selector, of) => [...document.querySelectorAll(selector)].map(of);
    const parameters = [...new URLSearchParams(location.search)].map((pair) => pair.join("="));
    return {
        title: document.querySelector("h1")?.textContent,
        parameters: parameters.sort(),
        boxes: values("[role=combobox]", (box) => `${box.ariaLabel}=${box.value}`),
        pressed: values("[role=radio][aria-checked=true], [data-testid*=ButtonGroup] [aria-pressed=true]",
                        (button) => button.textContent),
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


def step(page, what: str) -> None:
    main = page.get_by_test_id("stMain")
    if "=" in what:
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


@pytest.mark.parametrize("walk", WALKS)
def test_back_and_forward_show_each_page_as_it_was_left(walker, walk):
    visited, place = [at_rest(walker)], 0
    for what in walk.split(", "):
        if what in (BACK, FORWARD):
            place += 1 if what == FORWARD else -1
            (walker.go_forward if what == FORWARD else walker.go_back)()
            shown = at_rest(walker)
            left = visited[place]
            # The viewer writes its own settings when somebody comes back to it.
            assert shown | {"parameters": []} == left | {"parameters": []}
            assert set(shown["parameters"]) >= set(left["parameters"])
            continue
        entries = walker.evaluate("history.length")
        step(walker, what)
        shown = at_rest(walker)
        if shown["title"] == visited[place]["title"]:
            assert walker.evaluate("history.length") == entries
            visited[place] = shown
        else:
            visited[place + 1 :] = [shown]
            place += 1
