"""Robustness: one effect at all severities on the frame that is chosen now, by two models."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
import streamlit as st

from segcore.classes.scoring_space import ScoringSpace, comparison_space
from segcore.effects.chain import Chain, make_step, to_text
from segcore.effects.kinds import SEVERITIES
from segcore.effects.table import EFFECTS
from segcore.labels import LabelSpace
from segcore.reports.charts.severity import severity_curves
from segcore.reports.tables import classes_of
from segcore.runs.run import Run
from segcore.scoring.confusion import confusion_matrix, mean_iou
from ui.frames.augmented import augmented
from ui.frames.chooser import choose_frame
from ui.frames.keys import frame_key
from ui.frames.loaded import LoadedFrame, load_frame
from ui.frames.source import Source
from ui.runs.choice import choose_pair
from ui.runs.listing import predicting_runs
from ui.runs.predictions import CLEAN, predict
from ui.runs.predictors import say_what_starts_slowly
from ui.shell.bound import bound_row, bound_segments, bound_selectbox
from ui.shell.page import show_chart
from ui.shell.seed import choose_seed
from ui.shell.text import markdown_escaped
from ui.viewer.component import viewer
from ui.viewer.layers import Layer, Palette, class_layer, picture_layer
from ui.viewer.settings import ViewerSettings
from ui.viewer.start import IN_ADDRESS, viewer_start

_ASKED = "_robustness_asked"
_LEVELS = (0, *SEVERITIES)


@dataclass(frozen=True, eq=False)
class FrameAtSeverity:
    """The frame at one severity: picture, truth (None where there is none) and what each run says by letter.

    ``truth`` and ``classes`` are uint8 (h, w) in the classes in which the runs are compared.
    """

    image: np.ndarray
    truth: np.ndarray | None
    classes: dict[str, np.ndarray]


def show_live(source: Source) -> None:
    """Draw the choice of frame, runs and effect, and after a press of the button what comes of it."""
    runs = predicting_runs(any_picture=True)
    if not runs:
        return
    pair = dict(zip("AB", choose_pair(runs, source.frames), strict=True))
    frame_id = choose_frame(source, key="robustness")
    effects = {effect.title: effect.name for effect in EFFECTS.values() if effect.has_severity}
    with bound_row():
        effect = effects[bound_selectbox("Effect", list(effects), key="under", what="effect", width=230)]
        seed = choose_seed()
        asked = (source.kind, frame_id, effect, seed, *(str(run.path) for run in pair.values()))
        if st.button("Look", type="primary", icon=":material/play_arrow:", key="robustness_look"):
            st.session_state[_ASKED] = asked
    say_what_starts_slowly(*pair.values())
    # Twelve predictions: not before somebody wants them.
    if st.session_state.get(_ASKED) != asked:
        st.caption("Press Look: both models see the frame clean and at severities 1 to 5.")
        return
    frame = load_frame(source, frame_id)
    key = frame_key(source, frame_id)
    spaces = [run.space for run in pair.values()]
    scored = comparison_space(frame.classes, *spaces, has_truth=frame.truth is not None)
    levels = {level: _predict(level, effect, seed, frame, key, pair, scored) for level in _LEVELS}
    classes = classes_of(scored.space.num_classes, scored.space.name, data=frame.data)
    _show_scores(levels, pair, effect, frame_id, scored, classes)
    _show_frame(levels, pair, effect, frame_id, scored.space)


def _predict(
    level: int,
    effect: str,
    seed: int,
    frame: LoadedFrame,
    key: str,
    pair: Mapping[str, Run],
    scored: ScoringSpace,
) -> FrameAtSeverity:
    chain = Chain((make_step(effect, severity=level),) if level else (), seed=seed)
    result = augmented(key, chain, frame)
    augmentation = f"{to_text(chain)}@{seed}" if level else CLEAN
    classes = {
        letter: cv2.LUT(predict(run, result.image, frame=key, augmentation=augmentation).class_map, table)
        for (letter, run), table in zip(pair.items(), scored.tables, strict=True)
    }
    truth = None if result.mask is None else cv2.LUT(result.mask, scored.truth_table)
    return FrameAtSeverity(result.image, truth, classes)


def severity_scores(levels: Mapping[int, FrameAtSeverity], letter: str, *, num_classes: int) -> pd.DataFrame:
    """Return ``severity`` and ``score``: mIoU where there is ground truth, else agreement with the clean frame.

    Args:
        levels: the frame at each severity; 0 is the clean one.
        letter: of which run.
        num_classes: how many classes it is scored in.
    """
    rows = []
    for level, seen in levels.items():
        classes = seen.classes[letter]
        if seen.truth is None:
            score = float((classes == levels[0].classes[letter]).mean())
        else:
            score = mean_iou(confusion_matrix(seen.truth, classes, num_classes=num_classes))
        rows.append({"severity": level, "score": score})
    return pd.DataFrame(rows)


def _show_scores(
    levels: Mapping[int, FrameAtSeverity],
    pair: Mapping[str, Run],
    effect: str,
    frame_id: str,
    scored: ScoringSpace,
    classes: str,
) -> None:
    # One run may be both; by its name alone it is drawn as on every page.
    is_one = pair["A"] == pair["B"]
    curves = {
        f"{run.name} ({letter})" if is_one else run.name: severity_scores(
            levels, letter, num_classes=scored.space.num_classes
        )
        for letter, run in pair.items()
    }
    has_truth = levels[0].truth is not None
    title = "mean IoU" if has_truth else "agreement"
    highest = pd.concat(list(curves.values()))["score"].max()
    figure = severity_curves(
        curves, value="score", title=title, range_to=(0, 1.05 * highest) if highest > 0 else None
    )
    figure.update_layout(showlegend=True, height=300, legend={"orientation": "h", "y": 1.12, "x": 0})
    show_chart(
        figure,
        key="robustness_live",
        alt=f"{title} of both models on frame {frame_id} under {EFFECTS[effect].title} against severity.",
        about=(effect, frame_id, *(run.name for run in pair.values())),
    )
    st.caption(
        f"Mean IoU over those of {markdown_escaped(classes)} that occur in this one frame: it is noisier than "
        "the stored curves."
        if has_truth
        else "Without ground truth, this is the share of pixels that keep the class of the clean frame."
    )
    if scored.merged_in_words:
        st.caption(markdown_escaped(scored.merged_in_words))


def _show_frame(
    levels: Mapping[int, FrameAtSeverity],
    pair: Mapping[str, Run],
    effect: str,
    frame_id: str,
    space: LabelSpace,
) -> None:
    # Not "level", which the table of classes has, and which is never 0 there.
    level = bound_segments(
        "Severity shown", _LEVELS, key="shown", what="severity", default=3, format_func=_level_in_words
    )
    seen = levels[level]
    layers: list[Layer] = [picture_layer("picture", "Picture", seen.image)]
    palette = Palette.of_labels(space)
    if seen.truth is not None:
        layers.append(class_layer("truth", "Ground truth", seen.truth, palette=palette, over="picture"))
    for letter, run in pair.items():
        title = f"{letter}: {run.name}"
        layers.append(
            class_layer(letter.lower(), title, seen.classes[letter], palette=palette, over="picture")
        )
    settings = ViewerSettings(
        key="robustness_viewer",
        description=f"Frame {frame_id} under {EFFECTS[effect].title} at severity {level} with both masks.",
        start=viewer_start(layers, page="robustness", left="a", right="b"),
        height=560,
        in_address=IN_ADDRESS,
    )
    viewer(layers, settings)


def _level_in_words(level: int) -> str:
    return str(level or "Clean")
