"""Counts of pixels by confidence, all and right ones, in a stored evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BINS = 20
"""Number of bins of equal width for confidences in 0..1; each includes its lower bound, the last one also 1."""


@dataclass(frozen=True)
class CalibrationCounts:
    """Counts of the pixels of a set whose truth is not void, by the confidence of their prediction.

    Attributes:
        pixels: number of pixels in each of `BINS` bins.
        right: number of right pixels in each bin.
        confidence: sum of the confidences in each bin.
    """

    pixels: tuple[int, ...]
    right: tuple[int, ...]
    confidence: tuple[float, ...]

    @classmethod
    def total(cls, counts: Sequence["CalibrationCounts"]) -> "CalibrationCounts":
        """Return the sum of the counts of several frames, at least one."""
        return cls(
            tuple(map(sum, zip(*(each.pixels for each in counts), strict=True))),
            tuple(map(sum, zip(*(each.right for each in counts), strict=True))),
            # Rounded, since a bin of a large set has millions of pixels.
            tuple(round(sum(sums), 3) for sums in zip(*(each.confidence for each in counts), strict=True)),
        )

    @classmethod
    def from_json(cls, content: Mapping) -> "CalibrationCounts":
        """Return the counts in content that `segcore.runs.score_checks` has checked."""
        return cls(*(tuple(content[key]) for key in ("pixels", "right", "confidence")))

    def to_json(self) -> dict[str, list]:
        return {"pixels": list(self.pixels), "right": list(self.right), "confidence": list(self.confidence)}
