"""The configuration of a training, checked and immutable."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

from segcore.classes.files import find_space, known_spaces, read_space, space_of, to_json
from segcore.errors import InputError
from segcore.labels import LabelSpace
from segcore.runs.checks import ARGUMENTS, are_arguments
from segcore.system.reading import parse_json, read_text

CLASS_WEIGHTS = ("none", "log")
LOSS_GRIDS = ("full", "logits")
PRECISIONS = ("float32", "mixed_bfloat16")
OWN_CLASSES = "own"
"""Name of a class list that is written in the configuration."""
_CLASS_FILES = (".json", ".txt")
_MOST_BYTES = 1_000_000
_MOST_EPOCHS = 1_000_000
_MOST_BATCH = 65_536
_MOST_STEPS = 10**9
_MOST_FRAMES = 10**8
_MOST_SEED = 2**32 - 1
_MOST_RATE = 1e15
_LONGEST_SIDE = 16_384
_LONGEST_TEXT = 1000
_LONGEST_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a run is trained.

    Attributes:
        model: architecture, a key of ``segcore.models.ARCHITECTURES``.
        arguments: arguments of the architecture besides number of classes and image size.
        label_space: the classes: the name of a list of ``segcore.classes``, the path of a file with a class list
            (it is replaced by the list), or a class list.
        frames: number of training frames, spread evenly over the split; None for all.
        image_size: (height, width) in pixels that frames are fitted into, for training and prediction.
        crop_size: (height, width) in pixels of the part of a frame in one training step; None for the whole frame.
        scale: lowest and highest factor by which frames are scaled before the crop ("weather" only), 0.1..10.
        augment: "none", "flip" or "weather", see ``segcore.training.augmentation``.
        copy_paste: share of the training frames into which rare classes of another frame are pasted, 0..1, see
            ``segcore.training.copy_paste``.
        loss: "ce", "dice", "jaccard" or "ce+dice".
        loss_grid: "full", or "logits": the training loss compares the logits before the upsampling with labels of the
            same coarse grid. Validation is always at full size.
        class_weights: "none", or "log": 1 / ln(1.02 + share of the class), as in ENet (Paszke et al. 2016).
        logit_adjustment: 0..1; this share of the logarithm of the class weights is subtracted from the logits of the
            stored model, because training with class weights makes them too high (see Menon et al. 2021).
        encoder_weights: "none", "imagenet" or a path; mobilenet_segnet only.
        teacher: name of a run whose probabilities are a second training target, or "none"; see
            ``segcore.training.distillation``.
        epochs: number of passes over the frames.
        batch_size: frames per step.
        learning_rate: peak of the schedule; the optimizer is AdamW.
        weight_decay: of AdamW.
        warmup_steps: steps of linear warm-up; None for 300, or a tenth of all steps if this is less.
        decay_epochs: number of last epochs in which the learning rate falls to zero along a cosine; None for all.
        ema: momentum of the averaged weights, which are validated and stored; 0 for the plain weights. In both cases
            batch statistics are measured again.
        kernel_bits: significant bits to which the kernels of the stored model are rounded, 1..11: fewer bits give a
            smaller file and a coarser model.
        precision: "float32" or "mixed_bfloat16".
        seed: of initial weights, order and random transforms.

    Raises:
        InputError: a value is not allowed, or the class list cannot be read.
    """

    model: str
    arguments: dict = field(default_factory=dict)
    label_space: str | list = "train_ids"
    frames: int | None = None
    image_size: tuple[int, int] = (256, 512)
    crop_size: tuple[int, int] | None = None
    scale: tuple[float, float] = (0.75, 1.5)
    augment: str = "weather"
    copy_paste: float = 0.0
    loss: str = "ce"
    loss_grid: str = "full"
    class_weights: str = "none"
    logit_adjustment: float = 0.0
    encoder_weights: str = "none"
    teacher: str = "none"
    epochs: int = 40
    batch_size: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    warmup_steps: int | None = None
    decay_epochs: int | None = None
    ema: float = 0.0
    kernel_bits: int = 11
    precision: str = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("image_size", "crop_size", "scale"):
            value = getattr(self, name)
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))
        if isinstance(self.label_space, str) and self.label_space.endswith(_CLASS_FILES):
            # A path means nothing on other machines, so the list replaces it.
            object.__setattr__(self, "label_space", to_json(read_space(Path(self.label_space))))
        _check(self)

    @cached_property
    def space(self) -> LabelSpace:
        """The classes of the training."""
        if isinstance(self.label_space, str):
            return find_space(self.label_space)
        return space_of(OWN_CLASSES, self.label_space, where="label_space")

    @property
    def step_size(self) -> tuple[int, int]:
        """(height, width) in pixels of the frames in one training step."""
        return self.crop_size or self.image_size

    @property
    def encoder_name(self) -> str:
        """``encoder_weights`` without folders, since they mean nothing on other machines."""
        return Path(self.encoder_weights).name

    def to_dict(self) -> dict:
        """Return the configuration as JSON types."""
        return json.loads(json.dumps(dataclasses.asdict(self)))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "TrainingConfig":
        """Return the configuration in ``content``.

        Raises:
            InputError: a key is unknown or missing, or a value is not allowed.
        """
        known = {entry.name for entry in dataclasses.fields(cls)}
        if unknown := sorted(set(content) - known):
            raise InputError(
                f"The training configuration has the unknown key {', '.join(unknown)}; known keys are "
                f"{', '.join(sorted(known))}."
            )
        if "model" not in content:
            raise InputError("The training configuration names no model; add the key 'model'.")
        return cls(**content)

    @classmethod
    def from_file(cls, path: Path) -> "TrainingConfig":
        """Return the configuration in a JSON file.

        Raises:
            InputError: the file is missing or is not a JSON object, or ``from_dict`` refuses its content.
        """
        return cls.from_dict(read_config(path))


def read_config(path: Path) -> dict:
    """Return the JSON object in ``path``; its keys are not checked.

    Raises:
        InputError: the file cannot be read, or is not a JSON object.
    """
    name = f"The configuration {path}"
    text = read_text(Path(path), most_bytes=_MOST_BYTES, expected="a JSON object is expected", name=name)
    content = parse_json(text, name=name)
    if not isinstance(content, dict):
        raise InputError(f"The configuration {path} is a {type(content).__name__}; expected a JSON object.")
    return content


def _check(config: TrainingConfig) -> None:
    choices = {
        "loss_grid": LOSS_GRIDS,
        "class_weights": CLASS_WEIGHTS,
        "precision": PRECISIONS,
    }
    is_named = isinstance(config.label_space, str)
    _require(
        config,
        "label_space",
        config.label_space in known_spaces() if is_named else isinstance(config.label_space, list),
        f"one of {', '.join(known_spaces())}, a file of classes that ends in .json or .txt, or a list of classes",
    )
    # Raises InputError for an invalid class list.
    _ = config.space
    for name, allowed in choices.items():
        _require(config, name, getattr(config, name) in allowed, f"one of {', '.join(allowed)}")
    for name, most in (("epochs", _MOST_EPOCHS), ("batch_size", _MOST_BATCH)):
        _require(config, name, _is_whole(getattr(config, name), 1, most), f"a whole number from 1 to {most}")
    _require(
        config,
        "frames",
        config.frames is None or _is_whole(config.frames, 1, _MOST_FRAMES),
        f"null or a whole number from 1 to {_MOST_FRAMES}",
    )
    bits = config.kernel_bits
    _require(config, "kernel_bits", _is_whole(bits, 1, 11), "a whole number from 1 to 11")
    _require(config, "seed", _is_whole(config.seed, 0, _MOST_SEED), f"a whole number from 0 to {_MOST_SEED}")
    _require(
        config,
        "warmup_steps",
        config.warmup_steps is None or _is_whole(config.warmup_steps, 0, _MOST_STEPS),
        f"null or a whole number from 0 to {_MOST_STEPS}",
    )
    decay = config.decay_epochs
    _require(
        config,
        "decay_epochs",
        decay is None or _is_whole(decay, 0, config.epochs),
        "null or a whole number from 0 to the epochs",
    )
    _require(
        config,
        "learning_rate",
        _is_number(config.learning_rate, 0, _MOST_RATE) and config.learning_rate > 0,
        f"a number above 0, of at most {_MOST_RATE:g}",
    )
    _require(
        config,
        "weight_decay",
        _is_number(config.weight_decay, 0, _MOST_RATE),
        f"a number from 0 to {_MOST_RATE:g}",
    )
    _require(config, "ema", _is_number(config.ema, 0, 1) and config.ema < 1, "a number in [0, 1)")
    adjustment = config.logit_adjustment
    _require(
        config,
        "logit_adjustment",
        _is_number(adjustment, 0, 1) and (adjustment == 0 or config.class_weights != "none"),
        "a number from 0 to 1, and 0 without class_weights",
    )
    pasted = config.copy_paste
    _require(config, "copy_paste", _is_number(pasted, 0, 1), "a number from 0 to 1")
    sides = f"[height, width], each from 1 to {_LONGEST_SIDE}"
    _require(config, "image_size", _is_size(config.image_size), sides)
    _require(
        config,
        "crop_size",
        config.crop_size is None or _is_size(config.crop_size),
        f"null or {sides}",
    )
    _require(
        config,
        "scale",
        _is_pair(config.scale)
        and all(_is_number(factor, 0.1, 10) for factor in config.scale)
        and config.scale[0] <= config.scale[1],
        "[lowest, highest], both from 0.1 to 10",
    )
    _require(
        config,
        "arguments",
        isinstance(config.arguments, dict) and are_arguments(config.arguments),
        ARGUMENTS,
    )
    for name in ("model", "loss", "augment", "encoder_weights", "teacher"):
        value = getattr(config, name)
        is_text = isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()
        _require(config, name, is_text, f"text of at most {_LONGEST_TEXT} printable characters")


def _require(config: TrainingConfig, name: str, holds: bool, expected: str) -> None:
    if not holds:
        found = json.dumps(getattr(config, name), default=str)
        found = found if len(found) <= _LONGEST_SHOWN else f"{found[:_LONGEST_SHOWN]}..."
        raise InputError(f"The training configuration has {name} = {found}; expected {expected}.")


def _is_whole(value: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(value: object, low: float, high: float) -> TypeGuard[float]:
    # A comparison with NaN is false.
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2


def _is_size(value: object) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) == 2
        and all(_is_whole(side, 1, _LONGEST_SIDE) for side in value)
    )
