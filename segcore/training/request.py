"""The request for a training: configuration, folders and options."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segcore.training.config import TrainingConfig


@dataclass(frozen=True, kw_only=True)
class TrainingRequest:
    """A run to train, or whose training continues.

    Attributes:
        config: the configuration. When resuming it must be that of the checkpoint, except for the settings of
            ``segcore.training.resume.FREE_ON_RESUME`` and ``encoder_weights``, which only matters at the first step.
        folder: the run's folder.
        data_root: folder of a data set. When resuming it may be another one.
        train_split: training split; None for the split with the usual name, see ``segcore.training.splits``.
        val_split: validation split; None for the split with the usual name.
        hold_out: share of the training split, 0..1, that is used for validation instead of another split.
        extra_data: further folders of data sets by name; their training splits are trained on too. They are not used
            for validation, class weights, batch statistics and copy-paste. They may change when resuming.
        extra_repeats: how often each frame of ``extra_data`` is used in an epoch, each time with another random
            augmentation.
        data_name: name of the data of ``data_root`` in the record; None for its present name.
        command: the command line, for the record.
        resume: continue from the checkpoint.
        from_best: when resuming, go back to the averaged weights of the best epoch and drop the epochs after it, for
            example because they overfit; the optimizer's moments are those of the checkpoint. A run without a
            checkpoint continues from its stored weights with a new optimizer.
        workers: number of processes that prepare the training batches; for 1 a thread of this process does this.
        verbose: as in ``keras.Model.fit``: 1 shows a progress bar, 2 one line per epoch.
        warn: called with a sentence if the curves show a problem.
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
