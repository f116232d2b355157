"""Texts on pages: what comes from users and files is shown as it is."""


def markdown_escaped(text: str) -> str:
    """Return ``text`` such that Markdown shows it as it is: names of folders come from the user."""
    for mark in "\\`*_[]<>$:~#|":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")
