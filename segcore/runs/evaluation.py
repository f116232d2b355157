"""What was measured on a run: how that came about, the scores of one set of frames, and the counts of each frame.

``from_json`` takes content that `segcore.runs.score_checks` has checked; ``to_json`` gives it back as in
the file.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from segcore.frames.cityscapes import Frame
from segcore.runs.calibration import CalibrationCounts
from segcore.runs.record import FOREIGN_SETTINGS, PREDICTION_SETTINGS
from segcore.runs.run import Run

Size = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How scores came about.

    Attributes:
        set_name: name of the set of frames.
        data: name of the data set, for people; None where it is not known.
        split: of the frames.
        frames: how many there were.
        frame_size: (height, width) in pixels in which they were scored, None where they differ.
        input_size: (height, width) of the run's input, None where it is not recorded.
        inference_sizes: (height, width) of each view in which the run saw a frame; None in results of earlier versions,
            which know of one size at most.
        prediction_settings: how the network predicted beside its sizes, by the names of `PREDICTION_SETTINGS`; one
            that is not recorded is absent.
        weights_sha256: of the weights, None for scores that outlive theirs.
        date: the day, as in 2026-11-20.
        seed: of the effects, for scores under weather.
    """

    set_name: str
    data: str | None
    split: str
    frames: int
    frame_size: Size | None = None
    input_size: Size | None = None
    inference_sizes: tuple[Size, ...] | None = None
    prediction_settings: Mapping = field(default_factory=dict)
    weights_sha256: str | None = None
    date: str | None = None
    seed: int | None = None

    @classmethod
    def of(
        cls,
        run: Run,
        frames: Sequence[Frame],
        *,
        set_name: str,
        data_name: str | None,
        frame_sizes: Collection[Size],
        seed: int | None = None,
    ) -> "Provenance":
        """Return what is to be told of scores that were measured now.

        Args:
            run: the run that was measured.
            frames: what it was measured on, at least one.
            set_name: name of the set.
            data_name: name of the data set.
            frame_sizes: each (height, width) in which the frames were scored; only one that is common to all is told.
            seed: of the effects.
        """
        return cls(
            set_name=set_name,
            data=data_name,
            split=frames[0].split,
            frames=len(frames),
            frame_size=next(iter(frame_sizes)) if len(frame_sizes) == 1 else None,
            input_size=run.input_size,
            inference_sizes=run.inference_sizes,
            prediction_settings=run.prediction_settings,
            weights_sha256=run.weights_sha256,
            date=datetime.now(UTC).date().isoformat(),
            seed=seed,
        )

    @property
    def views(self) -> tuple[Size, ...]:
        """(height, width) of each view in which the run saw a frame, as far as that is recorded."""
        return self.inference_sizes or ((self.input_size,) if self.input_size else ())

    @classmethod
    def from_json(cls, content: Mapping) -> "Provenance":
        sizes = content.get("inference_sizes")
        return cls(
            set_name=content.get("set", ""),
            data=content.get("data"),
            split=content["split"],
            frames=content["frames"],
            frame_size=_size(content.get("frame_size")),
            input_size=_size(content.get("input_size")),
            inference_sizes=None if sizes is None else tuple(map(_size, sizes)),
            prediction_settings={
                name: content[name] for name in (*PREDICTION_SETTINGS, *FOREIGN_SETTINGS) if name in content
            },
            weights_sha256=content.get("weights_sha256"),
            date=content.get("date"),
            seed=content.get("seed"),
        )

    def to_json(self) -> dict:
        sizes = self.inference_sizes
        return {
            "set": self.set_name,
            "data": self.data,
            "split": self.split,
            "frames": self.frames,
            "frame_size": self.frame_size and list(self.frame_size),
            **_known(
                input_size=self.input_size and list(self.input_size),
                inference_sizes=None if sizes is None else [list(size) for size in sizes],
            ),
            **self.prediction_settings,
            "weights_sha256": self.weights_sha256,
            "date": self.date,
            **_known(seed=self.seed),
        }


@dataclass(frozen=True)
class FrameCounts:
    """One frame's scores, and its pixel counts to add up with those of others.

    Attributes:
        frame: its name.
        tp, fp, fn: true positives, false positives and false negatives of each class, in pixels.
        miou: mean IoU over the classes in it, 0..1, None where it was not kept or nothing is scored.
        pixel_accuracy: share of its scored pixels that are right, 0..1, or None likewise.
    """

    frame: str
    tp: Sequence[int]
    fp: Sequence[int]
    fn: Sequence[int]
    miou: float | None = None
    pixel_accuracy: float | None = None

    @classmethod
    def from_json(cls, content: Mapping) -> "FrameCounts":
        return cls(
            **{key: content[key] for key in ("frame", "tp", "fp", "fn")},
            miou=content.get("miou"),
            pixel_accuracy=content.get("pixel_accuracy"),
        )

    def to_json(self) -> dict:
        return {
            "frame": self.frame,
            "miou": self.miou,
            "pixel_accuracy": self.pixel_accuracy,
            **self.counts_to_json(),
        }

    def counts_to_json(self) -> dict:
        """Return the counts alone, as the lines of a sweep hold them."""
        return {"tp": list(self.tp), "fp": list(self.fp), "fn": list(self.fn)}


@dataclass(frozen=True)
class CallTime:
    """How long a network call took: the median in milliseconds, over how many calls, on what."""

    median: float | None = None
    repeats: int | None = None
    hardware: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """The scores of a run on one set of frames.

    Attributes:
        provenance: how they came about.
        label_space: key into ``segcore.labels.LABEL_SPACES``, None in results of earlier versions.
        class_names: names of the n classes.
        confusion: int64 (n + 1, n + 1) pixels, truth in rows and void last, see ``segcore.scoring.confusion``.
        miou, category_miou, pixel_accuracy: 0..1, None where nothing is scored.
        classes, categories: IoU by name, 0..1, None for one that is absent.
        classes_averaged, categories_averaged: how many the means stand on, None where it is not recorded.
        per_frame: the frames, none where they were not kept.
        latency: of the network call, None where it was not measured.
        calibration: pixels by their confidence, None in results of earlier versions and of runs without probabilities.
    """

    provenance: Provenance
    label_space: str | None
    class_names: tuple[str, ...]
    confusion: np.ndarray = field(repr=False)
    miou: float | None
    category_miou: float | None
    pixel_accuracy: float | None
    classes: Mapping[str, float | None] = field(repr=False)
    categories: Mapping[str, float | None] = field(default_factory=dict, repr=False)
    classes_averaged: int | None = None
    categories_averaged: int | None = None
    per_frame: tuple[FrameCounts, ...] = field(default=(), repr=False)
    latency: CallTime | None = None
    calibration: CalibrationCounts | None = field(default=None, repr=False)

    @classmethod
    def from_json(cls, content: Mapping) -> "Evaluation":
        latency, calibration = content.get("latency_ms"), content.get("calibration")
        return cls(
            provenance=Provenance.from_json(content),
            label_space=content.get("label_space"),
            class_names=tuple(content["class_names"]),
            confusion=np.array(content["confusion"], np.int64),
            miou=content["miou"],
            category_miou=content.get("category_miou"),
            pixel_accuracy=content["pixel_accuracy"],
            classes=content["classes"],
            categories=content.get("categories") or {},
            classes_averaged=content.get("classes_averaged"),
            categories_averaged=content.get("categories_averaged"),
            per_frame=tuple(map(FrameCounts.from_json, content.get("per_frame", ()))),
            latency=latency and CallTime(*(latency.get(key) for key in ("median", "repeats", "hardware"))),
            calibration=calibration and CalibrationCounts.from_json(calibration),
        )

    def to_json(self) -> dict:
        latency = self.latency
        return {
            **self.provenance.to_json(),
            **_known(label_space=self.label_space),
            "class_names": list(self.class_names),
            "confusion": self.confusion.tolist(),
            "miou": self.miou,
            "category_miou": self.category_miou,
            "pixel_accuracy": self.pixel_accuracy,
            "classes": dict(self.classes),
            "categories": dict(self.categories),
            **_known(classes_averaged=self.classes_averaged, categories_averaged=self.categories_averaged),
            "per_frame": [entry.to_json() for entry in self.per_frame],
            "latency_ms": latency and _known(**vars(latency)),
            **_known(calibration=self.calibration and self.calibration.to_json()),
        }


def _known(**values: object) -> dict:
    # Keys that earlier versions did not write stay away.
    return {key: value for key, value in values.items() if value is not None}


def _size(size: Sequence[int] | None) -> Size | None:
    return size and (size[0], size[1])
