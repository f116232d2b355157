"""The table of effects: to add an effect, add a row.

Pages, command line, robustness sweeps and tests read only this table. It does not import Albumentations. The presets
were chosen by measurement: the mean absolute change of a pixel, over frames and seeds, grows from each severity to
the next.
"""

from functools import partial

from segcore.effects import arguments
from segcore.effects.kinds import Choice, Effect, Number

GROUPS = ("weather", "camera", "colour", "flip")

_WIDTH = "% of width"
_HEIGHT = "% of height"


def _kernel(presets: tuple[float, ...]) -> Number:
    return Number(
        name="kernel", title="Window", unit=_WIDTH, low=0.2, high=8.0, step=0.2, presets=presets,
        meaning="Side of the square that each pixel is computed from",
    )  # fmt: skip


def _spatter_parameters(
    coverage: tuple[float, ...], size: tuple[float, ...], strength: tuple[float, ...]
) -> tuple[Number, ...]:
    return (
        Number(name="coverage", title="Coverage", unit="% of glass", low=1, high=60, step=1, presets=coverage,
               meaning="How much of the windscreen is covered"),
        Number(name="size", title="Size", unit=_WIDTH, low=0.2, high=2.0, step=0.1, presets=size,
               meaning="How large a splash is"),
        Number(name="strength", title="Strength", unit="%", low=5, high=100, step=5, presets=strength,
               meaning="Opacity of a splash"),
    )  # fmt: skip


_ROWS = (
    Effect(
        name="rain", title="Rain", group="weather", transforms=arguments.rain,
        meaning="Falling streaks in front of a darker scene",
        parameters=(
            Choice(name="drops", title="Drops", options=("drizzle", "default", "heavy", "torrential"),
                   presets=("default", "heavy", "heavy", "torrential", "torrential"),
                   meaning="Number of streaks: a quarter, a third, one or two for each row of pixels"),
            Number(name="length", title="Length", unit=_HEIGHT, low=1.0, high=15.0, step=0.5,
                   presets=(5.0, 6.0, 8.0, 9.0, 13.0), meaning="How long a streak is"),
            Number(name="slant", title="Slant", unit="degrees", low=-30, high=30, step=1, presets=(-14,),
                   meaning="Angle of the streaks from the vertical; negative values fall to the left"),
            Number(name="width", title="Thickness", unit="px", low=1, high=6, step=1, presets=(1,),
                   meaning="How thick a streak is before it is blurred"),
            Number(name="light", title="Light", unit="of 255", low=20, high=255, step=5,
                   presets=(100, 90, 105, 110, 130), meaning="How bright a streak is"),
            Number(name="blur", title="Softness", unit="px", low=1, high=9, step=1, presets=(1,),
                   meaning="Side of the blur window for the streaks; 1 keeps them sharp"),
            Number(name="darkening", title="Darkening", unit="%", low=0, high=80, step=1,
                   presets=(10, 16, 25, 35, 46), meaning="Share of the light that the clouds absorb"),
        ),
    ),
    Effect(
        name="snow", title="Snow", group="weather", transforms=arguments.snow,
        meaning="Whitened surfaces, haze and falling flakes",
        parameters=(
            Number(name="whitening", title="Whitening", unit="times", low=1.0, high=3.0, step=0.05,
                   presets=(1.1, 1.2, 1.3, 1.4, 1.5), meaning="Factor on the lightness of surfaces"),
            Number(name="threshold", title="Reach", unit="%", low=0, high=100, step=5, presets=(100,),
                   meaning="Only surfaces darker than this get whiter; 0 is a third of white, 100 five sixths"),
            Number(name="haze", title="Haze", unit="%", low=0, high=80, step=1, presets=(6, 12, 20, 30, 42),
                   meaning="Share of the light that distant flakes scatter towards the camera"),
            Choice(name="flakes", title="Flakes",
                   options=("none", "drizzle", "default", "heavy", "torrential"),
                   presets=("default", "heavy", "heavy", "torrential", "torrential"),
                   meaning="Number of flakes: none, a quarter, a third, one or two for each row of pixels"),
            Number(name="flake", title="Flake size", unit=_WIDTH, low=0.1, high=1.5, step=0.1,
                   presets=(0.3, 0.3, 0.4, 0.4, 0.5), meaning="How large a flake is"),
        ),
    ),
    Effect(
        name="fog", title="Fog", group="weather", transforms=arguments.fog,
        meaning="A grey haze with denser patches, and fewer details behind it",
        parameters=(
            Number(name="density", title="Density", unit="%", low=0, high=90, step=1,
                   presets=(18, 32, 46, 60, 74), meaning="Share of the light that comes from the fog"),
            Number(name="patchiness", title="Patchiness", unit="%", low=0, high=50, step=1,
                   presets=(1, 2, 2, 3, 3), meaning="How much denser the patches are"),
            Number(name="patch", title="Patch size", unit="%", low=30, high=100, step=5, presets=(70,),
                   meaning="Radius of a patch; 100 is a tenth of the frame's shorter side"),
        ),
    ),
    Effect(
        name="sun_flare", title="Sun flare", group="weather", transforms=arguments.sun_flare,
        meaning="A low sun in the lens",
        parameters=(
            Number(name="radius", title="Radius", unit=_WIDTH, low=1.0, high=40.0, step=0.5,
                   presets=(7.0, 11.0, 16.0, 23.0, 32.0), meaning="Radius of the glare around the sun"),
            Number(name="x", title="Sun, across", unit=_WIDTH, low=0, high=99, step=1, presets=(35,),
                   meaning="Where the sun stands, from the left"),
            Number(name="y", title="Sun, down", unit=_HEIGHT, low=0, high=99, step=1, presets=(12,),
                   meaning="Where the sun stands, from the top"),
            Number(name="angle", title="Direction", unit="degrees", low=0, high=360, step=5, presets=(35,),
                   meaning="Direction of the line of reflections, clockwise from the right"),
            Number(name="circles", title="Reflections", unit="", low=1, high=20, step=1, presets=(8,),
                   meaning="How many reflections lie on that line"),
        ),
    ),
    Effect(
        name="shadow", title="Shadow", group="weather", transforms=arguments.shadow,
        meaning="Hard shadows on the lower part of the frame",
        parameters=(
            Number(name="count", title="Shadows", unit="", low=1, high=6, step=1, presets=(1, 2, 2, 3, 3),
                   meaning="How many shadows there are"),
            Number(name="darkness", title="Darkness", unit="%", low=5, high=95, step=1,
                   presets=(32, 38, 50, 56, 70), meaning="Share of the light that a shadow takes away"),
            Number(name="corners", title="Corners", unit="", low=3, high=12, step=1, presets=(5,),
                   meaning="Number of corners of a shadow"),
            Number(name="top", title="Top", unit=_HEIGHT, low=0, high=90, step=1, presets=(50,),
                   meaning="Shadows fall below this line"),
        ),
    ),
    Effect(
        name="gravel", title="Gravel", group="weather", transforms=arguments.gravel,
        meaning="Loose stones on the lower part of the frame",
        parameters=(
            Number(name="patches", title="Patches", unit="", low=1, high=150, step=1,
                   presets=(4, 8, 15, 26, 42), meaning="How many heaps of stones there are"),
            Number(name="top", title="Top", unit=_HEIGHT, low=0, high=80, step=1, presets=(50,),
                   meaning="Stones lie below this line"),
        ),
    ),
    Effect(
        name="spatter_rain", title="Drops on the glass", group="weather",
        transforms=partial(arguments.spatter, "rain", arguments.WATER_COLOR),
        meaning="Water on the windscreen or the lens",
        parameters=_spatter_parameters((5, 9, 14, 20, 28), (0.6, 0.7, 0.8, 0.9, 1.0), (40, 45, 50, 55, 60)),
    ),
    Effect(
        name="spatter_mud", title="Mud on the glass", group="weather",
        transforms=partial(arguments.spatter, "mud", arguments.MUD_COLOR),
        meaning="Dirt on the windscreen or the lens",
        parameters=_spatter_parameters((4, 8, 13, 20, 30), (0.6, 0.7, 0.8, 0.9, 1.0), (80, 85, 90, 95, 100)),
    ),
    Effect(
        name="motion_blur", title="Motion blur", group="camera", transforms=arguments.motion_blur,
        meaning="The camera moves while the shutter is open",
        parameters=(
            Number(name="length", title="Length", unit=_WIDTH, low=0.2, high=10.0, step=0.2,
                   presets=(0.8, 1.6, 2.6, 4.0, 6.0), meaning="How far the picture moves"),
            Number(name="angle", title="Direction", unit="degrees", low=0, high=180, step=5, presets=(0,),
                   meaning="0 is sideways, 90 up and down"),
        ),
    ),
    Effect(
        name="gaussian_blur", title="Gaussian blur", group="camera", transforms=arguments.gaussian_blur,
        meaning="A soft lens",
        parameters=(
            Number(name="sigma", title="Sigma", unit=_WIDTH, low=0.05, high=2.0, step=0.05,
                   presets=(0.15, 0.25, 0.4, 0.6, 0.85), meaning="Standard deviation of the blur"),
        ),
    ),
    Effect(
        name="defocus", title="Defocus", group="camera", transforms=arguments.defocus,
        meaning="A lens that is out of focus",
        parameters=(
            Number(name="radius", title="Radius", unit=_WIDTH, low=0.2, high=4.0, step=0.2,
                   presets=(0.4, 0.8, 1.2, 1.8, 2.6), meaning="Radius of the disc that a point becomes"),
        ),
    ),
    Effect(
        name="zoom_blur", title="Zoom blur", group="camera", transforms=arguments.zoom_blur,
        meaning="Driving ahead while the shutter is open",
        parameters=(
            Number(name="zoom", title="Zoom", unit="%", low=2, high=40, step=1, presets=(3, 6, 10, 16, 25),
                   meaning="How much larger the picture is at the end of the exposure"),
        ),
    ),
    Effect(
        name="box_blur", title="Box blur", group="camera", transforms=partial(arguments.blur, "Blur"),
        meaning="The mean of a window, as in a picture enlarged from a small one",
        parameters=(_kernel((0.6, 1.0, 1.4, 2.2, 3.0)),),
    ),
    Effect(
        name="median_blur", title="Median blur", group="camera",
        transforms=partial(arguments.blur, "MedianBlur"),
        meaning="The median of a window, as after a strong noise filter",
        parameters=(_kernel((0.6, 1.0, 1.4, 2.2, 3.0)),),
    ),
    Effect(
        name="noise", title="Noise", group="camera", transforms=arguments.noise,
        meaning="A sensor with too little light",
        parameters=(
            Number(name="spread", title="Spread", unit="% of full scale", low=1, high=50, step=1,
                   presets=(3, 6, 9, 13, 18), meaning="Standard deviation of the noise in each channel"),
        ),
    ),
    Effect(
        name="jpeg", title="JPEG", group="camera", transforms=arguments.jpeg,
        meaning="Lossy compression",
        parameters=(
            Number(name="quality", title="Quality", unit="of 100", low=1, high=100, step=1,
                   presets=(45, 25, 15, 10, 7), meaning="JPEG quality; lower is smaller and worse"),
        ),
    ),
    Effect(
        name="brightness_contrast", title="Brightness and contrast", group="colour",
        transforms=arguments.brightness_contrast,
        meaning="Exposure; the presets go from an overcast day to dusk",
        parameters=(
            Number(name="brightness", title="Brightness", unit="% of full scale", low=-60, high=60, step=1,
                   presets=(-1, -2, -3, -4, -5), meaning="Constant added to each value, after the contrast"),
            Number(name="contrast", title="Contrast", unit="%", low=-90, high=100, step=1,
                   presets=(-12, -24, -36, -48, -60), meaning="Change of each value's scale"),
        ),
    ),
    Effect(
        name="horizontal_flip", title="Horizontal flip", group="flip",
        transforms=arguments.flip("HorizontalFlip"),
        meaning="Swaps left and right, also in the mask", moves_mask=True,
    ),
    Effect(
        name="vertical_flip", title="Vertical flip", group="flip",
        transforms=arguments.flip("VerticalFlip"),
        meaning="Swaps top and bottom, also in the mask", moves_mask=True,
    ),
)  # fmt: skip

EFFECTS: dict[str, Effect] = {effect.name: effect for effect in _ROWS}
