"""Widgets bound to the address: what cannot be used counts as absent, is said once, and ends in no exception."""

import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from ui.shell import bound

    with bound.bound_row():
        box = bound.bound_selectbox("Box", ["a", "b"], key="box", what="letter")
        segment = bound.bound_segments("Segment", [1, 2, 3], key="segment", what="number", default=2)
    loose = bound.bound_segments("Loose", ["a", "b"], key="loose", what="letter", required=False)
    single = bound.bound_segments("Single", ["only"], key="single", what="thing", draw_single=False)
    several = bound.bound_several_segments("Several", "abc", key="several", what="part", default="a")
    many = bound.bound_multiselect("Many", ["a", "b", "c"], key="many", what="run", default=["b"])
    share = bound.bound_slider("Share", 0.0, 0.5, 0.25, 0.05, key="share", what="share")
    level = bound.bound_slider("Level", 1, 5, 3, key="level", what="level")
    number = bound.bound_number("Number", 0, 99, 7, key="number", what="number")
    toggle = bound.bound_toggle("Toggle", key="toggle", what="switch")
    st.text(repr([box, segment, loose, single, several, many, share, level, number, toggle]))


DEFAULTS = {
    "box": "a",
    "segment": 2,
    "loose": "a",
    "single": "only",
    "several": ["a"],
    "many": ["b"],
    "share": 0.25,
    "level": 3,
    "number": 7,
    "toggle": False,
}


IN_ADDRESS = {
    "box": "a",
    "segment": "2",
    "loose": "a",
    "single": "only",
    "several": "a",
    "many": "b",
    "share": "0.25",
    "level": "3",
    "number": "7",
    "toggle": "false",
}


def start(**query: str | list[str]) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> dict[str, object]:
    assert not app.exception
    return dict(zip(DEFAULTS, eval(app.text[0].value), strict=True))


def test_without_an_address_the_defaults_are_shown_and_nothing_is_said():
    app = start()
    assert shown(app) == DEFAULTS
    assert app.query_params == IN_ADDRESS
    assert not app.warning


def test_what_can_be_used_is_used():
    asked = {"box": "b", "segment": "3", "loose": "b", "several": ["a", "c"], "many": ["a", "c"]}
    asked |= {"share": "0.4", "level": "5", "number": "12", "toggle": "true"}
    app = start(**asked)
    wanted = {"box": "b", "segment": 3, "loose": "b", "several": ["a", "c"], "many": ["a", "c"]}
    wanted |= {"share": 0.4, "level": 5, "number": 12, "toggle": True}
    assert shown(app) == DEFAULTS | wanted
    assert not app.warning


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(key, "nonsense") for key in DEFAULTS],
        *[(key, "") for key in ("box", "segment", "single", "share", "level", "number", "toggle")],
        *[(key, value) for key in ("share", "level", "number") for value in ("inf", "nan", "1e400", "100")],
        ("level", "2.5"),
        ("number", "-1"),
        ("number", "9" * 5000),
        ("number", "\u0663"),
    ],
)
def test_what_cannot_be_used_counts_as_absent_and_is_said_once(key, value):
    app = start(**{key: value})
    assert shown(app) == DEFAULTS
    assert len(app.warning) == 1 and repr(value[:60]).strip("'") in app.warning[0].value.replace("\\", "")
    assert app.query_params[key] == IN_ADDRESS[key]
    again = app.run()
    assert shown(again) == DEFAULTS
    assert not again.warning


def test_nothing_chosen_is_a_choice_where_there_may_be_none():
    app = start(loose="", several="", many="")
    assert shown(app) == DEFAULTS | {"loose": None, "several": [], "many": []}
    assert not app.warning


def test_of_several_values_those_that_are_right_are_used():
    app = start(many=["c", "nonsense"])
    assert shown(app)["many"] == ["c"]
    assert "nonsense" in app.warning[0].value


def test_one_wrong_value_takes_no_other_with_it():
    app = start(box="nonsense", segment="", number="12", share="0.4")
    assert shown(app) == DEFAULTS | {"number": 12, "share": 0.4}
    assert len(app.warning) == 2


def test_what_is_chosen_afterwards_stays():
    app = start(segment="", number="inf")
    app.number_input(key="number").set_value(5).run()
    assert shown(app)["number"] == 5
    assert shown(app.run())["number"] == 5
    assert not app.warning


def choosing_page() -> None:
    import streamlit as st

    from ui.shell import bound

    def choose(values: dict[str, object]) -> None:
        for key, value in values.items():
            bound.choose(key, value)

    for values in st.session_state["choices"]:
        st.button("Choose", on_click=choose, args=(values,), key=repr(values))
    chosen = [
        bound.bound_selectbox("Box", ["a", "b"], key="box", what="letter"),
        bound.bound_segments("Segment", [1, 2, 3], key="segment", what="number", default=2),
        bound.bound_multiselect("Many", ["a", "b", "c"], key="many", what="run", default=["b"]),
        bound.bound_slider("Level", 1, 5, 3, key="level", what="level"),
        bound.bound_number("Number", 0, 99, 7, key="number", what="number"),
        bound.bound_toggle("Toggle", key="toggle", what="switch"),
    ]
    st.text(repr(chosen))


def test_a_choice_by_a_button_is_shown_without_a_warning_of_streamlit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    others = {"box": "b", "segment": 3, "many": ["a", "c"], "level": 5, "number": 12, "toggle": True}
    app = AppTest.from_function(choosing_page, default_timeout=60)
    app.session_state["choices"] = [
        others,
        dict(reversed(others.items())),
        {"box": "not offered", "level": 6},
    ]
    app.run()
    for button in app.button[:2]:
        button.click().run()
        assert app.text[0].value == repr(list(others.values()))
    assert app.query_params["box"] == "b"
    app.button[2].click().run()
    assert app.text[0].value == repr(["a", 3, ["a", "c"], 3, 12, True])
    assert not policies._shown_default_value_warning


def two_pages() -> None:
    import streamlit as st

    from ui.shell.bound import bound_selectbox, choose
    from ui.shell.url import arrive

    at = st.session_state.get("at", "one")
    arrive(at)
    if at == "one":
        st.button("Choose b", on_click=choose, args=("box", "b"))
        st.text(bound_selectbox("Box", ["a", "b"], key="box", what="letter"))


def test_what_the_page_chose_is_not_undone_by_a_browser_that_left_before_it_heard_of_it():
    app = AppTest.from_function(two_pages, default_timeout=60).run()
    app.button[0].click().run()
    assert app.text[0].value == "b"

    def leave_and_return(known: str) -> str:
        app.session_state["at"] = "two"
        app.run()
        app.session_state["at"] = "one"
        # As Streamlit has it where the run that chose was left in the middle.
        app.session_state["box"] = known
        app.run()
        return app.text[0].value

    assert leave_and_return("a") == "b"
    # A choice of the visitor is one that the browser knows.
    app.selectbox[0].select("a").run()
    assert app.text[0].value == "a"
    assert leave_and_return("a") == "a"
