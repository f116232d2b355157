"""Columns that the tables of the Evaluation page share."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st


def in_percent(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the table with the columns in percent, and 0 for what a table would show as "-0.0"."""
    percents = 100 * table[list(columns)]
    return table.assign(**percents.mask((percents < 0) & (percents > -0.05), 0.0))


def share_column(title: str, *, help: str | None = None, width: int | None = None) -> dict:
    """Return the settings of a column of percents, ``width`` px wide, or as wide as its title and numbers."""
    return st.column_config.NumberColumn(title, format="%.1f %%", help=help, width=width)


def run_column(title: str, *, help: str) -> dict:
    """Return the settings of a column with the scores of one run.

    So narrow that class, two runs and their difference fit a telephone; where there is room, all columns grow.
    """
    return share_column(title, help=help, width=77)


def difference_column(first: str, second: str) -> dict:
    """Return the settings of a column with the scores of one run minus those of another."""
    return points_column("Δ points", help=f"{first} − {second}: above 0, {first} is better.", width=66)


def points_column(title: str, *, help: str, width: int = 66) -> dict:
    """Return the settings of a column of differences of percents, ``width`` px wide."""
    return st.column_config.NumberColumn(title, format="%+.1f", width=width, help=help)
