"""Names under which trainings log their curves: one table for our own runs and for foreign ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# The first name of a quantity is ours; where several columns fit, the one named earlier here counts. Case and
# punctuation do not matter, so "MeanIoU" and "mean_io_u" are one name. Accuracy is that of pixels: the mean over
# classes ("mAcc", "mean accuracy") is another quantity and is left out on purpose.
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
# Also in names of what is not kept, such as "train/box_loss".
_TRAINING = re.compile(r"^train(ing)?[^a-z]|[^a-z]train(ing)?$", re.IGNORECASE)
# What trackers put around a name and what says nothing about the quantity.
_AROUND = ("metrics", "epoch", "step", "percent", "pct")
# Keras counts metrics of one kind: mean_io_u_1. Others write classes so ("iou_1"), hence not every name.
_COUNTED_BY_KERAS = (
    "meaniou",
    "onehotmeaniou",
    "accuracy",
    "categoricalaccuracy",
    "sparsecategoricalaccuracy",
)


@dataclass(frozen=True)
class CurveName:
    """What a column's name says."""

    quantity: str
    """A key of ``CURVE_NAMES``."""
    split: str
    """"train", "val" or "" where the name does not say."""
    rank: tuple[bool, bool, int]
    """The lower, the better the name fits: our own name, then not a value of single steps, then the table's order."""
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
    """Return what the name of a column says, None where it is no quantity that is kept.

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
    """Return which columns hold what.

    A name that does not say of which frames it speaks means the training, as with Keras; in a file that marks
    its training columns ("train_loss", "train/loss") an unmarked IoU or accuracy means the validation.

    Returns:
        A name of ``history.HISTORY_COLUMNS``, or "step", to the places in ``names`` that could be it, the one to
        be taken first: the exact name wins, then an epoch's value over a step's, then the order of
        ``CURVE_NAMES``, then that in the file.
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
