"""Where the parts of this project lie that are no code, in a clone and in an installed package."""

from pathlib import Path

_ABOVE = Path(__file__).resolve().parents[2]
# A wheel puts beside the library, into one folder, what a clone has at its top; see pyproject.toml.
_PACKAGE = _ABOVE / "segcompare"

IS_INSTALLED = (_PACKAGE / "app.py").is_file()
"""Whether this is an installed package and no clone: then nothing below ``SHIPPED`` is written."""

SHIPPED = _PACKAGE if IS_INSTALLED else _ABOVE
"""Folder that holds ``app.py``, the shipped runs and the demo city."""

SHIPPED_RUNS = SHIPPED / "weights"


def own_runs() -> Path:
    """Return the folder of a user's runs where none is set: that of the clone, or else one in the home folder."""
    return Path.home() / "segcompare" / "runs" if IS_INSTALLED else SHIPPED_RUNS


def is_unchangeable(path: Path) -> bool:
    """Tell whether a file is one of an installed package, which results are not written into."""
    return IS_INSTALLED and path.absolute().is_relative_to(SHIPPED)
