"""Robustness sweeps: scores under weather of increasing severity, and their summary."""

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from segcore.effects.chain import MAXIMUM_SEED, Chain, Step, find_effect, make_step
from segcore.effects.kinds import SEVERITIES
from segcore.effects.render import WORKING_LONG_SIDE, apply
from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from segcore.frames.frame import Frame
from segcore.frames.images import fit_long_side, resize_mask
from segcore.frames.usable import usable_frames
from segcore.labels import LabelSpace
from segcore.predict.prediction import Predictor
from segcore.predict.work import Mapper, map_here
from segcore.runs.evaluation import FrameCounts, Provenance
from segcore.runs.results import check_saved_together, read_robustness, result_path, write_robustness
from segcore.runs.run import Run
from segcore.runs.score_checks import check_provenance, has_counts, is_level
from segcore.runs.sets import are_of
from segcore.scoring import confusion
from segcore.scoring.common_classes import CommonClasses
from segcore.scoring.evaluation import count_frame
from segcore.system.files import LARGEST_JSON, read_json

WEATHER = tuple(effect.name for effect in EFFECTS.values() if effect.group == "weather")
CLEAN = 0
"""The severity of frames without effects."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """Scores under effects, and how they were measured.

    Attributes:
        table: as in ``segcore.runs.results.write_robustness``: ``effect``, ``severity`` (0 is the clean frame),
            ``miou``, ``category_miou`` and the IoU of each class by name, 0..1, NaN for an absent class.
        provenance: how the scores were measured; None if it was not stored.
        per_frame: the counts of every frame by (effect, severity), for intervals over frames; the key of clean frames
            is (None, 0). Empty if they were not stored.
    """

    table: pd.DataFrame = field(repr=False)
    provenance: Provenance | None = None
    per_frame: Mapping[tuple[str | None, int], Sequence[FrameCounts]] = field(
        default_factory=dict, repr=False
    )

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes with an IoU in ``table``."""
        return tuple(class_columns(self.table))


def sweep(
    run: Run,
    frames: Sequence[Frame],
    *,
    set_name: str,
    effects: Sequence[str] = WEATHER,
    severities: Sequence[int] = SEVERITIES,
    seed: int = 0,
    data_name: str = "Cityscapes",
    predictor: Predictor | None = None,
    mapper: Mapper | None = None,
    skip_unusable: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Score a run on frames under each effect at each severity, and on the clean frames.

    Effects are applied at the working resolution, and predictions are scored at this resolution, so that severities
    mean the same for frames of any size. A frame has the same seed at all severities of an effect: only the strength
    changes.

    Args:
        run: the run.
        frames: frames with ground truth, of one split.
        set_name: name for the stored result, such as ``val``.
        effects: names of effects that have severities.
        severities: from 1 to 5; severity 0 is always measured too.
        seed: determines, with the effect and the index of the frame, the seed of each frame.
        data_name: name of the data set for users.
        predictor: the run, if it is already loaded.
        mapper: works on the frames elsewhere, such as on a cluster; the scores are the same.
        skip_unusable: leave out frames that cannot be scored, as in ``segcore.scoring.evaluation.evaluate``.
        progress: called with (predictions done, all predictions) before the first prediction and after each one.

    Raises:
        InputError: there are no frames or effects, an effect does not exist or has no severity, frames have no ground
            truth or cannot be scored, or the weights cannot be used.
    """
    if not frames:
        raise InputError("There are no frames to measure on; choose a split with ground truth.")
    if not 0 <= seed <= MAXIMUM_SEED:
        raise InputError(f"The seed is {seed}; expected a whole number from 0 to {MAXIMUM_SEED}.")
    steps = _steps(effects, severities)
    frames, left_out = usable_frames(frames, skip=skip_unusable)
    each = mapper or map_here(run, predictor)
    report = progress or (lambda done, total: None)
    total, done = len(frames) * (1 + sum(map(len, steps.values()))), 0
    report(done, total)
    common = CommonClasses.of(run, frames)
    space = common.space
    sums: dict[tuple[str | None, int], np.ndarray] = defaultdict(lambda: _no_pixels(space))
    counted: dict[tuple[str | None, int], dict[int, FrameCounts]] = defaultdict(dict)
    sizes = set()
    work = partial(_measure, steps=steps, seed=seed, common=common)
    for place, (effect, level, matrix, size) in each(work, frames):
        sums[effect, level] += matrix
        sizes.add(size)
        counted[effect, level][place] = count_frame(frames[place].frame_id, matrix)
        done += 1
        report(done, total)
    per_frame = {
        key: tuple(by_place[place] for place in sorted(by_place)) for key, by_place in counted.items()
    }
    rows = [
        _row(effect, level, sums[None if level == CLEAN else effect, level], space)
        for effect, levels in steps.items()
        for level in (CLEAN, *levels)
    ]
    provenance = Provenance.of(
        run,
        frames,
        left_out=left_out,
        set_name=set_name,
        data_name=data_name,
        frame_sizes=sizes,
        seed=seed,
    )
    return Sweep(pd.DataFrame(rows), provenance, per_frame)


def frame_seed(seed: int, effect: str, index: int) -> int:
    """Return the seed of one frame under one effect, the same at every severity."""
    entropy = np.random.SeedSequence([seed, zlib.crc32(effect.encode()), index])
    return int(entropy.generate_state(1)[0]) % (MAXIMUM_SEED + 1)


def save(run: Run, result: Sweep) -> Path:
    """Store a sweep in the run's folder; return the path of the table.

    ``robustness/<set>.csv`` holds the table, ``.json`` the provenance, ``.jsonl`` one line for each frame under each
    effect and severity, sorted by frame.
    """
    made = result.provenance
    if made is None:
        raise ValueError("expected a sweep with a provenance")
    return write_robustness(
        run, made.set_name, result.table, provenance=made.to_json(), counts=_lines(result)
    )


def _lines(result: Sweep) -> Iterator[dict]:
    for of_frame in zip(*result.per_frame.values(), strict=True):
        for (effect, severity), entry in zip(result.per_frame, of_frame, strict=True):
            yield {"effect": effect, "severity": severity, "frame": entry.frame, **entry.counts_to_json()}


def read_sweep(run: Run, set_name: str, *, with_frames: bool = True) -> Sweep | None:
    """Read a stored sweep, or None if there is none.

    Args:
        run: the run.
        set_name: name of the set.
        with_frames: False leaves out ``per_frame``, which is most of it.

    Raises:
        InputError: its table cannot be used, or its files are of different measurements; provenance and frames that
            cannot be read are left out.
    """
    table = read_robustness(run, set_name)
    if table is None:
        return None
    frames = read_per_frame(run, set_name) if with_frames else {}
    return Sweep(table, read_provenance(run, set_name), frames)


def stored_levels(
    run: Run, set_name: str, frames: Sequence[Frame], *, data_name: str
) -> set[tuple[str | None, int]]:
    """Return each (effect, severity) in the stored sweep of these frames; empty if the sweep has other frames."""
    counts = read_per_frame(run, set_name)
    measured = [entry.frame for entry in counts.get((None, CLEAN), ())]
    made = read_provenance(run, set_name)
    is_of_these = made is not None and made.data == data_name and are_of(made, measured, frames)
    return set(counts) if is_of_these else set()


def read_per_frame(run: Run, set_name: str) -> dict[tuple[str | None, int], list[FrameCounts]]:
    """Return the counts of every frame by (effect, severity), the clean frames under (None, 0).

    The result is empty if they were not stored (as in earlier versions), cannot be read, or belong to another
    measurement than the table.
    """
    found: dict[tuple[str | None, int], list[FrameCounts]] = {}
    path = result_path(run, "robustness", set_name, ".jsonl")
    classes = 0
    try:
        check_saved_together(run, set_name)
        if not path.is_file() or path.stat().st_size > LARGEST_JSON:
            return {}
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                counts = {key: entry[key] for key in ("frame", "tp", "fp", "fn")}
                classes = classes or len(counts["tp"])
                if not has_counts(counts, classes=classes) or not is_level(
                    entry["effect"], entry["severity"]
                ):
                    return {}
                found.setdefault((entry["effect"], entry["severity"]), []).append(FrameCounts(**counts))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    is_clear = all(len({entry.frame for entry in entries}) == len(entries) for entries in found.values())
    return found if is_clear else {}


def read_provenance(run: Run, set_name: str) -> Provenance | None:
    """Return how a stored sweep was measured, or None if this was not stored or cannot be read."""
    path = result_path(run, "robustness", set_name, ".json")
    try:
        check_saved_together(run, set_name, with_counts=False)
        provenance = read_json(path)
        check_provenance(provenance, where=f"robustness/{path.name}")
    except InputError:
        return None
    return Provenance.from_json(provenance)


def summarize(table: pd.DataFrame) -> pd.DataFrame:
    """Return a summary of a sweep, one row per effect.

    Returns:
        Columns ``effect``, ``clean`` (mIoU without the effect), ``worst`` (the lowest mIoU), ``area`` (mean height of
        the curve over the severities, by trapezoids) and ``kept`` (``area`` as a share of ``clean``), 0..1; NaN if a
        severity or the clean score is missing.
    """
    rows = []
    for effect, scores in table.groupby("effect", sort=False):
        curve = scores.sort_values("severity")
        levels, heights = curve["severity"].to_numpy(float), curve["miou"].to_numpy(float)
        clean = heights[0] if levels[0] == CLEAN else np.nan
        span = levels[-1] - levels[0]
        area = np.trapezoid(heights, levels) / span if span else np.nan
        kept = area / clean if clean else np.nan
        rows.append({"effect": effect, "clean": clean, "worst": heights.min(), "area": area, "kept": kept})
    return pd.DataFrame(rows, columns=["effect", "clean", "worst", "area", "kept"])


def relative_loss(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``effect``, ``severity`` and ``loss``: the lost share of the clean mIoU, 0 at severity 0."""
    clean = table[table["severity"] == CLEAN].drop_duplicates("effect").set_index("effect")["miou"]
    base = table["effect"].map(clean).replace(0, np.nan)
    return table[["effect", "severity"]].assign(loss=1 - table["miou"] / base)


def class_columns(table: pd.DataFrame) -> list[str]:
    """Return the names of the columns with the IoU of a class."""
    return [name for name in table.columns if name not in ("effect", "severity", "miou", "category_miou")]


def _steps(effects: Sequence[str], severities: Sequence[int]) -> dict[str, dict[int, Step]]:
    if not effects or not severities:
        raise InputError("There is nothing to measure; give at least one effect and one severity.")
    if CLEAN in severities:
        raise InputError("Severity 0 is always measured; give severities from 1 to 5.")
    return {
        find_effect(name).name: {level: make_step(name, severity=level) for level in sorted(set(severities))}
        for name in effects
    }


def _no_pixels(space: LabelSpace) -> np.ndarray:
    return np.zeros((space.num_classes + 1,) * 2, np.int64)


def _read_working(frame: Frame, common: CommonClasses) -> tuple[np.ndarray, np.ndarray]:
    image, truth = common.read(frame)
    image = fit_long_side(image, WORKING_LONG_SIDE)
    return image, resize_mask(truth, image.shape[:2])


def _measure(
    predictor: Predictor,
    place: int,
    frame: Frame,
    *,
    steps: Mapping[str, Mapping[int, Step]],
    seed: int,
    common: CommonClasses,
) -> Iterator[tuple[str | None, int, np.ndarray, tuple[int, int]]]:
    image, truth = _read_working(frame, common)
    yield None, CLEAN, _score(predictor, image, truth, common), truth.shape
    for effect, levels in steps.items():
        for level, step in levels.items():
            chain = Chain((step,), seed=frame_seed(seed, effect, place))
            changed, moved = apply(chain, image, truth)
            yield effect, level, _score(predictor, changed, moved, common), truth.shape


def _score(predictor: Predictor, image: np.ndarray, truth: np.ndarray, common: CommonClasses) -> np.ndarray:
    class_map, _ = predictor.classify(image)
    return confusion.confusion_matrix(truth, common.of_run(class_map), num_classes=common.space.num_classes)


def _row(effect: str, severity: int, matrix: np.ndarray, space: LabelSpace) -> dict:
    categories = confusion.category_matrix(matrix, space)
    return {
        "effect": effect,
        "severity": severity,
        "miou": confusion.mean_iou(matrix),
        "category_miou": np.nan if categories is None else confusion.mean_iou(categories),
        **dict(zip(space.class_names, confusion.class_iou(matrix).tolist(), strict=True)),
    }
