"""The parts of the Overview page, from what is stored and from the frames in use."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from segcore.errors import InputError
from segcore.frames.images import fit_long_side, resize_mask
from segcore.frames.masks import LABEL_ID_MASKS, read_mask
from segcore.frames.pictures import overlay, png_bytes
from segcore.labels import LABEL_SPACES, VOID, LabelSpace, colorize, to_train_ids
from segcore.reports.percent import ABSENT
from segcore.reports.tables import MEANS, classes_in_words, headline_table, ranked_by
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import Run
from ui.frames.keys import frame_key
from ui.frames.loaded import LoadedFrame, load_frame
from ui.frames.source import Source
from ui.runs.cached import evaluation_of
from ui.runs.conditions import provenance
from ui.runs.report import offer_report
from ui.shell.kept import kept_until_changed
from ui.shell.page import percent
from ui.shell.text import markdown_escaped

EXAMPLE_FOLDER = "example"
"""In a run's folder: ``<frame>_labelIds.png`` as ``python -m segcore predict`` writes them."""

MOST_CARDS = 2
_OPACITY = 0.65
_LONG_SIDE = 640


def show_cards(runs: Sequence[Run], set_name: str) -> None:
    """Draw a card for each of the best runs on a set: what it scores, what it costs, under which conditions."""
    evaluations = _evaluations(runs, set_name)
    table = headline_table(runs, evaluations)
    if table.empty:
        st.info(
            f"No run has scores on {markdown_escaped(set_name)} that can be read; see the Evaluation page."
        )
        return
    shown = table.head(MOST_CARDS)
    score = ranked_by(evaluations)
    conditions = {name: provenance(evaluations[name].provenance) for name in shown["run"]}
    shared = next(iter(conditions.values())) if len(set(conditions.values())) == 1 else None
    for column, row in zip(st.columns(len(shown)), shown.itertuples(), strict=True):
        with column.container(border=True):
            st.markdown(f"**{markdown_escaped(row.run)}**")
            st.metric(MEANS[score], percent(getattr(row, score)), help="From one matrix for all frames.")
            latency = ABSENT if pd.isna(row.latency_ms) else f"{row.latency_ms:.0f}\u00a0ms a frame"
            size = "" if pd.isna(row.parameters) else f", {row.parameters / 1e6:.1f}\u00a0M parameters"
            other = (
                f"categories {percent(row.category_miou)}"
                if score == "miou"
                else f"{row.classes} classes {percent(row.miou)}"
            )
            st.caption(f"{other}, pixel accuracy {percent(row.pixel_accuracy)}, {latency}{size}")
            if shared is None:
                st.caption(conditions[row.run])
    others = len(table) - len(shown)
    more = f" {others} more on the Evaluation page." if others else ""
    unlike = "These two were not scored on the same frames, so that their scores do not compare"
    ranked = (
        "" if score == "miou" else " Best category IoU first, as not all runs tell the same classes apart."
    )
    classes = markdown_escaped(classes_in_words(*(evaluations[name] for name in shown["run"])))
    st.caption(f"{shared or unlike}. Mean IoU over {classes}.{ranked}{more}")
    if len(shown) == MOST_CARDS:
        by_name = {run.name: run for run in runs}
        offer_report(
            *(by_name[name] for name in shown["run"]), set_name, label="Download the report on these two"
        )


def show_example(source: Source, runs: Sequence[Run]) -> None:
    """Draw one frame, and beside it what stored predictions and the ground truth say about it.

    Raises:
        InputError: the frame or a stored prediction is damaged.
    """
    stored = _stored_predictions(source, runs)
    frame_id = next(iter(stored), source.frames[0].frame_id)
    files = stored.get(frame_id, {})
    loaded = load_frame(source, frame_id)
    pictures = _pictures(frame_key(source, frame_id), loaded, files)
    across = 2 if len(pictures) > 2 else 1
    columns = [column for _ in range(0, len(pictures), across) for column in st.columns(across)]
    for column, (name, picture) in zip(columns, pictures.items(), strict=False):
        column.image(picture, caption=name, width="stretch", alt=f"{name}, frame {frame_id}")
    st.caption(f"{markdown_escaped(frame_id)}. Classes have the colours of Cityscapes.")


def _evaluations(runs: Sequence[Run], set_name: str) -> dict[str, Evaluation]:
    evaluations = {}
    for run in runs:
        try:
            scores = evaluation_of(run, set_name)
        except InputError:
            # The Evaluation page names it.
            continue
        if scores is not None:
            evaluations[run.name] = scores
    return evaluations


def _stored_predictions(source: Source, runs: Sequence[Run]) -> dict[str, dict[str, Path]]:
    """Return frame id to run to file for frames that the source holds, those of most runs first."""
    known = {frame.frame_id for frame in source.frames}
    found: dict[str, dict[str, Path]] = {}
    for run in runs:
        for path in sorted((run.path / EXAMPLE_FOLDER).glob("*_labelIds.png")):
            frame_id = path.name.removesuffix("_labelIds.png").removesuffix("_leftImg8bit")
            if frame_id in known:
                found.setdefault(frame_id, {})[run.name] = path
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


# Encoded once: Streamlit would encode pictures again at every rerun.
@kept_until_changed(lambda key, loaded, files: files.values(), most=8)
def _pictures(key: str, loaded: LoadedFrame, files: Mapping[str, Path]) -> dict[str, bytes]:
    image = fit_long_side(loaded.image, _LONG_SIDE)
    pictures = {"Frame": image}
    for name, path in files.items():
        mask = to_train_ids(read_mask(path, LABEL_ID_MASKS))
        pictures[name] = _blend(image, mask, LABEL_SPACES["train_ids"])
    if loaded.truth is not None:
        pictures["Ground truth"] = _blend(image, loaded.truth, loaded.classes)
    return {name: png_bytes(picture) for name, picture in pictures.items()}


def _blend(image: np.ndarray, mask: np.ndarray, space: LabelSpace) -> np.ndarray:
    mask = resize_mask(mask, image.shape[:2])
    blended = overlay(image, colorize(mask, space), opacity=_OPACITY)
    return np.where((mask == VOID)[..., None], image, blended)
