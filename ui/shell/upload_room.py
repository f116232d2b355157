"""How much of a visitor's uploads a public server keeps in memory.

A browser does not send files above the limit of an uploader, and the pages forget files that they do not use. Somebody
who sends files without a browser passes both, and Streamlit keeps every file until the visitor leaves.
"""

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from segcore.system.settings import is_public, most_upload_megabytes, most_uploads

MOST_FILES = 100
"""Of one visitor; each picture may have a mask."""


class BoundedUploads:
    """Adds files to ``files`` as its ``add_file`` does; too large ones are dropped, and old ones when there are many.

    Args:
        files: Streamlit's store.
        largest: of a file, in bytes.
        most: bytes of one visitor's files.
    """

    def __init__(self, files: MemoryUploadedFileManager, *, largest: int, most: int):
        self._files, self._add = files, files.add_file
        self._largest, self._most = largest, most

    def __call__(self, session_id: str, file: UploadedFileRec) -> None:
        if len(file.data) > self._largest:
            return
        self._add(session_id, file)
        kept = self._files.get_files(session_id, list(self._files.file_storage[session_id]))
        size = sum(len(one.data) for one in kept)
        for place, oldest in enumerate(kept[:-1]):
            if size <= self._most and len(kept) - place <= MOST_FILES:
                return
            self._files.remove_file(session_id, oldest.file_id)
            size -= len(oldest.data)


@st.cache_resource(show_spinner=False)
def bound_uploads() -> None:
    """Let this server keep a limited part of the uploads of each visitor, if it is public; ``ui.visit`` calls it.

    Raises:
        InputError: a setting is wrong.
    """
    if runtime.exists() and is_public():
        files = runtime.get_instance().uploaded_file_mgr
        largest = most_upload_megabytes() * 1024 * 1024
        files.add_file = BoundedUploads(files, largest=largest, most=2 * max(1, most_uploads()) * largest)
