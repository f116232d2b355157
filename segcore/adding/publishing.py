"""Atomic creation of a run's folder."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from segcore.adding.candidate import Candidate, Description
from segcore.classes.files import known_spaces, to_json
from segcore.errors import InputError
from segcore.labels import LabelSpace
from segcore.runs.checks import PLAIN_NAME
from segcore.runs.history import write_history
from segcore.runs.record import Record, record_from_json
from segcore.runs.run import HISTORY_FILE, MODEL_FILE, Run, write_run
from segcore.system.files import sha256_of

_PREFIX = ".adding-"
_ABANDONED_AFTER = 24 * 3600
"""Seconds; adding masks of a large data set takes minutes."""


def check_name(root: Path, name: str) -> None:
    """Check that a run of this name can be added.

    Raises:
        InputError: ``name`` is not valid, or a run of this name exists.
    """
    if not PLAIN_NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is not a valid name of a run; use letters, digits, spaces, '-', '_', '+' and '.', and begin "
            "with a letter or digit."
        )
    if (root / name).exists():
        raise InputError(
            f"There is already a run {name!r} in {root}; choose another name or remove that folder first."
        )


@contextmanager
def new_run(root: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder that becomes the run ``name`` if the block succeeds, and is removed otherwise.

    Raises:
        InputError: as ``check_name``.
    """
    check_name(root, name)
    root.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(root)
    # Hidden, so that lists of runs do not show it before it is complete.
    hidden = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    try:
        # It already has the final name, since messages show it.
        folder = hidden / name
        folder.mkdir()
        yield folder
        check_name(root, name)
        folder.rename(root / name)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _remove_abandoned(root: Path) -> None:
    """Remove the hidden folders of processes that were killed while they added a run."""
    for hidden in root.glob(f"{_PREFIX}*"):
        try:
            is_old = time.time() - hidden.stat().st_mtime > _ABANDONED_AFTER
        except FileNotFoundError:
            continue  # Another process has just finished.
        if is_old:
            shutil.rmtree(hidden, ignore_errors=True)


def write_network(
    folder: Path,
    candidate: Candidate,
    description: Description,
    *,
    source: str,
    history: pd.DataFrame | None = None,
) -> Run:
    """Write a network into an empty folder, such as one of ``new_run``, and return it as a run.

    Args:
        folder: empty.
        candidate, description: the network, and its input, output and classes.
        source: name of the original file.
        history: its training curves, as in ``segcore.runs.history``.

    Raises:
        OSError: a file cannot be written.
    """
    shutil.copyfile(candidate.path, folder / MODEL_FILE)
    if history is not None:
        write_history(folder / HISTORY_FILE, history)
    return write_run(folder, _record(candidate, description, source, sha256_of(folder / MODEL_FILE)))


def draft_run(candidate: Candidate, description: Description, *, name: str, sha256: str) -> Run:
    """Return a candidate as a run without writing it, for trying it on pictures.

    Args:
        candidate, description: as for ``write_network``.
        name: of the run, for messages.
        sha256: of the candidate's file.
    """
    return Run(name, candidate.path.parent, _record(candidate, description, candidate.path.name, sha256))


def _record(candidate: Candidate, description: Description, source: str, sha256: str) -> Record:
    content = {
        **common_record("onnx", description.space, source=source),
        "input": description.how_in.to_json(),
        "output": description.how_out.to_json(),
        "parameters": candidate.facts.parameters,
        "weights_sha256": sha256,
    }
    return record_from_json(content)


def common_record(kind: str, space: LabelSpace, *, source: str) -> dict:
    """Return the first keys of ``run.json``, common to all foreign runs."""
    return {
        "format": 1,
        "kind": kind,
        "classes": space.name if space.name in known_spaces() else to_json(space),
        "source": source,
        "added": datetime.now(UTC).date().isoformat(),
    }
