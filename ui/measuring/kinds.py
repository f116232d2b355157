"""The kinds of measurements in the background."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of measurement.

    Attributes:
        name: begins the keys of its jobs.
        unit: of its progress, in the plural.
        page: shows the results.
        address: what the address of that page says to show those of a set and of runs.
        shown_on: the pages that show its jobs in full, by the ends of their paths, "" for Overview; the others have
            one line.
    """

    name: str
    unit: str
    page: str
    address: Callable[[str, Sequence[str]], Mapping[str, str | Sequence[str]]]
    shown_on: tuple[str, ...]


EVALUATION = Kind(
    "evaluate",
    unit="frames",
    page="evaluation",
    address=lambda set_name, _: {"set": set_name},
    shown_on=("", "evaluation"),
)
SWEEP = Kind(
    "weather",
    unit="predictions",
    page="robustness",
    address=lambda set_name, runs: {"measured": set_name, "measured_runs": runs},
    shown_on=("robustness",),
)
KINDS = (EVALUATION, SWEEP)
