"""Evaluation of a run on annotated frames, by the rules of the Cityscapes benchmark, in the data set's classes."""

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from segcore.classes.files import included_list
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.frames.usable import usable_frames
from segcore.labels import LabelSpace
from segcore.predict.prediction import Classified, Predictor
from segcore.predict.stored_masks import StoredMasks
from segcore.predict.work import Mapper, map_here
from segcore.runs.calibration import CalibrationCounts
from segcore.runs.evaluation import CallTime, Color, Evaluation, FrameCounts, Provenance
from segcore.runs.run import Run
from segcore.scoring import confusion
from segcore.scoring.calibration import count_confidence
from segcore.scoring.common_classes import CommonClasses
from segcore.system.counting import counted
from segcore.system.hardware import describe_hardware


def evaluate(
    run: Run,
    frames: Sequence[Frame],
    *,
    set_name: str,
    data_name: str = "Cityscapes",
    predictor: Predictor | None = None,
    mapper: Mapper | None = None,
    skip_unusable: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Predict every frame at its own size and compute scores from the sum of all pixels.

    Args:
        run: the run.
        frames: frames with ground truth, of one split.
        set_name: name for the stored result, such as ``val``.
        data_name: name of the data set for users.
        predictor: the run, if it is already loaded.
        mapper: works on the frames elsewhere, such as on a cluster; only the latency differs.
        skip_unusable: leave out frames that cannot be scored, see ``segcore.frames.usable``; the provenance names them.
        progress: called with (frames done, all frames) before the first frame and after each one.

    Returns:
        The scores; ``segcore.runs.results.write_evaluation`` stores them.

    Raises:
        InputError: there are no frames, frames have no ground truth or cannot be scored (all are checked before the
            first prediction), the weights cannot be used, or the whole ground truth is void.
    """
    if not frames:
        raise InputError("There are no frames to evaluate on; choose a split with ground truth.")
    frames, left_out = usable_frames(frames, skip=skip_unusable)
    each = mapper or map_here(run, predictor, threads=(os.cpu_count() or 1) if run.has_masks else 1)
    report = progress or (lambda done, total: None)
    report(0, len(frames))
    common = CommonClasses.of(run, frames)
    space = common.space
    by_place: dict[int, _Scored] = {}
    for place, result in each(partial(_score, common=common), frames):
        by_place[place] = result
        report(len(by_place), len(frames))
    scored = [by_place[place] for place in range(len(frames))]
    total = np.sum([one.matrix for one in scored], axis=0)
    if not total[:-1].any():
        raise InputError(
            f"The ground truth of {counted(len(frames), 'frame')} is void everywhere, as in the test split of "
            "Cityscapes; choose an annotated split."
        )
    hardware = " and ".join(sorted({one.hardware for one in scored}))
    return Evaluation(
        provenance=Provenance.of(
            run,
            frames,
            left_out=left_out,
            set_name=set_name,
            data_name=data_name,
            frame_sizes={one.size for one in scored},
        ),
        label_space=space.name,
        class_names=space.class_names,
        class_colors=_own_colors(space),
        confusion=total,
        **confusion.summary(total, space),
        per_frame=tuple(
            count_frame(frame.frame_id, one.matrix) for frame, one in zip(frames, scored, strict=True)
        ),
        # For stored masks it would be the time for reading files.
        latency=CallTime(
            median=round(1000 * statistics.median(one.seconds for one in scored), 2),
            repeats=len(scored),
            hardware=hardware + (", in a cluster at work" if mapper else ""),
            first_view=round(1000 * statistics.median(one.first_view_seconds for one in scored), 2),
        )
        if run.has_network
        else None,
        calibration=_total([one.calibration for one in scored]),
    )


def count_frame(frame_id: str, matrix: np.ndarray) -> FrameCounts:
    """Return the scores and counts of one frame from its confusion matrix."""
    true_positives, false_positives, false_negatives = confusion.class_counts(matrix)
    return FrameCounts(
        frame_id,
        tp=true_positives.tolist(),
        fp=false_positives.tolist(),
        fn=false_negatives.tolist(),
        miou=confusion.none_if_nan(confusion.mean_iou(matrix)),
        pixel_accuracy=confusion.none_if_nan(confusion.pixel_accuracy(matrix)),
    )


def _own_colors(space: LabelSpace) -> tuple[Color, ...]:
    """Return the colours of a class list that is not included, and so can be looked up nowhere."""
    if included_list(space.name):
        return ()
    return tuple((red, green, blue) for red, green, blue in space.colors.tolist())


@dataclass(frozen=True, eq=False)
class _Scored:
    matrix: np.ndarray
    size: tuple[int, int]
    seconds: float
    first_view_seconds: float
    hardware: str
    calibration: CalibrationCounts | None


def _score(predictor: Predictor, _place: int, frame: Frame, *, common: CommonClasses) -> Iterator[_Scored]:
    if isinstance(predictor, StoredMasks):
        # Masks do not depend on the picture, and reading it takes longer than all else.
        truth = common.read_truth(frame)
        found = Classified(predictor.mask_of(frame.frame_id, truth.shape), None, 0.0, 0.0)
    else:
        image, truth = common.read(frame)
        found = predictor.classify_with_confidence(image, frame_id=frame.frame_id)
    classes = common.of_run(found.class_map)
    matrix = confusion.confusion_matrix(truth, classes, num_classes=common.space.num_classes)
    counts = None if found.confidence is None else count_confidence(truth, classes, found.confidence)
    seconds = found.seconds, found.first_view_seconds
    yield _Scored(matrix, truth.shape, *seconds, describe_hardware(), counts)


def _total(counts: Sequence[CalibrationCounts | None]) -> CalibrationCounts | None:
    known = [each for each in counts if each is not None]
    return CalibrationCounts.total(known) if len(known) == len(counts) else None
