"""The report's pictures: frames with the largest differences, with truth, both predictions and their errors."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import cv2
import numpy as np

from segcore.classes.scoring_space import comparison_space
from segcore.errors import InputError
from segcore.frames.dataset import Dataset
from segcore.frames.frame import Frame, read_pair
from segcore.frames.images import fit_long_side, resize_mask
from segcore.frames.pictures import OUTCOME_COLORS, outcome_colors, overlay
from segcore.labels import VOID, LabelSpace, colorize
from segcore.predict.prediction import Predictor
from segcore.reports.html.sides import Parts, ReportedRun
from segcore.reports.percent import percent
from segcore.reports.tables import frame_table, same_classes
from segcore.runs.evaluation import FrameCounts
from segcore.runs.run import Run
from segcore.scoring.comparison import disagreement

MOST_PICTURED = 2
"""Number of frames on which each of the two runs is ahead."""

_LONG_SIDE, _QUALITY = 480, 85
_CLASSES, _OUTCOMES = 0.65, 0.8


@dataclass(frozen=True, eq=False)
class FramesAtHand:
    """The frames that a report may show.

    Attributes:
        dataset: their data set.
        predictor_of: returns the predictor of a run, which it loads if necessary.
        even_protected: whether to show frames that may not be shared, for a report for own use only.
    """

    dataset: Dataset
    predictor_of: Callable[[Run], Predictor] = field(repr=False)
    even_protected: bool = False

    @property
    def may_be_shown(self) -> bool:
        return self.dataset.layout.frames_may_be_shared or self.even_protected

    def frames(self, split: str) -> dict[str, Frame]:
        """Return the frames of a split with ground truth, by name; empty if there is no such split."""
        if split not in self.dataset.splits:
            return {}
        try:
            found = self.dataset.frames(split)
        except InputError:
            return {}
        return {frame.frame_id: frame for frame in found if frame.truth_path is not None}


def pictured_frames(*sides: ReportedRun, at_hand: FramesAtHand | None) -> Parts:
    """Yield pictures of the frames with the largest differences, or the reason why there are none."""
    ranked = _ranked(sides)
    if not ranked:
        return
    yield "<h3>Pictures of these frames</h3>"
    if at_hand is None:
        yield "<p>There are no pictures: the frames were not available when this report was written.</p>"
        return
    layout = at_hand.dataset.layout
    terms = f" {escape(layout.licence)}" if layout.licence else ""
    if not at_hand.may_be_shown:
        yield (
            f"<p>The pictures are left out: the terms of {escape(at_hand.dataset.name)} do not allow its frames to be "
            f"passed on.{terms}</p>"
        )
        return
    if not layout.frames_may_be_shared:
        yield f'<p class="warning">For your own use only: these frames may not be passed on.{terms}</p>'
    frames = at_hand.frames(sides[0].scores.provenance.split)
    try:
        predictors = tuple(at_hand.predictor_of(side.run) for side in sides)
    except InputError as error:
        yield f"<p>There are no pictures: {escape(str(error))}</p>"
        return
    figures = list(filter(None, (_figure(each, frames.get(each.name), sides, predictors) for each in ranked)))
    if not figures:
        yield (
            f"<p>There are no pictures: the available frames of {escape(at_hand.dataset.name)} are not the scored "
            "frames.</p>"
        )
        return
    yield from figures
    names = ("both right", *(f"only {side.name} right" for side in sides), "both wrong")
    legend = "".join(
        f'<span><span class="swatch" style="background: rgb{color}"></span>{escape(name)}</span> '
        for name, color in zip(names, OUTCOME_COLORS, strict=True)
    )
    yield f'<p class="legend">Who is right: {legend}</p>'


@dataclass(frozen=True)
class _Entry:
    """A frame with the scores of both runs on it, and its number of scored pixels."""

    name: str
    scores: tuple[float, float]
    pixels: int


def _ranked(sides: Sequence[ReportedRun]) -> list[_Entry]:
    if not same_classes(*(side.scores for side in sides)):
        return []
    table = frame_table(*(side.scores.per_frame for side in sides)).dropna()
    *_, difference = table.columns
    ahead = table[table[difference] > 0].nlargest(MOST_PICTURED, difference)
    behind = table[table[difference] < 0].nsmallest(MOST_PICTURED, difference)
    pixels = {entry.frame: _pixels(entry) for entry in sides[0].scores.per_frame}
    return [
        _Entry(name, (first, second), pixels[name])
        for chosen in (ahead, behind)
        for name, first, second, _ in chosen.to_numpy().tolist()
    ]


def _pixels(entry: FrameCounts) -> int:
    return sum(entry.tp) + sum(entry.fn)


def _figure(
    entry: _Entry, frame: Frame | None, sides: Sequence[ReportedRun], predictors: Sequence[Predictor]
) -> str | None:
    """Return a row of pictures; None if the frame is not available, or is another frame of the same name."""
    if frame is None:
        return None
    try:
        pictures = _pictures(entry, frame, sides, predictors)
    except InputError as error:
        return f"<p>{escape(entry.name)}: {escape(str(error))}</p>"
    if pictures is None:
        return None
    first, second = (f"{side.name} {percent(score)}" for side, score in zip(sides, entry.scores, strict=True))
    shown = "".join(
        f'<div><img src="{_address(picture)}" alt="{escape(title)}, frame {escape(entry.name)}">'
        f"<span>{escape(title)}</span></div>"
        for title, picture in pictures.items()
    )
    return (
        f"<figure><figcaption><b>{escape(entry.name)}</b>: {escape(first)}, {escape(second)}</figcaption>"
        f'<div class="pictures">{shown}</div></figure>'
    )


def _pictures(
    entry: _Entry, frame: Frame, sides: Sequence[ReportedRun], predictors: Sequence[Predictor]
) -> Mapping[str, np.ndarray] | None:
    image, truth = read_pair(frame)
    scored = comparison_space(frame.classes, *(side.run.space for side in sides), has_truth=True)
    assert truth is not None
    truth = cv2.LUT(truth, scored.truth_table)
    # A frame of another data set may have the same name.
    if np.count_nonzero(truth != VOID) != entry.pixels:
        return None
    predicted = [
        cv2.LUT(predictor.classify(image, frame_id=frame.frame_id)[0], table)
        for predictor, table in zip(predictors, scored.tables, strict=True)
    ]
    outcome = disagreement(predicted[0], predicted[1], truth)
    small = fit_long_side(image, _LONG_SIDE)
    pictures = {"Frame": small, "Ground truth": _classes(small, truth, scored.space)}
    for side, classes in zip(sides, predicted, strict=True):
        pictures[side.name] = _classes(small, classes, scored.space)
    outcome = resize_mask(outcome, small.shape[:2])
    pictures["Who is right"] = _laid_over(
        small, outcome_colors(outcome, has_truth=True), outcome == VOID, opacity=_OUTCOMES
    )
    return pictures


def _classes(image: np.ndarray, classes: np.ndarray, space: LabelSpace) -> np.ndarray:
    classes = resize_mask(classes, image.shape[:2])
    return _laid_over(image, colorize(classes, space), classes == VOID, opacity=_CLASSES)


def _laid_over(image: np.ndarray, colors: np.ndarray, left_out: np.ndarray, *, opacity: float) -> np.ndarray:
    return np.where(left_out[..., np.newaxis], image, overlay(image, colors, opacity=opacity))


def _address(picture: np.ndarray) -> str:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
