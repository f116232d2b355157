"""Checks of ``evaluation/<set>.json`` and of a sweep's files: types, ranges, and keys that must agree."""

from collections.abc import Mapping
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic import Strict

from segcore.errors import InputError
from segcore.labels import LABEL_SPACES
from segcore.runs.calibration import BINS
from segcore.runs.checks import (
    A_SCORE,
    A_SHA256,
    A_SIZE,
    A_TEXT,
    A_WHOLE_NUMBER,
    MOST_SHARPENING,
    SCORES,
    Adaptation,
    Content,
    Count,
    PlainName,
    Score,
    Sha256,
    Sharpening,
    Size,
    Text,
    expected,
    number,
)

_LONGEST_CALL = 1e9
_LONGEST_NAME = 1000


class _Made(Content):
    """Keys about how scores were measured, common to an evaluation and a sweep."""

    data: Text | None = expected(A_TEXT, None)
    split: Text = expected(A_TEXT)
    frames: Count = expected(A_WHOLE_NUMBER)
    left_out: tuple[Text, ...] = expected("a list of names of frames", ())
    files_sha256: Sha256 | None = expected(A_SHA256, None)
    frame_size: Size | None = expected(A_SIZE, None)
    input_size: Size | None = expected(A_SIZE, None)
    inference_sizes: tuple[Size, ...] = expected(f"a list of {A_SIZE}", ())
    sharpening: Sharpening = expected(f"a number in 0..{MOST_SHARPENING}", 0)
    adaptation: Adaptation = expected("an object of numbers of at least 0, one for each layer", {})
    weights_sha256: Text | None = expected(A_SHA256, None)
    date: Text | None = expected("a date", None)


class _SweepMade(_Made):
    seed: Count | None = expected(A_WHOLE_NUMBER, None)
    table_sha256: Sha256 | None = expected(A_SHA256, None)
    counts_sha256: Sha256 | None = expected(A_SHA256, None)


class _Latency(Content):
    median: Annotated[float, number(0, _LONGEST_CALL)] | None = expected("milliseconds or null", None)
    repeats: Count | None = expected(A_WHOLE_NUMBER, None)
    hardware: Text | None = expected(A_TEXT, None)
    first_view: Annotated[float, number(0, _LONGEST_CALL)] | None = expected("milliseconds or null", None)


_Part = Annotated[int, Strict(), Ge(0), Le(255)]
_Color = tuple[_Part, _Part, _Part]
_Confidences = Annotated[float, number(0, 2**53)]
_Pixels = Annotated[int, Strict(), Ge(0), Le(2**53)]


class _Frame(Content):
    frame: Text = expected("the name of a frame")
    miou: Score | None = expected(A_SCORE)
    pixel_accuracy: Score | None = expected(A_SCORE, None)
    tp: list[_Pixels] = expected("a list of pixel counts, one per class")
    fp: list[_Pixels] = expected("a list of pixel counts, one per class")
    fn: list[_Pixels] = expected("a list of pixel counts, one per class")


class _Calibration(Content):
    pixels: list[_Pixels] = expected(f"{BINS} pixel counts")
    right: list[_Pixels] = expected(f"{BINS} pixel counts")
    confidence: list[_Confidences] = expected(f"{BINS} sums of confidences")


class _Evaluation(_Made):
    set: PlainName = expected("a plain name")
    label_space: Text | None = expected("the name of a class list", None)
    class_names: tuple[Text, ...] = expected("a list of names")
    class_colors: tuple[_Color, ...] = expected("a list of [red, green, blue], each 0 to 255", ())
    confusion: list[list[_Pixels]] = expected("a matrix of pixel counts")
    miou: Score | None = expected(A_SCORE)
    category_miou: Score | None = expected(A_SCORE, None)
    pixel_accuracy: Score | None = expected(A_SCORE)
    classes: Mapping[str, Score | None] = expected(SCORES)
    categories: Mapping[str, Score | None] | None = expected(SCORES, None)
    per_frame: list[_Frame] = expected(
        "a list of objects with frame, miou and tp, fp and fn of each class", []
    )
    classes_averaged: Count | None = expected(A_WHOLE_NUMBER, None)
    categories_averaged: Count | None = expected(A_WHOLE_NUMBER, None)
    latency_ms: _Latency | None = expected("an object whose median is a number, or null", None)
    calibration: _Calibration | None = expected("an object with pixels, right and confidence by bin", None)


def check_evaluation(evaluation: Mapping[str, Any], *, where: str) -> None:
    """Check the content of an ``evaluation/<set>.json``; ``where`` names it in the message.

    Raises:
        InputError: a key is missing, a type is wrong, a number is out of its range, or the confusion matrix or the
            counts of a frame do not fit the classes.
    """
    checked = _Evaluation.from_json(evaluation, where=where)
    classes = len(checked.class_names)
    if len(set(checked.class_names)) < classes:
        raise InputError(f"{where} names a class twice; evaluate again.")
    if checked.class_colors and len(checked.class_colors) != classes:
        raise InputError(
            f"{where} has {len(checked.class_colors)} colours for {classes} classes; evaluate again."
        )
    space = checked.label_space
    if space in LABEL_SPACES and classes != LABEL_SPACES[space].num_classes:
        raise InputError(
            f"{where} names {classes} classes, but the label space {space!r} has "
            f"{LABEL_SPACES[space].num_classes}; evaluate again."
        )
    side = classes + 1
    if {len(checked.confusion), *map(len, checked.confusion)} != {side}:
        raise InputError(
            f"{where} has a confusion matrix that is not {side} x {side} (classes, void); evaluate again."
        )
    for entry in checked.per_frame:
        if {len(entry.tp), len(entry.fp), len(entry.fn)} != {classes}:
            raise InputError(
                f"{where} has the frame {entry.frame} without tp, fp and fn of each of {classes} classes; "
                "evaluate again."
            )
    if checked.calibration is not None:
        _check_calibration(checked.calibration, checked.confusion, where=where)


def _check_calibration(counts: _Calibration, confusion: list[list[int]], *, where: str) -> None:
    if {len(counts.pixels), len(counts.right), len(counts.confidence)} != {BINS}:
        raise InputError(
            f"{where} has a calibration without pixels, right and confidence of each of {BINS} bins; evaluate again."
        )
    scored, hits = sum(map(sum, confusion[:-1])), sum(row[at] for at, row in enumerate(confusion[:-1]))
    bins = zip(counts.pixels, counts.right, counts.confidence, strict=True)
    if (
        (sum(counts.pixels), sum(counts.right)) != (scored, hits)
        # Sums are rounded.
        or any(right > pixels or sure > pixels + 0.001 for pixels, right, sure in bins)
    ):
        raise InputError(f"{where} has a calibration that does not fit its confusion matrix; evaluate again.")


def check_provenance(provenance: Mapping[str, Any], *, where: str) -> None:
    """Check the content of a ``robustness/<set>.json``; ``where`` names it in the message.

    Raises:
        InputError: a key is missing, a type is wrong, or a number is out of its range.
    """
    _SweepMade.from_json(provenance, where=where)


def has_counts(entry: object, *, classes: int) -> bool:
    """Return whether an entry of one frame has a name and ``tp``, ``fp`` and ``fn`` for ``classes`` classes."""
    return (
        isinstance(entry, Mapping)
        and is_name(entry.get("frame"))
        and all(_are_counts(entry.get(key), classes) for key in ("tp", "fp", "fn"))
    )


def is_level(effect: object, severity: object) -> bool:
    """Return whether a line of a sweep names an effect and its severity, or None and 0 for clean frames."""
    is_whole = isinstance(severity, int) and not isinstance(severity, bool)
    return is_whole and (severity == 0 if effect is None else is_name(effect) and severity in range(1, 6))


def is_name(value: object) -> bool:
    """Return whether a value is the name of a frame or an effect: a text of valid Unicode, not too long."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _are_counts(values: object, length: int) -> bool:
    # Files hold tens of thousands of these lists: avoid a Python loop over their values.
    return (
        isinstance(values, list)
        and len(values) == length
        and set(map(type, values)) <= {int}
        and min(values, default=0) >= 0
        and max(values, default=0) <= 2**53
    )
