"""What every JSON file of ours is held to, whatever its keys: numbers, texts and nesting have bounds."""

from collections.abc import Mapping

from segcore.errors import InputError

DEEPEST = 32
"""Objects and lists within one another."""
LONGEST_TEXT = 100_000
"""Characters of one text."""
LARGEST_NUMBER = 2**53
"""Up to which every whole number is exact in each program that reads JSON."""


def check_bounds(content: object, *, where: str) -> None:
    """Check what was read from a JSON file, or is to be written into one.

    Raises:
        InputError: a number is not finite or above ``LARGEST_NUMBER``, a text is too long or no valid Unicode, or
            lists and objects are nested deeper than ``DEEPEST``. ``where`` names the file in the message.
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
    # Scores hold a million counts in lists of these alone: no step of Python for each.
    elif set(map(type, value)) == {int}:
        _check_number(min(value), where)
        _check_number(max(value), where)
    else:
        for part in value:
            _check(part, where, levels)


def _check_number(value: float, where: str) -> None:
    # Of what is not a number this is false as well.
    if not abs(value) <= LARGEST_NUMBER:
        # An integer of thousands of digits is not written out.
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
            f"{where} has the text {text[:60]!a}, which is no valid Unicode; write it anew."
        ) from error
