"""Compare: what both models hold likely at the pinned pixel."""

import numpy as np
import pandas as pd
import streamlit as st

from segcore.predict.views import probabilities_at
from ui.compare.result import Comparison, Side
from ui.shell.tables import draw_table
from ui.viewer.settings import Probe

_TOP = 5


def show_probe(comparison: Comparison, probe: Probe | None) -> None:
    """Show the likeliest classes of both models at the pinned pixel."""
    if probe is None:
        st.caption("Click the picture to list the most likely classes of each model at that pixel.")
        return
    truth = ""
    if comparison.truth is not None:
        truth = f" · ground truth: **{_class_name(comparison, comparison.truth[probe.y, probe.x])}**"
    st.markdown(f"**Probe** at x {probe.x}, y {probe.y}{truth}")
    for column, side in zip(st.columns(2), comparison.sides, strict=True):
        with column:
            draw_table(
                top_classes(side, probe, size=comparison.outcome.shape),
                f"probe_{side.letter.lower()}",
                column_config={
                    "Probability": st.column_config.ProgressColumn(
                        format="%.1f %%", min_value=0, max_value=100
                    )
                },
                alt=f"The {_TOP} likeliest classes of {side.title} at the probe.",
            )


def top_classes(side: Side, probe: Probe, *, size: tuple[int, int]) -> pd.DataFrame:
    """Return a model's likeliest classes, in percent, at a pixel of a frame of ``size`` (h, w).

    Of a run that gives classes alone it is that class, without a probability.
    """
    names = side.run.space.class_names
    if not side.prediction.has_probabilities:
        index = side.prediction.class_map[probe.y, probe.x]
        return pd.DataFrame({side.title: [names[index] if index < len(names) else "no class"]})
    rows, columns = side.prediction.grid
    here = probabilities_at(side.prediction.views, probe.y * rows // size[0], probe.x * columns // size[1])
    best = np.argsort(-here, kind="stable")[:_TOP]
    return pd.DataFrame(
        {
            side.title: [names[index] for index in best],
            "Probability": [100 * float(here[index]) for index in best],
        }
    )


def _class_name(comparison: Comparison, index: int) -> str:
    names = comparison.space.class_names
    return names[index] if index < len(names) else "void (not scored)"
