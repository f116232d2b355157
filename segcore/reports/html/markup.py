"""Tables of the report and what stands in their cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from segcore.reports.percent import ABSENT, percent
from segcore.reports.tables import color_of
from segcore.scoring.bootstrap import Interval

DIFFERENCE_POINTS = "Difference, points"
"""Head of the column of the first run's score less the second's."""


@dataclass(frozen=True)
class Html:
    """A cell that is HTML already, with what a user wrote in it escaped."""

    html: str


def html_table(header: Sequence[str], rows: Sequence[Sequence], *, numbers: bool = True) -> str:
    """Return a table whose first row and first column are headers; cells are text, or ``Html``."""
    kind = ' class="number"' if numbers else ""
    # Names of runs may break at their underscores, and nowhere else.
    titles = [escape(cell).replace("_", "_<wbr>") for cell in header]
    head = "".join(
        f'<th scope="col"{kind if index else ""}>{title}</th>' for index, title in enumerate(titles)
    )
    body = "".join(
        f'<tr><th scope="row">{_escaped(row[0])}</th>'
        + "".join(f"<td{kind}>{_escaped(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _escaped(cell: str | Html) -> str:
    return cell.html if isinstance(cell, Html) else escape(cell)


def name_with_swatch(name: str, label_space: str | None = None) -> Html:
    """Return the name of a class or category with its colour before it."""
    return Html(
        f'<span class="swatch" style="background: rgb{color_of(name, label_space)}"></span>{escape(name)}'
    )


def format_cell(value: object, form: str = "{}") -> str:
    """Return ``value`` in the form ``form``, or the sign for what is absent."""
    return ABSENT if value is None or value == "" else form.format(value)


def join_known(*parts: object) -> str:
    """Return the parts that are there, with commas between."""
    return ", ".join(str(part) for part in parts if part)


def score_row(title: str | Html, a: float | None, b: float | None, *, comparable: bool = True) -> tuple:
    """Return a row of two scores of 0..1 in percent and of a - b in points; None and NaN are absent.

    There is no difference of scores that are not ``comparable``, such as means over different classes.
    """
    difference = math.nan if a is None or b is None or not comparable else 100 * (a - b)
    return title, percent(a), percent(b), "" if math.isnan(difference) else f"{difference:+.1f}"


def format_range(interval: Interval, form: str) -> str:
    """Return the bounds of an interval of scores in points, each in the form ``form``."""
    low, high = (100 * bound for bound in (interval.low, interval.high))
    return f"{low:{form}} to {high:{form}}" if interval.is_known else ""
