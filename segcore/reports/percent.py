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


def points(difference: float | None, *, decimals: int = 1, absent: str = ABSENT) -> str:
    """Return a difference of scores, -1..1, in percentage points with its sign, or ``absent`` for None and NaN.

    What rounding makes 0 has no sign, as it would else be read as a loss or a gain.

    Example:
        >>> points(0.0123), points(-0.2), points(-0.0004), points(-0.004, decimals=0)
        ('+1.2', '-20.0', '0.0', '0')
    """
    if difference is None or math.isnan(difference):
        return absent
    shown = f"{100 * difference:+.{decimals}f}"
    return shown if float(shown) else shown[1:]


def points_between(low: float, high: float) -> str:
    """Return the bounds of an interval of differences, as in "-0.3 to +1.2"; each -1..1."""
    return f"{points(low)} to {points(high)}"
