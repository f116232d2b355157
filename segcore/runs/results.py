"""Stored results in a run's folder: ``evaluation/<set>.json`` and ``robustness/<set>.csv``."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from segcore.errors import InputError, first_line
from segcore.runs.checks import PLAIN_NAME
from segcore.runs.evaluation import Evaluation, Provenance
from segcore.runs.record import PREDICTION_SETTINGS
from segcore.runs.run import Run, is_mirrored
from segcore.runs.score_checks import check_evaluation, is_name
from segcore.system.bounds import check_bounds
from segcore.system.files import (
    OLD_LEFTOVER,
    read_json,
    remove_leftovers,
    replace_file,
    replace_files,
    sha256_of,
)
from segcore.system.reading import read_text

# Checksums of the other files in the provenance of scores under effects.
_STAMPS = {"table_sha256": ".csv", "counts_sha256": ".jsonl"}
_MOST_BYTES, _MOST_ROWS, _MOST_COLUMNS = 10_000_000, 10_000, 300


def is_stale(run: Run, made: Provenance | None) -> bool:
    """Return whether scores were measured with other weights, sizes or settings than the run has now.

    Scores without a record of these are not stale.
    """
    if made is None:
        return False
    if None not in (made.weights_sha256, run.weights_sha256) and made.weights_sha256 != run.weights_sha256:
        return True
    then, now = ({**PREDICTION_SETTINGS, **each.prediction_settings} for each in (made, run))
    return bool(made.views) and (made.views, then) != (run.inference_sizes, now)


def sizes_in_words(
    sizes: Iterable[Sequence[int]],
    *,
    size_in_words: Callable[[Sequence[int]], str] = "{0[1]} x {0[0]}".format,
) -> str:
    """Return the views of a run, (height, width), as text: "1024 x 512, 768 x 384 mirrored and 512 x 256"."""
    views = [
        size_in_words(size) + (" mirrored" if is_mirrored(view) else "") for view, size in enumerate(sizes)
    ]
    # A record may hold an empty list, which means the input size.
    return " and ".join(filter(None, (", ".join(views[:-1]), *views[-1:])))


def evaluation_sets(run: Run) -> tuple[str, ...]:
    """Return the names of the sets that the run was evaluated on, sorted."""
    return _stems(run.path / "evaluation", ".json")


def robustness_sets(run: Run) -> tuple[str, ...]:
    """Return the names of the sets whose robustness was measured, sorted."""
    return _stems(run.path / "robustness", ".csv")


def read_evaluation(run: Run, set_name: str, *, with_frames: bool = True) -> Evaluation | None:
    """Read the scores of a run on one set, or None if it has none.

    Args:
        run: the run.
        set_name: name of the set.
        with_frames: False leaves ``per_frame`` empty. It is most of the file, so this is much faster.

    Raises:
        InputError: the file is malformed, or its confusion matrix does not fit its classes.
    """
    path = result_path(run, "evaluation", set_name, ".json")
    if not path.is_file():
        return None
    content = read_json(path, prepare=str if with_frames else _without_frames)
    if not with_frames:
        content.pop("per_frame", None)
    check_evaluation(content, where=f"evaluation/{path.name}")
    return Evaluation.from_json(content)


def write_evaluation(run: Run, evaluation: Evaluation) -> Path:
    """Write scores to the file of their set, atomically; return its path."""
    content = evaluation.to_json()
    check_bounds(content, where="the evaluation")
    check_evaluation(content, where="the evaluation")
    path = result_path(run, "evaluation", evaluation.provenance.set_name, ".json")
    entries = []
    for key, value in content.items():
        if isinstance(value, list) and value and isinstance(value[0], list | dict):
            lines = ",\n  ".join(json.dumps(item, allow_nan=False) for item in value)
            entries.append(f"{json.dumps(key)}: [\n  {lines}\n ]")
        else:
            entries.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    remove_leftovers(path, least_age=OLD_LEFTOVER)
    with replace_file(path) as temporary:
        temporary.write_text("{\n " + ",\n ".join(entries) + "\n}\n", encoding="utf-8")
    return path


def read_robustness(run: Run, set_name: str) -> pd.DataFrame | None:
    """Read the scores under effects, or None if there are none.

    Returns:
        Columns ``effect`` (text), ``severity`` (int64, 0 is the clean frame), ``miou`` and one column for each class
        (float64 in 0..1, NaN if the class is absent).

    Raises:
        InputError: a column is missing, a value is not a number, or an effect has two rows of one severity, no row of
            severity 0 or no row above it.
    """
    path = result_path(run, "robustness", set_name, ".csv")
    if not path.is_file():
        return None
    check_saved_together(run, set_name)
    name = f"robustness/{path.name}"
    text = read_text(path, most_bytes=_MOST_BYTES, expected="scores under effects are expected", name=name)
    try:
        return _checked(pd.read_csv(StringIO(text), dtype={"effect": "str"}))
    # A whole number of hundreds of digits is an OverflowError.
    except (ValueError, OverflowError) as error:
        raise InputError(f"{name} cannot be used: {first_line(error)}.") from error


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """Return scores under effects with the types of `read_robustness`; ValueError says what is wrong."""
    if missing := {"effect", "severity", "miou"} - set(table.columns):
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    if len(table) > _MOST_ROWS or len(table.columns) > _MOST_COLUMNS:
        raise ValueError(f"it has more than {_MOST_ROWS:,} rows or {_MOST_COLUMNS} columns")
    scores = [name for name in table.columns if name not in ("effect", "severity")]
    table = table.astype({"severity": "int64"} | dict.fromkeys(scores, "float64"))
    if not table["effect"].map(is_name).all():
        raise ValueError("an effect has no name, or one that is too long or not valid Unicode")
    if not table["severity"].between(0, 5).all():
        raise ValueError("a severity is outside of 0..5")
    if not (table[scores].isna() | (table[scores].ge(0) & table[scores].le(1))).all(axis=None):
        raise ValueError("a score is outside of 0..1")
    if table.duplicated(["effect", "severity"]).any():
        raise ValueError("an effect has two rows of one severity")
    severities = table.groupby("effect")["severity"]
    if not ((severities.min() == 0) & (severities.max() > 0)).all():
        raise ValueError("an effect needs a row of severity 0 (clean frames) and one of a higher severity")
    return table


def write_robustness(
    run: Run,
    set_name: str,
    table: pd.DataFrame,
    *,
    provenance: Mapping[str, Any] | None = None,
    counts: Iterable[Mapping[str, Any]] = (),
) -> Path:
    """Write scores under effects, and return the path of the table.

    The provenance contains the checksums of the other two files and is replaced first. So a reader can detect that a
    process was killed before all files were replaced, see `check_saved_together`.

    Args:
        run: the run.
        set_name: name of the set.
        table: columns as in `read_robustness`, for ``robustness/<set>.csv``.
        provenance: how the scores were measured, for ``<set>.json``; None writes only the table.
        counts: of the frames, for ``<set>.jsonl``, one object per line.
    """
    path = result_path(run, "robustness", set_name, ".csv")
    files = [path, path.with_suffix(".jsonl"), path.with_suffix(".json")]
    remove_leftovers(*files, least_age=OLD_LEFTOVER)
    texts = [table.to_csv(index=False, na_rep="")]
    if provenance is None:
        for file in files[1:]:
            file.unlink(missing_ok=True)
    else:
        texts.append("".join(f"{json.dumps(line, allow_nan=False)}\n" for line in counts))
        stamps = {
            key: hashlib.sha256(text.encode()).hexdigest() for key, text in zip(_STAMPS, texts, strict=True)
        }
        content = {**provenance, **stamps}
        check_bounds(content, where=files[2].name)
        texts.append(json.dumps(content, indent=2, allow_nan=False) + "\n")
    with replace_files(*files[: len(texts)]) as temporaries:
        for temporary, text in zip(temporaries, texts, strict=True):
            temporary.write_bytes(text.encode())
    return path


def check_saved_together(run: Run, set_name: str, *, with_counts: bool = True) -> None:
    """Check that the files of scores under effects were written at once.

    Files without checksums, of earlier versions, pass.

    Args:
        run: the run.
        set_name: name of the set.
        with_counts: False leaves out the counts of the frames, which are most of it.

    Raises:
        InputError: a file is not the one that was written with the provenance, as after a kill while saving.
    """
    path = result_path(run, "robustness", set_name, ".json")
    try:
        stamps = read_json(path)
    except InputError:
        return  # Without provenance, or with one that cannot be read, nothing is known.
    for key, suffix in list(_STAMPS.items())[: 2 if with_counts else 1]:
        file = path.with_suffix(suffix)
        if key in stamps and file.is_file() and sha256_of(file) != stamps[key]:
            raise InputError(
                f"robustness/{file.name} and {path.name} are of different measurements, as after an interrupted save; "
                "measure again by `python -m segcore robustness`."
            )


def result_path(run: Run, folder: str, set_name: str, suffix: str) -> Path:
    """Return the path of a run's results on a set.

    Args:
        run: the run.
        folder: ``evaluation`` or ``robustness``.
        set_name: name of the set.
        suffix: of the file, such as ``.json``.

    Raises:
        InputError: ``set_name`` is not a valid name.
    """
    # Names also come from URLs; they must not lead out of the run's folder.
    if not PLAIN_NAME.fullmatch(set_name):
        raise InputError(
            f"{set_name!r} is not a valid name of a set; use letters, digits, '-', '_', '+' and '.'."
        )
    return run.path / folder / f"{set_name}{suffix}"


def _stems(folder: Path, suffix: str) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob(f"*{suffix}") if PLAIN_NAME.fullmatch(p.stem)))


def _without_frames(text: str) -> str:
    # write_evaluation puts each frame on its own line between these two markers. JSON with another layout does not
    # have these line breaks (a JSON string cannot contain them), so its text is returned unchanged.
    start = text.find('"per_frame": [\n')
    end = text.find("\n ]", start)
    return text if min(start, end) < 0 else text[:start] + '"per_frame": [' + text[end:]
