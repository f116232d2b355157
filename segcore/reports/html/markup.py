"""Tables of the report and their cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from segcore.reports.percent import ABSENT, percent, points, points_between
from segcore.runs.evaluation import Color
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


def name_with_swatch(name: str, color: Color | None) -> Html:
    """Return the name of a class or category after a square in its colour, RGB 0..255, if it is known."""
    square = "" if color is None else f'<span class="swatch" style="background: rgb{color}"></span>'
    return Html(f"{square}{escape(name)}")


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
    difference = None if a is None or b is None or not comparable else a - b
    return title, percent(a), percent(b), points(difference, absent="")


def format_range(interval: Interval, *, is_difference: bool) -> str:
    """Return the bounds of an interval of scores, or of differences with their signs, in points; empty if unknown."""
    if not interval.is_known:
        return ""
    if is_difference:
        return points_between(interval.low, interval.high)
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"
