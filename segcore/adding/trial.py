"""A new run on a few frames: what share each class takes, and the score, so that a wrong setting is seen at once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segcore.frames.cityscapes import Frame, find_frames, read_frame
from segcore.frames.demo import DEMO_CITY
from segcore.frames.sampling import spread_to_measure
from segcore.labels import VOID
from segcore.predict.prediction import Predictor
from segcore.predict.work import loaded
from segcore.runs.run import Run
from segcore.scoring.evaluation import evaluate

FRAMES = 5
MOST_OF_ONE_CLASS = 0.9
"""Share of the pixels from which on one class alone is suspicious: no street is of one class."""

_MOST_NAMED = 5


@dataclass(frozen=True)
class Trial:
    """What a run makes of a few frames.

    Attributes:
        data: name of the frames.
        frames: how many there were.
        shares: share of the pixels that each predicted class takes, 0..1, the largest first; none at 0.
        miou: mean IoU over these frames, None without ground truth.
        classes: how many classes that mean is over.
        warnings: a sentence each.
    """

    data: str
    frames: int
    shares: dict[str, float]
    miou: float | None
    classes: int
    warnings: tuple[str, ...]

    def in_words(self) -> list[str]:
        """Return the trial in lines for a terminal."""
        shares = ", ".join(f"{name} {share:.1%}" for name, share in list(self.shares.items())[:8])
        lines = [f"on {self.frames} frames of {self.data}: {shares}"] if self.frames else []
        if self.miou is not None:
            lines.append(f"mean IoU on these {self.miou:.1%}, over {self.classes} classes")
        return lines


def try_run(run: Run, root: Path | None, *, split: str = "val") -> Trial | None:
    """Let a run predict a few frames.

    Args:
        run: the run.
        root: folder of a data set; the demo city by default.
        split: of the data set.

    Returns:
        The trial, or None where there are no frames to try it on.

    Raises:
        InputError: the run cannot predict, or the data set cannot be read.
    """
    if root is None and not DEMO_CITY.is_dir():
        return None
    frames = find_frames(root or DEMO_CITY, split=split)
    data = "the demo city" if root is None else Path(root).name
    predictor = loaded(run)
    warnings = []
    if run.has_masks:
        frames, missing = _with_masks(predictor, frames)
        if missing:
            named = ", ".join(missing[:_MOST_NAMED]) + (", ..." if len(missing) > _MOST_NAMED else "")
            warnings.append(
                f"{len(missing)} of {len(frames) + len(missing)} frames of {data} have no mask: {named}."
            )
        if not frames:
            return Trial(data, 0, {}, None, 0, tuple(warnings))
    chosen = spread_to_measure(frames, FRAMES)
    shares = _shares(predictor, chosen)
    if shares and next(iter(shares.values())) >= MOST_OF_ONE_CLASS:
        name, share = next(iter(shares.items()))
        warnings.append(
            f"One class, {name}, takes {share:.0%} of the pixels; check the normalisation, the order of the "
            "channels and the list of classes."
        )
    annotated = [frame for frame in chosen if frame.truth_path]
    if not annotated:
        return Trial(data, len(chosen), shares, None, 0, tuple(warnings))
    scores = evaluate(run, annotated, set_name="trial", data_name=data, predictor=predictor)
    return Trial(data, len(chosen), shares, scores.miou, scores.classes_averaged or 0, tuple(warnings))


def _with_masks(predictor: Predictor, frames: tuple[Frame, ...]) -> tuple[tuple[Frame, ...], list[str]]:
    known = predictor.frames  # type: ignore[attr-defined]
    return (
        tuple(frame for frame in frames if frame.frame_id in known),
        [frame.frame_id for frame in frames if frame.frame_id not in known],
    )


def _shares(predictor: Predictor, frames: tuple[Frame, ...]) -> dict[str, float]:
    counts = np.zeros(256, np.int64)
    for frame in frames:
        image, _ = read_frame(frame)
        class_map, _ = predictor.classify(image, frame_id=frame.frame_id)
        counts += np.bincount(class_map.ravel(), minlength=256)
    names = dict(enumerate(predictor.run.space.class_names)) | {VOID: "no class"}
    order = np.argsort(-counts, kind="stable")
    return {names[index]: float(counts[index] / counts.sum()) for index in order.tolist() if counts[index]}
