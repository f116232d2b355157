"""Augment: the layers of the viewer, made once for each frame, chain and seed."""

import cv2
import numpy as np
import streamlit as st

from segcore.effects.chain import Chain, from_text, to_text
from ui.frames.augmented import augmented
from ui.frames.loaded import LoadedFrame
from ui.viewer.layers import Layer, Palette, class_layer, picture_layer, value_layer

_CHANGE = Palette.of_values(
    "Change", ((0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164))
)
_SHARP_SIDE = 600


def augmented_layers(key: str, chain: Chain, frame: LoadedFrame) -> tuple[Layer, ...]:
    """Return before, after, difference and, where there is ground truth, the mask before and after."""
    return _layers(key, to_text(chain), chain.seed, frame)


# Resources, not data: the bytes are not copied at each rerun, and the text of the chain is the whole key.
@st.cache_resource(max_entries=24, show_spinner=False)
def _layers(key: str, text: str, seed: int, _frame: LoadedFrame) -> tuple[Layer, ...]:
    result = augmented(key, from_text(text, seed=seed), _frame)
    layers = [*_unchanged(key, _frame)]
    layers.insert(1, picture_layer("after", "After", result.image))
    difference = _difference(_frame.image, result.image)
    layers.insert(2, value_layer("difference", "Difference", difference, palette=_CHANGE, high=255))
    if result.mask is not None:
        palette = Palette.of_labels(_frame.classes)
        layers.append(class_layer("mask", "Mask after", result.mask, palette=palette, over="after"))
    return tuple(layers)


@st.cache_resource(max_entries=24, show_spinner=False)
def _unchanged(key: str, _frame: LoadedFrame) -> tuple[Layer, ...]:
    before = picture_layer("before", "Before", _frame.image)
    if _frame.truth is None:
        return (before,)
    palette = Palette.of_labels(_frame.classes)
    mask = class_layer(
        "mask_before", "Mask before", _frame.truth, palette=palette, over="before", described=False
    )
    return before, mask


def _difference(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Mean absolute change over the channels, 0 to 255; of large frames at half their size, which is sent sooner."""
    changed = cv2.absdiff(before, after)
    if max(changed.shape) > _SHARP_SIDE:
        changed = cv2.resize(changed, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return changed.mean(axis=2)
