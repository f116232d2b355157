"""Augment: all effects on one frame at a glance."""

import io

import streamlit as st
from PIL import Image

from segcore.effects.chain import Chain, make_step
from segcore.effects.kinds import DEFAULT_SEVERITY, SEVERITIES
from segcore.effects.render import apply
from segcore.effects.table import EFFECTS, GROUPS
from segcore.frames.images import fit_long_side
from ui.augment.controls import add_effect
from ui.frames.loaded import LoadedFrame

_GROUP_TITLES = {"weather": "Weather", "camera": "Camera", "colour": "Colour", "flip": "Flips"}
_RENDERED_SIDE = 512
# Four beside one another on a small screen, two on a telephone.
_CARD_WIDTH = 176


def show_gallery(key: str, frame: LoadedFrame, *, seed: int) -> None:
    """Draw every effect on a smaller copy of the frame at one severity, each with a button that adds it."""
    severity = st.segmented_control(
        "Severity of all", SEVERITIES, default=DEFAULT_SEVERITY, key="augment_gallery_severity", required=True
    )
    for group in GROUPS:
        st.markdown(f"**{_GROUP_TITLES[group]}**")
        with st.container(horizontal=True, gap="small"):
            for effect in EFFECTS.values():
                if effect.group == group:
                    _card(
                        effect.name,
                        _picture(key, effect.name, severity, seed, frame),
                        severity,
                        frame.frame_id,
                    )


def _card(name: str, picture: bytes, severity: int, frame_id: str) -> None:
    effect = EFFECTS[name]
    title = f"{effect.title} {severity}" if effect.has_severity else effect.title
    with st.container(width=_CARD_WIDTH, gap="xxsmall"):
        st.image(picture, alt=f"Frame {frame_id} with {title}: {effect.meaning}")
        st.button(
            title,
            icon=":material/add:",
            key=f"augment_take_{name}",
            help=f"Add to the chain. {effect.meaning}.",
            on_click=add_effect,
            args=(name,),
            kwargs={"severity": severity},
            width="stretch",
        )


@st.cache_data(max_entries=400, show_spinner=False)
def _picture(key: str, name: str, severity: int, seed: int, _frame: LoadedFrame) -> bytes:
    step = make_step(name, severity=severity if EFFECTS[name].has_severity else None)
    image, _ = apply(Chain((step,), seed=seed), fit_long_side(_frame.image, _RENDERED_SIDE))
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="JPEG", quality=85)
    return buffer.getvalue()
