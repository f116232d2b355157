"""The one exception for input that a user can put right, and what others say of themselves."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one sentence: what was found, what is expected and what to do. The command line prints
    it and exits with code 2; a page shows it in place of the picture it could not draw.
    """


def first_line(error: Exception) -> str:
    """Return what an error of another library says, in one line without a full stop, or else its type."""
    return (str(error).strip().partition("\n")[0] or type(error).__name__).rstrip(".")
