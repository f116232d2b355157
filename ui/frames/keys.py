"""What tells a frame from all others, for whatever is kept of it."""

from pathlib import Path

from segcore.frames.cityscapes import Frame
from segcore.system.files import file_version
from ui.frames.source import Source


def files_of(frame: Frame) -> tuple[Path, ...]:
    """Return the files of a frame: its picture and, where it has one, its ground truth."""
    return tuple(path for path in (frame.image_path, frame.truth_path) if path is not None)


def frame_key(source: Source, frame_id: str) -> str:
    """Return what tells a frame from all others, also from one of the same name in another folder.

    It changes with the files. Of an upload it is its digests, the same for whoever has the same files.
    """
    frame = source.frame(frame_id)
    if source.kind == "upload":
        return "@".join(map(str, files_of(frame)))
    return "@".join(f"{path}@{file_version(path)}" for path in files_of(frame))
