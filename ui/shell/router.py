"""The pages of the app, and the way back to it for a page that Streamlit has started by itself.

On a fresh server the very first visitor may open the address of a page. Streamlit then takes ``pages/`` for a
list of stand-alone scripts and runs that one without ``app.py``; only a call of ``st.navigation`` ends that.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ui.shell.component_text import component_text
from ui.shell.url import arrive

_PROJECT = Path(__file__).resolve().parents[2]
_ROUTED = "_routed"
_PAGES = (
    ("overview", "Overview", ":material/home:"),
    ("augment", "Augment", ":material/rainy:"),
    ("compare", "Compare", ":material/compare:"),
    ("training", "Training", ":material/show_chart:"),
    ("evaluation", "Evaluation", ":material/leaderboard:"),
    ("robustness", "Robustness", ":material/thunderstorm:"),
    ("runs", "Runs", ":material/deployed_code:"),
)
_follow = st.components.v2.component(
    "segcompare_links",
    js=component_text("shell/browser/undo.js", "shell/browser/leaving.js", "shell/browser/links.js"),
)


def navigate() -> st.Page:
    """Draw the list of pages and return the one to run; ``ui.visit`` calls it once a run."""
    st.session_state[_ROUTED] = True
    page = st.navigation(_pages())
    arrive(page.url_path)
    return page


def through_app() -> None:
    """Start again through ``app.py`` if it has not run; for pages to call first."""
    if not st.session_state.get(_ROUTED):
        # Set first, so that a page that is tested by itself goes on after one more run.
        st.session_state[_ROUTED] = True
        # Without icons: a hidden page would ask Google for the icon of its tab.
        st.navigation(_pages(icons=False), position="hidden")
        st.rerun()


def link_to(name: str, label: str, **query: str | Sequence[str]) -> None:
    """Draw a link to a page of this app, by its file name without ending, with parameters for its address.

    A link and not ``st.switch_page``, which refuses to leave while a widget is bound to the address.
    """
    icon = next(icon for page, _, icon in _PAGES if page == name)
    st.page_link(_PROJECT / "pages" / f"{name}.py", label=label, icon=icon, query_params=query)


def follow_links() -> None:
    """Let a click on a link with parameters open that very address, and Back return; ``ui.visit`` calls it.

    By itself Streamlit would rather take along what was chosen here, and leave an entry in the browser's history
    for each parameter that it drops or adds on the way. It goes ahead of all that takes time, as a link that is
    clicked before would go astray.
    """
    _follow(key="follow_links")


def _pages(*, icons: bool = True) -> list[st.Page]:
    return [
        st.Page(
            _PROJECT / "pages" / f"{name}.py",
            title=title,
            icon=icon if icons else None,
            default=name == "overview",
        )
        for name, title, icon in _PAGES
    ]
