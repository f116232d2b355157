"""Where a data set lies as the environment says, and paths that begin in a home folder."""

import os
from pathlib import Path

from segcore.errors import InputError

DATA_VARIABLES = ("SEGCOMPARE_DATA", "CITYSCAPES_DATASET")
"""Variables of the environment that name a data set, the first of them preferred; the second is cityscapesScripts'."""


def dataset_root() -> Path | None:
    """Return the folder that one of ``DATA_VARIABLES`` names, None if none is set.

    Raises:
        InputError: it is in the home folder of somebody who does not exist.
    """
    value = next(filter(None, (os.environ.get(name, "").strip() for name in DATA_VARIABLES)), "")
    return expanded(value) if value else None


def expanded(path: Path | str) -> Path:
    """Return a path with ``~`` replaced by the home folder.

    Raises:
        InputError: there is no such home folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"The path {path} begins with a home folder that does not exist.") from error
