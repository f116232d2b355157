"""Compare: which weather the models see, kept in the page's address: one effect, or a chain from Augment."""

from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from segcore.effects.chain import Chain, Step, from_text, make_step, to_text
from segcore.effects.kinds import SEVERITIES
from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from ui.shell.bound import bound_row, bound_segments, bound_selectbox, bound_slider
from ui.shell.seed import choose_seed
from ui.shell.text import markdown_escaped, message_of
from ui.shell.url import take_asked, write_address

NO_WEATHER = "None"
CHAIN = "Chain"
"""The choice of a chain from Augment; links to this page name it."""
SEEN_BY = {"Both": "AB", "Only A": "A", "Only B": "B"}
_AS_BUILT = "As built"
_PARAMETER, _KEPT = "chain", "_compare_chain"
_MOST_NAMED = 2


@dataclass(frozen=True)
class WeatherChoice:
    """What is done to the frame, in a few words such as "Rain 3", and for A, B or both; an empty chain is none."""

    chain: Chain = field(default_factory=Chain)
    title: str = "clean"
    seen_by: str = "AB"

    def hits(self, letter: str) -> bool:
        """Whether the model A or B sees it."""
        return bool(self.chain.active_steps) and letter in self.seen_by


def choose_weather(effect_place: DeltaGenerator, row_place: DeltaGenerator) -> WeatherChoice:
    """Draw the choice of an effect in one place, and of its severity, its seed and who sees it in another."""
    # A flip would move the ground truth away from the clean frame that it is compared with.
    effects = {
        effect.title: effect for effect in EFFECTS.values() if effect.has_severity and not effect.moves_mask
    }
    with row_place:
        built = _built()
    with effect_place:
        title = bound_selectbox(
            "Weather on the frame",
            [NO_WEATHER, *([CHAIN] if built else []), *effects],
            key="effect",
            what="weather",
            help="Both models see exactly the same drops and flakes: they follow from the seed.",
        )
    if title == NO_WEATHER:
        return WeatherChoice()
    with row_place, bound_row():
        steps = _steps_at_severity(built) if title == CHAIN else (_step(effects[title].name),)
        seed = choose_seed()
        seen_by = bound_segments("Seen by", list(SEEN_BY), key="seen_by", what="choice of models")
    if title == CHAIN:
        write_address(_PARAMETER, [to_text(Chain(built))])
    return WeatherChoice(Chain(steps, seed=seed), in_words(steps), SEEN_BY[seen_by])


def in_words(steps: tuple[Step, ...]) -> str:
    """Return steps in a few words, such as "Rain 3 + Fog" or "Rain 3 and 2 more"."""
    named = [f"{step.effect.title} {step.severity}" if step.severity else step.effect.title for step in steps]
    if len(named) > _MOST_NAMED:
        return f"{named[0]} and {len(named) - 1} more"
    return " + ".join(named)


def _step(name: str) -> Step:
    severity = bound_slider(
        "Severity", SEVERITIES[0], SEVERITIES[-1], 3, key="severity", what="severity", width=160
    )
    return make_step(name, severity=int(severity))


def _steps_at_severity(built: tuple[Step, ...]) -> tuple[Step, ...]:
    level = bound_segments(
        "Severity", [_AS_BUILT, *map(str, SEVERITIES)], key="chain_severity", what="severity of the chain"
    )
    if level == _AS_BUILT:
        return built
    return tuple(
        make_step(step.name, severity=int(level)) if step.effect.has_severity else step for step in built
    )


def _built() -> tuple[Step, ...]:
    """Return the steps of the chain that the address brings, or brought before in this session."""
    if (asked := take_asked(_PARAMETER)) is not None:
        try:
            steps = from_text(asked[-1]).active_steps
        except InputError as error:
            st.warning(f"The chain in the address cannot be used and is left out. {message_of(error)}")
            steps = ()
        moving = [step.effect.title for step in steps if step.effect.moves_mask]
        if moving:
            st.info(
                f"Left out of the chain: {markdown_escaped(', '.join(moving))}. It moves the frame, "
                "which would then not match its ground truth."
            )
        st.session_state[_KEPT] = tuple(step for step in steps if not step.effect.moves_mask)
    return st.session_state.get(_KEPT, ())
