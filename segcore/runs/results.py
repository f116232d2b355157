"""What was measured on a run, kept in its folder: ``evaluation/<set>.json`` and ``robustness/<set>.csv``."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame
from segcore.runs.record import PLAIN_NAME, PREDICTION_SETTINGS, check_evaluation
from segcore.runs.run import Run, is_mirrored
from segcore.system.files import read_json, replace_file


def is_outdated(run: Run, scores: Mapping) -> bool:
    """Tell whether scores were measured with other weights, sizes or settings than those that the run has now."""
    measured = scores.get("weights_sha256")
    if None not in (measured, run.weights_sha256) and measured != run.weights_sha256:
        return True
    sizes = tuple(map(tuple, sizes_seen(scores)))
    settings = {name: scores.get(name, none) for name, none in PREDICTION_SETTINGS.items()}
    # Results of which nothing is told are taken as they are, as with weights.
    return bool(sizes) and (sizes, settings) != (run.inference_sizes, run.prediction_settings)


def provenance_of(
    run: Run,
    frames: Sequence[Frame],
    *,
    set_name: str,
    data_name: str | None,
    frame_sizes: Collection[tuple[int, int]],
) -> dict:
    """Return what stored results tell of where they come from, as JSON types.

    Args:
        run: the run that was measured.
        frames: what it was measured on, at least one.
        set_name: name of the set.
        data_name: name of the data set.
        frame_sizes: each (height, width) in which the frames were scored; one that is not common to all is not told.
    """
    return {
        "set": set_name,
        "data": data_name,
        "split": frames[0].split,
        "frames": len(frames),
        "frame_size": list(*frame_sizes) if len(frame_sizes) == 1 else None,
        "input_size": list(run.input_size),
        "inference_sizes": [list(size) for size in run.inference_sizes],
        **run.prediction_settings,
        "weights_sha256": run.weights_sha256,
        "date": datetime.now(UTC).date().isoformat(),
    }


def sizes_seen(scores: Mapping) -> list[Sequence[int]]:
    """Return each (height, width) in which the model saw the frames of stored scores, as far as these tell."""
    # Results of earlier versions know of one size at most.
    return scores.get("inference_sizes") or [scores[key] for key in ("input_size",) if key in scores]


def sizes_in_words(
    sizes: Iterable[Sequence[int]],
    *,
    size_in_words: Callable[[Sequence[int]], str] = "{0[1]} x {0[0]}".format,
) -> str:
    """Return the looks of a model, (height, width), as "1024 x 512, 768 x 384 mirrored and 512 x 256"."""
    looks = [
        size_in_words(size) + (" mirrored" if is_mirrored(look) else "") for look, size in enumerate(sizes)
    ]
    # A record may hold an empty list, which stands for the input size.
    return " and ".join(filter(None, (", ".join(looks[:-1]), *looks[-1:])))


def evaluation_sets(run: Run) -> tuple[str, ...]:
    """Return the names of the sets that the run was evaluated on, sorted."""
    return _stems(run.path / "evaluation", ".json")


def robustness_sets(run: Run) -> tuple[str, ...]:
    """Return the names of the sets whose robustness was measured, sorted."""
    return _stems(run.path / "robustness", ".csv")


def read_evaluation(run: Run, set_name: str, *, with_frames: bool = True) -> dict | None:
    """Read the scores of a run on one set, or None if it has none.

    Args:
        run: the run.
        set_name: name of the set.
        with_frames: False leaves out ``per_frame``, which is most of the file and then mostly passed over unread.

    Raises:
        InputError: the file is malformed, or its confusion matrix does not fit its classes.
    """
    path = result_path(run, "evaluation", set_name, ".json")
    if not path.is_file():
        return None
    evaluation = read_json(path, prepare=str if with_frames else _without_frames)
    if not with_frames:
        evaluation.pop("per_frame", None)
    check_evaluation(evaluation, where=f"evaluation/{path.name}")
    return evaluation


def write_evaluation(run: Run, evaluation: Mapping) -> Path:
    """Write scores under their own ``set`` name, atomically; return the path."""
    check_evaluation(evaluation, where="the evaluation")
    path = result_path(run, "evaluation", evaluation["set"], ".json")
    entries = []
    for key, value in evaluation.items():
        if isinstance(value, list) and value and isinstance(value[0], list | dict):
            lines = ",\n  ".join(json.dumps(item, allow_nan=False) for item in value)
            entries.append(f"{json.dumps(key)}: [\n  {lines}\n ]")
        else:
            entries.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    with replace_file(path) as temporary:
        temporary.write_text("{\n " + ",\n ".join(entries) + "\n}\n", encoding="utf-8")
    return path


def read_robustness(run: Run, set_name: str) -> pd.DataFrame | None:
    """Read scores under effects, or None if there are none.

    Returns:
        Columns ``effect`` (text), ``severity`` (int64, 0 is the clean frame), ``miou`` and one column a class
        (float64 in 0..1, NaN where the class is absent).

    Raises:
        InputError: a column is missing, something that should be a number is not, or an effect has two rows of one
            severity, none of the clean frames or none above.
    """
    path = result_path(run, "robustness", set_name, ".csv")
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path, dtype={"effect": "str"})
        missing = {"effect", "severity", "miou"} - set(table.columns)
        if missing:
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        scores = [name for name in table.columns if name not in ("effect", "severity")]
        table = table.astype({"severity": "int64"} | dict.fromkeys(scores, "float64"))
        if table.duplicated(["effect", "severity"]).any():
            raise ValueError("an effect has two rows of one severity")
        severities = table.groupby("effect")["severity"]
        if not ((severities.min() == 0) & (severities.max() > 0)).all():
            raise ValueError("an effect needs a row of severity 0, the clean frames, and one above")
        return table
    except (OSError, ValueError) as error:
        raise InputError(f"robustness/{path.name} cannot be used: {error}.") from error


def write_robustness(run: Run, set_name: str, table: pd.DataFrame) -> Path:
    """Write scores under effects (columns as in ``read_robustness``), atomically; return the path."""
    path = result_path(run, "robustness", set_name, ".csv")
    with replace_file(path) as temporary:
        table.to_csv(temporary, index=False, na_rep="")
    return path


def result_path(run: Run, folder: str, set_name: str, suffix: str) -> Path:
    """Return where a run keeps what was measured on a set.

    Args:
        run: the run.
        folder: ``evaluation`` or ``robustness``.
        set_name: name of the set.
        suffix: of the file, such as ``.json``.

    Raises:
        InputError: the name is none for a set.
    """
    # It comes from URLs too, and must not lead out of the run's folder.
    if not PLAIN_NAME.fullmatch(set_name):
        raise InputError(f"{set_name!r} is no name for a set; use letters, digits, '-', '_', '+' and '.'.")
    return run.path / folder / f"{set_name}{suffix}"


def _stems(folder: Path, suffix: str) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob(f"*{suffix}") if PLAIN_NAME.fullmatch(p.stem)))


def _without_frames(text: str) -> str:
    # As write_evaluation lays it out, with nothing but whole frames on the lines between. JSON laid out otherwise
    # lacks these line breaks, which no string in it can hold, and is left as it is.
    start = text.find('"per_frame": [\n')
    end = text.find("\n ]", start)
    return text if min(start, end) < 0 else text[:start] + '"per_frame": [' + text[end:]
