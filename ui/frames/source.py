"""Where the frames come from: the choice in the sidebar, and the frames it gives to every page."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, find_frames, splits
from segcore.system.settings import data_folder, expanded, is_public
from ui.frames.uploads import choose_uploads, leave_uploader
from ui.shell.bound import bound_selectbox
from ui.shell.public import say_public
from ui.shell.text import message_of

DEMO_CITY = Path(__file__).resolve().parents[2] / "data" / "demo_city"

HOW_TO_GET_FRAMES = (
    "There are no frames to show: upload a picture in the sidebar, or choose Cityscapes there and name the "
    "folder that holds leftImg8bit and gtFine (`pip install cityscapesscripts`, then "
    "`csDownload gtFine_trainvaltest.zip leftImg8bit_trainvaltest.zip` with your account)."
)

_KINDS = {"demo": "Demo city", "cityscapes": "Cityscapes", "upload": "My pictures"}
_SOURCE = "_source"


@dataclass(frozen=True)
class Source:
    """Frames in use. ``kind`` is demo, cityscapes or upload; uploads have no split and no ground truth."""

    kind: str
    title: str
    split: str
    frames: tuple[Frame, ...]
    root: Path | None = None

    @property
    def has_truth(self) -> bool:
        return any(frame.truth_path is not None for frame in self.frames)

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
    """Draw the choice of frames in the sidebar and keep it for ``current_source``; ``app.py`` calls it."""
    with st.sidebar:
        kinds = [kind for kind in _KINDS if _is_offered(kind)]
        if "demo" not in kinds and data_folder() is None:
            kinds.reverse()
        titles = [_KINDS[kind] for kind in kinds]
        title = bound_selectbox("Frames", titles, key="source", what="source", persist=False)
        kind = kinds[titles.index(title)]
        if kind != "upload":
            leave_uploader()
        try:
            source = _upload_source() if kind == "upload" else _folder_source(kind)
        except InputError as error:
            st.error(message_of(error))
            source = None
        if source is not None:
            st.caption(_describe(source))
        say_public()
    st.session_state[_SOURCE] = source


def current_source() -> Source | None:
    """Return the frames chosen in the sidebar, or None: then show ``HOW_TO_GET_FRAMES``."""
    return st.session_state.get(_SOURCE)


def find_frame(source: Source, frame_id: str) -> Frame | None:
    """Return a frame by its id, of the chosen split or else another of the data, where its address leads to."""
    found = next((frame for frame in source.frames if frame.frame_id == frame_id), None)
    return found or (None if source.root is None else _frame_of_any_split(source.root, frame_id))


def _is_offered(kind: str) -> bool:
    if kind == "demo":
        return (DEMO_CITY / "leftImg8bit").is_dir()
    return kind != "cityscapes" or data_folder() is not None or not is_public()


def _upload_source() -> Source | None:
    frames = choose_uploads()
    return Source("upload", _KINDS["upload"], "", frames) if frames else None


def _folder_source(kind: str) -> Source:
    root = DEMO_CITY if kind == "demo" else _choose_folder()
    # The default comes first instead of by its index, which would conflict with a split chosen by a link.
    names = sorted(_cached_splits(str(root)), key=lambda name: name != "val")
    split = bound_selectbox("Split", names, key="split", what="split", persist=False)
    return Source(kind, _KINDS[kind], split, _cached_frames(str(root), split), root)


def _choose_folder() -> Path:
    known = data_folder()
    if known is not None and is_public():
        return known
    typed = st.text_input(
        "Cityscapes folder",
        value=str(known) if known else "",
        key="cityscapes_root",
        persist_state="session",
        placeholder="/path/to/cityscapes",
        help="The folder that holds leftImg8bit and gtFine. SEGCOMPARE_DATA fills it in.",
    )
    if not typed.strip():
        raise InputError("Name the folder that holds leftImg8bit and gtFine, or set SEGCOMPARE_DATA.")
    return expanded(typed.strip())


def _frame_of_any_split(root: Path, frame_id: str) -> Frame | None:
    for split in _cached_splits(str(root)):
        try:
            frames = _cached_frames(str(root), split)
        except InputError:
            continue
        found = next((frame for frame in frames if frame.frame_id == frame_id), None)
        if found is not None:
            return found
    return None


def _describe(source: Source) -> str:
    count = len(source.frames)
    counted = f"{count} frame{'' if count == 1 else 's'}"
    annotated = sum(frame.truth_path is not None for frame in source.frames)
    if annotated == count:
        return f"{counted}, all with ground truth."
    # Where there is none at all, the page says so.
    return f"{counted}, {annotated} with ground truth." if annotated else f"{counted}."


# By time and not by a file's version, as folders of thousands of frames take long to look through. Resources, not
# data: the tuples cannot change and a copy of three thousand frames a rerun would be felt.
@st.cache_resource(ttl=30, max_entries=8, show_spinner=False)
def _cached_splits(root: str) -> tuple[str, ...]:
    return splits(Path(root))


@st.cache_resource(ttl=30, max_entries=8, show_spinner="Looking for frames…")
def _cached_frames(root: str, split: str) -> tuple[Frame, ...]:
    return find_frames(Path(root), split=split)
