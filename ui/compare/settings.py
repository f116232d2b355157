"""Compare: which weather, kept in the page's address."""

from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from segcore.effects.chain import Chain, make_step
from segcore.effects.kinds import SEVERITIES, Effect
from segcore.effects.table import EFFECTS
from ui.shell.bound import bound_row, bound_segments, bound_selectbox, bound_slider
from ui.shell.seed import choose_seed

NO_WEATHER = "None"
SEEN_BY = {"Both": "AB", "Only A": "A", "Only B": "B"}


@dataclass(frozen=True)
class WeatherChoice:
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


def choose_weather(effect_place: DeltaGenerator, row_place: DeltaGenerator) -> WeatherChoice:
    """Draw the choice of an effect in one place, and of its severity, its seed and who sees it in another."""
    # A flip would move the ground truth away from the clean frame that it is compared with.
    effects = {
        effect.title: effect for effect in EFFECTS.values() if effect.has_severity and not effect.moves_mask
    }
    with effect_place:
        title = bound_selectbox(
            "Weather on the frame",
            [NO_WEATHER, *effects],
            key="effect",
            what="weather",
            help="Both models see exactly the same drops and flakes: they follow from the seed.",
        )
    if title == NO_WEATHER:
        return WeatherChoice()
    with row_place, bound_row():
        severity = bound_slider(
            "Severity", SEVERITIES[0], SEVERITIES[-1], 3, key="severity", what="severity", width=160
        )
        seed = choose_seed()
        seen_by = bound_segments("Seen by", list(SEEN_BY), key="seen_by", what="choice of models")
    return WeatherChoice(effects[title], int(severity), seed, SEEN_BY[seen_by])
