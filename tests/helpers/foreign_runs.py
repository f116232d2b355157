"""Foreign runs: networks in ONNX files, and folders of masks."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from tiny_onnx import tiny_onnx

from segcore.runs.run import MODEL_FILE, Run, read_run
from segcore.system.files import sha256_of

VOC_LIKE = (
    {"name": "background", "color": [90, 85, 80]},
    {"name": "person", "color": [200, 60, 70], "from": ["person", "rider"]},
    {"name": "car", "color": [30, 40, 140]},
    {"name": "boat", "color": [120, 170, 220]},
)
"""Classes of ``onnx_run`` with the colours of building, person, car and sky in `makers.make_image`."""


def onnx_run(
    root: Path,
    name: str,
    *,
    classes: Sequence[Mapping] = VOC_LIKE,
    size: tuple[int, int] = (64, 96),
    output: str = "logits",
) -> Run:
    """Write a run whose network gives each pixel the class of the nearest colour.

    Args:
        root, name: of the folder.
        classes: as in ``run.json``, with colours.
        size: (height, width) of the network's input.
        output: logits, probabilities or classes.
    """
    path = Path(root) / name
    path.mkdir(parents=True)
    tiny_onnx(path / MODEL_FILE, colors=[entry["color"] for entry in classes], output=output)
    return _written(
        path,
        kind="onnx",
        classes=list(classes),
        source="theirs.onnx",
        input={"size": list(size)},
        output={"name": "scores", "kind": output},
        parameters=16,
        weights_sha256=sha256_of(path / MODEL_FILE),
    )


def masks_run(
    root: Path, name: str, masks: Mapping[str, np.ndarray], *, classes: str | list[str] = "train_ids"
) -> Run:
    """Write a run of stored masks; ``masks`` has uint8 (h, w) class indices by name of frame."""
    path = Path(root) / name
    (path / "predictions").mkdir(parents=True)
    for frame_id, mask in masks.items():
        Image.fromarray(mask).save(path / "predictions" / f"{frame_id}.png")
    return _written(
        path, kind="masks", classes=classes, encoding="indices", source="theirs", weights_sha256=None
    )


def _written(path: Path, **record: object) -> Run:
    (path / "run.json").write_text(json.dumps({"format": 1, "added": "2026-11-27", **record}))
    return read_run(path)
