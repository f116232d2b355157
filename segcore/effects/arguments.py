"""From an effect's parameters to the arguments of Albumentations transforms, one function a row of the table.

Each takes the checked values and the frame's (height, width) and returns transforms by name with plain
literals, so that what is rendered and what is shown as code come from the same place. Lengths are shares of
the frame wherever Albumentations lets them be, so that a setting means the same at 512 and at 1024 columns.
Ranges that Albumentations would sample from are pinned to one value: only positions depend on the seed.
The range of each parameter stands in ``segcore.effects.table`` and is checked before.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

from segcore.effects.kinds import Size, Transforms, Values

VEIL_LIGHT = 0.82
"""Grey, 0..1, towards which haze moves a pixel; chosen by eye, as are the colours of water and mud (RGB)."""
WATER_COLOR = (225, 235, 240)
MUD_COLOR = (78, 62, 44)
# RandomRain takes no slant beyond this, and by slant it means the pixels between a streak's two ends.
MAXIMUM_SLANT = 45


def _pixels(share: float, length: int, *, least: int = 1) -> int:
    return max(least, round(share / 100 * length))


def _odd(pixels: int) -> int:
    return max(3, pixels + 1 - pixels % 2)


def _veil(share: float) -> Transforms:
    """Light scattered towards the camera: each value moves by ``share`` percent towards a pale grey."""
    if share == 0:
        return ()
    lift = round(share / 100 * VEIL_LIGHT, 4)
    loss = round(-share / 100, 4)
    return (("RandomBrightnessContrast", {"brightness_limit": (lift, lift), "contrast_limit": (loss, loss)}),)


def rain(values: Values, size: Size) -> Transforms:
    """Falling streaks over a darkened, slightly blurred frame.

    ``length`` is in percent of the height, ``slant`` in degrees from the vertical, ``width`` and ``blur`` in pixels,
    ``light`` the streaks' grey of 0..255, ``darkening`` in percent, ``drops`` a rain type of Albumentations.
    """
    length = _pixels(values["length"], size[0])
    slant = round(math.tan(math.radians(values["slant"])) * length, 2)
    slant = max(-MAXIMUM_SLANT, min(MAXIMUM_SLANT, slant))
    return (
        (
            "RandomRain",
            {
                "slant_range": (slant, slant),
                "drop_length": length,
                "drop_width": values["width"],
                "drop_color": (values["light"],) * 3,
                "blur_value": values["blur"],
                "brightness_coefficient": round(1 - values["darkening"] / 100, 4),
                "rain_type": values["drops"],
            },
        ),
    )


def snow(values: Values, size: Size) -> Transforms:
    """Surfaces turned whiter, a pale veil, and flakes unless ``flakes`` is "none".

    ``whitening`` is the factor on the lightness of what is not too light, ``threshold`` how light that may be, 0..100
    for a third to five sixths of white, ``haze`` the veil in percent, ``flake`` a flake's width in percent of the
    frame's, and ``flakes`` a rain type of Albumentations, as flakes are drawn as drops one pixel long.
    """
    threshold = round(values["threshold"] / 100, 4)
    whitened = (
        "RandomSnow",
        {
            "brightness_coeff": values["whitening"],
            "snow_point_range": (threshold, threshold),
            "method": "bleach",
        },
    )
    flakes = (
        "RandomRain",
        {
            "slant_range": (0, 0),
            "drop_length": 1,
            "drop_width": _pixels(values["flake"], size[1]),
            "drop_color": (255, 255, 255),
            "blur_value": _pixels(values["flake"], size[1], least=2),
            "brightness_coefficient": 1,
            "rain_type": values["flakes"],
        },
    )
    return (whitened, *_veil(values["haze"]), *(() if values["flakes"] == "none" else (flakes,)))


def fog(values: Values, size: Size) -> Transforms:
    """A pale veil and patches of fog.

    ``density`` is the percent of the light that comes from the fog, ``patchiness`` by how many percent patches are
    denser, ``patch`` their radius, where 100 is a tenth of the frame's shorter side.
    """
    patch = round(values["patch"] / 100, 4)
    patches = (
        "RandomFog",
        {"fog_coef_range": (patch, patch), "alpha_coef": round(values["patchiness"] / 100, 4)},
    )
    return (*_veil(values["density"]), patches)


def sun_flare(values: Values, size: Size) -> Transforms:
    """A sun with a glow around it and circles on a line through the frame's middle.

    ``x`` and ``y`` are its place in percent of width and height, ``radius`` in percent of the width, ``angle`` the
    line's direction in degrees, clockwise from the right, ``circles`` how many reflections lie on it.
    """
    x, y = (round(values[axis] / 100, 4) for axis in ("x", "y"))
    turn = round(values["angle"] / 360, 4)
    # RandomSunFlare softens a disc's edge by a fixed number of pixels, so that a large one looks cut out:
    # a dim disc around a bright one makes a glow. Its other method stacks discs as wide as a fifth of the frame.
    return tuple(
        (
            "RandomSunFlare",
            {
                # A region of no extent is refused, so the sun stands in one of a thousandth.
                "flare_roi": (x, y, round(x + 0.001, 4), round(y + 0.001, 4)),
                "src_radius": _pixels(values["radius"] * share, size[1], least=2),
                "src_color": color,
                "angle_range": (turn, turn),
                "num_flare_circles_range": (values["circles"],) * 2,
                "method": "physics_based",
            },
        )
        for share, color in ((1, (120, 116, 104)), (0.5, (255, 255, 255)))
    )


def shadow(values: Values, size: Size) -> Transforms:
    """Darkened polygons.

    ``darkness`` is in percent, ``top`` the percent of the height above which none falls, ``count`` how many there are,
    ``corners`` how many each has.
    """
    darkness = round(values["darkness"] / 100, 4)
    return (
        (
            "RandomShadow",
            {
                "shadow_roi": (0, round(values["top"] / 100, 4), 1, 1),
                "num_shadows_limit": (values["count"],) * 2,
                "shadow_dimension": values["corners"],
                "shadow_intensity_range": (darkness, darkness),
            },
        ),
    )


def gravel(values: Values, size: Size) -> Transforms:
    """Loose stones: ``patches`` heaps of them, none above ``top`` percent of the height."""
    region = (0, round(values["top"] / 100, 4), 1, 1)
    return (("RandomGravel", {"gravel_roi": region, "number_of_patches": values["patches"]}),)


def spatter(mode: str, color: tuple[int, int, int], values: Values, size: Size) -> Transforms:
    """Splashes on the glass before the lens.

    Args:
        mode: "rain" for drops that are seen through, "mud" for what hides.
        color: of the splashes, RGB 0..255.
        values: ``coverage`` in percent of the glass, ``size`` of a splash in percent of the width, ``strength`` in
            percent.
        size: (height, width) of the frame in pixels.
    """
    # Spatter blurs white noise of a given spread and keeps what lies above a threshold. The blur shrinks the
    # spread to std / (2 sqrt(pi) sigma), and from that follows the threshold that leaves the wanted share.
    # The mean is that of D. Hendrycks and T. Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions
    # and Perturbations", ICLR 2019, and Albumentations' default. The factor 0.15 was chosen here: it keeps the spread
    # after the blur the same for splashes of any size, so that their edges are equally soft.
    mean = 0.65
    sigma = round(max(0.5, values["size"] / 100 * size[1]), 2)
    spread = round(min(1.0, 0.15 * sigma), 4)
    quantile = NormalDist().inv_cdf(1 - values["coverage"] / 100)
    threshold = round(mean + quantile * spread / (2 * math.sqrt(math.pi) * sigma), 5)
    strength = round(values["strength"] / 100, 4)
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
    """Each pixel out of the square around it by ``transform``, "Blur" or "MedianBlur".

    ``kernel`` is the square's side in percent of the width, made an odd number of pixels of at least 3.
    """
    kernel = _odd(_pixels(values["kernel"], size[1]))
    return ((transform, {"blur_limit": (kernel, kernel)}),)


def motion_blur(values: Values, size: Size) -> Transforms:
    """Smeared along a line of ``length`` percent of the width at ``angle`` degrees."""
    length = _odd(_pixels(values["length"], size[1]))
    arguments = {
        "blur_limit": (length, length),
        "angle_range": (values["angle"], values["angle"]),
        "direction_range": (0, 0),
        "allow_shifted": False,
    }
    return (("MotionBlur", arguments),)


def gaussian_blur(values: Values, size: Size) -> Transforms:
    """Blurred by a bell curve whose standard deviation, ``sigma``, is in percent of the width."""
    sigma = round(values["sigma"] / 100 * size[1], 3)
    return (("GaussianBlur", {"sigma_limit": (sigma, sigma), "blur_limit": (0, 0)}),)


def defocus(values: Values, size: Size) -> Transforms:
    """Out of focus: each point a disc of ``radius`` percent of the width, at least 1 pixel."""
    radius = _pixels(values["radius"], size[1])
    return (("Defocus", {"radius": (radius, radius), "alias_blur": (0.3, 0.3)}),)


def zoom_blur(values: Values, size: Size) -> Transforms:
    """Smeared away from the middle, up to a frame ``zoom`` percent larger."""
    factor = round(1 + values["zoom"] / 100, 4)
    return (("ZoomBlur", {"max_factor": (factor, factor), "step_factor": (0.01, 0.01)}),)


def brightness_contrast(values: Values, size: Size) -> Transforms:
    """Values scaled by ``contrast`` and raised by ``brightness``, in percent of the contrast and of full scale."""
    brightness, contrast = (round(values[name] / 100, 4) for name in ("brightness", "contrast"))
    arguments = {"brightness_limit": (brightness, brightness), "contrast_limit": (contrast, contrast)}
    return (("RandomBrightnessContrast", arguments),)


def noise(values: Values, size: Size) -> Transforms:
    """Gaussian noise on each channel, ``spread`` its standard deviation in percent of full scale."""
    spread = round(values["spread"] / 100, 4)
    return (("GaussNoise", {"std_range": (spread, spread), "mean_range": (0, 0), "per_channel": True}),)


def jpeg(values: Values, size: Size) -> Transforms:
    """Compressed as JPEG with a ``quality`` of 1..100, and read again."""
    return (("ImageCompression", {"compression_type": "jpeg", "quality_range": (values["quality"],) * 2}),)


def flip(transform: str) -> Callable[[Values, Size], Transforms]:
    """Return the function for a flip, which has no parameters."""
    return lambda values, size: ((transform, {}),)
