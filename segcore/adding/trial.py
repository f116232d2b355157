"""Trial of a new run on a few frames: share of each class and score, which show a wrong setting at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.frames.images import read_image
from segcore.frames.sampling import spread_to_measure
from segcore.labels import VOID
from segcore.predict.prediction import Classified, Prediction, Predictor
from segcore.predict.work import loaded
from segcore.runs.run import Run
from segcore.scoring.evaluation import evaluate

FRAMES = 5
MOST_OF_ONE_CLASS = 0.9
"""From this share of pixels in one class a setting is probably wrong: no street has only one class."""
LEAST_MIOU = 0.1
"""Below this mean IoU a setting is probably wrong: small networks of a few minutes' training reach more."""

_MOST_SHOWN = 8


@dataclass(frozen=True)
class Trial:
    """Results of a run on a few frames.

    Attributes:
        data: name of the data set.
        frames: number of frames.
        shares: share of pixels of each predicted class, 0..1, the largest first; classes with 0 are left out.
        miou: mean IoU over these frames, 0..1; None without ground truth.
        classes: number of classes in this mean.
        warnings: one sentence each.
    """

    data: str
    frames: int
    shares: dict[str, float]
    miou: float | None
    classes: int
    warnings: tuple[str, ...]

    def in_words(self) -> list[str]:
        """Return lines of text for a terminal."""
        shown = [f"{name} {share:.1%}" for name, share in list(self.shares.items())[:_MOST_SHOWN]]
        more = [f"{len(self.shares) - _MOST_SHOWN} more"] if len(self.shares) > _MOST_SHOWN else []
        count = "1 frame" if self.frames == 1 else f"{self.frames} frames"
        lines = [f"on {count} of {self.data}: {', '.join(shown + more)}"]
        if self.miou is not None:
            lines.append(f"mean IoU on these frames: {self.miou:.1%}, over {self.classes} classes")
        return lines


def try_run(run: Run, frames: Sequence[Frame], data: str, *, predictor: Predictor | None = None) -> Trial:
    """Predict and score at most ``FRAMES`` of the frames with a run.

    Args:
        run: the run.
        frames: at least one, all of one data set; for stored masks only frames that have a mask.
        data: name of the data set.
        predictor: the run, if it is already loaded.

    Raises:
        InputError: the run cannot predict, or a frame cannot be read.
    """
    remembering = _Remembering(predictor or loaded(run))
    chosen = spread_to_measure(frames, FRAMES)
    shares = shares_of(run, [remembering.of_frame(frame) for frame in chosen])
    annotated = [frame for frame in chosen if frame.truth_path]
    miou, classes, problems = None, 0, []
    if annotated:
        try:
            scores = evaluate(run, annotated, set_name="trial", data_name=data, predictor=remembering)
            miou, classes = scores.miou, scores.classes_averaged or 0
        # For example, none of the run's classes is in these frames; the run may still fit others.
        except InputError as error:
            problems.append(str(error))
    return Trial(data, len(chosen), shares, miou, classes, (*warnings_of(shares, miou), *problems))


def shares_of(run: Run, class_maps: Sequence[np.ndarray]) -> dict[str, float]:
    """Return the share of pixels of each class of a run in some class maps, 0..1, the largest first.

    Args:
        run: the run.
        class_maps: uint8 (height, width) each, 255 for no class.
    """
    counts = np.zeros(256, np.int64)
    for class_map in class_maps:
        counts += np.bincount(class_map.ravel(), minlength=256)
    names = dict(enumerate(run.space.class_names)) | {VOID: "no class"}
    order = np.argsort(-counts, kind="stable")
    return {names[index]: float(counts[index] / counts.sum()) for index in order.tolist() if counts[index]}


def warnings_of(shares: dict[str, float], miou: float | None = None) -> tuple[str, ...]:
    """Return a warning if the results look like those of a wrong setting, otherwise nothing.

    Args:
        shares: share of pixels of each predicted class, 0..1, the largest first.
        miou: mean IoU, 0..1; None where it is unknown.
    """
    name, share = next(iter(shares.items()), ("", 0.0))
    if share >= MOST_OF_ONE_CLASS:
        sign = f"One class, {name}, has {share:.0%} of the pixels"
    elif miou is not None and miou < LEAST_MIOU:
        sign = f"The mean IoU is only {miou:.1%}"
    else:
        return ()
    return (f"{sign}; check the normalisation, the order of the channels and the list of classes.",)


class _Remembering:
    """A predictor that predicts each frame only once and keeps the result."""

    def __init__(self, predictor: Predictor):
        self.run, self._predictor = predictor.run, predictor
        self._seen: dict[str, Classified] = {}

    def of_frame(self, frame: Frame) -> np.ndarray:
        return self.classify(read_image(frame.image_path), frame_id=frame.frame_id)[0]

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        return self._predictor.predict(image, frame_id=frame_id)

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        found = self.classify_with_confidence(image, frame_id=frame_id)
        return found.class_map, found.seconds

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str = "") -> Classified:
        if frame_id not in self._seen:
            self._seen[frame_id] = self._predictor.classify_with_confidence(image, frame_id=frame_id)
        return self._seen[frame_id]
