"""Add a run: a file of a network or an archive of masks, opened and kept for a while, in bounds, and then removed."""

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

import streamlit as st

from segcore.adding.candidate import Candidate, opened
from segcore.adding.conversion import ENDINGS
from segcore.adding.description import FALLBACK_SIZE
from segcore.errors import InputError
from segcore.runs.run import runs_root
from segcore.system.files import file_version, sha256_of
from ui.shell.bound import bound_segments

MASKS_ENDING = ".zip"
MOST_DRAFTS = 4
"""How many files a server keeps open for all its visitors; the one that was opened first goes first."""
MOST_MASKS = 5000
MOST_MASK_BYTES = 2_000_000_000

_UPLOAD, _FOLDER = "Upload", "Runs folder"
_SECONDS_KEPT = 3600


@dataclass(eq=False)
class OpenedFile:
    """An opened file that may become a run.

    Attributes:
        name: of the file.
        sha256: of what became of it: the ONNX file, or the archive.
        network: the candidate, None for masks.
        masks: the folder of masks, None for a network.
    """

    name: str
    sha256: str
    network: Candidate | None = None
    masks: Path | None = None
    stack: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def usual_name(self) -> str:
        """A name for the run, after the file."""
        stem = PurePosixPath(self.name).name.split(".")[0]
        kept = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in stem)
        return kept.strip("_")[:40] or "new_run"


def choose_file() -> OpenedFile | None:
    """Draw the choice of a file and open it; None while none is chosen.

    Raises:
        InputError: no run can be made of the file.
    """
    way = bound_segments("From", (_UPLOAD, _FOLDER), key="from", what="way to choose a file")
    if way == _FOLDER:
        return _from_folder(_files_in_folder())
    file = st.file_uploader(
        "A network, or masks",
        type=[ending.removeprefix(".") for ending in (*ENDINGS, MASKS_ENDING)],
        key="run_upload",
        help="ONNX as it is; Keras and TensorFlow Lite are converted once; a .zip of PNG masks named after their "
        "frames. It is removed again unless you save it.",
    )
    if file is None:
        return None
    content = file.getbuffer()
    digest = hashlib.sha256(content).hexdigest()
    return _of_upload(digest, file.name, content)


def _files_in_folder() -> list[Path]:
    root = runs_root()
    endings = {*ENDINGS, MASKS_ENDING}
    try:
        return sorted(path for path in root.iterdir() if path.suffix.lower() in endings and path.is_file())
    except OSError:
        return []


def _from_folder(listed: Sequence[Path]) -> OpenedFile | None:
    if not listed:
        st.info(
            f"There is no file in `{runs_root()}` that a run can be made of; put one there, or upload it "
            f"({', '.join((*ENDINGS, MASKS_ENDING))})."
        )
        return None
    names = [path.name for path in listed]
    name = st.selectbox("File", names, index=None, placeholder="Choose a file", key="run_file", width=360)
    if name not in names:
        return None
    path = listed[names.index(name)]
    return _of_file(str(path), file_version(path), path)


def _close(file: OpenedFile) -> None:
    file.stack.close()


def _kept(function: Callable[..., OpenedFile]) -> Callable[..., OpenedFile]:
    return st.cache_resource(
        max_entries=MOST_DRAFTS, ttl=_SECONDS_KEPT, show_spinner="Opening the file…", on_release=_close
    )(function)


@_kept
def _of_file(place: str, version: tuple | None, _path: Path) -> OpenedFile:
    return _opened(_path, _path.name)


@_kept
def _of_upload(digest: str, name: str, _content: memoryview) -> OpenedFile:
    with tempfile.TemporaryDirectory(prefix="segcompare-upload-") as folder:
        # The ending alone is the visitor's; the name is not used as one.
        path = Path(folder) / f"upload{PurePosixPath(name).suffix.lower()}"
        path.write_bytes(_content)
        try:
            return _opened(path, name)
        except InputError as error:
            raise InputError(str(error).replace(str(path), name)) from error


def _opened(path: Path, name: str) -> OpenedFile:
    stack = ExitStack()
    try:
        if path.suffix.lower() == MASKS_ENDING:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="segcompare-masks-")))
            unpack_masks(path, folder)
            return OpenedFile(name, sha256_of(path), masks=folder, stack=stack)
        candidate = stack.enter_context(opened(path, size=FALLBACK_SIZE))
        return OpenedFile(name, sha256_of(candidate.path), network=candidate, stack=stack)
    except BaseException:
        stack.close()
        raise


def unpack_masks(archive: Path, folder: Path) -> None:
    """Write the PNG files of an archive into a folder, whatever folders they are in there.

    Raises:
        InputError: it is no archive, damaged or encrypted, holds no PNG file, two of one name, or more than is taken.
    """
    try:
        with zipfile.ZipFile(archive) as opened_archive:
            members = [entry for entry in opened_archive.infolist() if _is_mask(entry)]
            if not members:
                raise InputError(f"{archive} holds no PNG files; expected masks named after their frames.")
            # What the archive says of sizes may be wrong, so they are counted again below.
            if len(members) > MOST_MASKS or sum(entry.file_size for entry in members) > MOST_MASK_BYTES:
                raise InputError(
                    f"{archive} holds more than {MOST_MASKS:,} masks or {MOST_MASK_BYTES / 1e9:.0f} GB; add them by "
                    "`python -m segcore add FOLDER --name NAME`."
                )
            room = MOST_MASK_BYTES
            for entry in members:
                target = folder / PurePosixPath(entry.filename).name
                with opened_archive.open(entry) as source, target.open("xb") as written:
                    shutil.copyfileobj(_Bounded(source, room), written)
                    room -= written.tell()
    except FileExistsError as error:
        raise InputError(
            f"{archive} holds two masks named {Path(error.filename).name}; keep one of them."
        ) from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        # That of the system names the folder in which it is unpacked.
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{archive} cannot be unpacked ({reason}); expected a .zip of PNG masks.") from error
    # Damaged streams raise what their decompressor raises.
    except zlib.error as error:
        raise InputError(f"{archive} is damaged ({error}); expected a .zip of PNG masks.") from error


class _Bounded:
    """A file of which no more is read than there is room for."""

    def __init__(self, source: IO[bytes], room: int):
        self._source, self._room = source, room

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self._room -= len(content)
        if self._room < 0:
            raise OSError("it holds more than it says")
        return content


def _is_mask(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() == ".png" and not hidden and not entry.is_dir()
