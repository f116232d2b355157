"""A folder of predicted masks from any source, as a run."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from segcore.adding.publishing import common_record
from segcore.errors import InputError
from segcore.frames.encoding import Encoding, encoding_of
from segcore.frames.frame import Frame
from segcore.frames.masks import UnknownValuesError, read_mask
from segcore.frames.opening import opened
from segcore.labels import LABEL_SPACES, VOID, LabelSpace
from segcore.predict.stored_masks import MASK_ENDINGS, masks_by_frame, same_proportions
from segcore.runs.history import write_history
from segcore.runs.record import record_from_json
from segcore.runs.run import HISTORY_FILE, MASKS_FOLDER, Run, write_run
from segcore.system.counting import counted

MOST_MASKS = 100_000
_MOST_NAMED = 5


@dataclass(frozen=True)
class FolderOfMasks:
    """Masks that may become a run.

    Attributes:
        folder: of the masks.
        by_frame: path of each mask, by the name of its frame.
        encoding: meaning of the values.
    """

    folder: Path
    by_frame: dict[str, Path]
    encoding: Encoding

    def of(self, frames: Iterable[Frame]) -> tuple[Frame, ...]:
        """Return the frames that have a mask here."""
        return tuple(frame for frame in frames if frame.frame_id in self.by_frame)


def open_masks(folder: Path, encoding: Encoding) -> FolderOfMasks:
    """List the masks of a folder and its subfolders.

    Raises:
        InputError: ``folder`` is not a folder, has no masks or too many, or has two masks of one frame.
    """
    by_frame = masks_by_frame(folder, encoding.kind)
    if not by_frame:
        endings = ", ".join(MASK_ENDINGS)
        raise InputError(
            f"{folder} has no masks; expected files named <frame>.png, or <frame>_labelIds.png ({endings})."
        )
    if len(by_frame) > MOST_MASKS:
        raise InputError(f"{folder} has {len(by_frame):,} masks; at most {MOST_MASKS:,} can be added.")
    return FolderOfMasks(Path(folder), by_frame, encoding)


def missing_in_words(masks: FolderOfMasks, frames: Sequence[Frame], data: str) -> str:
    """Return a sentence with the number of frames without a mask and the first names; empty if all have one."""
    missing = [frame.frame_id for frame in frames if frame.frame_id not in masks.by_frame]
    if not missing:
        return ""
    named = ", ".join(missing[:_MOST_NAMED]) + (", ..." if len(missing) > _MOST_NAMED else "")
    has = "has" if len(missing) == 1 else "have"
    return f"{len(missing)} of {len(frames)} frames of {data} {has} no mask: {named}"


def check_sizes(masks: FolderOfMasks, frames: Iterable[Frame]) -> None:
    """Check that masks have the aspect ratio of their frames; they may be smaller or larger.

    Raises:
        InputError: some masks have not (the message gives their number and the first one), or a file is damaged.
    """
    wrong = {}
    for frame in masks.of(frames):
        path = masks.by_frame[frame.frame_id]
        of_mask, of_frame = _size(path), _size(frame.image_path)
        if not same_proportions(of_mask, of_frame):
            wrong[path.name] = (of_mask, of_frame)
    if wrong:
        name, (of_mask, of_frame) = next(iter(wrong.items()))
        raise InputError(
            f"{len(wrong)} of {len(masks.by_frame)} masks do not have the aspect ratio of their frames, such as {name} "
            f"with {of_mask[1]} x {of_mask[0]} (width x height) for a frame of {of_frame[1]} x {of_frame[0]}."
        )


def _size(path: Path) -> tuple[int, int]:
    with opened(path) as picture:
        return picture.size


def write_masks(
    folder: Path,
    masks: FolderOfMasks,
    space: LabelSpace,
    *,
    history: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Copy masks into an empty folder and return it as a run; each mask is read, so that errors are found now.

    Args:
        folder: empty.
        masks: from ``open_masks``.
        space: their classes.
        history: the training curves of their model.
        progress: called with (masks done, all masks).

    Raises:
        InputError: masks cannot be read (the message gives their number and the first error), or they hold train ids
            although the encoding is label ids.
    """
    report = progress or (lambda done, total: None)
    digest, wrong = hashlib.sha256(), []
    reason: InputError | None = None
    seen = np.zeros(256, bool)
    target = folder / MASKS_FOLDER
    target.mkdir()
    for done, (frame, path) in enumerate(sorted(masks.by_frame.items()), start=1):
        try:
            seen |= np.bincount(read_mask(path, masks.encoding).ravel(), minlength=256) > 0
        except InputError as error:
            reason = reason or error
            wrong.append(path)
        else:
            content = path.read_bytes()
            digest.update(frame.encode() + hashlib.sha256(content).digest())
            (target / f"{frame}.png").write_bytes(content)
        report(done, len(masks.by_frame))
    if reason is not None:
        raise InputError(
            f"{len(wrong)} of {counted(len(masks.by_frame), 'mask')} cannot be used: {reason}"
            f"{_hint(wrong[0], reason, masks)}"
        ) from reason
    _refuse_train_ids(seen, masks.encoding)
    if history is not None:
        write_history(folder / HISTORY_FILE, history)
    record = {
        **common_record("masks", space, source=masks.folder.name),
        "encoding": masks.encoding.kind,
        "weights_sha256": digest.hexdigest(),
    }
    return write_run(folder, record_from_json(record))


def _refuse_train_ids(seen: np.ndarray, encoding: Encoding) -> None:
    """Refuse label ids if no value is above the train ids: vegetation, sky, people and vehicles have larger ids."""
    classes = LABEL_SPACES["train_ids"].num_classes
    if encoding.kind == "label-ids" and not seen[classes:VOID].any() and seen[:classes].any():
        raise InputError(
            f"The masks hold no value above {classes - 1}, so they are probably train ids, not label ids; choose "
            "--encoding train-ids, or, if they are label ids, --encoding indices and --classes label_ids."
        )


def _hint(path: Path, reason: InputError, masks: FolderOfMasks) -> str:
    """Return a hint with another encoding that fits a mask with unknown values; empty if there is none."""
    if not isinstance(reason, UnknownValuesError):
        return ""
    for kind in ("label-ids", "train-ids", "colors", "instance-ids"):
        if kind == masks.encoding.kind:
            continue
        try:
            read_mask(path, encoding_of(kind, masks.encoding.space))
        except InputError:
            continue
        return f" It can be read with --encoding {kind}."
    return ""
