"""The data set in a folder that the visitor names: what it is, its splits, and what in it does not fit."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from segcore.errors import InputError
from segcore.frames.dataset import Dataset, Listing, open_dataset
from segcore.frames.encoding import KINDS
from segcore.frames.frame import Frame
from segcore.system.counting import counted
from segcore.system.settings import DATA, data_folder, expanded, is_public
from ui.shell.bound import bound_selectbox
from ui.shell.text import markdown_escaped, message_of

_LONGEST_NAME = 80
_NAMED = 10
_KINDS_IN_WORDS = {kind: kind.replace("-", " ") for kind in KINDS} | {"colors": "colours"}


def choose_data_set() -> Dataset | None:
    """Draw the choice of a folder, of the kind of its masks and of a name for the data set; None without a folder.

    Raises:
        InputError: the folder is not there, it holds no data set that is known, or the name cannot be used.
    """
    known = data_folder()
    is_fixed = known is not None and is_public()
    root = known if is_fixed else _choose_folder(known)
    if root is None:
        st.caption(
            f"Type the folder that holds the pictures and masks, and press Enter. {DATA.name} fills it in."
        )
        return None
    kind = _choose_masks(opened(root, None))
    own = opened(root, None, kind)
    name = own.name if is_fixed else _choose_name(root, own)
    _say_recognised(own)
    return own if name == own.name else opened(root, name, kind)


def choose_split(dataset: Dataset) -> tuple[str, tuple[Frame, ...]]:
    """Draw the choice of a split, how many frames it has, and what does not fit; return its name and frames.

    Raises:
        InputError: it has no frames.
    """
    # The default comes first instead of by its index, which would conflict with a split chosen by a link.
    names = sorted(dataset.splits, key=lambda name: name != dataset.usual_split)
    split = bound_selectbox("Split", names, key="split", what="split")
    listing = listed(dataset, split)
    st.caption(counted_frames(listing.frames))
    if dataset.layout.without_masks and not any(frame.truth_path for frame in listing.frames):
        st.caption(f"{dataset.layout.without_masks[0].upper()}{dataset.layout.without_masks[1:]}.")
    if misfits := _misfits(dataset, listing):
        number = sum(map(len, misfits.values()))
        with st.expander(f"{counted(number, 'file')} left out or alone"):
            for kind, names in misfits.items():
                more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
                named = ", ".join(map(message_of, names[:_NAMED]))
                st.markdown(f"**{counted(len(names), kind)}**: {named}{more}")
            st.caption("`python -m segcore dataset` also checks every mask.")
    return split, listing.frames


def opened(root: Path, name: str | None, kind: str | None = None) -> Dataset:
    """Return what ``open_dataset`` does, with one kind of masks if given, looked up anew every half a minute."""
    return _opened(str(root), name, kind)


def listed(dataset: Dataset, split: str) -> Listing:
    """Return the listing of a split, made anew every half a minute."""
    return _listed(str(dataset.root), dataset.name, dataset.layout.annotations, split, dataset)


def _choose_folder(known: Path | None) -> Path | None:
    typed = st.text_input(
        "Data set folder",
        value=str(known or ""),
        key="cityscapes_root",
        persist_state="session",
        placeholder="/path/to/data",
        help="Cityscapes, BDD100K, CamVid, KITTI, ACDC, Mapillary Vistas, IDD, or two folders images "
        f"and masks; the layout is recognised. {DATA.name} fills it in.",
    ).strip()
    return expanded(typed) if typed else None


def _choose_masks(dataset: Dataset) -> str | None:
    """Draw the choice of the kind of masks, such as fine or coarse ones; None where there are not several."""
    kinds = dataset.annotations
    return bound_selectbox("Masks", kinds, key="annotation", what="kind of masks") if len(kinds) > 1 else None


def _choose_name(root: Path, dataset: Dataset) -> str:
    name = st.text_input(
        "Name of the data",
        value=dataset.name,
        # Another folder, or another release of its masks, has another name to begin with.
        key=f"data_name {root} {dataset.name}",
        persist_state="session",
        help="The name appears in stored scores, reports and links.",
    ).strip()
    if not (name and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise InputError(
            f"{name[:40]!r} is no name for data; use up to {_LONGEST_NAME} printable characters."
        )
    return name


def _say_recognised(dataset: Dataset) -> None:
    kinds = " or ".join(
        dict.fromkeys(_KINDS_IN_WORDS[encoding.kind] for _, encoding, _ in dataset.masks_here)
    )
    masks = f", masks of {kinds}" if kinds else ""
    title = markdown_escaped(dataset.layout.title)
    st.caption(f"Recognised: {title}{masks}, {dataset.classes.num_classes} classes.")


def counted_frames(frames: Sequence[Frame]) -> str:
    """Return in words how many frames there are, and how many of them have ground truth."""
    number = counted(len(frames), "frame")
    annotated = sum(frame.truth_path is not None for frame in frames)
    if annotated == len(frames):
        return f"{number}, all with ground truth."
    # Where there is none at all, the page says so.
    return f"{number}, {annotated} with ground truth." if annotated else f"{number}."


def _misfits(dataset: Dataset, listing: Listing) -> dict[str, Sequence[str]]:
    bare = [frame.frame_id for frame in listing.frames if frame.truth_path is None]
    is_annotated = len(bare) < len(listing.frames)
    found = {
        "frame without a mask": bare if is_annotated else [],
        "mask without a frame": [str(path.relative_to(dataset.root)) for path in listing.lonely_masks],
        "file that cannot be used": [
            problem.removeprefix(f"{dataset.root}/") for problem in listing.problems
        ],
    }
    return {kind: names for kind, names in found.items() if names}


# By time and not by a file's version, as folders of thousands of frames take long to look through. Resources, not
# data: what is kept cannot change, and a copy of three thousand frames a rerun would be felt.
@st.cache_resource(ttl=30, max_entries=8, show_spinner="Looking at the folder…")
def _opened(root: str, name: str | None, kind: str | None) -> Dataset:
    dataset = open_dataset(Path(root), name=name)
    return dataset if kind is None else dataset.with_annotation(kind)


@st.cache_resource(ttl=30, max_entries=8, show_spinner="Looking for frames…")
def _listed(root: str, name: str, annotations: tuple[str, ...], split: str, _dataset: Dataset) -> Listing:
    return _dataset.listing(split)
