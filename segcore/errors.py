"""The one exception for input that a user can put right."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one sentence: what was found, what is expected and what to do. The command line prints
    it and exits with code 2; a page shows it in place of the picture it could not draw.
    """
