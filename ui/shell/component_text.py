"""The files that the app's own components are made of, as texts."""

from pathlib import Path

_UI = Path(__file__).parents[1]


def component_text(*names: str) -> str:
    """Return files below ``ui``, such as "viewer/browser/paint.js", as one text: Streamlit takes one of each kind."""
    return "\n".join((_UI / name).read_text(encoding="utf-8") for name in names)
