"""Compare: the zip that a visitor takes home."""

import json

import numpy as np
import streamlit as st

from segcore.effects.chain import to_json
from segcore.reports.archive import ExportedMask, comparison_files, zip_bytes
from segcore.scoring.confusion import class_iou
from segcore.system.hardware import describe_hardware
from ui.compare.certainty import certainty_scores
from ui.compare.latency import measured_latency
from ui.compare.result import Comparison, Side, boundary_iou_of, side_scores
from ui.runs.predictors import LATENCY_REPEATS

_SHOWN = "_compare_shown"


def remember_opacity(opacity: float) -> None:
    """Keep the opacity of 0..1 that the viewer shows, for the overlays of the download."""
    st.session_state.setdefault(_SHOWN, {})["opacity"] = opacity


def offer_download(comparison: Comparison, *, source: str) -> None:
    """Draw the button; the zip is made when it is pressed, with the opacity that is remembered then."""
    # The session's state is out of reach of the thread that makes the zip; this part of it is not.
    shown = st.session_state[_SHOWN]
    st.download_button(
        "Download masks, overlays and scores",
        data=lambda: archive_of(comparison, source=source, **shown),
        file_name=f"compare_{comparison.frame.frame_id}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        help="Frame, masks as label ids and in colour, overlays, disagreement, scores as CSV and JSON, and a "
        "manifest with the runs' checksums, the weather and its seed.",
    )


def archive_of(comparison: Comparison, *, source: str, opacity: float = 0.6) -> bytes:
    """Return the zip of a comparison; the same comparison and opacity of the overlays give the same bytes."""
    images = {"frame": comparison.frame.image}
    images |= {f"{side.file_name}_input": side.image for side in comparison.sides if side.saw_weather}
    masks = [
        ExportedMask(side.file_name, side.prediction.class_map, side.run.space) for side in comparison.sides
    ]
    if comparison.truth is not None:
        masks.append(ExportedMask("truth", comparison.frame.truth, comparison.frame.classes))
    files = comparison_files(
        images=images,
        masks=masks,
        outcome=comparison.outcome,
        has_truth=comparison.truth is not None,
        scores=_class_rows(comparison),
        manifest=_manifest(comparison, source=source) | {"overlay_opacity": opacity},
        opacity=opacity,
    )
    return zip_bytes(files)


def _class_rows(comparison: Comparison) -> list[dict]:
    if comparison.truth is None:
        return []
    columns = {}
    for side in comparison.sides:
        name = side.file_name
        columns[f"iou_{name}"] = class_iou(side.matrix)
        if side.saw_weather:
            columns[f"iou_{name}_clean"] = class_iou(side.clean.matrix)
        columns[f"boundary_iou_{name}"] = boundary_iou_of(side, comparison)
    a, b = (side.file_name for side in comparison.sides)
    columns[f"iou_{a}_minus_{b}"] = columns[f"iou_{a}"] - columns[f"iou_{b}"]
    return [
        {"class": name} | {key: float(values[index]) for key, values in columns.items()}
        for index, name in enumerate(comparison.space.class_names)
    ]


def _manifest(comparison: Comparison, *, source: str) -> dict:
    height, width = comparison.outcome.shape
    shares = zip(comparison.outcome_names, comparison.outcome_shares, strict=True)
    return {
        "format": 1,
        "frame": comparison.frame.frame_id,
        "source": source,
        "frame_size": [height, width],
        "label_space": comparison.space.name,
        "boundary_width": comparison.boundary_width,
        "runs": {side.letter: _side(side, comparison) for side in comparison.sides},
        "disagreement": {name: None if np.isnan(share) else float(share) for name, share in shares},
        "hardware": describe_hardware(),
        "latency_repeats": LATENCY_REPEATS,
    }


def _side(side: Side, comparison: Comparison) -> dict:
    latency = measured_latency(side)
    return {
        "name": side.run.name,
        "architecture": side.run.architecture,
        "label_space": side.run.label_space,
        "input_size": side.run.input_size and list(side.run.input_size),
        "inference_sizes": [list(size) for size in side.run.inference_sizes],
        **side.run.prediction_settings,
        "weights_sha256": side.run.weights_sha256,
        "effects": json.loads(to_json(comparison.weather.chain)) if side.saw_weather else None,
        "scores": _scores(side, comparison),
        "scores_clean": _scores(side.clean, comparison) if side.clean else None,
        "latency_ms": latency and round(latency.milliseconds, 2),
        "latency_beside_evaluation": latency and latency.is_beside_job,
    }


def _scores(side: Side, comparison: Comparison) -> dict[str, float | None]:
    scores = side_scores(side, comparison) | certainty_scores(side, with_mirrored=True)
    return {name: None if np.isnan(value) else float(value) for name, value in scores.items()}
