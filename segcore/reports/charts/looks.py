"""Colour and marker of a run from its name, the same in every chart and in any order."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from segcore.reports.charts.style import RUN_A, RUN_B, TRAINING, VALIDATION


@dataclass(frozen=True)
class Look:
    """The look of a run: its colour, the Plotly symbol of its points, and this symbol as text."""

    color: str
    symbol: str
    sign: str


_LOOKS = (
    Look(RUN_A, "circle", "●"),
    Look(RUN_B, "diamond", "◆"),
    Look(TRAINING, "square", "■"),
    Look(VALIDATION, "triangle-up", "▲"),
    Look("#b0872a", "cross", "✚"),
    Look("#c9566b", "x", "✖"),
    Look("#8c5a3c", "star", "★"),
    Look("#7a8f2f", "pentagon", "⬟"),
)
# A seed with which all shipped runs look different.
_SEED = 101217


def looks(names: Iterable[str]) -> dict[str, Look]:
    """Return the look of each run of a chart.

    It depends only on the name. If two names would look the same, the later one in the alphabet takes the next free
    look. With more than eight runs some look the same.
    """
    taken: dict[str, int] = {}
    for name in sorted(set(names)):
        place = crc32(name.encode(), _SEED) % len(_LOOKS)
        if len(taken) < len(_LOOKS):
            while place in taken.values():
                place = (place + 1) % len(_LOOKS)
        taken[name] = place
    return {name: _LOOKS[place] for name, place in taken.items()}
