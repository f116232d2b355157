"""Overview: the two best models beside each other on one frame of the data in use, and what each scores and costs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.frames.encoding import LABEL_ID_MASKS
from segcore.frames.images import fit_long_side, resize_mask
from segcore.frames.masks import read_mask
from segcore.frames.pictures import overlay, png_bytes
from segcore.labels import LABEL_SPACES, VOID, LabelSpace, colorize, to_train_ids
from segcore.reports.tables import MEANS, classes_in_words, headline_table, ranked_by
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import Run
from ui.frames.keys import frame_key
from ui.frames.loaded import LoadedFrame, load_frame
from ui.frames.source import Source
from ui.runs.conditions import show_provenances
from ui.runs.decision import show_decision
from ui.runs.predictions import predict
from ui.shell.component_text import component_text
from ui.shell.page import percent
from ui.shell.router import link_to
from ui.shell.text import markdown_escaped, message_of

EXAMPLE_FOLDER = "example"
"""In a run's folder: ``<frame>_labelIds.png`` as ``python -m segcore predict`` writes them."""

_OPACITY = 0.65
_LONG_SIDE = 960


def example_of(source: Source, pair: Sequence[Run]) -> str:
    """Return the id of the frame to begin with: one that the runs keep predictions of, else the first with truth."""
    frames = sorted(source.frames, key=lambda frame: frame.truth_path is None)
    stored = (frame for frame in frames if all(_stored(run, frame.frame_id) for run in pair))
    return next(stored, frames[0]).frame_id


def show_pair(
    source: Source, pair: Sequence[Run], scores: Mapping[str, Evaluation], *, set_name: str | None
) -> None:
    """Draw a card for each model, with the frame under its classes, and which is better.

    The pictures, which take time, come last.

    Args:
        source: the frames in use.
        pair: one or two runs.
        scores: those of the runs on these frames, by name.
        set_name: name of these scores, None where there are none.
    """
    frame_id = example_of(source, pair)
    st.html(f"<style>{component_text('overview/page.css')}</style>")
    places = []
    with st.container(key="overview_pair"):
        for column, run in zip(st.columns(len(pair), gap="medium"), pair, strict=True):
            with column.container(border=True):
                st.markdown(f"**{markdown_escaped(run.name)}**")
                places.append(st.container())
                _show_card(run, scores.get(run.name), score=ranked_by(scores))
        names = {letter: run.name for letter, run in zip("ab", pair, strict=False) if run.can_predict}
        if names:
            link_to("compare", "Compare them on this frame", frame=frame_id, **names, **source.in_address)
    if len(pair) == len(scores) == 2 and set_name is not None:
        show_decision(*pair, set_name, most=2)
    split = f", split {source.split}" if source.split else ""
    where = markdown_escaped(f"{frame_id} of {source.title}{split}")
    over = markdown_escaped(classes_in_words(*scores.values())) if scores else ""
    mean = f" Mean IoU is over {over}, from one confusion matrix over all frames." if over else ""
    st.caption(f"Frame {where}, in the colours of Cityscapes.{mean}")
    if scores:
        show_provenances(scores)
    for place, run in zip(places, pair, strict=True):
        with place:
            _show_picture(source, frame_id, run)


def picture_of(source: Source, frame: LoadedFrame, run: Run) -> bytes:
    """Return a frame under the classes that a run gives it, as PNG.

    Raises:
        InputError: the run cannot predict the frame, or what it keeps of it is damaged.
    """
    key = frame_key(source, frame.frame_id)
    stored = _stored(run, frame.frame_id)
    if stored is not None:
        mask, space = to_train_ids(read_mask(stored, LABEL_ID_MASKS)), LABEL_SPACES["train_ids"]
    else:
        mask, space = predict(run, frame.image, frame=key, frame_id=frame.frame_id).class_map, run.space
    return _encoded(key, run.version, str(run.path), frame.image, mask, space)


def _show_card(run: Run, scores: Evaluation | None, *, score: str) -> None:
    if scores is None:
        st.metric(MEANS[score], "none yet", help="This model was not scored on the frames in use.")
    else:
        st.metric(MEANS[score], percent(getattr(scores, score)))
    st.caption(" · ".join(_facts(run, scores, score)))


def _facts(run: Run, scores: Evaluation | None, score: str) -> list[str]:
    facts = []
    if scores is not None:
        row = headline_table([run], {run.name: scores}).iloc[0]
        other = (
            f"categories {percent(scores.category_miou)}"
            if score == "miou"
            else f"{len(scores.class_names)} classes {percent(scores.miou)}"
        )
        facts += [other, f"pixel accuracy {percent(scores.pixel_accuracy)}"]
        if not pd.isna(row.latency_ms):
            facts.append(f"{row.latency_ms:.0f}\u00a0ms a frame")
    if run.parameters:
        facts.append(f"{run.parameters / 1e6:.1f}\u00a0M parameters")
    if run.has_network:
        facts.append(f"{run.weights_path.stat().st_size / 1e6:.1f}\u00a0MB")
    return facts


def _show_picture(source: Source, frame_id: str, run: Run) -> None:
    if not run.can_predict and _stored(run, frame_id) is None:
        st.info("This run keeps its scores but not its weights, so there is no picture.")
        return
    try:
        picture = picture_of(source, load_frame(source, frame_id), run)
    except InputError as error:
        st.error(message_of(error))
        return
    st.image(picture, width="stretch", alt=f"Frame {frame_id} under the classes of {run.name}")


def _stored(run: Run, frame_id: str) -> Path | None:
    """Return the file that a run keeps of a frame as an example, None where there is none."""
    names = (f"{frame_id}{ending}_labelIds.png" for ending in ("", "_leftImg8bit"))
    return next(
        (path for path in (run.path / EXAMPLE_FOLDER / name for name in names) if path.is_file()), None
    )


# Encoded once: Streamlit would encode a picture again at every rerun.
@st.cache_resource(max_entries=16, show_spinner=False)
def _encoded(
    key: str, version: str, path: str, _image: np.ndarray, _mask: np.ndarray, _space: LabelSpace
) -> bytes:
    image = fit_long_side(_image, _LONG_SIDE)
    mask = resize_mask(_mask, image.shape[:2])
    blended = overlay(image, colorize(mask, _space), opacity=_OPACITY)
    return png_bytes(np.where((mask == VOID)[..., None], image, blended))
