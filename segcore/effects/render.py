"""Application of a chain to a frame, and Python code that does the same."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import overload

import numpy as np

from segcore.effects.chain import Chain
from segcore.effects.kinds import Size, Transforms
from segcore.errors import InputError

MINIMUM_SIDE = 32
WORKING_LONG_SIDE = 1024
"""Largest long side in pixels at which the effects look right; they depend on the size of the frame."""
LINE_LENGTH = 100


def expand(chain: Chain, size: Size) -> Transforms:
    """Return the chain as Albumentations transforms, with arguments for frames of (height, width) pixels."""
    return tuple(
        transform
        for step in chain.active_steps
        for transform in step.effect.transforms(step.parameters, size)
    )


def seeds(chain: Chain, size: Size) -> tuple[int, ...]:
    """Return the seed of each transform of `expand`.

    The seed is the chain's seed plus the index of the step. With one seed for all steps, as Compose has it, mud would
    lie exactly where the drops are. The transforms of one step share its seed.
    """
    return tuple(
        chain.seed + place
        for place, step in enumerate(chain.steps)
        if step.is_on
        for _ in step.effect.transforms(step.parameters, size)
    )


@overload
def apply(chain: Chain, image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...


@overload
def apply(
    chain: Chain, image: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]: ...


def apply(
    chain: Chain, image: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the frame and its mask after the chain.

    The same chain, frame and library versions give the same bytes. For this, each call builds a new pipeline, since
    a used pipeline continues its random sequence. A chain without active steps returns its input.

    Args:
        chain: The effects to apply.
        image: uint8 (height, width, 3), RGB, not changed, with a long side of `WORKING_LONG_SIDE` at most.
        mask: uint8 (height, width), or None. Only flips move it.

    Raises:
        InputError: The frame is smaller than 32 x 32 pixels.
        ValueError: ``image`` or ``mask`` has another shape or dtype.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"image is {image.dtype} {image.shape}; expected uint8 (height, width, 3)")
    size = image.shape[:2]
    if mask is not None and (mask.dtype != np.uint8 or mask.shape != size):
        raise ValueError(f"mask is {mask.dtype} {mask.shape}; expected uint8 {size}")
    transforms = expand(chain, size)
    if not transforms:
        return image, mask
    if min(size) < MINIMUM_SIDE:
        found = f"{size[1]} x {size[0]}"
        raise InputError(
            f"The frame is {found} pixels; choose one of at least {MINIMUM_SIDE} x {MINIMUM_SIDE}."
        )

    from segcore.effects.library import albumentations

    pipeline = albumentations.Compose(
        [getattr(albumentations, name)(**arguments, p=1) for name, arguments in transforms],
        strict=True,
        seed=chain.seed,
    )
    for transform, seed in zip(pipeline.transforms, seeds(chain, size), strict=True):
        transform.set_random_seed(seed)
    result = pipeline(image=image) if mask is None else pipeline(image=image, mask=mask)
    return result["image"], result.get("mask")


def to_code(chain: Chain, size: Size, *, with_mask: bool = True) -> str:
    """Return a Python script that repeats `apply` on frame.png (and mask.png) of (height, width) pixels.

    The script does not need this project. It writes augmented.png (and augmented_mask.png).
    """
    lines = [
        f"# For frames of {size[1]} x {size[0]} pixels.",
        f"# pip install albumentations=={version('albumentations')} pillow",
        "import os",
        "",
        'os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"',
        "",
        "import albumentations as A",
        "import numpy as np",
        "from PIL import Image",
        "",
        "# Build it again for each frame: a second call would continue the random sequence.",
        "augment = A.Compose(",
        "    [",
        *(line for name, arguments in expand(chain, size) for line in _call(name, arguments)),
        "    ],",
        "    strict=True,",
        f"    seed={chain.seed},",
        ")",
        *_seeding(chain, size),
        "",
        'image = np.asarray(Image.open("frame.png").convert("RGB"))',
    ]
    if with_mask:
        lines += [
            'mask = np.asarray(Image.open("mask.png"))',
            "result = augment(image=image, mask=mask)",
            'Image.fromarray(result["image"]).save("augmented.png")',
            'Image.fromarray(result["mask"]).save("augmented_mask.png")',
        ]
    else:
        lines += ["result = augment(image=image)", 'Image.fromarray(result["image"]).save("augmented.png")']
    return "\n".join(lines) + "\n"


def _seeding(chain: Chain, size: Size) -> list[str]:
    drawn = seeds(chain, size)
    if set(drawn) <= {chain.seed}:
        return []
    return [
        "# Compose gives all transforms the same seed, so mud would lie exactly where the drops are.",
        f"for transform, seed in zip(augment.transforms, {list(drawn)}):",
        "    transform.set_random_seed(seed)",
    ]


def _call(name: str, arguments: Mapping[str, object]) -> list[str]:
    written = [f"{key}={_literal(value)}" for key, value in {**arguments, "p": 1}.items()]
    line = f"        A.{name}({', '.join(written)}),"
    if len(line) <= LINE_LENGTH:
        return [line]
    return [f"        A.{name}(", *(f"            {argument}," for argument in written), "        ),"]


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
