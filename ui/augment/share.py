"""Augment: what a visitor takes home: code, JSON, and the files."""

import streamlit as st

from segcore.effects.chain import Chain, from_json, to_json
from segcore.effects.render import to_code
from segcore.errors import InputError
from segcore.frames.pictures import png_bytes
from segcore.reports.archive import zip_bytes
from ui.augment import chain as kept
from ui.frames.augmented import augmented
from ui.frames.loaded import LoadedFrame
from ui.shell.bound import choose

_PASTED, _FAULT = "augment_pasted", "_augment_fault"


def show_code(chain: Chain, frame: LoadedFrame) -> None:
    """Show the script that repeats the picture."""
    st.write(
        "Put this script beside `frame.png` from the download: it makes the same picture, bit for "
        "bit, with Albumentations only."
    )
    st.code(to_code(chain, frame.image.shape[:2], with_mask=frame.truth is not None), language="python")


def show_json(chain: Chain) -> None:
    """Show the chain as JSON, and take one back."""
    st.write("The same chain for programs. Lengths are shares of the frame, so it fits frames of any size.")
    st.code(to_json(chain), language="json")
    st.text_area(
        "Use a chain from elsewhere",
        key=_PASTED,
        placeholder='{"format": 1, "seed": 0, "effects": [{"effect": "fog", "severity": 4}]}',
        on_change=_take_json,
        help="Paste JSON as above; an effect takes a severity of 0 to 5 or parameters.",
    )
    fault = st.session_state.pop(_FAULT, None)
    if fault:
        st.error(fault)


def _take_json() -> None:
    text = st.session_state[_PASTED].strip()
    if not text:
        return
    try:
        chain = from_json(text)
    except InputError as error:
        st.session_state[_FAULT] = str(error)
        return
    kept.replace_chain(chain)
    choose("seed", chain.seed)
    st.session_state[_PASTED] = ""


def offer_files(key: str, chain: Chain, frame: LoadedFrame) -> None:
    """Draw the download buttons; the files are made when one is pressed."""
    with st.container(horizontal=True):
        _button(
            "Picture", "image/png", f"{frame.frame_id}_augmented.png", lambda: picture_png(key, chain, frame)
        )
        if frame.truth is not None:
            name = f"{frame.frame_id}_augmented_{'trainIds' if _has_train_ids(frame) else 'classes'}.png"
            _button("Mask", "image/png", name, lambda: mask_png(key, chain, frame))
        name = f"{frame.frame_id}_augmented.zip"
        _button("Everything", "application/zip", name, lambda: archive(key, chain, frame))
    has_mask = frame.truth is not None
    values = (
        "train ids" if _has_train_ids(frame) else f"the places of {frame.classes.num_classes} classes, from 0"
    )
    st.caption(
        f"PNG, without loss. Everything: frame {'and mask ' if has_mask else ''}before and after, the script and the "
        f"JSON.{f' Masks hold {values}, 255 is void.' if has_mask else ''}"
    )


def picture_png(key: str, chain: Chain, frame: LoadedFrame) -> bytes:
    """Return the augmented frame as PNG."""
    return png_bytes(augmented(key, chain, frame).image)


def mask_png(key: str, chain: Chain, frame: LoadedFrame) -> bytes:
    """Return the mask that belongs to it as PNG of the frame's classes, void 255."""
    return png_bytes(augmented(key, chain, frame).mask)


def archive(key: str, chain: Chain, frame: LoadedFrame) -> bytes:
    """Return a zip in which the script lies beside what it reads."""
    has_mask = frame.truth is not None
    files = {
        "frame.png": png_bytes(frame.image),
        "augmented.png": picture_png(key, chain, frame),
        "augment.py": to_code(chain, frame.image.shape[:2], with_mask=has_mask).encode(),
        "chain.json": (to_json(chain) + "\n").encode(),
    }
    if has_mask:
        files |= {"mask.png": png_bytes(frame.truth), "augmented_mask.png": mask_png(key, chain, frame)}
    return zip_bytes(files)


def _has_train_ids(frame: LoadedFrame) -> bool:
    return frame.classes.name == "train_ids"


def _button(label: str, kind: str, name: str, make: object) -> None:
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=kind,
        icon=":material/download:",
        key=f"augment_download_{label.lower()}",
        on_click="ignore",
    )
