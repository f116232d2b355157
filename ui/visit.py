"""What every visit begins with: page settings, the list of pages, and the sidebar that all of them share."""

from pathlib import Path

import streamlit as st

from segcore.errors import InputError
from segcore.system.settings import check_settings
from ui.frames.source import sidebar_source
from ui.measuring.line import show_line
from ui.shell.component_text import component_text
from ui.shell.downloads import keep_downloads
from ui.shell.router import follow_links, navigate
from ui.shell.upload_room import bound_uploads
from ui.shell.url import address_of

# A file of our own: named icons would be fetched from another server.
_ICON = str(Path(__file__).parent / "shell" / "icon.svg")


def draw() -> None:
    """Draw what is around a page, and the page that the address names; ``app.py`` calls it once a run."""
    st.set_page_config(page_title="SegCompare", page_icon=_ICON, layout="wide")
    st.logo(_ICON, size="large")
    st.html(f"<style>{component_text('shell/page.css')}</style>")
    keep_downloads()
    page = navigate()
    try:
        check_settings()
        bound_uploads()
    except InputError as error:
        st.error(str(error))
        st.stop()
    # Without a gap, as what writes and follows addresses takes no room.
    with st.sidebar, st.container(gap=None):
        follow_links()
        place, sidebar = st.empty(), st.container()
    with address_of("page", place):
        with sidebar:
            sidebar_source()
        show_line(page.url_path)
        page.run()
