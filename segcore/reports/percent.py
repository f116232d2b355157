"""Scores as text, in the same form in the terminal, in files and on pages."""

import math

ABSENT = "–"
"""Sign for a missing score, for example of a class that does not occur."""


def percent(score: float | None, *, absent: str = ABSENT) -> str:
    """Return a score of 0..1 as "45.6 %", or ``absent`` for None and NaN.

    Example:
        >>> percent(0.4561), percent(None), percent(float("nan"), absent="absent")
        ('45.6 %', '–', 'absent')
    """
    return absent if score is None or math.isnan(score) else f"{100 * score:.1f} %"
