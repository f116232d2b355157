"""Where the frames come from: the choice in the sidebar, and the frames it gives to every page."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from segcore.errors import InputError
from segcore.frames.dataset import Dataset
from segcore.frames.demo import DEMO_CITY, DEMO_NAME
from segcore.frames.frame import Frame
from segcore.system.settings import data_folder, is_public
from ui.frames.data_set import choose_data_set, choose_split, counted_frames, listed, opened
from ui.frames.link import data_asked, keep_data_in_address, offer_data_in_use, withheld
from ui.frames.uploads import choose_uploads, leave_uploader
from ui.shell.bound import bound_selectbox
from ui.shell.public import say_public
from ui.shell.text import message_of
from ui.shell.url import read_as

_CITYSCAPES = (
    "For Cityscapes that is the one that holds leftImg8bit and gtFine (`pip install cityscapesscripts`, then "
    "`csDownload gtFine_trainvaltest.zip leftImg8bit_trainvaltest.zip` with your account)."
)
HOW_TO_GET_FRAMES = (
    "There are no frames to show: upload a picture in the sidebar, or choose Data set there and name its folder. "
    f"{_CITYSCAPES}"
)

_KINDS = {"demo": DEMO_NAME, "folder": "Data set", "upload": "My pictures"}
_EARLIER = {"Cityscapes": _KINDS["folder"]}
_SOURCE, _FIRST, _IS_WRONG = "_source", "_source_first", "_source_is_wrong"
_LONG = 400


@dataclass(frozen=True)
class Source:
    """Frames in use.

    Attributes:
        kind: demo, folder or upload.
        title: the name of the data set.
        split: of the frames; uploads have none.
        frames: at least one.
        dataset: where the frames come from, None for uploads.
    """

    kind: str
    title: str
    split: str
    frames: tuple[Frame, ...]
    dataset: Dataset | None = None

    @property
    def has_truth(self) -> bool:
        return any(frame.truth_path is not None for frame in self.frames)

    @property
    def in_address(self) -> dict[str, str]:
        """The parameters of an address that lead to these frames."""
        kinds = () if self.dataset is None else self.dataset.layout.annotations
        masks = {"annotation": kinds[0]} if len(kinds) == 1 and kinds[0] else {}
        return {"source": _KINDS[self.kind], "data": self.title, "split": self.split, **masks}

    def frame(self, frame_id: str) -> Frame:
        """Return one of the frames.

        Raises:
            InputError: there is none of that id.
        """
        frame = next((frame for frame in self.frames if frame.frame_id == frame_id), None)
        if frame is None:
            raise InputError(f"There is no frame {frame_id!r} in {self.title}; choose another.")
        return frame


def sidebar_source() -> None:
    """Draw the choice of frames and keep it for ``current_source``; ``ui.visit`` calls it, inside the sidebar."""
    kinds = _kinds()
    titles = [_KINDS[kind] for kind in kinds]
    read_as("source", _EARLIER)
    title = bound_selectbox("Frames", titles, key="source", what="source")
    kind = kinds[titles.index(title)]
    if kind != "upload":
        leave_uploader()
    try:
        source = _upload_source() if kind == "upload" else _data_source(kind)
        st.session_state[_IS_WRONG] = False
    except InputError as error:
        _say(error)
        source = None
        st.session_state[_IS_WRONG] = True
    here = source.title if source and source.dataset else None
    if withheld(here):
        source = None
    else:
        keep_data_in_address(here)
    say_public()
    st.session_state[_SOURCE] = source


def current_source() -> Source | None:
    """Return the frames chosen in the sidebar, or None: then draw ``show_no_frames``."""
    return st.session_state.get(_SOURCE)


def frames_in_use() -> tuple[Frame, ...]:
    """Return the frames chosen in the sidebar, none where there are none."""
    source = current_source()
    return () if source is None else source.frames


def show_no_frames() -> None:
    """Say why there are no frames, and how to get some."""
    if offer_data_in_use():
        return
    if st.session_state.get(_IS_WRONG):
        st.info(
            "There are no frames to show: the sidebar says what is wrong with those that are chosen there."
        )
    elif is_public():
        st.info("There are no frames to show: upload a picture in the sidebar, or choose other frames there.")
    elif st.session_state.get("source") == _KINDS["folder"]:
        st.info(
            f"There are no frames to show yet: type the folder of the data set in the sidebar. {_CITYSCAPES}"
        )
    else:
        st.info(HOW_TO_GET_FRAMES)


def find_frame(source: Source, frame_id: str) -> Frame | None:
    """Return a frame by its id, of the chosen split or else another of the data, where its address leads to."""
    found = next((frame for frame in source.frames if frame.frame_id == frame_id), None)
    return found or (None if source.dataset is None else _frame_of_any_split(source.dataset, frame_id))


def frames_of_split(split: str) -> tuple[Frame, ...]:
    """Return the frames of a split of the data in use, none where it has no such split."""
    source = current_source()
    if source is None or source.dataset is None or split not in source.dataset.splits:
        return ()
    try:
        return listed(source.dataset, split).frames
    except InputError:
        return ()


def _kinds() -> list[str]:
    """Return the kinds of frames that there are, the one to begin with first; in one order throughout a visit."""
    offered = [kind for kind in _KINDS if _is_offered(kind)]
    if _FIRST not in st.session_state:
        st.session_state[_FIRST] = _first_kind(offered)
    return sorted(offered, key=lambda kind: kind != st.session_state[_FIRST])


def _is_offered(kind: str) -> bool:
    if kind == "demo":
        return (DEMO_CITY / "leftImg8bit").is_dir()
    return kind != "folder" or not is_public() or data_folder() is not None


def _first_kind(offered: Sequence[str]) -> str:
    if asked := data_asked():
        return "demo" if asked == _KINDS["demo"] else "folder"
    if data_folder() is not None:
        return "folder"
    return "demo" if "demo" in offered else "upload"


def _say(error: InputError) -> None:
    """Say what is wrong, of a long sentence its beginning first: the sidebar is narrow."""
    text = message_of(error)
    first, _, more = text.partition("; ")
    if len(text) <= _LONG or not more:
        st.error(text)
        return
    st.error(f"{first}.")
    with st.expander("More"):
        st.caption(f"{more[0].upper()}{more[1:]}")


def _upload_source() -> Source | None:
    frames = choose_uploads()
    if not frames:
        return None
    st.caption(counted_frames(frames))
    return Source("upload", _KINDS["upload"], "", frames)


def _data_source(kind: str) -> Source | None:
    dataset = opened(DEMO_CITY, _KINDS["demo"]) if kind == "demo" else choose_data_set()
    if dataset is None:
        return None
    split, frames = choose_split(dataset)
    return Source(kind, dataset.name, split, frames, dataset)


def _frame_of_any_split(dataset: Dataset, frame_id: str) -> Frame | None:
    for split in dataset.splits:
        try:
            frames = listed(dataset, split).frames
        except InputError:
            continue
        found = next((frame for frame in frames if frame.frame_id == frame_id), None)
        if found is not None:
            return found
    return None
