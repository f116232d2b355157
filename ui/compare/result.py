"""Compare: what both models make of one frame, and every number that follows from it."""

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from segcore.classes.scoring_space import ScoringSpace, comparison_space
from segcore.effects.chain import to_text
from segcore.labels import LabelSpace
from segcore.runs.run import Run
from segcore.scoring.comparison import (
    AGREEMENT,
    OUTCOMES,
    boundary_iou,
    boundary_width,
    disagreement,
    shares,
)
from segcore.scoring.confusion import confusion_matrix, mean_iou, pixel_accuracy
from ui.compare.settings import WeatherChoice
from ui.frames.augmented import augmented
from ui.frames.loaded import LoadedFrame
from ui.runs.names import file_names_of, names_of
from ui.runs.predictions import CLEAN, Predicted, predict
from ui.runs.turns import one_turn


@dataclass(frozen=True, eq=False)
class Side:
    """One model and what it made of the frame.

    Attributes:
        letter: "A" or "B".
        run: the run.
        name: what it is called on the page, short.
        file_name: what it is called in names of files.
        frame, augmentation: keys of what it saw, as ``ui.runs.predictions.predict`` takes them.
        weather: title of the weather that it saw, "clean" for none.
        image: uint8 RGB (h, w, 3), what the model saw.
        prediction: what it said, in its own classes.
        classes: uint8 (h, w) in the space in which both are compared, 255 for a class without counterpart there.
        matrix: confusion matrix in that space, None without ground truth.
        clean: what the model made of the frame without weather, None where there is none.
    """

    letter: str
    run: Run
    name: str
    file_name: str
    frame: str
    augmentation: str
    weather: str
    image: np.ndarray
    prediction: Predicted
    classes: np.ndarray
    matrix: np.ndarray | None
    clean: "Side | None" = None

    @property
    def key(self) -> str:
        """Tells what the model made of this picture from all else."""
        return repr((str(self.run.path), self.run.version, self.frame, self.augmentation))

    @property
    def saw_weather(self) -> bool:
        return self.augmentation != CLEAN

    @property
    def title(self) -> str:
        """The name, with the weather that it saw."""
        return f"{self.name} ({self.weather})" if self.saw_weather else self.name

    @property
    def variants(self) -> "tuple[Side, ...]":
        """With weather the clean frame and that in weather, otherwise the clean one alone."""
        return (self,) if self.clean is None else (self.clean, self)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Both sides on one frame, in the classes of ``scored``. ``truth`` and ``outcome`` are uint8 (h, w)."""

    key: str
    frame: LoadedFrame
    scored: ScoringSpace
    truth: np.ndarray | None
    weather: WeatherChoice
    a: Side
    b: Side
    outcome: np.ndarray

    @property
    def space(self) -> LabelSpace:
        return self.scored.space

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.a, self.b

    @property
    def outcome_names(self) -> tuple[str, ...]:
        return AGREEMENT if self.truth is None else OUTCOMES

    @property
    def outcome_titles(self) -> tuple[str, ...]:
        """The same for people, with the names of the models."""
        a, b = (f"only {side.name} right" for side in self.sides)
        return AGREEMENT if self.truth is None else (OUTCOMES[0], a, b, OUTCOMES[3])

    @property
    def outcome_shares(self) -> np.ndarray:
        return shares(self.outcome, len(self.outcome_names))

    @property
    def boundary_width(self) -> int:
        return boundary_width(self.outcome.shape)


def compare(runs: tuple[Run, Run], frame: LoadedFrame, *, key: str, weather: WeatherChoice) -> Comparison:
    """Let two runs predict a frame, or remember what they predicted.

    Args:
        runs: A and B.
        frame: picture and, perhaps, ground truth.
        key: the frame's ``ui.frames.keys.frame_key``.
        weather: what is done to the frame, and for whom; stored masks are those of the clean frame.

    Raises:
        InputError: a run's weights are damaged, it has no mask of the frame, or the frame is too small for the weather.
    """
    has_truth = frame.truth is not None
    scored = comparison_space(frame.classes, *(run.space for run in runs), has_truth=has_truth)
    truth = cv2.LUT(frame.truth, scored.truth_table) if has_truth else None
    called = zip("AB", runs, names_of(runs), file_names_of(runs), strict=True)
    with one_turn():
        a, b = (
            _side(called_one, frame, truth, scored=scored, table=table, key=key, weather=weather)
            for called_one, table in zip(called, scored.tables, strict=True)
        )
    parts = [(side.run.name, side.run.version, side.augmentation) for side in (a, b)]
    outcome = disagreement(a.classes, b.classes, truth)
    return Comparison(repr((key, parts)), frame, scored, truth, weather, a, b, outcome)


def _side(
    called: tuple[str, Run, str, str],
    frame: LoadedFrame,
    truth: np.ndarray | None,
    *,
    scored: ScoringSpace,
    table: np.ndarray,
    key: str,
    weather: WeatherChoice,
) -> Side:
    num_classes = scored.space.num_classes
    letter, run, name, file_name = called

    def seen(image: np.ndarray, augmentation: str, title: str, clean: Side | None) -> Side:
        prediction = predict(run, image, frame=key, frame_id=frame.frame_id, augmentation=augmentation)
        classes = cv2.LUT(prediction.class_map, table)
        return Side(
            letter=letter,
            run=run,
            name=name,
            file_name=file_name,
            frame=key,
            augmentation=augmentation,
            weather=title,
            image=image,
            prediction=prediction,
            classes=classes,
            matrix=None if truth is None else confusion_matrix(truth, classes, num_classes=num_classes),
            clean=clean,
        )

    clean = seen(frame.image, CLEAN, "clean", None)
    if run.has_masks or not weather.hits(letter):
        return clean
    image = augmented(key, weather.chain, frame).image
    return seen(image, f"{to_text(weather.chain)}@{weather.chain.seed}", weather.title, clean)


def side_scores(side: Side, comparison: Comparison) -> dict[str, float]:
    """Return the frame's scores of one side by name, 0..1; without ground truth there are none."""
    if side.matrix is None:
        return {}
    at_borders = boundary_iou_of(side, comparison)
    present = at_borders[~np.isnan(at_borders)]
    return {
        "mIoU": mean_iou(side.matrix),
        "Pixel accuracy": pixel_accuracy(side.matrix),
        f"Boundary IoU ({comparison.boundary_width} px)": float(present.mean()) if present.size else np.nan,
    }


def boundary_iou_of(side: Side, comparison: Comparison) -> np.ndarray:
    """Return the boundary IoU of each class of the comparison's space, float64 (n,)."""
    return _boundary_iou(comparison.key, side.key, side, comparison)


@st.cache_data(max_entries=256, show_spinner=False)
def _boundary_iou(key: str, side_key: str, _side: Side, _comparison: Comparison) -> np.ndarray:
    return boundary_iou(_comparison.truth, _side.classes, num_classes=_comparison.space.num_classes)
