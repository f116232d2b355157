"""Where the frames come from: the choice in the sidebar, and the frames it gives to every page."""

import hashlib
import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from segcore.effects.render import WORKING_LONG_SIDE
from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, dataset_root, find_frames, read_frame, splits
from segcore.frames.images import fit_long_side, read_image, resize_mask
from segcore.labels import to_train_ids
from ui.shell.text import markdown_escaped
from ui.shell.url import accept_earlier, notice_unknown

DEMO_CITY = Path(__file__).resolve().parents[2] / "data" / "demo_city"

HOW_TO_GET_FRAMES = (
    "There are no frames to show: upload a picture in the sidebar, or choose Cityscapes there and name the "
    "folder that holds leftImg8bit and gtFine (`pip install cityscapesscripts`, then "
    "`csDownload gtFine_trainvaltest.zip leftImg8bit_trainvaltest.zip` with your account)."
)
MOST_UPLOADS = 12

_KINDS = {"demo": "Demo city", "cityscapes": "Cityscapes", "upload": "My pictures"}
_PICTURE_ENDINGS = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "ppm", "avif"]
_UPLOADS, _UPLOADER_FILES, _SOURCE, _LAST_FRAME = "_uploads", "_uploader_files", "_source", "_last_frame"


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


@dataclass(frozen=True, eq=False)
class LoadedFrame:
    """A frame at the working size: ``image`` uint8 (h, w, 3) RGB, ``truth`` uint8 (h, w) of train ids."""

    frame_id: str
    image: np.ndarray
    truth: np.ndarray | None


def sidebar_source() -> None:
    """Draw the choice of frames in the sidebar and keep it for ``current_source``; ``app.py`` calls it."""
    with st.sidebar:
        kinds = [kind for kind in _KINDS if kind != "demo" or (DEMO_CITY / "leftImg8bit").is_dir()]
        if "demo" not in kinds and dataset_root() is None:
            kinds.reverse()
        titles = [_KINDS[kind] for kind in kinds]
        notice_unknown("source", titles, what="source")
        title = st.selectbox("Frames", titles, key="source", bind="query-params")
        kind = kinds[titles.index(title)]
        if kind != "upload":
            # The uploader forgets its files while it is not drawn; that is no wish to remove them.
            st.session_state.pop(_UPLOADER_FILES, None)
        try:
            source = _upload_source() if kind == "upload" else _folder_source(kind)
        except InputError as error:
            st.error(markdown_escaped(str(error)))
            source = None
        if source is not None:
            st.caption(_describe(source))
    st.session_state[_SOURCE] = source


def current_source() -> Source | None:
    """Return the frames chosen in the sidebar, or None: then show ``HOW_TO_GET_FRAMES``."""
    return st.session_state.get(_SOURCE)


def find_frame(source: Source, frame_id: str) -> Frame | None:
    """Return a frame by its id, of the chosen split or else another of the data, where its address leads to."""
    found = next((frame for frame in source.frames if frame.frame_id == frame_id), None)
    return found or (None if source.root is None else _frame_of_any_split(source.root, frame_id))


def load_frame(source: Source, frame_id: str) -> LoadedFrame:
    """Read a frame, shrunk to a longer side of at most ``WORKING_LONG_SIDE`` pixels.

    Raises:
        InputError: ``source`` has no such frame, or its files are missing or damaged.
    """
    if source.kind == "upload":
        kept = st.session_state.get(_UPLOADS, {})
        if frame_id not in kept:
            raise InputError("That picture is no longer here; upload it again.")
        return LoadedFrame(frame_id, kept[frame_id][1], None)
    frame = next((frame for frame in source.frames if frame.frame_id == frame_id), None)
    if frame is None:
        raise InputError(f"There is no frame {frame_id!r} in {source.title}; choose another.")
    image, truth = _read_working(frame)
    return LoadedFrame(frame_id, image, truth)


def choose_frame(source: Source, *, key: str) -> str:
    """Draw the choice of a frame, kept across pages and in the address as ``?frame=``; return its id.

    Args:
        source: a source with at least one frame.
        key: distinguishes the buttons of several pages.
    """
    frame_ids = [frame.frame_id for frame in source.frames]
    _bring_along(frame_ids, page=key)
    kept, first = st.session_state.get("frame"), frame_ids[0]
    if kept is not None and kept not in frame_ids:
        st.session_state["frame"] = first
    elif kept not in (None, first, st.query_params.get("frame")):
        # It came first in another order, and so is not in the address unless it is chosen again.
        st.session_state["frame"] = kept
    notice_unknown("frame", frame_ids, what="frame", where="among those chosen in the sidebar")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("Frame", frame_ids, key="frame", bind="query-params", width="stretch")
        position = frame_ids.index(chosen)
        others = [frame_id for frame_id in frame_ids if frame_id != chosen] or frame_ids
        steps = (
            ("previous", frame_ids[position - 1]),
            ("next", frame_ids[(position + 1) % len(frame_ids)]),
            ("random", random.choice(others)),
        )
        for name, target in steps:
            # Words and not icons, whose name a screen reader would read out.
            st.button(
                name.capitalize(),
                key=f"{key}_{name}",
                on_click=_go_to,
                args=(target,),
                disabled=len(frame_ids) == 1,
            )
    st.session_state[_LAST_FRAME] = (key, chosen)
    return chosen


def _bring_along(frame_ids: list[str], *, page: str) -> None:
    """Take the frame over from the page before, since each page's widget remembers its own."""
    last_page, last = st.session_state.get(_LAST_FRAME, (None, None))
    if last is not None:
        accept_earlier("frame", last)
    if last_page == page or last not in frame_ids:
        return
    wanted = st.query_params.get("frame", last)
    if wanted in frame_ids:
        st.session_state["frame"] = st.query_params["frame"] = wanted


def _go_to(frame_id: str) -> None:
    st.session_state["frame"] = frame_id


def _folder_source(kind: str) -> Source:
    if kind == "demo":
        root = DEMO_CITY
    else:
        known = dataset_root()
        typed = st.text_input(
            "Cityscapes folder",
            value=str(known) if known else "",
            key="cityscapes_root",
            persist_state="session",
            placeholder="/path/to/cityscapes",
            help="The folder that holds leftImg8bit and gtFine. CITYSCAPES_DATASET fills it in.",
        )
        if not typed.strip():
            raise InputError("Name the folder that holds leftImg8bit and gtFine, or set CITYSCAPES_DATASET.")
        root = Path(typed.strip()).expanduser()
    # The default comes first instead of by its index, which would conflict with a split chosen by a link.
    names = sorted(_cached_splits(str(root)), key=lambda name: name != "val")
    notice_unknown("split", names, what="split")
    split = st.selectbox("Split", names, key="split", bind="query-params")
    return Source(kind, _KINDS[kind], split, _cached_frames(str(root), split), root)


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


def _upload_source() -> Source | None:
    files = st.file_uploader(
        "Pictures of streets",
        type=_PICTURE_ENDINGS,
        accept_multiple_files=True,
        key="uploader",
        help="They stay in this session: nobody else sees them, and they are gone when you close the page. "
        "Their proportions are kept; more than 1024 pixels across or down are shrunk to that.",
    )
    kept = st.session_state.setdefault(_UPLOADS, {})
    offered = {}
    for file in files:
        content = file.getvalue()
        digest = hashlib.sha256(content).hexdigest()
        offered[_upload_id(file.name, digest)] = (file.name, digest, content)
    for gone in st.session_state.get(_UPLOADER_FILES, set()) - set(offered):
        kept.pop(gone, None)
    st.session_state[_UPLOADER_FILES] = set(offered)
    for frame_id, (name, digest, content) in offered.items():
        if frame_id in kept:
            continue
        if len(kept) >= MOST_UPLOADS:
            st.error(
                f"{markdown_escaped(name)} was left out: at most {MOST_UPLOADS} pictures are kept; remove some first."
            )
            continue
        try:
            kept[frame_id] = (digest, fit_long_side(read_image(content), WORKING_LONG_SIDE))
        except InputError as error:
            st.error(f"{markdown_escaped(name)}: {error}")
    earlier = set(kept) - set(offered)
    if earlier and st.button("Remove earlier pictures", icon=":material/delete:", width="stretch"):
        for frame_id in earlier:
            del kept[frame_id]
    if not kept:
        return None
    # The digest for a path: what is cached under it is found only by whoever has the same picture.
    frames = tuple(Frame(frame_id, "", "", Path(digest), None) for frame_id, (digest, _) in kept.items())
    return Source("upload", _KINDS["upload"], "", frames)


def _upload_id(name: str, digest: str) -> str:
    # It is in the address and in names of files; the digest tells pictures of one name apart.
    stem = re.sub(r"[^\w.+-]+", "-", Path(name).stem)[:60].strip("-.")
    return f"{stem or 'picture'}-{digest[:8]}"


def _describe(source: Source) -> str:
    count = len(source.frames)
    counted = f"{count} frame{'' if count == 1 else 's'}"
    annotated = sum(frame.truth_path is not None for frame in source.frames)
    if annotated == count:
        return f"{counted}, all with ground truth."
    # Where there is none at all, the page says so.
    return f"{counted}, {annotated} with ground truth." if annotated else f"{counted}."


def _identity(frame: Frame) -> tuple:
    paths = [path for path in (frame.image_path, frame.truth_path) if path is not None and path.exists()]
    return (frame.frame_id, *((str(path), path.stat().st_mtime_ns) for path in paths))


# Resources, not data: the tuples cannot change and a copy of three thousand frames a rerun would be felt.
@st.cache_resource(ttl=30, max_entries=8, show_spinner=False)
def _cached_splits(root: str) -> tuple[str, ...]:
    return splits(Path(root))


@st.cache_resource(ttl=30, max_entries=8, show_spinner="Looking for frames…")
def _cached_frames(root: str, split: str) -> tuple[Frame, ...]:
    return find_frames(Path(root), split=split)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs={Frame: _identity})
def _read_working(frame: Frame) -> tuple[np.ndarray, np.ndarray | None]:
    image, label_ids = read_frame(frame)
    image = fit_long_side(image, WORKING_LONG_SIDE)
    truth = None if label_ids is None else resize_mask(to_train_ids(label_ids), image.shape[:2])
    return image, truth
