"""Compare: how sure a model is of each pixel; it takes longer than its mask, and so comes after the picture."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from segcore.predict.views import confidence_and_entropy
from segcore.scoring.comparison import flip_consistency
from ui.compare.result import Side
from ui.runs.predictions import predict
from ui.runs.store import Store
from ui.runs.threads import one_thread
from ui.viewer.layers import value_content


@dataclass(frozen=True)
class Certainty:
    """Means over the frame of confidence and entropy, 0..1, and both as pixels of viewer layers."""

    mean_confidence: float
    mean_entropy: float
    confidence: bytes = field(repr=False)
    entropy: bytes = field(repr=False)


def certainty_of(side: Side) -> Certainty | None:
    """Return how sure a model is, None for one that gives classes alone."""
    if not side.prediction.has_probabilities:
        return None
    if (found := _certainties().get(side.key)) is None:
        made = one_thread("certainty").submit(confidence_and_entropy, side.prediction.views)
        confidence, entropy = made.result()
        found = Certainty(
            float(confidence.mean()), float(entropy.mean()), value_content(confidence), value_content(entropy)
        )
        _certainties().put(side.key, found, bytes=len(found.confidence) + len(found.entropy))
    return found


@st.cache_resource(show_spinner=False)
def _certainties() -> Store[Certainty]:
    return Store(32_000_000)


def same_when_mirrored(side: Side) -> float | None:
    """Return the share of pixels, 0..1, that keep their class when the frame is mirrored, None for stored masks."""
    if not side.run.has_network:
        return None
    mirrored = predict(
        side.run,
        np.ascontiguousarray(side.image[:, ::-1]),
        frame=side.frame,
        augmentation=f"{side.augmentation}|mirrored",
    )
    return flip_consistency(side.prediction.class_map, mirrored.class_map)


def certainty_scores(side: Side, *, with_mirrored: bool) -> dict[str, float]:
    """Return what needs no ground truth, 0..1 by name, as far as the run can tell it.

    Mirror consistency takes another prediction.
    """
    scores = {}
    if (certainty := certainty_of(side)) is not None:
        scores |= {"Mean confidence": certainty.mean_confidence, "Mean entropy": certainty.mean_entropy}
    if with_mirrored and (same := same_when_mirrored(side)) is not None:
        scores["Same when mirrored"] = same
    return scores
