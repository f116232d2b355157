"""Columns that the tables of the Evaluation page share."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st


def in_percent(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the table with the columns in percent, and 0 for what a table would show as "-0.0"."""
    percents = 100 * table[list(columns)]
    return table.assign(**percents.mask((percents < 0) & (percents > -0.05), 0.0))


def share_column(title: str, *, help: str | None = None) -> dict:
    """Return the settings of a column of percents."""
    return st.column_config.NumberColumn(title, format="%.1f %%", help=help)


def difference_column(first: str, second: str) -> dict:
    """Return the settings of a column with the scores of one run minus those of another."""
    return points_column("Δ\u00a0points", help=f"{first} − {second}: above 0, {first} is better.")


def points_column(title: str, *, help: str) -> dict:
    """Return the settings of a column of differences of percents."""
    return st.column_config.NumberColumn(title, format="%+.1f", help=help)
