"""Texts on pages: what comes from users and files is shown as it is."""

import re

from segcore.runs.run import runs_root
from segcore.system.settings import data_folder, is_public
from segcore.system.text import printable
from ui.shell.fields import with_fields

# Streamlit makes links of hosts and addresses after it has taken away backslashes, so that an invisible character, the
# word joiner, has to part them.
_IN_LINKS = re.compile(r"(?<=www)(?=\.)|(?<=:)(?=//)|(?<=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def markdown_escaped(text: str) -> str:
    """Return ``text`` such that Markdown shows it as it is: names of folders come from the user."""
    text = _IN_LINKS.sub(_WORD_JOINER, printable(text))
    for mark in "\\`*_[]<>$:~#|":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")


def message_of(error: object) -> str:
    """Return what an error says, for Markdown, with the fields of pages for options of the command line.

    On a public server the folders that runs and data lie in are left out.
    """
    text = with_fields(str(error))
    if is_public():
        for folder in filter(None, (runs_root(), data_folder())):
            text = text.replace(str(folder), folder.name)
    return markdown_escaped(text)
