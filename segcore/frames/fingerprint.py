"""A fingerprint of the files of frames, which tells data sets with the same frame names apart."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from segcore.frames.frame import Frame


def files_sha256(frames: Iterable[Frame]) -> str:
    """Return a SHA-256 of the names of frames and the sizes of their files in bytes; no file is opened."""
    lines = (f"{frame.frame_id}\t{_size(frame.image_path)}\t{_size(frame.truth_path)}\n" for frame in frames)
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def _size(path: Path | None) -> int:
    try:
        return path.stat().st_size if path else -1
    except OSError:
        return -1
