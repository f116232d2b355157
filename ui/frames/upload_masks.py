"""Masks among uploaded files: whose each is, what its values mean, and what cannot be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
import streamlit as st

from segcore.classes.translation import translation
from segcore.errors import InputError
from segcore.frames.images import resize_mask
from segcore.frames.masks import read_mask
from segcore.frames.pairing import guessed
from segcore.frames.truth_classes import known_encodings
from segcore.labels import LabelSpace
from ui.shell.text import markdown_escaped, message_of

_NOBODY = "no picture's mask"
_PAIRS = "_upload_masks"


class Uploaded(Protocol):
    """What is to be known of an uploaded file, see ``ui.frames.uploads.Upload``."""

    name: str
    digest: str
    image: np.ndarray
    size: tuple[int, int]
    readable: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, eq=False)
class Pair:
    """The mask of a picture.

    Attributes:
        mask_id: of the upload.
        key: changes with the mask and with what its values mean.
        truth: uint8 (h, w) at the picture's working size, indices of ``classes``; None where it cannot be told.
        classes: in which it is scored.
        problem: why there is no truth, for Markdown.
    """

    mask_id: str
    key: str = ""
    truth: np.ndarray | None = field(repr=False, default=None)
    classes: LabelSpace | None = None
    problem: str = ""


def choose_masks(kept: Mapping[str, Uploaded], named: Mapping[str, str]) -> dict[str, Pair]:
    """Draw what is to be chosen about masks, and return them by the ids of their pictures.

    Args:
        kept: the uploads by their ids.
        named: picture to mask, as the names of the files tell.
    """
    chosen = dict(named)
    for mask_id, upload in kept.items():
        if upload.readable and _is_drawn(upload) and mask_id not in {*named, *named.values()}:
            pictures = [other for other in kept if other != mask_id and other not in chosen.values()]
            if pictures and (of := _choose_picture(mask_id, upload, pictures, kept)):
                chosen[of] = mask_id
    if not chosen:
        return {}
    titles = _choose_encodings({mask_id: kept[mask_id] for mask_id in chosen.values()})
    before, now = st.session_state.get(_PAIRS, {}), {}
    for picture_id, mask_id in chosen.items():
        key = picture_id, mask_id, titles[mask_id]
        now[key] = before.get(key) or _pair(kept[picture_id], mask_id, kept[mask_id], titles[mask_id])
    # Those of masks that are gone, or read in another way, are let go.
    st.session_state[_PAIRS] = now
    for (_, _, title), pair in now.items():
        if pair.problem:
            (st.info if title is None else st.error)(pair.problem)
    return {picture_id: pair for (picture_id, _, _), pair in now.items()}


def _choose_picture(
    mask_id: str, upload: Uploaded, pictures: list[str], kept: Mapping[str, Uploaded]
) -> str | None:
    of = st.selectbox(
        f"{markdown_escaped(upload.name)} is",
        [_NOBODY, *pictures],
        format_func=lambda other: other if other == _NOBODY else f"the mask of {kept[other].name}",
        key=f"upload_mask_{mask_id}",
        persist_state="session",
    )
    return None if of == _NOBODY else of


def _choose_encodings(masks: Mapping[str, Uploaded]) -> dict[str, str | None]:
    """Draw what the values of the masks mean; return keys of ``known_encodings``, None for what is not chosen.

    Masks that tell the same by themselves are asked for together, and those that tell nothing if they can be the same.
    """
    alike: dict[tuple, list[str]] = {}
    for mask_id, mask in masks.items():
        guess = guessed(mask.name, mask.content, mask.readable)
        alike.setdefault((guess, () if guess else mask.readable), []).append(mask_id)
    titles: dict[str, str | None] = {}
    for (guess, _), ids in alike.items():
        one = markdown_escaped(masks[ids[0]].name)
        more = f" and {len(ids) - 1} more hold" if len(ids) > 1 else " holds"
        label = "Masks hold" if len(alike) == 1 else f"{one}{more}"
        titles |= dict.fromkeys(ids, _choose_encoding(label, [masks[mask_id] for mask_id in ids], guess))
    return titles


def _choose_encoding(label: str, masks: Sequence[Uploaded], guess: str | None) -> str | None:
    common = [title for title in known_encodings() if all(title in mask.readable for mask in masks)]
    return st.selectbox(
        label,
        common,
        index=common.index(guess) if guess in common else None,
        placeholder="Choose what their values mean",
        # Other masks have something else to begin with.
        key=f"upload_masks_hold_{guess}_{'|'.join(common)}",
        persist_state="session",
        help="Guessed from names and values where possible.",
    )


def _pair(picture: Uploaded, mask_id: str, mask: Uploaded, title: str | None) -> Pair:
    name = markdown_escaped(mask.name)
    if title is None:
        return Pair(mask_id, problem=f"{name} is no ground truth yet: choose what its values mean.")
    encoding, classes = known_encodings()[title]
    try:
        stored = read_mask(mask.content, encoding)
    except InputError as error:
        return Pair(mask_id, problem=f"{name}: {message_of(error)}")
    if stored.shape != picture.size:
        mine, its = (f"{width} x {height}" for height, width in (stored.shape, picture.size))
        return Pair(
            mask_id, problem=f"{name} is {mine}, but its picture {its}: a mask has the size of its picture."
        )
    truth = cv2.LUT(stored, translation(encoding.space, classes))
    return Pair(mask_id, f"{mask.digest}|{title}", resize_mask(truth, picture.image.shape[:2]), classes)


def _is_drawn(upload: Uploaded) -> bool:
    """Tell whether a picture has several colours; one that has not is hardly a mask."""
    return bool((upload.image != upload.image[:1, :1]).any())
