"""Common layers of the architectures; they use only ``keras``, so they run on every back end."""

import keras
from keras import ops

from segcore.errors import InputError

# Scales RGB 0..255 to [-1, 1], the range with which MobileNet was trained on ImageNet.
PIXEL_SCALE = 1 / 127.5
PIXEL_OFFSET = -1.0


def check_image_size(image_size: tuple[int, int], *, divisor: int = 32) -> tuple[int, int]:
    """Return ``image_size`` (height, width) if both sides are positive multiples of ``divisor``.

    Raises:
        InputError: they are not; the message names the nearest size that is allowed.
    """
    if (
        not isinstance(image_size, tuple | list)
        or len(image_size) != 2
        or any(not isinstance(side, int) or side < 1 for side in image_size)
    ):
        raise InputError(
            f"The image size is {image_size!r}; expected (height, width), two positive whole numbers."
        )
    height, width = image_size
    if height % divisor or width % divisor:
        near = tuple(max(divisor, round(side / divisor) * divisor) for side in (height, width))
        raise InputError(
            f"The image size is {height} x {width} (height x width), but both must be divisible by {divisor}; "
            f"the nearest allowed size is {near[0]} x {near[1]}."
        )
    return height, width


def image_input(image_size: tuple[int, int], *, divisor: int = 32):
    """Return (input, rescaled): the RGB 0..255 input (B, H, W, 3) of a model, and the same scaled to [-1, 1].

    Raises:
        InputError: a side of ``image_size`` (height, width) is not a multiple of ``divisor``.
    """
    height, width = check_image_size(image_size, divisor=divisor)
    inputs = keras.Input((height, width, 3), name="image")
    return inputs, keras.layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, name="rescale")(inputs)


def separable_bn_relu(
    x, filters: int, *, kernel_size: int = 3, dilation_rate: int = 1, name: str | None = None
):
    """Apply a separable convolution without biases, batch normalisation and ReLU to ``x`` (B, H, W, C)."""
    x = keras.layers.SeparableConv2D(
        filters,
        kernel_size,
        padding="same",
        dilation_rate=dilation_rate,
        use_bias=False,
        name=name and f"{name}_conv",
    )(x)
    x = keras.layers.BatchNormalization(name=name and f"{name}_bn")(x)
    return keras.layers.ReLU(name=name and f"{name}_relu")(x)


def upsample(x, factor: int, *, name: str | None = None, dtype=None):
    """Return ``x`` (B, H, W, C) upsampled bilinearly by a whole ``factor``; ``x`` itself for a factor of 1."""
    if factor == 1:
        return x
    return keras.layers.UpSampling2D(factor, interpolation="bilinear", name=name, dtype=dtype)(x)


@keras.saving.register_keras_serializable("segcore")
class Sharpen(keras.layers.Layer):
    """Unsharp masking: adds ``amount`` times the difference between each value and the mean of its neighbourhood.

    The mean covers 3 x 3 cells with weights 1, 2, 1 in each direction; cells at the border are repeated. A constant,
    such as a bias, does not change.

    Args:
        amount: strength, at least 0; 0 changes nothing.
    """

    def __init__(self, amount: float, **arguments):
        super().__init__(**arguments)
        self.amount = amount

    def call(self, x):
        """Return ``x`` (B, H, W, C) sharpened, of the same shape."""
        smooth = x
        for axis in (1, 2):
            before, after = _shifted(smooth, axis)
            smooth = (before + 2.0 * smooth + after) / 4.0
        return x + self.amount * (x - smooth)

    def get_config(self):
        return {**super().get_config(), "amount": self.amount}


def _shifted(x, axis: int):
    """Return ``x`` shifted along ``axis`` by one cell in both directions."""
    last = x.shape[axis] - 1
    indices = (range(-1, last), range(1, last + 2))
    return (ops.take(x, [min(max(index, 0), last) for index in each], axis=axis) for each in indices)


def logits_head(x, num_classes: int, *, kernel_size: int, stride: int):
    """Return logits (B, H, W, ``num_classes``) at full size, from features ``x`` at ``stride``.

    The convolution is named "logits" and computes in float32 also under a mixed-precision policy. The upsampling
    after it has no parameters, so training may compute its loss before it (see ``segcore.training.loop``).
    """
    x = keras.layers.Conv2D(num_classes, kernel_size, padding="same", dtype="float32", name="logits")(x)
    return upsample(x, stride, name="restore", dtype="float32")
