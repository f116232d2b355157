"""Compare: the layers of the viewer."""

from dataclasses import replace

import streamlit as st

from segcore.frames.pictures import outcome_palette
from segcore.labels import VOID
from segcore.reports.percent import percent
from segcore.scoring.confusion import mean_iou
from ui.compare.certainty import certainty_of
from ui.compare.names import TAGS
from ui.compare.result import Comparison, Side
from ui.viewer.layers import VOID_NAMES, Layer, Palette, announced_layer, class_layer, picture_layer

_CONFIDENCE = Palette.of_values("Confidence", ((68, 1, 84), (49, 104, 142), (53, 183, 121), (253, 231, 37)))
_ENTROPY = Palette.of_values("Entropy", ((0, 0, 4), (114, 31, 129), (241, 96, 93), (252, 253, 191)))


def comparison_layers(comparison: Comparison) -> tuple[Layer, ...]:
    """Return every layer that the comparison has, the frame first; encoded once for each comparison.

    Confidence and entropy are announced; ``later_contents`` makes them.
    """
    announced = [layer for side in comparison.sides for layer in _certainty_layers(side)]
    return *_layers(comparison.key, comparison), *announced


def later_contents(comparison: Comparison) -> dict[Layer, bytes]:
    """Return the pixels of the layers that were announced."""
    contents = {}
    for side in comparison.sides:
        certainty = certainty_of(side)
        if certainty is not None:
            layers = _certainty_layers(side)
            contents |= zip(layers, (certainty.confidence, certainty.entropy), strict=True)
    return contents


# Encoding takes a tenth of a second, and a rerun for another widget needs the same layers again.
@st.cache_data(max_size="48MB", show_spinner=False)
def _layers(key: str, _comparison: Comparison) -> tuple[Layer, ...]:
    comparison = _comparison
    classes = Palette.of_labels(comparison.space)
    layers = [picture_layer("frame", "Frame", comparison.frame.image)]
    in_weather = next((side for side in comparison.sides if side.saw_weather), None)
    if in_weather is not None:
        layers.append(picture_layer("weather", f"Frame, {in_weather.weather}", in_weather.image))
    if comparison.truth is not None:
        layers.append(class_layer("truth", "Ground truth", comparison.truth, palette=classes, over="frame"))
    for side in comparison.sides:
        over = "weather" if side.saw_weather else "frame"
        layer = class_layer(side.letter.lower(), side.title, side.classes, palette=classes, over=over)
        layers.append(replace(layer, tag=TAGS[side.letter], note=_score(side)))
    layers.append(
        class_layer(
            "disagreement",
            "Disagreement",
            comparison.outcome,
            palette=_outcomes(comparison),
            over="frame",
            described=False,
        )
    )
    return tuple(layers)


def _certainty_layers(side: Side) -> tuple[Layer, ...]:
    if not side.prediction.has_probabilities:
        return ()
    over, letter = "weather" if side.saw_weather else "frame", side.letter.lower()
    return tuple(
        announced_layer(
            f"{name}_{letter}",
            f"{palette.title} {side.title}",
            side.prediction.grid,
            version=f"{name} {side.key}",
            palette=palette,
            over=over,
        )
        for name, palette in (("confidence", _CONFIDENCE), ("entropy", _ENTROPY))
    )


def _outcomes(comparison: Comparison) -> Palette:
    colors = outcome_palette(has_truth=comparison.truth is not None)
    entries = [
        (i, name, color) for i, (name, color) in enumerate(zip(comparison.outcome_names, colors, strict=True))
    ]
    titles = tuple(zip(comparison.outcome_names, comparison.outcome_titles, strict=True))
    return Palette(
        "Disagreement", (*entries, (VOID, VOID_NAMES[1], (0, 0, 0))), unscored=VOID, shown_as=titles
    )


def _score(side: Side) -> str:
    return "" if side.matrix is None else f"mIoU {percent(mean_iou(side.matrix), absent='')}"
