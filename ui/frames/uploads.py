"""Pictures that a visitor uploads: kept in the session, seen by nobody else, without ground truth."""

import hashlib
import re
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from segcore.effects.render import WORKING_LONG_SIDE
from segcore.errors import InputError
from segcore.frames.cityscapes import Frame
from segcore.frames.images import fit_long_side, read_image
from segcore.system.settings import most_upload_megabytes, most_uploads
from ui.shell.text import markdown_escaped, message_of

_PICTURE_ENDINGS = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "ppm", "avif"]
_UPLOADS, _UPLOADER_FILES, _REFUSALS = "_uploads", "_uploader_files", "_upload_refusals"


def choose_uploads() -> tuple[Frame, ...]:
    """Draw the uploader; return the pictures that are kept, the earlier ones first."""
    files = st.file_uploader(
        "Pictures of streets",
        type=_PICTURE_ENDINGS,
        accept_multiple_files=True,
        key="uploader",
        max_upload_size=most_upload_megabytes(),
        help="They stay in this session: nobody else sees them, and they are gone when you close the page. "
        "Their proportions are kept; more than 1024 pixels across or down are shrunk to that.",
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
    earlier = set(kept) - set(offered)
    if earlier and st.button("Remove earlier pictures", icon=":material/delete:", width="stretch"):
        for frame_id in earlier:
            del kept[frame_id]
    # The digest for a path: what is kept under it is found only by whoever has the same picture.
    return tuple(Frame(frame_id, "", "", Path(digest), None) for frame_id, (digest, _) in kept.items())


def leave_uploader() -> None:
    """Note that the uploader is not drawn: it forgets its files then, which is no wish to remove them."""
    st.session_state.pop(_UPLOADER_FILES, None)
    st.session_state.pop(_REFUSALS, None)


def uploaded_image(frame_id: str) -> np.ndarray:
    """Return a kept picture, uint8 RGB (h, w, 3), at the working size.

    Raises:
        InputError: it is not kept any more.
    """
    kept = st.session_state.get(_UPLOADS, {})
    if frame_id not in kept:
        raise InputError("That picture is no longer here; upload it again.")
    return kept[frame_id][1]


def _keep(frame_id: str, file: UploadedFile, digest: str, content: bytes) -> str | None:
    """Keep a picture, or forget its file and return why, for Markdown."""
    kept = st.session_state[_UPLOADS]
    if len(kept) >= most_uploads():
        why = f" was left out: at most {most_uploads()} pictures are kept; remove some first."
    else:
        try:
            kept[frame_id] = (digest, fit_long_side(read_image(content), WORKING_LONG_SIDE))
            return None
        except InputError as error:
            why = f": {message_of(error)}"
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
