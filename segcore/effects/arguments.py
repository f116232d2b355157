"""Arguments of Albumentations transforms from an effect's parameters; one function for each row of the table.

Each function takes the checked values and the frame's (height, width) in pixels. It returns the names of transforms
and their arguments as plain literals, so that rendering and the shown code use the same values. Lengths are relative
to the frame where Albumentations allows it, so that a setting looks the same at 512 and at 1024 columns.
Albumentations samples most arguments from a range; here each range is one value, so that only positions depend on
the seed. ``segcore.effects.table`` holds the range of each parameter; the values are checked before.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

from segcore.effects.kinds import Size, Transforms, Values

VEIL_LIGHT = 0.82
"""Grey value of haze, 0..1; chosen by eye, as are the colours of water and mud (RGB, 0..255)."""
WATER_COLOR = (225, 235, 240)
MUD_COLOR = (78, 62, 44)
# Largest slant that RandomRain takes: the horizontal distance in pixels between the ends of a streak.
MAXIMUM_SLANT = 45


def _pixels(share: float, length: int, *, least: int = 1) -> int:
    return max(least, round(share / 100 * length))


def _number(values: Values, name: str) -> float:
    value = values[name]
    if isinstance(value, str):
        raise TypeError(f"expected a number for {name}, received {value!r}")
    return value


def _share(values: Values, name: str) -> float:
    """Return a parameter in percent as a share of 1."""
    return round(_number(values, name) / 100, 4)


def _odd(pixels: int) -> int:
    return max(3, pixels + 1 - pixels % 2)


def _veil(share: float) -> Transforms:
    """Return haze, light scattered towards the camera: a mix of each pixel with ``share`` percent of pale grey."""
    if share == 0:
        return ()
    lift = round(share / 100 * VEIL_LIGHT, 4)
    loss = round(-share / 100, 4)
    return (("RandomBrightnessContrast", {"brightness_limit": (lift, lift), "contrast_limit": (loss, loss)}),)


def rain(values: Values, size: Size) -> Transforms:
    """Return falling streaks over a darkened, slightly blurred frame.

    ``length`` is in percent of the height, ``slant`` in degrees from the vertical, ``width`` and ``blur`` in pixels,
    ``light`` the grey value of the streaks, 0..255, ``darkening`` in percent, ``drops`` a rain type of Albumentations.
    """
    length = _pixels(_number(values, "length"), size[0])
    slant = round(math.tan(math.radians(_number(values, "slant"))) * length, 2)
    slant = max(-MAXIMUM_SLANT, min(MAXIMUM_SLANT, slant))
    return (
        (
            "RandomRain",
            {
                "slant_range": (slant, slant),
                "drop_length": length,
                "drop_width": _number(values, "width"),
                "drop_color": (_number(values, "light"),) * 3,
                "blur_value": _number(values, "blur"),
                "brightness_coefficient": round(1 - _number(values, "darkening") / 100, 4),
                "rain_type": values["drops"],
            },
        ),
    )


def snow(values: Values, size: Size) -> Transforms:
    """Return whiter surfaces, haze, and flakes unless ``flakes`` is "none".

    Pixels below a lightness limit get lighter by the factor ``whitening``. ``threshold``, 0..100, sets the limit
    between a third and five sixths of white. ``haze`` is in percent, ``flake`` is the width of a flake in percent of
    the frame's width. ``flakes`` is a rain type of Albumentations: flakes are drawn as drops that are one pixel long.
    """
    threshold = _share(values, "threshold")
    whitened = (
        "RandomSnow",
        {
            "brightness_coeff": _number(values, "whitening"),
            "snow_point_range": (threshold, threshold),
            "method": "bleach",
        },
    )
    flakes = (
        "RandomRain",
        {
            "slant_range": (0, 0),
            "drop_length": 1,
            "drop_width": _pixels(_number(values, "flake"), size[1]),
            "drop_color": (255, 255, 255),
            "blur_value": _pixels(_number(values, "flake"), size[1], least=2),
            "brightness_coefficient": 1,
            "rain_type": values["flakes"],
        },
    )
    return (whitened, *_veil(_number(values, "haze")), *(() if values["flakes"] == "none" else (flakes,)))


def fog(values: Values, size: Size) -> Transforms:
    """Return fog with denser patches.

    ``density`` is the share of light that comes from the fog, ``patchiness`` how much denser the patches are, both in
    percent. ``patch`` is the radius of a patch; 100 is a tenth of the frame's shorter side.
    """
    patch = _share(values, "patch")
    patches = (
        "RandomFog",
        {"fog_coef_range": (patch, patch), "alpha_coef": _share(values, "patchiness")},
    )
    return (*_veil(_number(values, "density")), patches)


def sun_flare(values: Values, size: Size) -> Transforms:
    """Return a sun with a glow, and reflections on a line through the frame's centre.

    ``x`` and ``y`` are the position in percent of width and height, ``radius`` is in percent of the width, ``angle``
    is the direction of the line in degrees, clockwise from the right, ``circles`` the number of reflections.
    """
    x, y = (_share(values, axis) for axis in ("x", "y"))
    turn = round(_number(values, "angle") / 360, 4)
    # RandomSunFlare softens the edge of a disc by a fixed number of pixels, so a large disc has a hard edge.
    # A dim disc around a bright one looks like a glow. The other method draws discs of a fifth of the frame's width.
    return tuple(
        (
            "RandomSunFlare",
            {
                # Albumentations refuses an empty region: this one is a thousandth of the frame wide.
                "flare_roi": (x, y, round(x + 0.001, 4), round(y + 0.001, 4)),
                "src_radius": _pixels(_number(values, "radius") * share, size[1], least=2),
                "src_color": color,
                "angle_range": (turn, turn),
                "num_flare_circles_range": (_number(values, "circles"),) * 2,
                "method": "physics_based",
            },
        )
        for share, color in ((1, (120, 116, 104)), (0.5, (255, 255, 255)))
    )


def shadow(values: Values, size: Size) -> Transforms:
    """Return darkened polygons.

    ``darkness`` is in percent, ``top`` the upper border of all shadows in percent of the height, ``count`` the number
    of shadows and ``corners`` the number of corners of each.
    """
    darkness = _share(values, "darkness")
    return (
        (
            "RandomShadow",
            {
                "shadow_roi": (0, _share(values, "top"), 1, 1),
                "num_shadows_limit": (_number(values, "count"),) * 2,
                "shadow_dimension": _number(values, "corners"),
                "shadow_intensity_range": (darkness, darkness),
            },
        ),
    )


def gravel(values: Values, size: Size) -> Transforms:
    """Return ``patches`` heaps of loose stones; ``top`` is their upper border in percent of the height."""
    region = (0, _share(values, "top"), 1, 1)
    return (("RandomGravel", {"gravel_roi": region, "number_of_patches": _number(values, "patches")}),)


def spatter(mode: str, color: tuple[int, int, int], values: Values, size: Size) -> Transforms:
    """Return splashes on the glass in front of the lens.

    Args:
        mode: "rain" for transparent drops, "mud" for opaque splashes.
        color: of the splashes, RGB 0..255.
        values: ``coverage`` in percent of the glass, ``size`` of a splash in percent of the width, ``strength`` in
            percent.
        size: (height, width) of the frame in pixels.
    """
    # Spatter blurs white noise of a given standard deviation (std) and keeps the pixels above a threshold. The blur
    # reduces the standard deviation to std / (2 sqrt(pi) sigma). From this follows the threshold for the wanted share.
    # The mean is that of D. Hendrycks and T. Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions
    # and Perturbations", ICLR 2019, and the default of Albumentations. The factor 0.15 is our choice: it gives the
    # same standard deviation after the blur for splashes of any size, so that their edges are equally soft.
    mean = 0.65
    sigma = round(max(0.5, _number(values, "size") / 100 * size[1]), 2)
    spread = round(min(1.0, 0.15 * sigma), 4)
    quantile = NormalDist().inv_cdf(1 - _number(values, "coverage") / 100)
    threshold = round(mean + quantile * spread / (2 * math.sqrt(math.pi) * sigma), 5)
    strength = _share(values, "strength")
    return (
        (
            "Spatter",
            {
                "mean": (mean, mean),
                "std": (spread, spread),
                "gauss_sigma": (sigma, sigma),
                "cutout_threshold": (threshold, threshold),
                "intensity": (strength, strength),
                "mode": mode,
                "color": color,
            },
        ),
    )


def blur(transform: str, values: Values, size: Size) -> Transforms:
    """Return a filter over the square around each pixel; ``transform`` is "Blur" (mean) or "MedianBlur".

    ``kernel`` is the side of the square in percent of the width; it becomes an odd number of pixels, at least 3.
    """
    kernel = _odd(_pixels(_number(values, "kernel"), size[1]))
    return ((transform, {"blur_limit": (kernel, kernel)}),)


def motion_blur(values: Values, size: Size) -> Transforms:
    """Return a blur along a line of ``length`` percent of the width at ``angle`` degrees."""
    length = _odd(_pixels(_number(values, "length"), size[1]))
    arguments = {
        "blur_limit": (length, length),
        "angle_range": (_number(values, "angle"), _number(values, "angle")),
        "direction_range": (0, 0),
        "allow_shifted": False,
    }
    return (("MotionBlur", arguments),)


def gaussian_blur(values: Values, size: Size) -> Transforms:
    """Return a Gaussian blur; its standard deviation ``sigma`` is in percent of the width."""
    sigma = round(_number(values, "sigma") / 100 * size[1], 3)
    return (("GaussianBlur", {"sigma_limit": (sigma, sigma), "blur_limit": (0, 0)}),)


def defocus(values: Values, size: Size) -> Transforms:
    """Return an out-of-focus blur: each point becomes a disc of ``radius`` percent of the width, at least 1 pixel."""
    radius = _pixels(_number(values, "radius"), size[1])
    return (("Defocus", {"radius": (radius, radius), "alias_blur": (0.3, 0.3)}),)


def zoom_blur(values: Values, size: Size) -> Transforms:
    """Return a blur away from the centre: the mean of frames that are enlarged by 0 to ``zoom`` percent."""
    factor = round(1 + _number(values, "zoom") / 100, 4)
    return (("ZoomBlur", {"max_factor": (factor, factor), "step_factor": (0.01, 0.01)}),)


def brightness_contrast(values: Values, size: Size) -> Transforms:
    """Return a change of ``contrast`` in percent and of ``brightness`` in percent of full scale."""
    brightness, contrast = (_share(values, name) for name in ("brightness", "contrast"))
    arguments = {"brightness_limit": (brightness, brightness), "contrast_limit": (contrast, contrast)}
    return (("RandomBrightnessContrast", arguments),)


def noise(values: Values, size: Size) -> Transforms:
    """Return Gaussian noise on each channel; its standard deviation ``spread`` is in percent of full scale."""
    spread = _share(values, "spread")
    return (("GaussNoise", {"std_range": (spread, spread), "mean_range": (0, 0), "per_channel": True}),)


def jpeg(values: Values, size: Size) -> Transforms:
    """Return JPEG compression with ``quality``, 1..100."""
    return (
        (
            "ImageCompression",
            {"compression_type": "jpeg", "quality_range": (_number(values, "quality"),) * 2},
        ),
    )


def flip(transform: str) -> Callable[[Values, Size], Transforms]:
    """Return the function for a flip, which has no parameters."""
    return lambda values, size: ((transform, {}),)
