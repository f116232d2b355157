"""Compare: which runs, which weather, and how the viewer starts, all of it kept in the page's address."""

from dataclasses import dataclass

import streamlit as st

from segcore.data.effects import EFFECTS, MAXIMUM_SEED, SEVERITIES, Chain, Effect, make_step
from segcore.runs import Run
from ui.url import notice_unknown
from ui.viewer import Probe

NO_WEATHER = "None"
SEEN_BY = {"Both": "AB", "Only A": "A", "Only B": "B"}
_START = "_compare_viewer_start"
_DEFAULT_OPACITY = 60


@dataclass(frozen=True)
class Weather:
    """One effect at one severity for A, B or both; ``effect`` None is the frame as it is."""

    effect: Effect | None = None
    severity: int = 0
    seed: int = 0
    seen_by: str = "AB"

    @property
    def chain(self) -> Chain:
        """What is applied to the frame."""
        steps = () if self.effect is None else (make_step(self.effect.name, severity=self.severity),)
        return Chain(steps, seed=self.seed)

    @property
    def title(self) -> str:
        """In a few words, such as "Rain 3"."""
        return "clean" if self.effect is None else f"{self.effect.title} {self.severity}"

    def hits(self, letter: str) -> bool:
        """Whether the model A or B sees it."""
        return self.effect is not None and letter in self.seen_by


def choose_runs(runs: tuple[Run, ...]) -> tuple[Run, Run]:
    """Draw the choice of A and B; the same run may be both."""
    names = [run.name for run in runs]
    chosen = []
    for column, letter, first in zip(st.columns(2), "ab", (0, min(1, len(runs) - 1)), strict=True):
        with column:
            notice_unknown(letter, names, what=f"run {letter.upper()}")
            name = st.selectbox(
                f"Run {letter.upper()}",
                names,
                index=first,
                key=letter,
                bind="query-params",
                persist_state="session",
            )
        chosen.append(runs[names.index(name)])
    return chosen[0], chosen[1]


def choose_weather() -> Weather:
    """Draw the choice of an effect, its severity, its seed, and who sees it."""
    # A flip would move the ground truth away from the clean frame that it is compared with.
    effects = {
        effect.title: effect for effect in EFFECTS.values() if effect.has_severity and not effect.moves_mask
    }
    titles = [NO_WEATHER, *effects]
    notice_unknown("effect", titles, what="weather")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kept = {"bind": "query-params", "persist_state": "session"}
        title = st.selectbox(
            "Weather on the frame",
            titles,
            key="effect",
            width=190,
            help="Both models see exactly the same drops and flakes: they follow from the seed.",
            **kept,
        )
        if title == NO_WEATHER:
            return Weather()
        notice_unknown("severity", [str(level) for level in SEVERITIES], what="severity")
        severity = st.slider("Severity", SEVERITIES[0], SEVERITIES[-1], 3, key="severity", width=160, **kept)
        _notice_bad_seed()
        seed = st.number_input("Seed", 0, MAXIMUM_SEED, 0, key="seed", width=130, **kept)
        notice_unknown("seen_by", list(SEEN_BY), what="choice of models")
        seen_by = st.segmented_control(
            "Seen by", list(SEEN_BY), default="Both", key="seen_by", required=True, **kept
        )
    return Weather(effects[title], int(severity), int(seed), SEEN_BY[seen_by])


@dataclass(frozen=True)
class ViewerStart:
    """How the viewer is when it first opens: layers by name, percent of opacity, outlines, pinned pixel."""

    left: str | None = None
    right: str | None = None
    opacity: int = _DEFAULT_OPACITY
    outlines: bool = False
    probe: Probe | None = None


def viewer_start(layer_names: tuple[str, ...]) -> ViewerStart:
    """Read the start from the address once a session; say what in it cannot be used.

    It stays as it is afterwards: the browser keeps the settings then, and writes them into the address.
    """
    if _START not in st.session_state:
        st.session_state[_START] = ViewerStart(
            left=_asked_layer("left", layer_names),
            right=_asked_layer("right", layer_names),
            opacity=_asked_percent(),
            outlines=_asked_switch(),
            probe=_asked_probe(),
        )
    return st.session_state[_START]


def _asked_layer(side: str, names: tuple[str, ...]) -> str | None:
    notice_unknown(side, names, what=f"{side} layer")
    asked = st.query_params.get(side)
    return asked if asked in names else None


def _asked_percent() -> int:
    asked = st.query_params.get("opacity")
    if asked is None:
        return _DEFAULT_OPACITY
    right = asked.isascii() and asked.isdigit() and int(asked[:4]) <= 100
    notice_unknown("opacity", [asked] if right else [], what="opacity")
    return int(asked) if right else _DEFAULT_OPACITY


def _asked_switch() -> bool:
    notice_unknown("outlines", ["true", "false"], what="outlines setting")
    return st.query_params.get("outlines") == "true"


def _asked_probe() -> Probe | None:
    asked = st.query_params.get("probe")
    if asked is None:
        return None
    parts = asked.split(",")
    right = len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts)
    notice_unknown("probe", [asked] if right else [], what="probe")
    return Probe(int(parts[0]), int(parts[1])) if right else None


def _notice_bad_seed() -> None:
    asked = st.query_params.get("seed")
    if asked is not None:
        right = asked.isascii() and asked.isdigit() and int(asked[:12]) <= MAXIMUM_SEED
        notice_unknown("seed", [asked] if right else [], what="seed")
