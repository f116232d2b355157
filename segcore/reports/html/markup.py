"""Tables of the report and their cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from segcore.reports.percent import ABSENT, percent
from segcore.reports.tables import color_of, has_colors
from segcore.scoring.bootstrap import Interval

DIFFERENCE_POINTS = "Difference, points"
"""Header of the column with the first run's score minus the second's."""


@dataclass(frozen=True)
class Html:
    """A cell with HTML, in which users' texts are already escaped."""

    html: str


def html_table(header: Sequence[str], rows: Sequence[Sequence], *, numbers: bool = True) -> str:
    """Return an HTML table whose first row and first column are headers; cells are text or ``Html``."""
    kind = ' class="number"' if numbers else ""
    # Names of runs may only break at their underscores.
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
    columns = "" if numbers else ' class="words"'
    return f'<div class="scroll"><table{columns}><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _escaped(cell: str | Html) -> str:
    return cell.html if isinstance(cell, Html) else escape(cell)


def name_with_swatch(name: str, label_space: str | None = None) -> Html:
    """Return the name of a class or category after a square in its colour."""
    if not has_colors(label_space):
        return Html(escape(name))
    return Html(
        f'<span class="swatch" style="background: rgb{color_of(name, label_space)}"></span>{escape(name)}'
    )


def format_cell(value: object, form: str = "{}") -> str:
    """Return ``value`` in the format ``form``, or the sign for an absent value."""
    return ABSENT if value is None or value == "" else form.format(value)


def join_known(*parts: object) -> str:
    """Return the known parts, separated by commas."""
    return ", ".join(str(part) for part in parts if part)


def score_row(title: str | Html, a: float | None, b: float | None, *, comparable: bool = True) -> tuple:
    """Return a row with two scores (0..1) in percent and a - b in points; None and NaN are absent.

    Scores that are not ``comparable``, such as means over different classes, have no difference.
    """
    difference = math.nan if a is None or b is None or not comparable else 100 * (a - b)
    # Without a sign where there is nothing left after rounding.
    shown = f"{difference:+.1f}" if round(difference, 1) else "0.0"
    return title, percent(a), percent(b), "" if math.isnan(difference) else shown


def format_range(interval: Interval, form: str) -> str:
    """Return the bounds of an interval of scores in points, each in the format ``form``; empty if unknown."""
    low, high = (100 * bound for bound in (interval.low, interval.high))
    return f"{low:{form}} to {high:{form}}" if interval.is_known else ""
