"""Augment: the list of effects with their severities and sliders."""

import streamlit as st

from segcore.effects.chain import MAXIMUM_STEPS, Chain, Step, make_step
from segcore.effects.kinds import SEVERITIES, Choice, Effect, Number
from segcore.effects.table import EFFECTS, GROUPS
from ui.augment import chain as kept
from ui.shell.seed import choose_seed

_OPEN, _ADD = "_augment_open", "augment_add"


class Controls:
    """The seed, drawn at once, and the chain with its sliders, drawn by ``draw`` at the same place.

    What the visitor has changed is in ``chain`` before that: widgets tell it by their callbacks. Every change
    runs the fragment around the call again.
    """

    def __init__(self) -> None:
        self._place = st.container()
        with self._place:
            addition = st.container()
            with st.container(horizontal=True, vertical_alignment="bottom"):
                seed = choose_seed(width="stretch", with_dice=True)
        self._addition = addition
        self.chain = Chain(kept.steps(), seed=seed)

    def draw(self) -> None:
        """Draw the list of effects."""
        with self._addition:
            _choose_addition()
        with self._place:
            _draw_chain()


def add_effect(name: str, *, severity: int | None = None) -> None:
    """Put an effect at the end of the chain and open its sliders; say so when there is no room."""
    has_severity = EFFECTS[name].has_severity
    number = kept.add(make_step(name, severity=severity if has_severity else None))
    if number is None:
        st.toast(f"The chain holds {MAXIMUM_STEPS} effects at most; remove one first.")
    else:
        st.session_state[_OPEN] = number


def step_in_words(step: Step) -> str:
    """Return a step in a few words, such as "Rain 3", "Fog, own values" or "Horizontal flip"."""
    if not step.effect.has_severity:
        return step.effect.title
    if step.severity is None:
        return f"{step.effect.title}, own values"
    return f"{step.effect.title} {step.severity or 'off'}"


def _draw_chain() -> None:
    entries = kept.entries()
    if not entries:
        st.info("No effect is chosen, so nothing changes: add one above, or from “All effects” below.")
    is_open = st.session_state.setdefault(_OPEN, entries[0].number if entries else None)
    for place, entry in enumerate(entries):
        with st.container(border=True, gap="small"):
            _draw_head(entry, place, last=len(entries) - 1)
            if entry.step.effect.has_severity:
                _draw_severity(entry)
            if entry.step.effect.has_severity and entry.step.is_on:
                _draw_opener(entry.number, is_open=entry.number == is_open)
                if entry.number == is_open:
                    for parameter in entry.step.effect.parameters:
                        _draw_parameter(entry, parameter)


def _choose_addition() -> None:
    names = sorted(EFFECTS, key=lambda name: GROUPS.index(EFFECTS[name].group))
    st.selectbox(
        "Add an effect",
        names,
        index=None,
        key=_ADD,
        format_func=lambda name: f"{EFFECTS[name].title} ({EFFECTS[name].group})",
        placeholder="Rain, fog, blur, flip…",
        on_change=_add_chosen,
        disabled=len(kept.entries()) >= MAXIMUM_STEPS,
    )


def _add_chosen() -> None:
    if st.session_state[_ADD] is not None:
        add_effect(st.session_state[_ADD])
        st.session_state[_ADD] = None


def _draw_head(entry: kept.Entry, place: int, *, last: int) -> None:
    effect, number = entry.step.effect, entry.number
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{place + 1}. {effect.title}**", help=effect.meaning, width="stretch")
        # Words and not icons, whose name a screen reader would read out. An effect alone has no order.
        buttons = [("Remove", False, kept.remove, (number,))]
        if last > 0:
            buttons = [
                ("Earlier", place == 0, kept.move, (number, -1)),
                ("Later", place == last, kept.move, (number, 1)),
                *buttons,
            ]
        for name, is_disabled, action, arguments in buttons:
            st.button(
                name,
                key=f"augment_{name.lower()}_{number}",
                help=f"{name}: {effect.title}",
                type="tertiary",
                disabled=is_disabled,
                on_click=action,
                args=arguments,
            )


def _draw_severity(entry: kept.Entry) -> None:
    key = f"augment_severity_{entry.number}"
    _mirror(key, entry.step.severity)
    st.segmented_control(
        "Severity" if entry.step.severity is not None else "Severity: values of your own",
        (0, *SEVERITIES),
        key=key,
        format_func=lambda severity: str(severity or "Off"),
        help=f"{entry.step.effect.meaning}. A severity sets all sliders.",
        on_change=_take_severity,
        args=(entry, key),
        width="stretch",
    )


def _take_severity(entry: kept.Entry, key: str) -> None:
    severity = st.session_state[key]
    # None: the marked one was pressed again, which is no wish for anything else.
    if severity is not None:
        kept.change(entry.number, make_step(entry.step.name, severity=severity))


def _draw_opener(number: int, *, is_open: bool) -> None:
    st.button(
        "Hide the sliders" if is_open else "Show the sliders",
        icon=":material/expand_less:" if is_open else ":material/tune:",
        key=f"augment_open_{number}",
        type="tertiary",
        on_click=_open,
        args=(None if is_open else number,),
    )


def _open(number: int | None) -> None:
    st.session_state[_OPEN] = number


def _draw_parameter(entry: kept.Entry, parameter: Number | Choice) -> None:
    key = f"augment_{parameter.name}_{entry.number}"
    _mirror(key, entry.step.parameters[parameter.name])
    common = {
        "key": key,
        "help": f"{parameter.meaning}.",
        "on_change": _take_value,
        "args": (entry.number, entry.step.effect, parameter.name, key),
    }
    if isinstance(parameter, Choice):
        st.select_slider(
            parameter.title,
            parameter.options,
            format_func=lambda option: option.replace("_", " ").capitalize(),
            **common,
        )
        return
    label = f"{parameter.title} ({parameter.unit})" if parameter.unit else parameter.title
    numbers = (parameter.low, parameter.high, parameter.step)
    low, high, step = numbers if parameter.is_integer else map(float, numbers)
    st.slider(label, low, high, step=step, format="%g", **common)


def _take_value(number: int, effect: Effect, name: str, key: str) -> None:
    # From the chain, not from the call: another slider may have moved since this one was drawn, or the step gone.
    for entry in kept.entries():
        if entry.number == number:
            parameters = entry.step.parameters | {name: st.session_state[key]}
            kept.change(number, make_step(effect.name, parameters=parameters))


def _mirror(key: str, value: object) -> None:
    # Only where it differs: setting a widget sends its value to the browser, under a finger that drags it.
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
