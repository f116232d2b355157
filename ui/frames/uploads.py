"""Pictures that a visitor uploads, and the masks beside them: kept in the session, seen by nobody else."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from segcore.effects.render import WORKING_LONG_SIDE
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.frames.images import fit_long_side, read_image
from segcore.frames.pairing import looks_photographed, partners, readable_as
from segcore.system.settings import most_upload_megabytes, most_uploads
from ui.frames.upload_masks import Pair, choose_masks
from ui.shell.text import markdown_escaped, message_of

_PICTURE_ENDINGS = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "ppm", "avif"]
_UPLOADS, _UPLOADER_FILES, _REFUSALS = "_uploads", "_uploader_files", "_upload_refusals"
_PAIRS = "_upload_pairs"


@dataclass(frozen=True, eq=False)
class Upload:
    """A file that is kept.

    Attributes:
        name: of the file.
        digest: of its content.
        image: uint8 RGB (h, w, 3) at the working size.
        size: (height, width) of the picture as it came.
        readable: as what it can be read as a mask, keys of ``segcore.frames.truth_classes.known_encodings``.
        content: of the file, kept of what can be a mask alone.
    """

    name: str
    digest: str
    image: np.ndarray = field(repr=False)
    size: tuple[int, int]
    readable: tuple[str, ...]
    content: bytes = field(repr=False)


def choose_uploads() -> tuple[Frame, ...]:
    """Draw the uploader; return the pictures that are kept, the earlier ones first, with the masks beside them."""
    files = st.file_uploader(
        "Pictures of streets",
        type=_PICTURE_ENDINGS,
        accept_multiple_files=True,
        key="uploader",
        max_upload_size=most_upload_megabytes(),
        help="They stay in this session: nobody else sees them. Their proportions are kept; larger ones are "
        "shrunk to 1024 pixels. Masks may come along: x.png and x_mask.png, x_labelIds.png or x_color.png "
        "belong together.",
    )
    kept = st.session_state.setdefault(_UPLOADS, {})
    offered = {}
    for file in files:
        content = file.getvalue()
        digest = hashlib.sha256(content).hexdigest()
        offered[_upload_id(file.name, digest)] = (file, digest, content)
    for gone in st.session_state.get(_UPLOADER_FILES, set()) - set(offered):
        kept.pop(gone, None)
    st.session_state[_UPLOADER_FILES] = set(offered)
    new = {frame_id: upload for frame_id, upload in offered.items() if frame_id not in kept}
    if new:
        refusals = [_keep(frame_id, *upload) for frame_id, upload in new.items()]
        st.session_state[_REFUSALS] = list(filter(None, refusals))
    for refusal in st.session_state.get(_REFUSALS, ()):
        st.error(refusal)
    if kept:
        st.caption("They are gone when the page is reloaded or closed.")
    earlier = set(kept) - set(offered)
    if earlier and st.button("Remove earlier pictures", icon=":material/delete:", width="stretch"):
        for frame_id in earlier:
            del kept[frame_id]
    pairs = choose_masks(kept, _partners(kept))
    st.session_state[_PAIRS] = pairs
    _say_unread(kept)
    are_masks = {pair.mask_id for pair in pairs.values()}
    return tuple(
        _frame(frame_id, upload, pairs.get(frame_id))
        for frame_id, upload in kept.items()
        if frame_id not in are_masks
    )


def leave_uploader() -> None:
    """Note that the uploader is not drawn: it forgets its files then, which is no wish to remove them."""
    st.session_state.pop(_UPLOADER_FILES, None)
    st.session_state.pop(_REFUSALS, None)


def uploaded_pair(frame_id: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Return a kept picture, uint8 RGB (h, w, 3), at the working size, and its mask, uint8 (h, w), if it has one.

    Raises:
        InputError: it is not kept any more.
    """
    kept = st.session_state.get(_UPLOADS, {})
    if frame_id not in kept:
        raise InputError("That picture is no longer here; upload it again.")
    pair = st.session_state.get(_PAIRS, {}).get(frame_id)
    return kept[frame_id].image, pair.truth if pair else None


def _frame(frame_id: str, upload: Upload, pair: Pair | None) -> Frame:
    # Digests for paths: what is kept under them is found only by whoever has the same files.
    if pair is None or pair.truth is None:
        return Frame(frame_id, "", "", Path(upload.digest), None)
    return Frame(frame_id, "", "", Path(upload.digest), Path(pair.key), classes=pair.classes)


def _partners(kept: Mapping[str, Upload]) -> dict[str, str]:
    """Return picture to mask by their ids, as the names of the files tell."""
    # Of several files of one name the last.
    ids = {upload.name: frame_id for frame_id, upload in kept.items()}
    pairs = partners(ids, [upload.name for upload in kept.values() if upload.readable])
    return {ids[picture]: ids[mask] for picture, mask in pairs.items()}


def _say_unread(kept: Mapping[str, Upload]) -> None:
    """Say which files have names of masks, but values or colours of no class list that is known."""
    ids = {upload.name: frame_id for frame_id, upload in kept.items()}
    for picture, mask in partners(ids, ids, marked=True).items():
        upload = kept[ids[mask]]
        if not upload.readable and not looks_photographed(upload.image):
            st.info(
                f"{markdown_escaped(mask)} has the name of a mask of {markdown_escaped(picture)}, but values or "
                "colours of no known class list, so it is shown as a picture. Put both into a folder with their class "
                "list, and choose Data set above."
            )


def _keep(frame_id: str, file: UploadedFile, digest: str, content: bytes) -> str | None:
    """Keep a picture, or forget its file and return why, for Markdown."""
    kept = st.session_state[_UPLOADS]
    try:
        image = read_image(content)
        readable = readable_as(content)
    except InputError as error:
        why = f": {message_of(error)}"
    else:
        upload = Upload(
            file.name,
            digest,
            fit_long_side(image, WORKING_LONG_SIDE),
            image.shape[:2],
            readable,
            content if readable else b"",
        )
        both = {**kept, frame_id: upload}
        if len(both) - len(_partners(both)) <= most_uploads():
            kept[frame_id] = upload
            return None
        why = f" was left out: at most {most_uploads()} pictures are kept; remove some first."
    _forget(file)
    return f"{markdown_escaped(file.name)}{why}"


def _forget(file: UploadedFile) -> None:
    """Free the memory of a file, which Streamlit would keep as long as the page is open."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _upload_id(name: str, digest: str) -> str:
    # It is in the address and in names of files; the digest tells pictures of one name apart.
    stem = re.sub(r"[^\w.+-]+", "-", Path(name).stem)[:60].strip("-.")
    return f"{stem or 'picture'}-{digest[:8]}"
