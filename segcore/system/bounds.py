"""Limits for numbers, texts and nesting that hold for every JSON file of this project."""

from collections.abc import Mapping

from segcore.errors import InputError

DEEPEST = 32
"""Largest number of levels of nested objects and lists."""
LONGEST_TEXT = 100_000
"""Largest number of characters of one text."""
LARGEST_NUMBER = 2**53
"""Up to here every program that reads JSON keeps whole numbers exact."""


def check_bounds(content: object, *, where: str) -> None:
    """Check the content of a JSON file after reading or before writing.

    Args:
        content: dicts, lists, texts and numbers.
        where: name of the file for the message.

    Raises:
        InputError: a number is not finite or its absolute value is above ``LARGEST_NUMBER``, a text is too long or
            not valid Unicode, or lists and objects are nested deeper than ``DEEPEST``.
    """
    _check(content, where, DEEPEST)


def _check(value: object, where: str, levels: int) -> None:
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, int | float):
        _check_number(value, where)
    elif isinstance(value, Mapping | list | tuple):
        if not levels:
            raise InputError(f"{where} nests lists and objects more than {DEEPEST} deep; make it flatter.")
        _check_parts(value, where, levels - 1)


def _check_parts(value: Mapping | list | tuple, where: str, levels: int) -> None:
    if isinstance(value, Mapping):
        for key, part in value.items():
            _check_text(str(key), where)
            _check(part, where, levels)
    # Scores hold up to a million counts in lists of int: min and max are faster than a Python loop.
    elif set(map(type, value)) == {int}:
        _check_number(min(value), where)
        _check_number(max(value), where)
    else:
        for part in value:
            _check(part, where, levels)


def _check_number(value: float, where: str) -> None:
    # Written with "not", the comparison also catches NaN.
    if not abs(value) <= LARGEST_NUMBER:
        # An integer may have thousands of digits: the message gives its size only.
        found = f"a number of {value.bit_length()} bits" if isinstance(value, int) else f"the number {value}"
        raise InputError(f"{where} has {found}; expected finite numbers of at most 2^53.")


def _check_text(text: str, where: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"{where} has a text of {len(text):,} characters; expected {LONGEST_TEXT:,} at most."
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{where} has the text {text[:60]!a}, which is not valid Unicode; correct it."
        ) from error
