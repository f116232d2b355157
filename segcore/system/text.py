"""Text that every output can show."""


def printable(text: str) -> str:
    """Return ``text`` with backslash escapes for what is not valid Unicode, as in names of files that are not UTF-8."""
    return text.encode(errors="backslashreplace").decode()
