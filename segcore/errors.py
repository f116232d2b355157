"""The exception for input that the user can correct, and the text of exceptions of other libraries."""


class InputError(ValueError):
    """The user's input cannot be used.

    The message is one sentence: what was found, what is expected and what to do. The command line prints it and
    exits with code 2. A page shows it instead of its content.
    """


def first_line(error: Exception) -> str:
    """Return the first line of an error's message without a full stop, or the name of its type if it has none."""
    return (str(error).strip().partition("\n")[0] or type(error).__name__).rstrip(".")
