"""Add a run: a file is chosen, tried on a frame under settings that can be changed, and saved under a name."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from segcore.adding.candidate import Description
from segcore.adding.masks import missing_in_words, open_masks, write_masks
from segcore.adding.publishing import draft_run, new_run, write_network
from segcore.classes.files import find_space, known_spaces
from segcore.errors import InputError
from segcore.frames.encoding import encoding_of
from segcore.predict.predictor import foreign_predictor, load_predictor
from segcore.runs.run import Run, runs_root
from ui.frames.chooser import choose_frame
from ui.frames.source import Source, current_source, show_no_frames
from ui.manage.curves import choose_curves
from ui.manage.opened_file import OpenedFile, choose_file
from ui.manage.preview import Draft, show_frame, show_score, show_shares, trial_of
from ui.manage.settings import choose_settings
from ui.manage.table import show_run
from ui.shell.fields import FIELDS
from ui.shell.public import refuse_on_public_server, turned_off
from ui.shell.router import link_to
from ui.shell.text import markdown_escaped, message_of

Save = Callable[[Path, pd.DataFrame | None], None]
"""Writes a run into an empty folder, with the curves of its training if there are any."""

_PURPOSE = "to add models of your own"
_SAVED = "_saved_run"
_ENCODINGS = {"label-ids": "label_ids", "train-ids": "train_ids", "colors": "label_ids", "indices": None}


def show_adding() -> None:
    """Draw all of adding; what is wrong with the file or the settings is said in a sentence."""
    if turned_off(_PURPOSE):
        return
    _show_saved()
    file = None
    try:
        file = choose_file()
        if file is None:
            st.caption(
                "ONNX is taken as it is; Keras (.keras, .h5) and TensorFlow Lite are converted once. "
                "`docs/your-own-model.md` says how to export from PyTorch, Hugging Face, MMSegmentation and others."
            )
            return
        source = current_source()
        if source is None:
            show_no_frames()
            return
        _try_out(file, source)
    except InputError as error:
        # Masks of an archive lie in a folder of this moment, which nobody knows.
        unpacked = f"{file.masks}/" if file is not None and file.masks is not None else ""
        st.error(message_of(str(error).replace(unpacked, "") if unpacked else error))


def _try_out(file: OpenedFile, source: Source) -> None:
    left, right = st.columns((8, 5), gap="large")
    with left:
        frame_id = choose_frame(source, key="manage")
        picture = st.container()
    with right:
        score = st.container()
        draft, save = (_masks if file.network is None else _network)(file, source)
    with picture:
        show_frame(draft, source, frame_id)
    # Ahead of the settings on the page, so that what they do is seen beside them, but after the picture.
    trial = trial_of(draft, source, frame_id)
    with score:
        show_score(trial)
    with right:
        show_shares(trial.shares, draft.run.space)
        _offer_saving(file, save)


def _network(file: OpenedFile, source: Source) -> tuple[Draft, Save]:
    candidate = file.network
    assert candidate is not None
    settings = choose_settings(candidate, key=f"draft_{file.sha256[:12]}")
    wiring = settings.wiring
    description = Description(wiring.how_in, wiring.how_out, settings.space)
    run = draft_run(candidate, description, name=file.usual_name, sha256=file.sha256)
    draft = Draft(run, foreign_predictor(run, candidate.network), run.version)

    def save(folder: Path, history: pd.DataFrame | None) -> None:
        write_network(folder, candidate, description, source=file.name, history=history)

    return draft, save


def _masks(file: OpenedFile, source: Source) -> tuple[Draft, Save]:
    assert file.masks is not None
    kind = st.selectbox(
        FIELDS["encoding"],
        list(_ENCODINGS),
        key=f"draft_{file.sha256[:12]}_encoding",
        format_func=lambda kind: kind.replace("-", " ").capitalize(),
    )
    classes = _ENCODINGS[kind] or st.selectbox(
        f"{FIELDS['classes']}, in the order of the values",
        known_spaces(),
        key=f"draft_{file.sha256[:12]}_classes",
        format_func=lambda name: find_space(name).title,
    )
    run = _written_masks(file.sha256, kind, classes, file.masks).run
    masks = open_masks(file.masks, encoding_of(kind, find_space(classes)))
    if missing := missing_in_words(masks, source.frames, source.title):
        st.warning(markdown_escaped(f"{missing}."))
    else:
        st.caption(f"Every frame of {markdown_escaped(source.title)} has its mask.")

    def save(folder: Path, history: pd.DataFrame | None) -> None:
        write_masks(folder, masks, find_space(classes), history=history)

    return Draft(run, load_predictor(run), run.version), save


@dataclass(frozen=True, eq=False)
class _Written:
    """A run of masks, and its folder, which goes with this object and at the latest with the process."""

    run: Run
    folder: tempfile.TemporaryDirectory


def _forget(written: _Written) -> None:
    written.folder.cleanup()


# Reading each of hundreds of masks takes seconds, and is not done again for another frame.
@st.cache_resource(max_entries=2, ttl=3600, show_spinner="Reading the masks…", on_release=_forget)
def _written_masks(digest: str, kind: str, classes: str, _folder: Path) -> _Written:
    space = find_space(classes)
    temporary = tempfile.TemporaryDirectory(prefix="segcompare-draft-", ignore_cleanup_errors=True)
    folder = Path(temporary.name) / "masks"
    folder.mkdir()
    try:
        run = write_masks(folder, open_masks(_folder, encoding_of(kind, space)), space)
    except BaseException:
        temporary.cleanup()
        raise
    return _Written(run, temporary)


def _offer_saving(file: OpenedFile, save: Save) -> None:
    history = choose_curves(key=f"draft_{file.sha256[:12]}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Save as", file.usual_name, key=f"save_as_{file.sha256[:12]}", width="stretch"
        ).strip()
        if st.button("Save", type="primary", icon=":material/save:", key="save_run"):
            refuse_on_public_server(_PURPOSE)
            try:
                with new_run(runs_root(), name) as folder:
                    save(folder, history)
            except OSError as error:
                raise InputError(f"The run cannot be written ({error.strerror or error}).") from error
            st.session_state[_SAVED] = name
            show_run(name)
            st.rerun()


def _show_saved() -> None:
    name = st.session_state.pop(_SAVED, None)
    if name is None:
        return
    source = current_source()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(f"{markdown_escaped(name)} is a run now.", icon=":material/check:")
        link_to("compare", "Compare it", a=name, **(source.in_address if source else {}))
