"""Stored scores of a run on one set of frames: how they were measured, the scores, and the counts of each frame.

``from_json`` takes content that `segcore.runs.score_checks` has checked; ``to_json`` returns it as in the file.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from segcore.frames.fingerprint import files_sha256
from segcore.frames.frame import Frame
from segcore.runs.calibration import CalibrationCounts
from segcore.runs.record import FOREIGN_SETTINGS, PREDICTION_SETTINGS
from segcore.runs.run import Run
from segcore.system.counting import counted

Size = tuple[int, int]
Color = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How scores were measured.

    Attributes:
        set_name: name of the set of frames.
        data: title of the data set; None if unknown.
        split: split of the frames.
        frames: number of scored frames.
        left_out: names of frames that could not be scored.
        files_sha256: of these frames and of those left out, see ``segcore.frames.fingerprint``; None in results of
            earlier versions.
        frame_size: (height, width) in pixels at which the frames were scored; None if they differ.
        input_size: (height, width) in pixels of the run's input; None if not recorded.
        inference_sizes: (height, width) in pixels of each view of a frame that the run predicted; None in results of
            earlier versions, which had at most one size.
        prediction_settings: further settings of the prediction, with the names of `PREDICTION_SETTINGS`; a setting
            that is not recorded is absent.
        weights_sha256: SHA-256 of the weights file; None if the run keeps scores but no weights.
        date: day of the measurement, such as 2026-11-20.
        seed: seed of the effects, for scores under weather.
    """

    set_name: str
    data: str | None
    split: str
    frames: int
    left_out: tuple[str, ...] = ()
    files_sha256: str | None = None
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
        left_out: Sequence[Frame] = (),
        set_name: str,
        data_name: str | None,
        frame_sizes: Collection[Size],
        seed: int | None = None,
    ) -> "Provenance":
        """Return the provenance of scores that are measured now.

        Args:
            run: the run that was scored.
            frames: the scored frames, at least one.
            left_out: frames that could not be scored.
            set_name: name of the set.
            data_name: name of the data set.
            frame_sizes: each (height, width) at which frames were scored; recorded only if it is the same for all.
            seed: of the effects.
        """
        return cls(
            set_name=set_name,
            data=data_name,
            split=frames[0].split,
            frames=len(frames),
            left_out=tuple(frame.frame_id for frame in left_out),
            files_sha256=files_sha256((*frames, *left_out)),
            frame_size=next(iter(frame_sizes)) if len(frame_sizes) == 1 else None,
            input_size=run.input_size,
            inference_sizes=run.inference_sizes,
            prediction_settings=run.prediction_settings,
            weights_sha256=run.weights_sha256,
            date=datetime.now(UTC).date().isoformat(),
            seed=seed,
        )

    @property
    def frames_in_words(self) -> str:
        """The number of scored frames, such as "11 frames (1 more cannot be scored)"."""
        left_out = f" ({len(self.left_out)} more cannot be scored)" if self.left_out else ""
        return f"{counted(self.frames, 'frame')}{left_out}"

    @property
    def views(self) -> tuple[Size, ...]:
        """(height, width) in pixels of each view of a frame that the run predicted; empty if not recorded."""
        return self.inference_sizes or ((self.input_size,) if self.input_size else ())

    @classmethod
    def from_json(cls, content: Mapping) -> "Provenance":
        sizes = content.get("inference_sizes")
        return cls(
            set_name=content.get("set", ""),
            data=content.get("data"),
            split=content["split"],
            frames=content["frames"],
            left_out=tuple(content.get("left_out") or ()),
            files_sha256=content.get("files_sha256"),
            frame_size=_size(content.get("frame_size")),
            input_size=_size(content.get("input_size")),
            inference_sizes=None if sizes is None else tuple((height, width) for height, width in sizes),
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
                left_out=list(self.left_out) or None,
                files_sha256=self.files_sha256,
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
    """Scores and pixel counts of one frame; counts of several frames can be added.

    Attributes:
        frame: name of the frame.
        tp, fp, fn: true positives, false positives and false negatives of each class, in pixels.
        miou: mean IoU over the classes in the frame, 0..1; None if it was not kept or no pixel is scored.
        pixel_accuracy: share of correct pixels among the scored ones, 0..1; None as for ``miou``.
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
        """Return only the counts, in the form of the lines of a robustness sweep."""
        return {"tp": list(self.tp), "fp": list(self.fp), "fn": list(self.fn)}


@dataclass(frozen=True)
class CallTime:
    """Time of a network call: the median in milliseconds, the number of calls, and the hardware.

    ``first_view`` is the median for the first view, None in results of earlier versions.
    """

    median: float | None = None
    repeats: int | None = None
    hardware: str | None = None
    first_view: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """The scores of a run on one set of frames.

    Attributes:
        provenance: how the scores were measured.
        label_space: key of ``segcore.labels.LABEL_SPACES``; None in results of earlier versions.
        class_names: names of the n classes.
        class_colors: their colours, RGB 0..255; empty for an included class list, and in results of earlier versions.
        confusion: int64 (n + 1, n + 1) pixel counts, rows are the truth, void is last; see
            ``segcore.scoring.confusion``.
        miou, category_miou, pixel_accuracy: 0..1; None if no pixel is scored.
        classes, categories: IoU by name, 0..1; None for a class or category that is absent.
        classes_averaged, categories_averaged: number of classes or categories in the means; None if not recorded.
        per_frame: counts of each frame; empty if they were not kept.
        latency: time of the network call; None if it was not measured.
        calibration: pixel counts by confidence; None in results of earlier versions and of runs without probabilities.
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
    class_colors: tuple[Color, ...] = field(default=(), repr=False)
    classes_averaged: int | None = None
    categories_averaged: int | None = None
    per_frame: tuple[FrameCounts, ...] = field(default=(), repr=False)
    latency: CallTime | None = None
    calibration: CalibrationCounts | None = field(default=None, repr=False)

    @property
    def first_view_latency(self) -> float | None:
        """Median time of the first view in milliseconds, None if unknown."""
        if self.latency is None:
            return None
        # With one view, this is the whole time.
        return self.latency.median if len(self.provenance.views) == 1 else self.latency.first_view

    @classmethod
    def from_json(cls, content: Mapping) -> "Evaluation":
        latency, calibration = content.get("latency_ms"), content.get("calibration")
        return cls(
            provenance=Provenance.from_json(content),
            label_space=content.get("label_space"),
            class_names=tuple(content["class_names"]),
            class_colors=tuple((red, green, blue) for red, green, blue in content.get("class_colors", ())),
            confusion=np.array(content["confusion"], np.int64),
            miou=content["miou"],
            category_miou=content.get("category_miou"),
            pixel_accuracy=content["pixel_accuracy"],
            classes=content["classes"],
            categories=content.get("categories") or {},
            classes_averaged=content.get("classes_averaged"),
            categories_averaged=content.get("categories_averaged"),
            per_frame=tuple(map(FrameCounts.from_json, content.get("per_frame", ()))),
            latency=latency
            and CallTime(*(latency.get(key) for key in ("median", "repeats", "hardware", "first_view"))),
            calibration=calibration and CalibrationCounts.from_json(calibration),
        )

    def to_json(self) -> dict:
        latency = self.latency
        return {
            **self.provenance.to_json(),
            **_known(label_space=self.label_space),
            "class_names": list(self.class_names),
            **_known(class_colors=[list(color) for color in self.class_colors] or None),
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
    # Keys that earlier versions did not write are left out.
    return {key: value for key, value in values.items() if value is not None}


def _size(size: Sequence[int] | None) -> Size | None:
    return None if size is None else (size[0], size[1])
