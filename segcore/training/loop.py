"""Training of a run, from a configuration and a data set to a folder of runs."""

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import keras

from segcore.errors import InputError
from segcore.models.build import build_model
from segcore.runs.lock import only_writer
from segcore.runs.record import Record
from segcore.runs.run import RECORD_FILE
from segcore.system.files import check_writable
from segcore.training.batches import FrameSequence
from segcore.training.callbacks import EpochKeeper, StopOnNaN
from segcore.training.checkpoint import TrainingState
from segcore.training.config import TrainingConfig
from segcore.training.distillation import distilled
from segcore.training.losses import make_loss
from segcore.training.metrics import Accuracy, MeanIoU
from segcore.training.publish import publish, record_of, remove_leftovers_of_checkpoint, renamed
from segcore.training.request import TrainingRequest
from segcore.training.resume import Start, find_start, set_start_weights, state_to_go_on
from segcore.training.setup import (
    TrainingFrames,
    find_training_frames,
    logit_excess,
    make_batches,
    make_optimizer,
    measure_class_weights,
    model_to_train,
)
from segcore.training.splits import classes_never_seen


@dataclass(frozen=True)
class PreparedTraining:
    """A training that is ready to run.

    Attributes:
        config: the configuration.
        start: state and weights at the start.
        state: the state of ``start``, with the command and circumstances of the next epochs.
        frames: of training and validation.
        validated: the network in float32 and at full size, which is validated and stored.
        record: content of ``run.json`` during the training.
    """

    config: TrainingConfig
    start: Start
    state: TrainingState
    frames: TrainingFrames
    validated: keras.Model
    record: Record

    @property
    def is_finished(self) -> bool:
        """Whether no epoch is left to train."""
        return self.state.epochs_done >= self.config.epochs


def train(request: TrainingRequest) -> TrainingState:
    """Train a run, or continue its training, and return the final state.

    After each epoch the averaged weights are validated at full size, the checkpoint in ``folder/checkpoint`` is
    replaced, and the files in ``folder`` are updated if the epoch is the best so far.

    Raises:
        InputError: the configuration or the data cannot be used, the run already exists, another process trains it,
            its folder cannot be written, there is nothing to resume or no epoch left, or the loss is not finite.
    """
    check_writable(request.folder / RECORD_FILE, remedy="make its folder writable, or set SEGCOMPARE_RUNS")
    with only_writer(request.folder):
        remove_leftovers_of_checkpoint(request.folder)
        training = prepare(request)
        if not training.is_finished:
            return fit(training, request)
        publish(request.folder, training.state, training.record)
        return training.state


def prepare(request: TrainingRequest) -> PreparedTraining:
    """Find the frames and the start of a training, and check both against the request."""
    start = find_start(request)
    config = replace(request.config, encoder_weights=start.state.config.encoder_weights)
    frames = find_training_frames(config, request)
    if unseen := classes_never_seen(frames.data_set, config.space):
        request.warn(
            f"No mask of {request.data_root} shows {', '.join(unseen)}: these classes are never learned. To train the "
            f"classes of the data set ({frames.data_set[0].classes.title}), give them as --label-space."
        )
    state = state_to_go_on(config, request, start, frames)
    keras.utils.set_random_seed(config.seed)
    validated = build_model(
        config.model,
        num_classes=config.space.num_classes,
        image_size=config.image_size,
        **config.arguments,
    )
    validated.compile(loss=make_loss(config.loss), metrics=_metrics(config))
    record = record_of(validated, state, start.record)
    # A finished run is not written again, unless an interruption left its record behind its checkpoint.
    if start.record and state.epochs_done >= config.epochs and start.record.epochs == state.epochs_done:
        record = renamed(start.record, record)
    return PreparedTraining(config, start, state, frames, validated, record)


def fit(training: PreparedTraining, request: TrainingRequest) -> TrainingState:
    """Train the remaining epochs, store each one, and return the final state."""
    config, frames = training.config, training.frames
    epoch_frames = frames.of_an_epoch(request.extra_repeats)
    class_weights = measure_class_weights(config, frames.data_set)
    excess = logit_excess(config, class_weights)
    steps = math.ceil(len(epoch_frames) / config.batch_size)
    model, label_stride = _model_at_start(training, request, class_weights, excess, steps_per_epoch=steps)
    keeper = EpochKeeper(
        config=config,
        folder=request.folder,
        state=training.state,
        validated=training.validated,
        val_batches=make_batches(config, frames.validation, training=False, workers=request.workers),
        excess=excess,
        settling_batches=make_batches(
            config, frames.data_set, training=False, workers=request.workers, shuffle=True
        ),
        record=training.record,
        warn=request.warn,
    )
    train_batches = make_batches(
        config,
        epoch_frames,
        training=True,
        donors=frames.data_set,
        workers=request.workers,
        epoch=training.state.epochs_done,
        shuffle=True,
        label_stride=label_stride,
        use_processes=request.workers > 1,
    )
    with closing(train_batches), _naming_unreadable_frames(train_batches, keeper):
        model.fit(
            train_batches,
            shuffle=False,
            initial_epoch=training.state.epochs_done,
            epochs=config.epochs,
            callbacks=[StopOnNaN(train_batches), keeper],
            verbose=request.verbose,
        )
    return keeper.state


def _model_at_start(
    training: PreparedTraining, request: TrainingRequest, class_weights, excess, *, steps_per_epoch: int
) -> tuple[keras.Model, int]:
    """Return the model to train, with the weights for the next step, and the stride of its labels."""
    config, state, start = training.config, training.state, training.start
    # The checkpoint contains the encoder: resuming needs no download.
    built = replace(config, encoder_weights="none") if request.resume else config
    model, label_stride = model_to_train(built, num_classes=config.space.num_classes)
    if config.teacher != "none":
        model = distilled(model, config, excess)
    # Counted in steps of the present epoch length, so that the schedule ends with the last epoch. Without the
    # optimizer's moments it starts with the warm-up, since the first steps of AdamW are too large otherwise.
    steps_done = state.epochs_done * steps_per_epoch if start.has_moments else 0
    steps_left = (config.epochs - state.epochs_done) * steps_per_epoch
    model.compile(
        optimizer=make_optimizer(
            config, steps_per_epoch=steps_per_epoch, total_steps=steps_done + steps_left
        ),
        loss=make_loss(config.loss, class_weights=class_weights),
        metrics=_metrics(config),
    )
    model.optimizer.build(model.trainable_variables)
    set_start_weights(model, request.folder, start, training.frames.data_set)
    model.optimizer.iterations.assign(steps_done)
    return model, label_stride


def _metrics(config: TrainingConfig) -> list[keras.metrics.Metric]:
    classes = config.space.num_classes
    return [MeanIoU(classes), Accuracy(classes)]


@contextmanager
def _naming_unreadable_frames(train_batches: FrameSequence, keeper: EpochKeeper) -> Iterator[None]:
    """Raise InputError with the reason if a frame could not be read.

    TensorFlow replaces the exception of a generator by its own, without the original one.
    """
    try:
        yield
    except Exception as error:
        sources = (train_batches, keeper.val_batches, keeper.settling_batches)
        if failure := next((source.failure for source in sources if source.failure), None):
            done = keeper.state.epochs_done
            again = "continue by --resume; the last checkpoint is intact" if done else "start again"
            raise InputError(
                f"Training stopped in epoch {done + 1}: {failure} Correct this and {again}."
            ) from error
        raise
