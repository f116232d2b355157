"""Tables of scores as pandas data frames; scores in 0..1, NaN for an absent class."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.classes.files import find_space, included_list
from segcore.labels import LABEL_SPACES
from segcore.runs.evaluation import Color, Evaluation, FrameCounts, Provenance
from segcore.runs.results import sizes_in_words
from segcore.runs.run import Run

if TYPE_CHECKING:
    from segcore.scoring.robustness import Sweep

MEANS = {"miou": "Mean IoU", "category_miou": "Category IoU"}

_COLORS = {
    name: color
    for space in ("categories", "train_ids")
    for name, color in zip(LABEL_SPACES[space].class_names, LABEL_SPACES[space].colors.tolist(), strict=True)
}


def score_table(evaluations: Mapping[str, Evaluation], key: str) -> pd.DataFrame:
    """Return the IoU, one row per class in the order of Cityscapes and one column per run.

    Args:
        evaluations: from run name to evaluation.
        key: ``classes`` or ``categories``.
    """
    columns = {name: pd.Series(getattr(scores, key), dtype="float64") for name, scores in evaluations.items()}
    order = LABEL_SPACES["train_ids" if key == "classes" else "categories"].class_names
    found = list(dict.fromkeys(name for column in columns.values() for name in column.index))
    known = [name for name in order if name in found]
    return pd.DataFrame(columns).reindex(known + [name for name in found if name not in known])


def with_difference(table: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Return the table with a, b and their difference first, then the other runs; no difference if a and b are equal.

    The difference is called as `difference_title` says.
    """
    others = [name for name in table.columns if name not in (a, b)]
    if a == b:
        return table[[a, *others]]
    pair = table[[a, b]].assign(**{difference_title(a, b): table[a] - table[b]})
    return pd.concat([pair, table[others]], axis=1)


def difference_title(a: str, b: str) -> str:
    """Return the title of a column with the scores of one run minus those of another."""
    return f"{a} − {b}"


def ranked_by(evaluations: Mapping[str, "Evaluation | Sweep"]) -> str:
    """Return the key of ``MEANS`` that ranks runs: that of the classes, or of categories if their classes differ."""
    return "miou" if same_classes(*evaluations.values()) else "category_miou"


def headline_table(runs: Sequence[Run], evaluations: Mapping[str, Evaluation]) -> pd.DataFrame:
    """Return one row per run, the best first by the score of `ranked_by`.

    The columns are run, architecture, classes (their number), miou, category_miou, pixel_accuracy and the costs:
    ``latency_ms`` is the median of repeated calls over all views and ``first_view_ms`` that over the first view alone,
    ``parameters`` their number, ``megabytes`` the size of the network's files. Stored masks have no costs.
    """
    evaluations = {run.name: evaluations[run.name] for run in runs if run.name in evaluations}
    rows = []
    for run in runs:
        scores = evaluations.get(run.name)
        if scores is None:
            continue
        rows.append(
            {
                "run": run.name,
                "architecture": run.architecture,
                "classes": len(scores.class_names),
                "miou": scores.miou,
                "category_miou": scores.category_miou,
                "pixel_accuracy": scores.pixel_accuracy,
                "latency_ms": scores.latency and scores.latency.median,
                "first_view_ms": scores.first_view_latency,
                "parameters": run.parameters,
                "megabytes": megabytes_of(run) if run.has_network else None,
            }
        )
    costs = ["latency_ms", "first_view_ms", "parameters", "megabytes"]
    columns = ["miou", "category_miou", "pixel_accuracy", *costs]
    table = pd.DataFrame(rows, columns=["run", "architecture", "classes", *columns])
    return table.astype(dict.fromkeys(columns, "float64")).sort_values(
        ranked_by(evaluations), ascending=False, ignore_index=True
    )


def megabytes_of(run: Run) -> float:
    """Return the size of the files of a run's network in megabytes."""
    return sum(path.stat().st_size for path in run.prediction_files) / 1e6


def scores_by_frame(entries: Sequence[FrameCounts]) -> pd.DataFrame:
    """Return one row per frame: frame (text), miou and pixel_accuracy (float64 in 0..1, NaN if missing)."""
    columns = ["frame", "miou", "pixel_accuracy"]
    rows = [tuple(getattr(entry, column) for column in columns) for entry in entries]
    return pd.DataFrame(rows, columns=columns).astype(
        {"frame": "str", "miou": "float64", "pixel_accuracy": "float64"}
    )


def frame_table(a: Sequence[FrameCounts], b: Sequence[FrameCounts]) -> pd.DataFrame:
    """Return the mean IoU of two runs on the same frames: columns frame, a, b and difference, a - b."""
    pair = (scores_by_frame(entries)[["frame", "miou"]] for entries in (a, b))
    joined = next(pair).merge(next(pair), on="frame", how="outer", suffixes=("_a", "_b"))
    joined = joined.rename(columns={"miou_a": "a", "miou_b": "b"})
    return joined.assign(difference=joined["a"] - joined["b"])


def augmentation_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs (X, X_noaug) among names of runs; they differ only by augmentation."""
    return [(name, f"{name}_noaug") for name in names if f"{name}_noaug" in names]


def same_classes(*evaluations: "Evaluation | Sweep") -> bool:
    """Return whether evaluations have the same classes, so that mean IoU and confusion matrices can be compared."""
    return len({scores.class_names for scores in evaluations}) <= 1


def predicts_void(*evaluations: Evaluation) -> bool:
    """Return whether a prediction is void, so that the confusion matrix needs its last column."""
    return any(scores.confusion[:-1, -1].any() for scores in evaluations)


def conditions(made: Provenance) -> str:
    """Return the conditions of stored scores in words: data, split, frames, resolution, views and settings."""
    return ", ".join(filter(None, (frames_in_words(made), settings_in_words(made))))


def frames_in_words(made: Provenance) -> str:
    """Return data, split, number and size of the frames of stored scores in words."""
    return f"{place_of(made)} of {_size(made.frame_size)}" if made.frame_size else place_of(made)


def settings_in_words(made: Provenance) -> str:
    """Return in words how a model saw the frames of stored scores; empty if as they are."""
    scored, seen = made.frame_size, made.views
    is_resized = seen and scored and seen != (scored,)
    amount = made.prediction_settings.get("sharpening")
    told = (
        f"seen by the model at {views_in_words(seen)}" if is_resized else "",
        f"logits sharpened by {amount:g}" if amount else "",
        "normalisation adapted to each frame" if made.prediction_settings.get("adaptation") else "",
    )
    return ", ".join(filter(None, told))


def place_of(made: Provenance) -> str:
    """Return data, split and number of frames of stored scores in words."""
    data = f"{made.data}, " if made.data else ""
    return f"{data}split {made.split}, {made.frames_in_words}"


def classes_in_words(*evaluations: Evaluation) -> str:
    """Return the classes of mean IoUs in words, such as "11 classes of CamVid"; all different ones of evaluations.

    A class that does not occur counts for the runs that predict it: "18 or 19 of 19 classes of Cityscapes".
    """
    averaged: dict[tuple, list[int | None]] = {}
    for scores in evaluations:
        kind = (len(scores.class_names), scores.label_space, scores.provenance.data)
        averaged.setdefault(kind, []).append(scores.classes_averaged)
    return " and ".join(
        dict.fromkeys(
            classes_of(number, label_space, data=data, averaged=counts)
            for (number, label_space, data), counts in averaged.items()
        )
    )


def classes_of(
    number: int, label_space: str | None, *, data: str | None, averaged: Sequence[int | None] = ()
) -> str:
    """Return classes in words: "11 classes of CamVid", or "9 of 11 classes of CamVid".

    Args:
        number: number of classes.
        label_space: name of the class list, None if not recorded.
        data: name of the data set, which is used if the list is not an included one.
        averaged: number of classes in each mean, None if it is unknown.
    """
    listed = included_list(label_space)
    owner = find_space(listed).title.partition(",")[0] if listed else data
    counts = sorted({number if count is None else count for count in averaged} or {number})
    some = f"{counts[0]} to {counts[-1]}" if len(counts) > 2 else " or ".join(map(str, counts))
    of = some if counts == [number] else f"{some} of {number}"
    kind = "categories" if listed == "categories" else "classes"
    return f"{of} {kind}{f' of {owner}' if owner else ''}"


def views_in_words(sizes: Iterable[Sequence[int]]) -> str:
    """Return the views of a run, (height, width) in pixels, in words."""
    return sizes_in_words(sizes, size_in_words=_size)


def occurring(*evaluations: Evaluation) -> np.ndarray:
    """Return for each class whether a scored pixel has it in truth or prediction, in evaluations of the same classes.

    Returns:
        bool (n,).
    """
    scored = [scores.confusion[:-1] for scores in evaluations]
    return np.any([each.any(axis=1) | each[:, :-1].any(axis=0) for each in scored], axis=0)


def without_absent(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of scores without classes that have no score in any column, and the names of these classes."""
    absent = table.isna().all(axis=1)
    return table[~absent], table.index[absent].tolist()


def colors_in(table: pd.DataFrame, evaluations: Mapping[str, Evaluation], key: str) -> list[Color | None]:
    """Return the colour of each row of a `score_table`, RGB 0..255; None where no scores know it.

    Args:
        table: some rows of ``score_table(evaluations, key)``.
        evaluations: scores by name; where they differ, the colours of the first ones count.
        key: ``classes`` or ``categories``.
    """
    colors: dict[str, Color] = {}
    for scores in evaluations.values():
        colors = _colors_of(scores, key) | colors
    return [colors.get(name) for name in table.index]


def _colors_of(scores: Evaluation, key: str) -> dict[str, Color]:
    """Return colours by name; there are none in scores of earlier versions for a list that is not included."""
    if key == "classes" and scores.class_colors:
        return dict(zip(scores.class_names, scores.class_colors, strict=True))
    label_space = scores.label_space if key == "classes" else key
    if label_space is not None and included_list(label_space) is None:
        return {}
    return {name: _color_of(name, label_space) for name in getattr(scores, key)}


def _color_of(name: str, label_space: str | None) -> Color:
    """Return the colour of a class of an included list, Cityscapes if None; of merged classes that of the first."""
    listed = included_list(label_space)
    space = find_space(listed) if listed else None
    colors = dict(zip(space.class_names, space.colors.tolist(), strict=True)) if space else _COLORS
    red, green, blue = colors.get(name.partition(" + ")[0], _COLORS.get(name, (128, 128, 128)))
    return red, green, blue


def swatch_address(color: Color) -> str:
    """Return a square in a colour, RGB 0..255, as a data URL."""
    red, green, blue = color
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><rect x="2" y="2" width="20" height="20" '
        f'rx="4" fill="rgb({red},{green},{blue})" stroke="#8a979e"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _size(size: Sequence[int]) -> str:
    # With spaces at which no line ends.
    return f"{size[1]}\u00a0×\u00a0{size[0]}\u00a0px"
