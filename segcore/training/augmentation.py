"""Resizing, cropping and random augmentation of training frames."""

import random

import cv2
import numpy as np

from segcore.effects.library import albumentations as A
from segcore.errors import InputError
from segcore.frames.letterbox import FILL
from segcore.labels import VOID

PIPELINES = ("none", "flip", "weather")


def training_transform(
    name: str, *, image_size: tuple[int, int], crop_size: tuple[int, int], scale: tuple[float, float]
) -> A.Compose:
    """Return the pipeline ``name``.

    Args:
        name: "none" (fit into the size), "flip" (also mirror half of the frames), or "weather": random scale and crop,
            flip, colour, weather and blur.
        image_size: (height, width) in pixels that frames are fitted into; their aspect ratio is kept.
        crop_size: (height, width) in pixels of the output. If it is smaller than the scaled frame, a random part is
            cut out; if it is larger, the rest is black and void.
        scale: lowest and highest factor of the random scale; only "weather" scales.

    Returns:
        A composition for ``image`` (uint8 RGB (H, W, 3)) and ``mask`` (uint8 class indices (H, W), void 255).

    Raises:
        InputError: ``name`` is unknown.
    """
    if name not in PIPELINES:
        raise InputError(f"Unknown augmentation {name!r}; expected one of {', '.join(PIPELINES)}.")
    steps = _fitted(image_size)
    if name == "weather":
        steps.append(
            A.RandomScale(
                (scale[0] - 1, scale[1] - 1),
                interpolation=cv2.INTER_LINEAR,
                mask_interpolation=cv2.INTER_NEAREST_EXACT,
                p=1,
            )
        )
    if name == "weather" or crop_size != image_size:
        steps += [
            A.PadIfNeeded(*crop_size, border_mode=cv2.BORDER_CONSTANT, fill=0, fill_mask=VOID, p=1),
            A.RandomCrop(*crop_size, p=1),
        ]
    if name in ("flip", "weather"):
        steps.append(A.HorizontalFlip(p=0.5))
    if name == "weather":
        steps += [*_light(), _weather(), _blur(), A.ISONoise(p=0.1)]
    return A.Compose(steps, strict=True)


def augment(transform: A.Compose, image: np.ndarray, mask: np.ndarray, *, seed: int):
    """Return (image, mask) after ``transform``; the same seed gives the same pixels, also after other calls."""
    # One random stream for all steps. set_random_seed would start the same stream in each step; since most steps first
    # draw whether they apply, only mirrored frames would then get colour, weather and blur.
    transform.set_random_state(np.random.default_rng(seed), random.Random(seed))
    result = transform(image=image, mask=mask)
    return result["image"], result["mask"]


def _fitted(size: tuple[int, int]) -> list:
    # With the aspect ratio kept and a grey margin, like the pictures that the trained network predicts.
    return [
        A.LongestMaxSize(
            max_size_hw=size,
            interpolation=cv2.INTER_LINEAR,
            area_for_downscale="image",
            # Plain nearest takes the upper left corner, which shifts labels against the picture.
            mask_interpolation=cv2.INTER_NEAREST_EXACT,
            p=1,
        ),
        A.PadIfNeeded(*size, border_mode=cv2.BORDER_CONSTANT, fill=round(FILL), fill_mask=VOID, p=1),
    ]


def _light() -> list:
    # These ranges and those below were chosen by eye for this project; they are not from a paper.
    return [
        A.RandomBrightnessContrast(brightness_limit=0.3, contrast_limit=0.3, p=0.5),
        A.HueSaturationValue(hue_shift_limit=10, sat_shift_limit=40, val_shift_limit=10, p=0.4),
        # Gamma far above 100 % turns day into dusk.
        A.RandomGamma(gamma_limit=(60, 220), p=0.3),
        A.ToGray(p=0.05),
    ]


def _weather():
    return A.OneOf(
        [
            A.RandomFog(fog_coef_range=(0.2, 0.7), alpha_coef=0.1, p=1),
            A.RandomRain(brightness_coefficient=0.8, blur_value=3, p=1),
            A.RandomSnow(brightness_coeff=2.0, snow_point_range=(0.1, 0.3), p=1),
            A.RandomShadow(shadow_roi=(0, 0.3, 1, 1), shadow_intensity_range=(0.3, 0.6), p=1),
            A.RandomSunFlare(src_radius=120, p=1),
        ],
        p=0.2,
    )


def _blur():
    return A.OneOf(
        [
            A.GaussianBlur(sigma_limit=(0.5, 1.5), p=1),
            A.MotionBlur(blur_limit=(3, 7), p=1),
            A.ImageCompression(quality_range=(30, 80), p=1),
        ],
        p=0.15,
    )
