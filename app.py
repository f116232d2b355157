"""The router: page settings, the sidebar that all pages share, and the list of pages."""

from pathlib import Path

import streamlit as st

from ui.source import sidebar_source

PAGES = (
    ("overview", "Overview", ":material/home:"),
    ("augment", "Augment", ":material/rainy:"),
    ("compare", "Compare", ":material/compare:"),
    ("training", "Training", ":material/show_chart:"),
    ("evaluation", "Evaluation", ":material/leaderboard:"),
    ("robustness", "Robustness", ":material/thunderstorm:"),
)

st.set_page_config(page_title="SegCompare", page_icon=":material/compare:", layout="wide")
pages = [
    st.Page(f"pages/{name}.py", title=title, icon=icon, default=name == "overview")
    for name, title, icon in PAGES
    if (Path(__file__).parent / "pages" / f"{name}.py").is_file()
]
page = st.navigation(pages)
sidebar_source()
page.run()
