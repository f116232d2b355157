"""Figures of the pages and of the report, from tables to Plotly; nothing here draws, reads files or knows Streamlit.

Line and marker colours are legible on the light and on the dark theme alike; what must fade into the page,
like the low end of a heat map, takes ``dark``. Fonts, grid and background are left to the theme, but for what
`segcore.reports.charts.style.darken_text` does.
"""
