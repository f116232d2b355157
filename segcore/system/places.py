"""Folders of the app, the shipped runs and the demo city, in a clone and in an installed package."""

from pathlib import Path

_ABOVE = Path(__file__).resolve().parents[2]
# A wheel puts the top-level files of a clone into this folder beside the library; see pyproject.toml.
_PACKAGE = _ABOVE / "segcompare"

IS_INSTALLED = (_PACKAGE / "app.py").is_file()
"""Whether this is an installed package instead of a clone. Then no file below ``SHIPPED`` is written."""

SHIPPED = _PACKAGE if IS_INSTALLED else _ABOVE
"""Folder that holds ``app.py``, the shipped runs and the demo city."""

SHIPPED_RUNS = SHIPPED / "weights"


def own_runs() -> Path:
    """Return the default folder of the user's runs: ``weights`` of a clone, or a folder in the home folder."""
    return Path.home() / "segcompare" / "runs" if IS_INSTALLED else SHIPPED_RUNS


def is_unchangeable(path: Path) -> bool:
    """Return whether a file belongs to an installed package; such files are never written."""
    return IS_INSTALLED and path.absolute().is_relative_to(SHIPPED)
