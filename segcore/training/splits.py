"""Training and validation frames of a data set."""

from itertools import groupby

import numpy as np

from segcore.classes.translation import translation
from segcore.errors import InputError
from segcore.frames.dataset import Dataset
from segcore.frames.frame import Frame
from segcore.labels import LabelSpace

Frames = tuple[Frame, ...]


def training_frames(dataset: Dataset, split: str | None = None) -> Frames:
    """Return the frames with ground truth of the training split, or of the split with the given name.

    Raises:
        InputError: there is no such split, or it has no ground truth.
    """
    split = split or dataset.training_split
    if split is None:
        raise InputError(f"{_splits_in_words(dataset)}; training needs one called train or training.")
    frames = tuple(frame for frame in dataset.frames(split) if frame.truth_path)
    if not frames:
        raise InputError(
            f"The split {split!r} of {dataset.root} has no frame with ground truth; training needs masks for "
            "training and validation."
        )
    return frames


def training_and_validation_frames(
    dataset: Dataset,
    *,
    train_split: str | None = None,
    val_split: str | None = None,
    hold_out: float | None = None,
) -> tuple[Frames, Frames]:
    """Return the training frames and the validation frames, all with ground truth.

    Args:
        dataset: the data set.
        train_split: training split; default: the split called train or training, or the only one.
        val_split: validation split; default: the split called val, valid or validation.
        hold_out: share of the training split, between 0 and 1, that is used for validation instead. These are the last
            frames of each group, because neighbours in a sequence look similar.

    Raises:
        InputError: the data set has no such splits, one has no ground truth, or both are the same.
    """
    only = dataset.splits[0] if len(dataset.splits) == 1 else None
    train_split = train_split or dataset.training_split or only
    if hold_out is not None:
        return _held_out(dataset, train_split, val_split, hold_out)
    val_split = val_split or dataset.validation_split
    if train_split is None or val_split is None or train_split == val_split:
        raise InputError(
            f"{_splits_in_words(dataset)}; training needs one to train on and another to validate on: name them by "
            "--train-split and --val-split, or validate on a part of one by --hold-out 0.2."
        )
    return training_frames(dataset, train_split), training_frames(dataset, val_split)


def classes_never_seen(frames: Frames, space: LabelSpace) -> tuple[str, ...]:
    """Return the names of the classes of ``space`` that the frames' masks do not have."""
    tables = [translation(source, space) for source in {frame.encoding.space for frame in frames}]
    reached = set(np.concatenate(tables).tolist()) if tables else set()
    return tuple(
        name
        for place, (name, labels) in enumerate(zip(space.class_names, space.covers, strict=True))
        if labels and place not in reached
    )


def _held_out(
    dataset: Dataset, train_split: str | None, val_split: str | None, share: float
) -> tuple[Frames, Frames]:
    if val_split is not None:
        raise InputError(
            "--hold-out and --val-split both choose the validation frames; give only one of them."
        )
    if not 0 < share < 1:
        raise InputError(f"--hold-out is {share}; expected a share between 0 and 1, such as 0.2.")
    if train_split is None:
        raise InputError(f"{_splits_in_words(dataset)}; name the one to train on by --train-split.")
    train: list[Frame] = []
    validation: list[Frame] = []
    for _, members in groupby(
        sorted(training_frames(dataset, train_split), key=lambda frame: (frame.group, frame.frame_id)),
        key=lambda frame: frame.group,
    ):
        group = list(members)
        first = len(group) - max(1, round(share * len(group)))
        train += group[:first]
        validation += group[first:]
    if not train:
        raise InputError(
            f"--hold-out {share} of the split {train_split!r} leaves no frame to train on; give less."
        )
    return tuple(train), tuple(validation)


def _splits_in_words(dataset: Dataset) -> str:
    number = "split" if len(dataset.splits) == 1 else "splits"
    return f"The data set {dataset.root} has the {number} {', '.join(dataset.splits)}"
