"""Tables of scores, from evaluations to pandas; scores in 0..1, NaN where a class is absent."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.classes.files import find_space, known_spaces
from segcore.labels import LABEL_SPACES
from segcore.runs.evaluation import Evaluation, FrameCounts, Provenance
from segcore.runs.results import sizes_in_words
from segcore.runs.run import Run

if TYPE_CHECKING:
    from segcore.scoring.robustness import Sweep

DIFFERENCE = "A − B"
MEANS = {"miou": "Mean IoU", "category_miou": "Category IoU"}

_COLORS = {
    name: color
    for space in ("categories", "train_ids")
    for name, color in zip(LABEL_SPACES[space].class_names, LABEL_SPACES[space].colors.tolist(), strict=True)
}


def score_table(evaluations: Mapping[str, Evaluation], key: str) -> pd.DataFrame:
    """Return IoU, a row a class and a column a run, in the order of Cityscapes.

    Args:
        evaluations: run name to evaluation.
        key: ``classes`` or ``categories``.
    """
    columns = {name: pd.Series(getattr(scores, key), dtype="float64") for name, scores in evaluations.items()}
    order = LABEL_SPACES["train_ids" if key == "classes" else "categories"].class_names
    found = list(dict.fromkeys(name for column in columns.values() for name in column.index))
    known = [name for name in order if name in found]
    return pd.DataFrame(columns).reindex(known + [name for name in found if name not in known])


def with_difference(table: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Return columns A, B and A - B first, then the other runs; of a run against itself there is no difference."""
    others = [name for name in table.columns if name not in (a, b)]
    if a == b:
        return table[[a, *others]]
    pair = table[[a, b]].assign(**{DIFFERENCE: table[a] - table[b]})
    return pd.concat([pair, table[others]], axis=1)


def ranked_by(evaluations: Mapping[str, "Evaluation | Sweep"]) -> str:
    """Return which of ``MEANS`` ranks runs: that of the classes, or of the categories where their classes differ."""
    return "miou" if same_classes(*evaluations.values()) else "category_miou"


def headline_table(runs: Sequence[Run], evaluations: Mapping[str, Evaluation]) -> pd.DataFrame:
    """Return a row a run, best first as `ranked_by` has it.

    The columns are run, architecture, classes (how many), miou, category_miou, pixel_accuracy and the costs:
    ``latency_ms`` is the median of repeated calls, ``parameters`` a count, ``megabytes`` the size of the files that the
    network is read from. Stored masks cost nothing.
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
                "parameters": run.parameters,
                "megabytes": megabytes_of(run) if run.has_network else None,
            }
        )
    columns = ["miou", "category_miou", "pixel_accuracy", "latency_ms", "parameters", "megabytes"]
    table = pd.DataFrame(rows, columns=["run", "architecture", "classes", *columns])
    return table.astype(dict.fromkeys(columns, "float64")).sort_values(
        ranked_by(evaluations), ascending=False, ignore_index=True
    )


def megabytes_of(run: Run) -> float:
    """Return the size of the files that the run's network is read from."""
    return sum(path.stat().st_size for path in run.prediction_files) / 1e6


def scores_by_frame(entries: Sequence[FrameCounts]) -> pd.DataFrame:
    """Return a row a frame: frame (text), miou and pixel_accuracy (float64 in 0..1, NaN where there is none)."""
    columns = ["frame", "miou", "pixel_accuracy"]
    rows = [tuple(getattr(entry, column) for column in columns) for entry in entries]
    return pd.DataFrame(rows, columns=columns).astype(
        {"frame": "str", "miou": "float64", "pixel_accuracy": "float64"}
    )


def frame_table(a: Sequence[FrameCounts], b: Sequence[FrameCounts]) -> pd.DataFrame:
    """Join the scores of two runs on the same frames: frame, A, B and A - B of the frame's mean IoU."""
    pair = (scores_by_frame(entries)[["frame", "miou"]] for entries in (a, b))
    joined = next(pair).merge(next(pair), on="frame", how="outer", suffixes=(" A", " B"))
    joined = joined.rename(columns={"miou A": "A", "miou B": "B"})
    return joined.assign(**{DIFFERENCE: joined["A"] - joined["B"]})


def augmentation_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs (X, X_noaug) among names of runs, which differ by augmentation alone."""
    return [(name, f"{name}_noaug") for name in names if f"{name}_noaug" in names]


def same_classes(*evaluations: "Evaluation | Sweep") -> bool:
    """Tell whether mean IoU and confusion matrices of evaluations compare: they tell the same classes apart."""
    return len({scores.class_names for scores in evaluations}) <= 1


def predicts_void(*evaluations: Evaluation) -> bool:
    """Tell whether some prediction named no class, so that the matrix needs its last column."""
    return any(scores.confusion[:-1, -1].any() for scores in evaluations)


def conditions(made: Provenance) -> str:
    """Return data, split, frames, resolution and how the model predicted, of stored scores in words."""
    scored, seen = made.frame_size, made.views
    size = f" of {_size(scored)}" if scored else ""
    resized = (
        f", seen by the model at {views_in_words(seen)}" if seen and scored and seen != (scored,) else ""
    )
    amount = made.prediction_settings.get("sharpening")
    sharpened = f", logits sharpened by {amount:g}" if amount else ""
    adapted = ", normalisation adapted to each frame" if made.prediction_settings.get("adaptation") else ""
    return f"{place_of(made)}{size}{resized}{sharpened}{adapted}"


def place_of(made: Provenance) -> str:
    """Return data, split and number of frames of stored scores in words."""
    data = f"{made.data}, " if made.data else ""
    return f"{data}split {made.split}, {made.frames} frame{'' if made.frames == 1 else 's'}"


def classes_in_words(*evaluations: Evaluation) -> str:
    """Return over which classes mean IoUs are, "11 classes of CamVid"; of several evaluations all that differ."""
    return " and ".join(
        dict.fromkeys(
            classes_of(
                len(scores.class_names),
                scores.label_space,
                data=scores.provenance.data,
                averaged=scores.classes_averaged,
            )
            for scores in evaluations
        )
    )


def classes_of(number: int, label_space: str | None, *, data: str | None, averaged: int | None = None) -> str:
    """Return classes in words: "11 classes of CamVid", or "9 of 11 classes of CamVid".

    Args:
        number: how many there are.
        label_space: name of the list, None where it is not recorded.
        data: name of the data set, which stands where the list is none that comes along.
        averaged: over how many of them a mean is, where that is known.
    """
    listed = _list_name(label_space)
    owner = find_space(listed).title.partition(",")[0] if listed in known_spaces() else data
    of = str(number) if averaged in (None, number) else f"{averaged} of {number}"
    kind = "categories" if listed == "categories" else "classes"
    return f"{of} {kind}{f' of {owner}' if owner else ''}"


def views_in_words(sizes: Iterable[Sequence[int]]) -> str:
    """Return the sizes in pixels, (height, width), of the views of a run for people."""
    return sizes_in_words(sizes, size_in_words=_size)


def occurring(*evaluations: Evaluation) -> np.ndarray:
    """Tell of each class whether some pixel of it, or taken for it, was scored in evaluations of the same classes.

    Returns:
        bool (n,).
    """
    scored = [scores.confusion[:-1] for scores in evaluations]
    return np.any([each.any(axis=1) | each[:, :-1].any(axis=0) for each in scored], axis=0)


def without_absent(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of scores without the classes that have none in any column, and the names of these."""
    absent = table.isna().all(axis=1)
    return table[~absent], table.index[absent].tolist()


def _list_name(label_space: str | None) -> str:
    """Return the name of a list; those of which some classes are merged or not scored are named after the whole."""
    return (label_space or "").removesuffix("_merged").removesuffix("_scored")


def color_of(name: str, label_space: str | None = None) -> tuple[int, int, int]:
    """Return the colour of a class, RGB 0..255; grey for a class of a list that is not included.

    Args:
        name: of the class; of merged ones, such as "Road + LaneMkgsDriv", the first counts.
        label_space: name of the list that the class is of, where it is recorded.
    """
    listed = find_space(_list_name(label_space)) if _list_name(label_space) in known_spaces() else None
    colors = _COLORS if listed is None else dict(zip(listed.class_names, listed.colors.tolist(), strict=True))
    red, green, blue = colors.get(name.partition(" + ")[0], _COLORS.get(name, (128, 128, 128)))
    return red, green, blue


def swatch_address(name: str, label_space: str | None = None) -> str:
    """Return a picture of ``color_of`` the class as a data address."""
    red, green, blue = color_of(name, label_space)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><rect x="2" y="2" width="20" height="20" '
        f'rx="4" fill="rgb({red},{green},{blue})" stroke="#8a979e"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _size(size: Sequence[int]) -> str:
    return f"{size[1]} × {size[0]} px"
