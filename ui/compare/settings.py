"""Compare: which runs and which weather, all of it kept in the page's address."""

from dataclasses import dataclass

import streamlit as st

from segcore.effects.chain import Chain, make_step
from segcore.effects.kinds import SEVERITIES, Effect
from segcore.effects.table import EFFECTS
from segcore.runs.run import Run
from ui.shell.seed import choose_seed
from ui.shell.url import notice_unknown

NO_WEATHER = "None"
SEEN_BY = {"Both": "AB", "Only A": "A", "Only B": "B"}


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
        seed = choose_seed()
        notice_unknown("seen_by", list(SEEN_BY), what="choice of models")
        seen_by = st.segmented_control(
            "Seen by", list(SEEN_BY), default="Both", key="seen_by", required=True, **kept
        )
    return Weather(effects[title], int(severity), seed, SEEN_BY[seen_by])
