"""A folder of predicted masks, made by anything, as a run."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from segcore.adding.publishing import common_record
from segcore.errors import InputError
from segcore.frames.masks import Encoding, read_mask
from segcore.labels import LabelSpace
from segcore.predict.stored_masks import MASK_ENDINGS, masks_by_frame
from segcore.runs.history import write_history
from segcore.runs.run import HISTORY_FILE, MASKS_FOLDER, Run, write_run

MOST_MASKS = 100_000
_MOST_NAMED = 5


@dataclass(frozen=True)
class FolderOfMasks:
    """Masks that may become a run.

    Attributes:
        folder: where they lie.
        by_frame: path of each, by the name of its frame.
        encoding: what their values mean.
    """

    folder: Path
    by_frame: dict[str, Path]
    encoding: Encoding

    def missing(self, frames: Iterable[str]) -> tuple[str, ...]:
        """Return those of the frames that have no mask here."""
        return tuple(frame for frame in frames if frame not in self.by_frame)


def open_masks(folder: Path, encoding: Encoding) -> FolderOfMasks:
    """List a folder of masks, its subfolders too.

    Raises:
        InputError: it is no folder, holds no masks or too many, or two masks of one frame.
    """
    by_frame = masks_by_frame(folder, encoding.kind)
    if not by_frame:
        endings = ", ".join(MASK_ENDINGS)
        raise InputError(
            f"{folder} holds no masks; expected files named <frame>.png, or <frame>_labelIds.png ({endings})."
        )
    if len(by_frame) > MOST_MASKS:
        raise InputError(f"{folder} holds {len(by_frame):,} masks; at most {MOST_MASKS:,} can be added.")
    return FolderOfMasks(Path(folder), by_frame, encoding)


def write_masks(
    folder: Path,
    masks: FolderOfMasks,
    space: LabelSpace,
    *,
    history: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Copy masks into an empty folder and return it as a run; each is read first, so that a wrong one is found now.

    Args:
        folder: empty.
        masks: from ``open_masks``.
        space: their classes.
        history: the curves of the training behind them.
        progress: called with (masks done, masks in all).

    Raises:
        InputError: masks cannot be read; the first of them are named, with the number of all.
    """
    report = progress or (lambda done, total: None)
    digest, wrong = hashlib.sha256(), []
    target = folder / MASKS_FOLDER
    target.mkdir()
    for done, (frame, path) in enumerate(sorted(masks.by_frame.items()), start=1):
        try:
            content = path.read_bytes()
            read_mask(content, masks.encoding)
        except InputError as error:
            wrong.append(f"{path.name}: {error}")
        digest.update(frame.encode() + hashlib.sha256(content).digest())
        (target / f"{frame}.png").write_bytes(content)
        report(done, len(masks.by_frame))
    if wrong:
        raise InputError(_in_one_sentence(wrong, len(masks.by_frame)))
    if history is not None:
        write_history(folder / HISTORY_FILE, history)
    return write_run(
        folder,
        {
            **common_record("masks", space, source=masks.folder.name),
            "encoding": masks.encoding.kind,
            "weights_sha256": digest.hexdigest(),
        },
    )


def _in_one_sentence(wrong: list[str], total: int) -> str:
    more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
    return f"{len(wrong)} of {total} masks cannot be used: {' '.join(wrong[:_MOST_NAMED])}{more}"
