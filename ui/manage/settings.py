"""Add a run: how a network is fed and read, and what its classes are, as widgets."""

from dataclasses import dataclass

import streamlit as st

from segcore.adding.candidate import Candidate, Wiring, check_number, fitting_lists, wire
from segcore.adding.description import FALLBACK_SIZE, PRESETS, Options, read_number, usual_fit
from segcore.classes.files import find_space, known_spaces, space_of
from segcore.errors import InputError
from segcore.labels import LabelSpace
from segcore.runs.network_io import CHANNELS, FITS, LARGEST_SIDE, LAYOUTS, OUTPUTS
from segcore.system.counting import counted
from ui.shell.fields import FIELDS

_AS_STORED, _OWN = "as the file says", "own"
_PRESETS = {
    "imagenet": "ImageNet’s mean and deviation",
    "minus-one-to-one": "−1 to 1: pixel / 127.5 − 1",
    "zero-to-one": "0 to 1: pixel / 255",
    "raw": "0 to 255, as they are",
    _OWN: "A mean and deviation of its own",
    _AS_STORED: "Bytes, as the file takes them",
}
_WORDS = {"letterbox": "Letterbox", "stretch": "Stretch", "rgb": "RGB", "bgr": "BGR"}
_MINE = "a list of its own"
_AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Settings:
    """What the visitor says of a network."""

    wiring: Wiring
    space: LabelSpace


def choose_settings(network: Candidate, *, key: str) -> Settings:
    """Draw the widgets for one network.

    Args:
        network: the candidate.
        key: of the file; each has settings of its own.

    Raises:
        InputError: what is set does not fit the network, or something in it is no number or no class.
    """
    facts = network.facts
    layout = facts.layout or st.segmented_control(
        FIELDS["layout"], LAYOUTS, default=LAYOUTS[0], required=True, key=f"{key}_layout"
    )
    values = _normalisation(network, key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channels = _segments(FIELDS["channels"], CHANNELS, key=f"{key}_channels")
        fit = _segments(FIELDS["fit"], FITS, key=f"{key}_fit", default=usual_fit(facts.sides(layout)))
    size = _size(facts.sides(layout), key)
    output, kind, output_layout = _output(network, key)
    options = Options(
        size=size,
        fit=fit,
        channels=channels,
        layout=layout,
        output=output,
        output_kind=kind,
        output_layout=output_layout,
        **values,
    )
    wiring = wire(network, options)
    return Settings(wiring, _classes(wiring.classes, key))


def _segments(label: str, choices: tuple[str, ...], *, key: str, default: str | None = None) -> str:
    return st.segmented_control(
        label,
        choices,
        default=default or choices[0],
        required=True,
        key=key,
        format_func=lambda choice: _WORDS.get(choice, choice),
    )


def _normalisation(network: Candidate, key: str) -> dict:
    choices = [*PRESETS, _OWN]
    if network.facts.dtype in ("uint8", "int8"):
        choices = [_AS_STORED, *choices]
    preset = st.selectbox(
        FIELDS["preset"],
        choices,
        key=f"{key}_preset",
        format_func=_PRESETS.get,
        help="What the training did to the pixels before the network saw them. ImageNet: (pixel / 255 - mean) / std "
        "with the mean and deviation of torchvision's networks.",
    )
    if preset == _AS_STORED:
        return {}
    if preset != _OWN:
        return {"preset": preset}
    with st.container(horizontal=True):
        mean = st.text_input(
            FIELDS["mean"], "0.485 0.456 0.406", key=f"{key}_mean", help="One number, or one per channel."
        )
        std = st.text_input(
            FIELDS["std"], "0.229 0.224 0.225", key=f"{key}_std", help="One number, or one per channel."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pixel_range = st.segmented_control(
            FIELDS["range"],
            (1.0, 255.0),
            default=1.0,
            required=True,
            key=f"{key}_range",
            format_func="0 … {:g}".format,
        )
        factor = st.text_input(
            FIELDS["factor"],
            "1",
            key=f"{key}_factor",
            width=110,
            help="Such as 1/255, where the training divided again.",
        )
    return {
        "mean": _numbers(mean),
        "std": _numbers(std),
        "pixel_range": pixel_range,
        "factor": read_number(factor.strip()),
    }


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(read_number(part) for part in text.replace(",", " ").replace(";", " ").split())


def _size(sides: tuple[int | None, int | None], key: str) -> tuple[int, int] | None:
    if None not in sides:
        st.caption(f"The file fixes the input at {sides[1]} × {sides[0]} px (width × height).")
        return None
    with st.container(horizontal=True):
        width, height = (
            st.number_input(
                label,
                1,
                LARGEST_SIDE,
                side or usual,
                32,
                key=f"{key}_{label}",
                disabled=side is not None,
                width=125,
            )
            for label, side, usual in (
                ("Width", sides[1], FALLBACK_SIZE[1]),
                ("Height", sides[0], FALLBACK_SIZE[0]),
            )
        )
    return height, width


def _output(network: Candidate, key: str) -> tuple[str | None, str | None, str | None]:
    names = [output.name for output in network.facts.outputs]
    with st.expander("How its output is read"):
        chosen = [
            st.selectbox(label, [_AUTOMATIC, *choices], key=f"{key}_{label}")
            for label, choices in (
                (FIELDS["output"], names),
                (FIELDS["output-kind"], OUTPUTS),
                (FIELDS["output-layout"], LAYOUTS),
            )
        ]
    return tuple(None if choice == _AUTOMATIC else choice for choice in chosen)


def _classes(number: int | None, key: str) -> LabelSpace:
    fitting = fitting_lists(number)
    lists = [*fitting, *(name for name in known_spaces() if name not in fitting), _MINE]
    name = st.selectbox(
        f"{FIELDS['classes']}, in the order of the outputs",
        lists,
        # Its own list where none that comes along has as many.
        index=0 if fitting else len(lists) - 1,
        key=f"{key}_classes",
        format_func=lambda name: "A list of its own" if name == _MINE else find_space(name).title,
    )
    if name == _MINE:
        count = "" if number is None else counted(number, "line")
        text = st.text_area(
            "Names, one a line",
            key=f"{key}_names",
            placeholder=count,
            help="Names of Cityscapes classes are matched to Cityscapes; background and void are matched to nothing.",
        )
        names = [line.strip() for line in text.splitlines() if line.strip()]
        if not names:
            raise InputError(
                f"Write the names of the {number or ''} classes, one a line, in the order of the outputs."
            )
        space = space_of("its own", names, where="The list")
    else:
        space = find_space(name)
    check_number(space, number)
    return space
