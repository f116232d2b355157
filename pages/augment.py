"""Weather, camera faults and flips on a frame and its mask, and the code that repeats them."""

import streamlit as st

from segcore.effects.chain import Chain, to_text
from segcore.errors import InputError
from ui.augment.chain import keep_in_address, open_chain
from ui.augment.controls import Controls, step_in_words
from ui.augment.gallery import show_gallery
from ui.augment.picture import augmented_layers
from ui.augment.share import offer_files, show_code, show_json
from ui.compare.settings import CHAIN
from ui.frames.augmented import augmented
from ui.frames.chooser import choose_frame
from ui.frames.keys import frame_key
from ui.frames.loaded import LoadedFrame, load_frame
from ui.frames.source import current_source, show_no_frames
from ui.shell.bound import bound_segments
from ui.shell.router import link_to, through_app
from ui.shell.text import message_of
from ui.shell.url import address_of
from ui.viewer.component import viewer
from ui.viewer.settings import ViewerSettings
from ui.viewer.start import IN_ADDRESS, viewer_start

_VIEWER_HEIGHT = 560
_MORE = ("Code", "JSON", "All effects")


@st.fragment
def _work(key: str, frame: LoadedFrame) -> None:
    # A moved slider runs this alone: the frame is neither chosen nor read again.
    with address_of("augment", st.empty()):
        _draw(key, frame)


def _draw(key: str, frame: LoadedFrame) -> None:
    left, right = st.columns((8, 5), gap="medium")
    with right:
        controls = Controls()
    keep_in_address()
    # It stays in sight beside a long list of sliders.
    with left, st.container(key="augment_picture"):
        try:
            _show_picture(key, controls.chain, frame)
        except InputError as error:
            st.error(message_of(error))
    # After the picture, which so is on its way before the sliders are drawn again.
    controls.draw()
    # Below both columns: on a telephone the sliders then follow the picture and not the code.
    more = bound_segments("Show", _MORE, key="more", what="part below the picture", required=False)
    if more == "Code":
        show_code(controls.chain, frame)
    elif more == "JSON":
        show_json(controls.chain)
    elif more == "All effects":
        show_gallery(key, frame, seed=controls.chain.seed)


def _show_picture(key: str, chain: Chain, frame: LoadedFrame) -> None:
    layers = augmented_layers(key, chain, frame)
    applied = ", then ".join(step_in_words(step) for step in chain.active_steps) or "no effect"
    settings = ViewerSettings(
        key="augment_viewer",
        description=f"Frame {frame.frame_id} before and after {applied}.",
        start=viewer_start(layers, page="augment", left="before", right="after"),
        height=_VIEWER_HEIGHT,
        in_address=IN_ADDRESS,
    )
    viewer(layers, settings)
    height, width = frame.image.shape[:2]
    change = augmented(key, chain, frame).change
    truth = "" if frame.truth is not None else " · no ground truth, so no mask"
    st.caption(f"{applied} · mean absolute change {change:.1f} / 255 · {width} × {height} px{truth}")
    source = current_source()
    if source is not None and chain.active_steps:
        there = {"frame": frame.frame_id, "effect": CHAIN, "chain": to_text(chain), "seed": str(chain.seed)}
        link_to("compare", "What do both models make of this?", **source.in_address, **there)
    offer_files(key, chain, frame)


through_app()
st.title("Augment")
st.write(
    "See what weather, camera faults and flips do to a frame and its mask, and copy the code that does the same."
)
frames = current_source()
if frames is None:
    show_no_frames()
else:
    try:
        frame_id = choose_frame(frames, key="augment")
        open_chain()
        # Loaded first, which has a sentence for a file that is gone.
        frame = load_frame(frames, frame_id)
        _work(frame_key(frames, frame_id), frame)
    except InputError as error:
        st.error(message_of(error))
