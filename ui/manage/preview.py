"""Add a run: what it says of a frame of the data in use, and of five, under the settings of the moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from segcore.adding.trial import FRAMES, Trial, shares_of, try_run, warnings_of
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.labels import LabelSpace
from segcore.predict.prediction import Predictor
from segcore.runs.run import Run
from ui.frames.keys import frame_key
from ui.frames.loaded import LoadedFrame, load_frame
from ui.frames.source import Source
from ui.runs.turns import turn_to_predict
from ui.shell.page import percent
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped
from ui.viewer.component import viewer
from ui.viewer.layers import Palette, class_layer, picture_layer
from ui.viewer.settings import ViewerSettings, ViewerStart

_VIEWER_HEIGHT = 460
_MOST_SHARES = 10


@dataclass(frozen=True, eq=False)
class Draft:
    """A run that is not kept yet.

    Attributes:
        run: it.
        predictor: it as a function.
        key: what tells it from all others: the file and every setting.
    """

    run: Run
    predictor: Predictor
    key: str


def show_frame(draft: Draft, source: Source, frame_id: str) -> None:
    """Draw a frame with what the draft says of it, beside its ground truth.

    Raises:
        InputError: the network fails, or the frame cannot be read.
    """
    frame = load_frame(source, frame_id)
    class_map = _classes(draft.key, frame_key(source, frame_id), draft, frame)
    palette = Palette.of_labels(draft.run.space)
    layers = [picture_layer("frame", "Frame", frame.image)]
    if frame.truth is not None:
        layers.append(
            class_layer(
                "truth", "Ground truth", frame.truth, palette=_palette_of_truth(frame, draft), over="frame"
            )
        )
    layers.append(class_layer("model", "Model", class_map, palette=palette, over="frame"))
    viewer(
        layers,
        ViewerSettings(
            key="draft_viewer",
            description=f"Frame {frame_id} and the model's mask of it under these settings.",
            start=ViewerStart(left=layers[-2].name, right="model", opacity=0.7),
            height=_VIEWER_HEIGHT,
        ),
    )


def trial_of(draft: Draft, source: Source, frame_id: str) -> Trial:
    """Return what the draft makes of five frames, or of uploaded pictures of the one that is shown.

    Raises:
        InputError: the network fails, or a frame cannot be read.
    """
    if source.kind == "upload":
        frame = load_frame(source, frame_id)
        shares = shares_of(draft.run, [_classes(draft.key, frame_key(source, frame_id), draft, frame)])
        return Trial(source.title, 1, shares, None, 0, warnings_of(shares))
    return _trial(draft.key, _name_of(source), draft, frames_to_try(draft, source), source.title)


def show_score(trial: Trial) -> None:
    """Draw the score of a trial and the class that takes most, with a warning where that looks wrong."""
    score, largest = st.columns(2)
    score.metric(
        "Mean IoU",
        percent(trial.miou),
        help="From one confusion matrix, over the classes that these frames have. It is near zero if the "
        "normalisation, the order of channels or the class list is wrong."
        + ("" if trial.miou is not None else " It needs frames with ground truth."),
    )
    name, share = next(iter(trial.shares.items()), ("no class", 0.0))
    largest.metric(f"Most is {markdown_escaped(name)}", percent(share))
    count = "1 frame" if trial.frames == 1 else f"{trial.frames} frames"
    classes = "" if trial.miou is None else f", over {trial.classes} classes"
    st.caption(f"On {count} of {markdown_escaped(trial.data)}{classes}.")
    for warning in trial.warnings:
        st.warning(markdown_escaped(warning), icon=":material/warning:")


def frames_to_try(draft: Draft, source: Source) -> Sequence[Frame]:
    """Return the frames of a source that the draft can be tried on: those with ground truth, where there are such."""
    known = getattr(draft.predictor, "frames", None)
    frames = [frame for frame in source.frames if known is None or frame.frame_id in known]
    if not frames:
        raise InputError(f"The masks are of no frame of {source.title}; choose the data that they belong to.")
    return [frame for frame in frames if frame.truth_path is not None] or frames


def _name_of(source: Source) -> str:
    """Return what tells the frames of a data set from all others."""
    return f"{source.dataset.root if source.dataset else ''} {source.split}"


def _palette_of_truth(frame: LoadedFrame, draft: Draft) -> Palette:
    palette = Palette.of_labels(frame.classes)
    # Palettes of one title share a legend, which they can where they are the same.
    return (
        palette
        if frame.classes.name == draft.run.space.name
        else replace(palette, title="Classes of the truth")
    )


def show_shares(shares: dict[str, float], space: LabelSpace) -> None:
    """Draw what share of the pixels the largest classes take."""
    shown = list(shares.items())[:_MOST_SHARES]
    table = pd.DataFrame(
        {"Class": [name for name, _ in shown], "Share of the pixels": [100 * s for _, s in shown]}
    )
    draw_table(
        table,
        "shares",
        height=38 + 35 * len(table),
        column_config={
            "Share of the pixels": st.column_config.ProgressColumn(
                format="%.1f %%", min_value=0, max_value=100
            )
        },
        alt="; ".join(f"{name} {percent(share)}" for name, share in shown),
    )
    if len(shares) > len(shown):
        st.caption(f"{len(shares) - len(shown)} more of {space.num_classes} classes have less.")


@st.cache_data(max_size="16MB", show_spinner=False)
def _classes(key: str, frame: str, _draft: Draft, _frame: LoadedFrame) -> np.ndarray:
    with turn_to_predict():
        return _draft.predictor.classify(_frame.image, frame_id=_frame.frame_id)[0]


@st.cache_data(max_entries=64, show_spinner=False)
def _trial(key: str, frames: str, _draft: Draft, _frames: Sequence[Frame], _data: str) -> Trial:
    with turn_to_predict(f"Predicting {FRAMES} frames…"):
        return try_run(_draft.run, _frames, _data, predictor=_draft.predictor)
