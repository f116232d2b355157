"""Plotly figures of the pages and of the report, from tables. This package reads no files and does not use Streamlit.

Colours of lines and markers are legible on the light and on the dark theme. Functions whose colours depend on the
page, such as heat maps, have the argument ``dark``. The theme sets fonts, grid and background, except in
`segcore.reports.charts.style.darken_text`.
"""
