"""Tables: a grid to sort where all of it fits, and where it does not the same as text, whose lines wrap."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd
import streamlit as st

from segcore.system.counting import counted

# px of a letter in the font of the grid: in "ill" they are narrow, in "mm" wide.
_NARROW, _USUAL, _WIDE = 4.2, 7.1, 11.0
_NARROW_LETTERS, _WIDE_LETTERS = frozenset(" !'(),./:;I[]fijlrt|"), frozenset("%@MWmw…")
_MARGINS = 18
_BREAKS = re.compile(r"_|[^\W_]{12}(?=[^\W_])")
_LEAST_BAR, _SWATCH = 95, 36
_MOST = 260
"""px of a column of texts; a longer one ends in three dots in the grid."""
_MOST_BESIDE = 6
"""Columns that stand beside each other on a telephone; with more of them each row is a paragraph of its own."""
_MOST_ROWS = 200
"""Rows of the text; the grid, which draws only what is seen, holds all of them."""


@dataclass(frozen=True)
class _Column:
    """A column as both tables show it.

    Attributes:
        title, meaning: its head, and what the head explains; empty where it explains nothing.
        kind: "text", "number", "progress" or "image".
        cells: the values of the first rows in words, of images their addresses.
        width: px that it needs in the grid.
    """

    title: str
    meaning: str
    kind: str
    cells: tuple[str, ...]
    width: int


def draw_table(
    table: pd.DataFrame,
    name: str,
    *,
    alt: str,
    column_config: Mapping[Hashable, dict] | None = None,
    placeholder: str = "",
    hide_index: bool = True,
    **how: object,
) -> None:
    """Draw a table that is read whole in every width: nothing ends in half a word, nothing is scrolled sideways.

    Args:
        table: a row an entry, with the names of the rows in the first column, or in the index if that is shown.
        name: tells it from the other tables of the page.
        alt: what it holds, in words.
        column_config: as `st.dataframe` takes it; widths follow from what stands in the columns.
        placeholder: what stands for a missing value.
        hide_index: whether the index is left out.
        how: further arguments of `st.dataframe`.
    """
    config = column_config or {}
    whole = table if hide_index else table.rename_axis("").reset_index()
    columns = {title: _column(whole[title], config.get(title) or {}, placeholder) for title in whole}
    widths = {
        title: {**(config.get(title) or {}), "width": column.width}
        for title, column in columns.items()
        if title in table
    }
    shown = list(columns.values())
    with st.container(key=f"table_{name}", gap=None):
        with st.container(key=f"grid_{name}"):
            st.dataframe(
                table,
                hide_index=hide_index,
                placeholder=placeholder,
                column_config=widths,
                alt=alt,
                **how,
            )
        st.html(_which(name, sum(column.width for column in shown)) + _as_text(shown, name, alt, len(table)))


def _which(name: str, width: int) -> str:
    """Return the styles that show the text where there are fewer than ``width`` px, and the grid elsewhere."""
    return (
        f"<style>@container (max-width: {width - 1}px) {{ .st-key-grid_{name} {{ display: none; }} }}"
        f"@container (min-width: {width}px) {{ .table-{name} {{ display: none; }} }}</style>"
    )


def _as_text(columns: list[_Column], name: str, alt: str, rows_in_all: int) -> str:
    is_long = sum(column.kind != "image" for column in columns) > _MOST_BESIDE
    named = next(at for at, column in enumerate(columns) if column.kind != "image")
    heads = "".join(
        f'<th scope="col" class="{column.kind}" title="{escape(column.meaning)}">{_breakable(column.title)}</th>'
        for column in columns
    )
    rows = (
        "".join(_cell(column, row, is_name=at == named) for at, column in enumerate(columns))
        for row in range(len(columns[0].cells))
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    if left := rows_in_all - len(columns[0].cells):
        more = f"Left out here: {counted(left, 'row')}. A wider window shows the whole table."
        body += f'<tr><td colspan="{len(columns)}">{more}</td></tr>'
    return (
        f'<div class="table-text table-{name}{" table-long" if is_long else ""}" '
        f'role="region" aria-label="{escape(alt)}" tabindex="0">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(column: _Column, row: int, *, is_name: bool) -> str:
    text = column.cells[row]
    if column.kind == "image":
        image = f'<img src="{escape(text)}" alt="">' if text else ""
        return f'<td class="image">{image}</td>'
    if is_name:
        return f'<th scope="row">{_breakable(text)}</th>'
    return f'<td class="{column.kind}" data-title="{escape(column.title)}">{_breakable(text)}</td>'


def _breakable(text: str) -> str:
    """Return HTML in which a line may end after an underscore, and inside of a very long word."""
    return escape(_BREAKS.sub("\\g<0>\0", text)).replace("\0", "<wbr>")


def _column(values: pd.Series, config: Mapping, placeholder: str) -> _Column:
    how = config.get("type_config") or {}
    is_number = pd.api.types.is_numeric_dtype(values)
    kind = {"progress": "progress", "image": "image"}.get(
        how.get("type", ""), "number" if is_number else "text"
    )
    in_words = _number_in_words(how.get("format")) if is_number else str
    missing = "" if kind == "image" else placeholder
    cells, longest = (
        tuple(missing if pd.isna(value) else in_words(value) for value in some)
        for some in (values.head(_MOST_ROWS), _longest(values, is_number=is_number))
    )
    title = config.get("label")
    title = str(values.name) if title is None else title
    least = {"progress": _LEAST_BAR, "image": _SWATCH}.get(kind, 0)
    texts = (title,) if least else (title, *cells, *longest)
    width = max(least, min(_MOST, max(map(_width, texts))))
    return _Column(title, config.get("help") or "", kind, cells, width)


def _longest(values: pd.Series, *, is_number: bool) -> pd.Series:
    """Return the values that are likely to take most room."""
    if is_number:
        return pd.Series([values.min(), values.max()])
    return values.loc[values.astype(str).str.len().nlargest(5).index]


def _number_in_words(form: str | None) -> Callable[[float], str]:
    if form == "compact":
        return _compact
    if form:
        return lambda value: form % value
    return lambda value: f"{value:g}"


def _compact(value: float) -> str:
    """Return a count as the grid writes it: 3.6M, 450K."""
    for unit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if value >= unit:
            return f"{value / unit:.1f}{letter}".replace(f".0{letter}", letter)
    return f"{value:g}"


def _width(text: str) -> int:
    letters = sum(
        _NARROW if letter in _NARROW_LETTERS else _WIDE if letter in _WIDE_LETTERS else _USUAL
        for letter in text
    )
    return round(letters) + _MARGINS
