"""What is asked of a training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segcore.training.config import TrainingConfig


@dataclass(frozen=True, kw_only=True)
class TrainingRequest:
    """A run to be trained, or to be gone on with.

    Attributes:
        config: how to train. When resuming it must be that of the checkpoint, but for
            ``segcore.training.resume.FREE_ON_RESUME`` and ``encoder_weights``, which the first step alone started from.
        folder: the run's folder.
        data_root: folder of a data set. When resuming it may be another.
        train_split: the split to train on; None for the one whose name says so, see ``segcore.training.splits``.
        val_split: the split to validate on; None for the one whose name says so.
        hold_out: share of the split to train on that is validated on instead of another split.
        extra_data: further roots by the name of their data, whose split for training is trained on as well; they
            take no part in validation, class weights and batch statistics, and nothing of them is pasted into others.
            They may change on resuming.
        extra_repeats: how often an epoch shows each frame of ``extra_data``, cropped and augmented anew.
        data_name: what the record calls the data of ``data_root``; None for its name so far, or its own.
        command: what a reader types to do the same, kept in the record.
        resume: go on from the checkpoint.
        from_best: when resuming, go back to the averaged weights of the best epoch and forget the epochs since,
            as one does when these overfit; the optimizer's moments are those of the checkpoint. A run without
            a checkpoint goes on from its stored weights, with an optimizer that starts anew.
        workers: processes that prepare the training batches; for 1 a thread of this process does.
        verbose: as in ``keras.Model.fit``: 1 shows a progress bar, 2 a line an epoch.
        warn: called with a sentence where the curves show that something is wrong.
    """

    config: TrainingConfig
    folder: Path
    data_root: Path
    train_split: str | None = None
    val_split: str | None = None
    hold_out: float | None = None
    extra_data: Mapping[str, Path] = field(default_factory=dict)
    extra_repeats: int = 1
    data_name: str | None = None
    command: str | None = None
    resume: bool = False
    from_best: bool = False
    workers: int = 1
    verbose: int | str = 2
    warn: Callable[[str], None] = lambda sentence: None
