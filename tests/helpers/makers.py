"""Small, repeatable test data: frames in the Cityscapes layout and folders of runs."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from segcore.runs.evaluation import Evaluation
from segcore.runs.results import write_evaluation
from segcore.runs.run import Run
from segcore.system.files import sha256_of

# (label id, top, bottom, left, right) as shares of the frame, painted in order over "building" (11):
# sky, vegetation, sidewalk, road, ego vehicle (not scored), car, pole, person.
_SCENE = (
    (23, 0.0, 0.35, 0.0, 1.0),
    (21, 0.25, 0.6, 0.0, 0.3),
    (8, 0.55, 1.0, 0.0, 1.0),
    (7, 0.6, 1.0, 0.15, 0.85),
    (1, 0.92, 1.0, 0.0, 1.0),
    (26, 0.5, 0.75, 0.35, 0.6),
    (17, 0.2, 0.7, 0.75, 0.79),
    (24, 0.45, 0.8, 0.88, 0.95),
)
_COLORS = {
    7: (128, 64, 128),
    8: (190, 120, 180),
    11: (90, 85, 80),
    17: (150, 150, 150),
    21: (80, 120, 50),
    23: (120, 170, 220),
    24: (200, 60, 70),
    26: (30, 40, 140),
    1: (20, 20, 20),
}
CLASS_NAMES = (
    "road",
    "sidewalk",
    "building",
    "wall",
    "fence",
    "pole",
    "traffic light",
    "traffic sign",
    "vegetation",
    "terrain",
    "sky",
    "person",
    "rider",
    "car",
    "truck",
    "bus",
    "train",
    "motorcycle",
    "bicycle",
)
_CATEGORIES = {
    "flat": (0, 1),
    "construction": (2, 3, 4),
    "object": (5, 6, 7),
    "nature": (8, 9),
    "sky": (10,),
    "human": (11, 12),
    "vehicle": (13, 14, 15, 16, 17, 18),
}


def stored_record(run: Run) -> dict:
    """Return the content of ``run.json`` in the run's folder."""
    return json.loads((run.path / "run.json").read_text(encoding="utf-8"))


def with_record(run: Run, **changes: object) -> Run:
    """Return a run with other keys in its record; its folder does not change."""
    return replace(run, record=run.record.updated(**changes))


def make_label_ids(size: tuple[int, int], *, seed: int) -> np.ndarray:
    """Return a street of rectangles as label ids, uint8 (h, w); the seed shifts them slightly."""
    height, width = size
    shift = np.random.default_rng(seed).integers(-2, 3) / 100
    labels = np.full(size, 11, np.uint8)
    for label_id, top, bottom, left, right in _SCENE:
        rows = slice(round(top * height), max(round(bottom * height), round(top * height) + 1))
        first = int(np.clip(round((left + shift) * width), 0, width - 1)) if left > 0 else 0
        last = max(round((right + shift) * width), first + 1) if right < 1 else width
        labels[rows, first:last] = label_id
    return labels


def make_image(label_ids: np.ndarray, *, seed: int) -> np.ndarray:
    """Return a picture for label ids, uint8 (h, w, 3): one colour per class and some noise."""
    palette = np.zeros((256, 3), np.int16)
    for label_id, color in _COLORS.items():
        palette[label_id] = color
    grain = np.random.default_rng(seed).integers(-12, 13, (*label_ids.shape, 1))
    return np.clip(palette[label_ids] + grain, 0, 255).astype(np.uint8)


def make_cityscapes(
    root: Path,
    *,
    frames: Mapping[str, int] | int = 3,
    size: tuple[int, int] = (64, 128),
    seed: int = 0,
    annotation: str = "gtFine",
    with_truth: bool = True,
    city: str | None = None,
) -> Path:
    """Write frames in the Cityscapes layout below ``root`` and return it.

    Args:
        root: folder to fill.
        frames: number of frames per split, such as ``{"train": 4, "val": 2}``; a single number is for ``val``.
            Cities are ``aachen`` (train), ``ulm`` (val) and ``berlin`` (test), unless ``city`` is given.
        size: (height, width) in pixels.
        seed: moves the objects in the pictures.
        annotation: ``gtFine`` or ``gtCoarse``.
        with_truth: also write the labelIds images.
        city: of all frames.
    """
    root = Path(root)
    counts = {"val": frames} if isinstance(frames, int) else dict(frames)
    for split, count in counts.items():
        home = city or {"train": "aachen", "val": "ulm"}.get(split, "berlin")
        for index in range(count):
            frame_id = f"{home}_{index:06d}_000019"
            label_ids = make_label_ids(size, seed=seed + index)
            image_path = root / "leftImg8bit" / split / home / f"{frame_id}_leftImg8bit.png"
            image_path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(make_image(label_ids, seed=seed + index)).save(image_path)
            if with_truth:
                truth_path = root / annotation / split / home / f"{frame_id}_{annotation}_labelIds.png"
                truth_path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(label_ids).save(truth_path)
    return root


def make_history(epochs: int, *, seed: int = 0) -> pd.DataFrame:
    """Return realistic curves: the validation loss rises after 70 % of the epochs, all others improve."""
    random = np.random.default_rng(seed)
    epoch = np.arange(1, epochs + 1)
    progress = epoch / max(epochs, 1)
    loss = 0.25 + 2.2 * np.exp(-4 * progress) + random.normal(0, 0.015, epochs)
    turn = np.clip(progress - 0.7, 0, None)
    val_loss = 0.45 + 2.0 * np.exp(-4 * progress) + 1.2 * turn + random.normal(0, 0.03, epochs)
    mean_iou = np.clip(0.62 * (1 - np.exp(-3.5 * progress)) + random.normal(0, 0.006, epochs), 0, 1)
    val_mean_iou = np.clip(0.48 * (1 - np.exp(-3.5 * progress)) + random.normal(0, 0.01, epochs), 0, 1)
    return pd.DataFrame(
        {
            "epoch": epoch,
            "loss": loss,
            "val_loss": val_loss,
            "mean_iou": mean_iou,
            "val_mean_iou": val_mean_iou,
            "accuracy": np.clip(0.6 + 0.6 * mean_iou, 0, 1),
            "val_accuracy": np.clip(0.6 + 0.65 * val_mean_iou, 0, 1),
            "learning_rate": 1e-3 * 0.5 * (1 + np.cos(np.pi * progress)),
            "seconds": np.full(epochs, 210.0),
        }
    )


def make_evaluation(
    *,
    set_name: str = "val",
    frames: int = 6,
    skill: float = 0.7,
    absent: tuple[str, ...] = ("train",),
    frame_ids: tuple[str, ...] = (),
    input_size: tuple[int, int] = (64, 128),
    weights_sha256: str | None = None,
    seed: int = 0,
) -> dict:
    """Return an evaluation with all scores computed from one synthetic confusion matrix of 19 classes and void.

    Args:
        set_name: also used as the split.
        frames: number of frames in the record and in the list.
        skill: share of the pixels of each class that are right, 0..1.
        absent: names of classes in neither truth nor prediction, whose score is null.
        frame_ids: names of the frames; if there are too few, further names begin with ``ulm``.
        input_size: (height, width) of the model in the record.
        weights_sha256: of the scored weights in the record.
        seed: changes which classes are confused.
    """
    random = np.random.default_rng(seed)
    count = len(CLASS_NAMES)
    present = np.array([name not in absent for name in CLASS_NAMES])
    per_frame, total = [], np.zeros((count + 1, count + 1), np.int64)
    for index in range(frames):
        matrix = np.zeros_like(total)
        pixels = random.integers(200, 4000, count) * present
        right = np.clip(random.normal(skill, 0.08, count), 0.02, 0.99)
        for truth in np.flatnonzero(present):
            hits = int(pixels[truth] * right[truth])
            shares = random.random(count) * present
            shares[truth] = 0
            matrix[truth, :count] += random.multinomial(pixels[truth] - hits, shares / shares.sum())
            matrix[truth, truth] += hits
        matrix[count, 0] = 300
        total += matrix
        tp, fp, fn = _counts(matrix)
        frame_id = frame_ids[index] if index < len(frame_ids) else f"ulm_{index:06d}_000019"
        per_frame.append(
            {
                "frame": frame_id,
                "miou": float(np.nanmean(_iou(tp, fp, fn))),
                "pixel_accuracy": float(tp.sum() / matrix[:count].sum()),
                "tp": tp.tolist(),
                "fp": fp.tolist(),
                "fn": fn.tolist(),
            }
        )
    iou = _iou(*_counts(total))
    categories = {name: _block_iou(total, members) for name, members in _CATEGORIES.items()}
    return {
        "set": set_name,
        "data": "Demo city",
        "split": "val" if set_name == "demo" else set_name,
        "frames": frames,
        "frame_size": list(input_size),
        "input_size": list(input_size),
        "weights_sha256": weights_sha256,
        "date": "2026-11-20",
        "label_space": "train_ids",
        "class_names": list(CLASS_NAMES),
        "confusion": total.tolist(),
        "miou": float(np.nanmean(iou)),
        "category_miou": float(np.nanmean(list(categories.values()))),
        "pixel_accuracy": float(np.trace(total[:count, :count]) / total[:count].sum()),
        "classes": {name: _or_none(value) for name, value in zip(CLASS_NAMES, iou, strict=True)},
        "categories": {name: _or_none(value) for name, value in categories.items()},
        "per_frame": per_frame,
        "latency_ms": {"median": 30.0 + 10 * seed, "repeats": 20, "hardware": "a made machine"},
    }


def make_calibration(scores: dict, *, confidence: float = 0.92) -> dict:
    """Return a calibration for an evaluation: all pixels have the same confidence, a whole number of percent."""
    matrix = np.array(scores["confusion"])
    pixels, right = int(matrix[:-1].sum()), int(matrix[:-1].trace())
    place = int(100 * confidence) // 5
    return {
        key: [value if index == place else 0 for index in range(20)]
        for key, value in (("pixels", pixels), ("right", right), ("confidence", confidence * pixels))
    }


def read_scores(run: Run, set_name: str) -> dict:
    """Return the content of an evaluation's file."""
    return json.loads((run.path / "evaluation" / f"{set_name}.json").read_text(encoding="utf-8"))


def write_scores(run: Run, scores: Mapping) -> Path:
    """Write an evaluation, such as one of `make_evaluation`, with the library."""
    return write_evaluation(run, Evaluation.from_json(scores))


def make_run(
    root: Path,
    name: str,
    *,
    epochs: int = 12,
    evaluation: bool = True,
    weights: bool = False,
    architecture: str = "mobilenet_segnet",
    arguments: Mapping | None = None,
    input_size: tuple[int, int] = (64, 128),
    sets: tuple[str, ...] = ("val",),
    frames: int = 6,
    frame_ids: tuple[str, ...] = (),
    skill: float = 0.7,
    seed: int = 0,
) -> Path:
    """Write the folder of a run below ``root`` and return it.

    Args:
        root: folder of runs.
        name: the run's folder.
        epochs: rows of ``history.csv``; 0 leaves the file out.
        evaluation: also write an evaluation for each of ``sets``.
        weights: build the model with random weights and save them (imports Keras); otherwise there are no weights.
        architecture: key of ``segcore.models.build.ARCHITECTURES``.
        arguments: keyword arguments of the architecture.
        input_size: (height, width) in pixels.
        sets, frames, frame_ids, skill, seed: see ``make_evaluation``.
    """
    path = Path(root) / name
    path.mkdir(parents=True)
    sha256, parameters = None, 2_345_678 + 1000 * seed
    if weights:
        import keras

        from segcore.models.build import build_model

        keras.utils.set_random_seed(seed)
        model = build_model(architecture, num_classes=19, image_size=input_size, **dict(arguments or {}))
        model.save_weights(path / "model.weights.h5")
        sha256, parameters = sha256_of(path / "model.weights.h5"), model.count_params()
    record = {
        "format": 1,
        "architecture": architecture,
        "arguments": dict(arguments or {}),
        "label_space": "train_ids",
        "num_classes": 19,
        "input_size": list(input_size),
        "normalization": {"scale": 2 / 255, "offset": -1.0},
        "parameters": parameters,
        "training": {
            "epochs": epochs,
            "batch_size": 8,
            "loss": "ce",
            "learning_rate": 1e-3,
            "augment": "flip",
        },
        "data": {
            "name": "made streets",
            "split": "train",
            "frames": 40,
            "cities": ["aachen"],
            "frame_size": [64, 128],
        },
        "seed": seed,
        "versions": {"keras": "3.15.1"},
        "hardware": "a made machine",
        "date": "2026-11-20",
        "best_epoch": max(1, int(epochs * 0.9)) if epochs else None,
        "epochs": epochs,
        "weights_sha256": sha256,
    }
    (path / "run.json").write_text(json.dumps(record, indent=2), encoding="utf-8")
    if epochs:
        make_history(epochs, seed=seed).to_csv(path / "history.csv", index=False)
    if evaluation:
        (path / "evaluation").mkdir()
        for set_name in sets:
            scores = make_evaluation(
                set_name=set_name,
                frames=frames,
                skill=skill,
                frame_ids=frame_ids,
                input_size=input_size,
                weights_sha256=sha256,
                seed=seed,
            )
            (path / "evaluation" / f"{set_name}.json").write_text(json.dumps(scores), encoding="utf-8")
    return path


def _counts(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tp = np.diag(matrix)[:-1]
    return tp, matrix[:-1, :-1].sum(axis=0) - tp, matrix[:-1].sum(axis=1) - tp


def _iou(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
    union = tp + fp + fn
    return np.divide(tp, union, out=np.full(len(tp), np.nan), where=union > 0)


def _block_iou(matrix: np.ndarray, members: tuple[int, ...]) -> float:
    inside = list(members)
    tp = matrix[np.ix_(inside, inside)].sum()
    union = matrix[inside].sum() + matrix[:-1, inside].sum() - tp
    return float(tp / union) if union else float("nan")


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
