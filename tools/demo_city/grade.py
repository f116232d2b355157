"""Development of the renderer's linear picture into one like that of a camera in a car."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

# Balance of the colour channels: slightly green, as behind an uncoated windscreen.
TONE = (0.93, 1.0, 0.89)


def _curve(x: np.ndarray) -> np.ndarray:
    """A film-like curve from linear light to sRGB-like 0..1: deep shadows, a soft shoulder."""
    y = x * (1 + x / 6.0) / (1 + x)
    y = np.clip(1.055 * np.power(np.clip(y, 1e-6, 1), 1 / 2.4) - 0.055, 0, 1)
    return y + 0.42 * (y * y * (3 - 2 * y) - y)


def _box(image: np.ndarray, radius: int) -> np.ndarray:
    """Box blur of a float (h, w, ...) array along both axes."""
    for axis in (0, 1):
        padding = [(radius + 1, radius) if k == axis else (0, 0) for k in range(image.ndim)]
        total = np.cumsum(np.pad(image, padding, mode="edge"), axis=axis)
        count = total.shape[axis]
        width = 2 * radius + 1
        image = (
            np.take(total, range(width, count), axis=axis) - np.take(total, range(count - width), axis=axis)
        ) / width
    return image


def grade(
    linear: np.ndarray, depth: np.ndarray, *, brightness: float, haze: float, generator: np.random.Generator
) -> np.ndarray:
    """Develops a picture.

    Args:
        linear: float (h, w, 3) radiance.
        depth: float (h, w) metres along the view axis, 0 for the sky.
        brightness: mean of the green channel in the result, 0..1.
        haze: share of light that is lost per metre.
        generator: for the sensor's noise.

    Returns:
        uint8 (h, w, 3) sRGB.
    """
    height, width = depth.shape
    sky = depth <= 0
    upper = linear[: int(height * 0.45)][sky[: int(height * 0.45)]]
    air = np.median(upper, axis=0) if len(upper) > 50 else np.percentile(linear.reshape(-1, 3), 90, axis=0)
    lost = 1 - np.exp(-haze * np.where(sky, 0, depth))
    lost = _box(lost, 1)[..., None]
    picture = linear * (1 - lost) + air * 0.8 * lost
    # In such a camera the sky is nearly overexposed, brighter than the light on the ground alone would make it.
    picture = picture * (1 + 0.9 * _box(sky.astype(float), 1))[..., None]
    ground = picture[~sky].reshape(-1, 3).mean(axis=0)
    cast = np.array(TONE) / np.array(TONE)[1] / (ground / ground[1])
    picture = picture * cast**0.85

    ys, xs = np.mgrid[0:height, 0:width]
    radius = np.hypot((xs / width - 0.5) * 2, (ys / height - 0.5) * 1.2)
    picture = picture * (1 - 0.13 * radius**2)[..., None]

    low, high = 1e-3, 1e3
    for _ in range(40):
        middle = (low * high) ** 0.5
        if _curve(picture[..., 1] * middle).mean() > brightness:
            high = middle
        else:
            low = middle
    exposed = picture * low
    glow = _box(_box(np.clip(exposed - 1.2, 0, 6), max(1, width // 150)), max(1, width // 90))
    exposed = exposed + 0.10 * glow
    grey = exposed.mean(axis=2, keepdims=True)
    exposed = grey + (exposed - grey) * 0.92
    developed = _curve(exposed)
    developed = 0.025 + developed * 0.975
    noise = (
        generator.normal(0, 1, developed.shape) * np.array((1.1, 0.8, 1.2))
        + generator.normal(0, 0.8, developed.shape[:2])[..., None]
    )
    developed = developed + noise * (0.003 + 0.004 * np.sqrt(developed))
    result = Image.fromarray((np.clip(developed, 0, 1) * 255 + 0.5).astype(np.uint8))
    return np.asarray(result.filter(ImageFilter.GaussianBlur(0.45 * width / 1024)))
