"""Column names of training curves: one table for own and foreign runs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# The first name of each quantity is ours. If several columns fit, the name that is earlier in this table wins. Case
# and punctuation do not matter: "MeanIoU" and "mean_io_u" are the same name. Accuracy is pixel accuracy. The mean over
# classes ("mAcc", "mean accuracy") is another quantity, so it is not in the table.
CURVE_NAMES: dict[str, tuple[str, ...]] = {
    "epoch": ("epoch", "epochs", "epoch_number"),
    "step": ("step", "global_step", "trainer/global_step", "iteration", "iterations", "iter"),
    "loss": ("loss", "total_loss", "loss_total", "mean_loss", "average_loss", "avg_loss"),
    "mean_iou": (
        "mean_iou",
        "mIoU",
        "mean_intersection_over_union",
        "one_hot_mean_io_u",
        "dataset_iou",
        "iou_score",
        "IoU",
        "multiclass_jaccard_index",
        "jaccard_index",
    ),
    "accuracy": (
        "accuracy",
        "pixel_accuracy",
        "pixel_acc",
        "pix_acc",
        "PA",
        "overall_accuracy",
        "overall_acc",
        "global_accuracy",
        "aAcc",
        "acc",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
    ),
    "learning_rate": (
        "learning_rate",
        "lr",
        "lr/pg0",
        "x/lr0",
        "lr-Adam",
        "lr-Adam/pg1",
        "lr-AdamW",
        "lr-AdamW/pg1",
        "lr-SGD",
        "lr-SGD/pg1",
    ),
    "seconds": ("seconds", "epoch_seconds", "epoch_time", "time_per_epoch"),
}
RATIOS = ("mean_iou", "accuracy")
"""Quantities in 0..1."""

_SPLITS = {
    "training": "train",
    "train": "train",
    "evaluation": "val",
    "eval": "val",
    "validation": "val",
    "valid": "val",
    "val": "val",
}
# Matches names of other quantities too, such as "train/box_loss".
_TRAINING = re.compile(r"^train(ing)?[^a-z]|[^a-z]train(ing)?$", re.IGNORECASE)
# Words that experiment trackers add to a name and that do not change the quantity.
_AROUND = ("metrics", "epoch", "step", "percent", "pct")
# Keras numbers metrics of one kind: mean_io_u_1. Other tools number classes in this way ("iou_1"), so only these names.
_COUNTED_BY_KERAS = (
    "meaniou",
    "onehotmeaniou",
    "accuracy",
    "categoricalaccuracy",
    "sparsecategoricalaccuracy",
)


@dataclass(frozen=True)
class CurveName:
    """The meaning of a column's name."""

    quantity: str
    """A key of ``CURVE_NAMES``."""
    split: str
    """"train", "val", or "" if the name does not say."""
    rank: tuple[bool, bool, int]
    """Sort key; lower is better: our own name first, values of epochs before those of steps, then the table's order."""
    percent: bool
    """Whether the name says that the values are in percent."""


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_KNOWN = {
    _squeezed(name): (quantity, place)
    for quantity, names in reversed(CURVE_NAMES.items())
    for place, name in reversed(list(enumerate(names)))
}


def read_curve_name(name: str) -> CurveName | None:
    """Return the meaning of a column's name, or None if the quantity is not in ``CURVE_NAMES``.

    ``train``, ``val`` and the like may stand before or after, as may ``epoch``, ``step`` and ``metrics``, in any
    case and with any punctuation: "Val mIoU", "miou/val", "train_loss_epoch", "epoch_loss", "metrics/mIoU(M)".
    """
    without_suffix = re.sub(r"\([^()]*\)\s*$", "", name.strip())
    core = _squeezed(without_suffix)
    found: list[str] = []
    while core not in _KNOWN:
        counted = re.fullmatch(r"(.+?)\d+", core)
        if counted and counted[1].endswith(_COUNTED_BY_KERAS):
            core = counted[1]
            continue
        marker = next(
            (mark for mark in (*_SPLITS, *_AROUND) if core.startswith(mark) or core.endswith(mark)), None
        )
        if marker is None:
            return None
        found.append(marker)
        core = core.removeprefix(marker) if core.startswith(marker) else core.removesuffix(marker)
    quantity, place = _KNOWN[core]
    splits = {_SPLITS[marker] for marker in found if marker in _SPLITS}
    if len(splits) > 1 or (found and quantity in ("epoch", "step")):
        return None
    own = name.strip().lower().removeprefix("val_") == quantity
    percent = "%" in name or not {"percent", "pct"}.isdisjoint(found)
    return CurveName(quantity, next(iter(splits), ""), (not own, "step" in found, place), percent)


def choose_columns(names: Sequence[str]) -> dict[str, list[int]]:
    """Return the columns of each curve.

    A name without "train" or "val" means the training frames, as in Keras. In a file that marks its training columns
    ("train_loss", "train/loss"), an unmarked IoU or accuracy means the validation frames.

    Returns:
        From a name of ``history.HISTORY_COLUMNS``, or "step", to the indices in ``names`` of the columns that fit, the
        best first. The exact name is best; then a value of an epoch before a value of a step, then the order of
        ``CURVE_NAMES``, then the order in the file.
    """
    read = [read_curve_name(name) for name in names]
    marks_training = any(
        (known is not None and known.split == "train") or _TRAINING.search(name)
        for name, known in zip(names, read, strict=True)
    )
    fitting: dict[str, list[tuple]] = {}
    for place, name in enumerate(read):
        if name is None:
            continue
        assumed = not name.split and marks_training and name.quantity in RATIOS
        if name.quantity in ("loss", *RATIOS):
            column = f"val_{name.quantity}" if name.split == "val" or assumed else name.quantity
        elif name.split == "val":
            continue
        else:
            column = name.quantity
        fitting.setdefault(column, []).append((assumed, *name.rank, place))
    return {column: [place for *_, place in sorted(found)] for column, found in fitting.items()}
