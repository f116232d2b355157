"""A frame under effects, made once for each frame, chain and seed, whatever page asks for it."""

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from segcore.effects.chain import Chain, from_text, to_text
from segcore.effects.render import apply
from ui.frames.loaded import LoadedFrame


@dataclass(frozen=True, eq=False)
class Augmented:
    """A frame as the chain leaves it; the arrays are shared between visitors and cannot be written to.

    ``image`` uint8 RGB (h, w, 3), ``mask`` uint8 (h, w) of the frame's classes or None, ``change`` the mean absolute
    change of a value, 0 to 255.
    """

    image: np.ndarray
    mask: np.ndarray | None
    change: float


def augmented(key: str, chain: Chain, frame: LoadedFrame) -> Augmented:
    """Apply the chain to a frame.

    Args:
        key: the frame's ``ui.frames.keys.frame_key``.
        chain: what to apply.
        frame: the frame at the working size.

    Raises:
        InputError: the frame is too small.
    """
    return _augmented(key, to_text(chain), chain.seed, frame)


# A resource, not data: arrays are not copied at each rerun, and the text of the chain is the whole key.
@st.cache_resource(max_entries=24, show_spinner=False)
def _augmented(key: str, text: str, seed: int, _frame: LoadedFrame) -> Augmented:
    image, mask = apply(from_text(text, seed=seed), _frame.image, _frame.truth)
    for array in (image, mask):
        if array is not None:
            array.setflags(write=False)
    return Augmented(image, mask, float(cv2.absdiff(_frame.image, image).mean()))
