"""The architectures by name.

Every model takes RGB frames (B, H, W, 3), 0..255, any numeric dtype, and returns float32 logits
(B, H, W, C) at full size. H and W must be divisible by 32.
"""

import inspect

import keras
import numpy as np

from segcore.errors import InputError
from segcore.models.fcn import fcn
from segcore.models.layers import Sharpen, upsample
from segcore.models.mobilenet_segnet import mobilenet_segnet
from segcore.models.segnet import segnet
from segcore.models.unet import unet
from segcore.models.unet_xception import unet_xception

ARCHITECTURES = {
    builder.__name__: builder for builder in (unet, unet_xception, segnet, mobilenet_segnet, fcn)
}


def build_model(
    architecture: str, *, num_classes: int, image_size: tuple[int, int], **arguments
) -> keras.Model:
    """Build a model with fresh weights.

    Args:
        architecture: a key of ``ARCHITECTURES``.
        num_classes: number of classes C, at least 1.
        image_size: (height, width) in pixels, both divisible by 32.
        arguments: further arguments of the architecture's function.

    Returns:
        Model of RGB 0..255 (B, H, W, 3) to float32 logits (B, H, W, C).

    Raises:
        InputError: the architecture or an argument is unknown, or a model of this size or with these arguments cannot
            be built.
    """
    if architecture not in ARCHITECTURES:
        raise InputError(
            f"Unknown architecture {architecture!r}; expected one of {', '.join(sorted(ARCHITECTURES))}."
        )
    if not isinstance(num_classes, int) or num_classes < 1:
        raise InputError(f"The number of classes is {num_classes!r}; expected a whole number of at least 1.")
    builder = ARCHITECTURES[architecture]
    known = set(inspect.signature(builder).parameters) - {"num_classes", "image_size"}
    if unknown := set(arguments) - known:
        raise InputError(
            f"{architecture} has no argument {', '.join(sorted(unknown))}; "
            f"it takes {', '.join(sorted(known)) or 'none'}."
        )
    try:
        return builder(num_classes=num_classes, image_size=image_size, **arguments)
    except InputError:
        raise
    except (TypeError, ValueError) as error:
        # Keras checks the arguments of its layers, some in several lines.
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise InputError(
            f"{architecture} cannot be built with {arguments} ({reason}); correct these."
        ) from error


def logit_bias(model: keras.Model) -> keras.Variable:
    """Return the bias (C,) of the last convolution: a value added to it is added to every logit of its class.

    This holds because the layers after it only sum and interpolate, which leaves a constant unchanged.
    """
    return next(layer for layer in reversed(model.layers) if isinstance(layer, keras.layers.Conv2D)).bias


def add_to_logits(model: keras.Model, values: np.ndarray | None, *, factor: float = 1.0) -> None:
    """Add ``factor`` times ``values``, float (C,), to the logits of the classes; None adds nothing."""
    if values is not None:
        logit_bias(model).assign_add(factor * values)


def logits_model(model: keras.Model) -> tuple[keras.Model, int]:
    """Return (the model up to its "logits" layer, the stride of this layer); weights are shared."""
    logits = model.get_layer("logits").output
    return keras.Model(model.input, logits, name=model.name), model.input.shape[1] // logits.shape[1]


def sharpened(model: keras.Model, amount: float) -> keras.Model:
    """Return ``model`` with a `Sharpen` layer between its logits and the upsampling; weights are shared.

    Upsampling interpolates between the cells of a coarse grid of logits, which makes thin objects disappear.
    """
    if not amount:
        return model
    coarse, stride = logits_model(model)
    x = Sharpen(amount, name="sharpen", dtype="float32")(coarse.output)
    return keras.Model(model.input, upsample(x, stride, name="restore", dtype="float32"), name=model.name)
