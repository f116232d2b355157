"""How sure a run was of its pixels and how often it was right, as counts by confidence that an evaluation keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BINS = 20
"""Bins of equal width, of confidences in 0..1; each holds its lower bound, and the last one 1 as well."""


@dataclass(frozen=True)
class CalibrationCounts:
    """Counts over the pixels of a set whose truth is not void, by the confidence of their prediction.

    Attributes:
        pixels: how many there are in each of `BINS` bins.
        right: how many of these are predicted right.
        confidence: sum of their confidences in each bin.
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
            # As exact as is needed: a bin of a large set holds millions of pixels.
            tuple(round(sum(sums), 3) for sums in zip(*(each.confidence for each in counts), strict=True)),
        )

    @classmethod
    def from_json(cls, content: Mapping) -> "CalibrationCounts":
        """Take content that `segcore.runs.score_checks` has checked."""
        return cls(*(tuple(content[key]) for key in ("pixels", "right", "confidence")))

    def to_json(self) -> dict[str, list]:
        return {"pixels": list(self.pixels), "right": list(self.right), "confidence": list(self.confidence)}
