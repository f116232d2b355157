"""Compare: what two runs cannot say, or say in other classes, in one sentence each."""

from collections.abc import Iterator, Sequence

import numpy as np
import streamlit as st

from segcore.labels import VOID
from segcore.runs.run import Run
from segcore.scoring.comparison import without_counterpart
from ui.compare.result import Comparison, Side
from ui.shell.text import markdown_escaped

_MOST_NAMES = 6


def show_notes(comparison: Comparison) -> None:
    """Say what was merged, what a run does not know, and what is missing as a run cannot tell it."""
    for sentence in _notes(comparison):
        st.caption(markdown_escaped(sentence))


def _notes(comparison: Comparison) -> Iterator[str]:
    if comparison.scored.merged_in_words:
        yield comparison.scored.merged_in_words
    sides = {side.run.path: side for side in comparison.sides}.values()
    for side, table in zip(comparison.sides, comparison.scored.tables, strict=True):
        if side in sides:
            yield from _on_classes(side, table, comparison)
    for side in sides:
        if not side.prediction.has_probabilities:
            yield f"{side.run.name} {_gives(side.run)}: it has no confidence, entropy or probabilities."
    for side in comparison.sides:
        if side.run.has_masks and comparison.weather.hits(side.letter):
            yield (f"{side.run.name} consists of stored masks of the frame without weather.")


def _gives(run: Run) -> str:
    return "consists of stored masks" if run.has_masks else "gives a class to each pixel and no scores"


def _on_classes(side: Side, table: np.ndarray, comparison: Comparison) -> Iterator[str]:
    own, missed = without_counterpart(side.run.space, comparison.space, table)
    said = {
        side.run.space.class_names[index] for index in np.unique(side.prediction.class_map) if index != VOID
    }
    unknown = [name for name in own if name in said]
    if missed:
        count = f"{len(missed)} of {comparison.space.num_classes} classes"
        nothing = "" if comparison.truth is None else ", so it gets none of their pixels right"
        yield f"{side.run.name} does not know {_listed(missed)}: {count}{nothing}."
    if unknown:
        counted = "" if comparison.truth is None else " and count as wrong"
        yield (
            f"What {side.run.name} calls {_listed(unknown)} is not a class of this data: such pixels are drawn as "
            f"void{counted}."
        )


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
