"""The exception for input that the user can correct, and the text of exceptions of other libraries."""

import unicodedata

LONGEST_MESSAGE = 2000
_UNFIT = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's categories of control characters, halves of characters, and ends of lines and paragraphs."""


class InputError(ValueError):
    """The user's input cannot be used.

    The message is one sentence: what was found, what is expected and what to do. The command line prints it and
    exits with code 2. A page shows it instead of its content.

    Names and values in it come from users and their files: what cannot stand on one line is escaped, and the middle
    of a very long message is left out.
    """

    def __init__(self, message: str):
        super().__init__(_on_one_line(message))


def first_line(error: Exception) -> str:
    """Return the first line of an error's message without a full stop, or the name of its type if it has none."""
    return (str(error).strip().partition("\n")[0] or type(error).__name__).rstrip(".")


def _on_one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(
            letter.encode("unicode_escape").decode() if unicodedata.category(letter) in _UNFIT else letter
            for letter in text
        )
    if len(text) <= LONGEST_MESSAGE:
        return text
    half = LONGEST_MESSAGE // 2
    return f"{text[:half]} ... {text[-half:]}"
