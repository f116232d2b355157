"""A folder of predicted masks, made by anything, as a run."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from segcore.adding.publishing import common_record
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.frames.masks import Encoding, UnknownValuesError, encoding_of, read_mask
from segcore.frames.opening import opened
from segcore.labels import LABEL_SPACES, VOID, LabelSpace
from segcore.predict.stored_masks import MASK_ENDINGS, masks_by_frame, same_proportions
from segcore.runs.history import write_history
from segcore.runs.record import record_from_json
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

    def of(self, frames: Iterable[Frame]) -> tuple[Frame, ...]:
        """Return those of the frames that have a mask here."""
        return tuple(frame for frame in frames if frame.frame_id in self.by_frame)


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


def missing_in_words(masks: FolderOfMasks, frames: Sequence[Frame], data: str) -> str:
    """Return a sentence on the frames without a mask, how many and the first of them by name; or nothing."""
    missing = [frame.frame_id for frame in frames if frame.frame_id not in masks.by_frame]
    if not missing:
        return ""
    named = ", ".join(missing[:_MOST_NAMED]) + (", ..." if len(missing) > _MOST_NAMED else "")
    has = "has" if len(missing) == 1 else "have"
    return f"{len(missing)} of {len(frames)} frames of {data} {has} no mask: {named}"


def check_sizes(masks: FolderOfMasks, frames: Iterable[Frame]) -> None:
    """Compare masks with their frames; they may be smaller or larger, but not of other proportions.

    Raises:
        InputError: some are; how many, and the first of them by name. Or a file is damaged.
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
            f"{len(wrong)} of {len(masks.by_frame)} masks do not have the proportions of their frames, such as {name} "
            f"with {of_mask[1]} x {of_mask[0]} (width x height) for a frame of {of_frame[1]} x {of_frame[0]}."
        )


def _size(path: Path) -> tuple[int, int]:
    with opened(path) as picture:
        return picture.image.height, picture.image.width


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
        InputError: masks cannot be read, how many and what is wrong with the first; or they are train ids, although
            the encoding says label ids.
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
            f"{len(wrong)} of {len(masks.by_frame)} masks cannot be used: {reason}{_hint(wrong[0], reason, masks)}"
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
    """Refuse masks of label ids without any above the train ids: plants, sky, people and vehicles are all there."""
    classes = LABEL_SPACES["train_ids"].num_classes
    if encoding.kind == "label-ids" and not seen[classes:VOID].any() and seen[:classes].any():
        raise InputError(
            f"The masks hold no value above {classes - 1}, as train ids do and label ids of streets do not; give "
            "--encoding train-ids, or --encoding indices --classes label_ids if they are label ids indeed."
        )


def _hint(path: Path, reason: InputError, masks: FolderOfMasks) -> str:
    """Return in which other encoding a mask with unknown values could be read."""
    if not isinstance(reason, UnknownValuesError):
        return ""
    for kind in ("label-ids", "train-ids", "colors", "instance-ids"):
        if kind == masks.encoding.kind:
            continue
        try:
            read_mask(path, encoding_of(kind, masks.encoding.space))
        except InputError:
            continue
        return f" It can be read as --encoding {kind}."
    return ""
