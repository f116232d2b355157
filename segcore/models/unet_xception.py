"""U-Net with Xception blocks, trained from scratch: the first of the paper's two models.

The published network (F. Chollet, "Image segmentation with a U-Net-like architecture", Keras examples) has the shape
of a U-Net but no skip connections from encoder to decoder. This one has skip connections by default, as in
Ronneberger et al. 2015; ``skips=False`` gives exactly the published network.
"""

import keras
from keras import layers

from segcore.errors import InputError
from segcore.models.layers import image_input, logits_head


def unet_xception(
    *,
    num_classes: int,
    image_size: tuple[int, int],
    filters: tuple[int, ...] = (64, 128, 256),
    middle_blocks: int = 0,
    dropout: float = 0.0,
    head_stride: int = 1,
    skips: bool = True,
) -> keras.Model:
    """Build the model.

    Args:
        num_classes: number of classes C.
        image_size: (height, width), both divisible by 32.
        filters: width of each down block; every block halves the resolution, as the entry convolution before them.
        middle_blocks: number of residual blocks of three separable convolutions at the lowest resolution, as in the
            middle flow of Xception (Chollet 2017); the published network has none.
        dropout: share of features dropped before the head, 0..1.
        head_stride: stride at which the decoder stops: 1, or the stride of an encoder stage except the last one.
            From there the logits are upsampled bilinearly. The published network has 1.
        skips: concatenate each encoder stage with the decoder stage of the same resolution.

    Returns:
        Model of RGB 0..255 (B, H, W, 3) to float32 logits (B, H, W, C). With ``skips=False`` and default values
        for the other arguments it has 2,058,112 + 289 C parameters.

    Raises:
        InputError: the image size or ``head_stride`` is wrong.
    """
    strides = [2 ** (level + 1) for level in range(len(filters) + 1)]
    if head_stride not in (1, *strides[:-1]):
        raise InputError(f"head_stride is {head_stride}; expected one of {[1, *strides[:-1]]}.")

    # --- Encoder ---
    inputs, x = image_input(image_size, divisor=max(32, strides[-1]))
    x = layers.Conv2D(32, 3, strides=2, padding="same", name="entry_conv")(x)
    x = layers.BatchNormalization(name="entry_bn")(x)
    x = layers.ReLU(name="entry_relu")(x)
    stages = {2: x}
    for width, stride in zip(filters, strides[1:], strict=True):
        x = _down_block(x, width, name=f"down{stride}")
        stages[stride] = x
    for index in range(middle_blocks):
        x = _middle_block(x, name=f"middle{index + 1}")

    # --- Decoder ---
    for width, stride in zip((*reversed(filters), 32), reversed(strides), strict=True):
        if stride == head_stride:
            break
        x = _up_block(x, width, name=f"up{stride}")
        if skips and stride // 2 in stages:
            x = layers.Concatenate(name=f"skip{stride // 2}")([x, stages[stride // 2]])

    # --- Head ---
    if dropout:
        x = layers.SpatialDropout2D(dropout, name="dropout")(x)
    return keras.Model(
        inputs, logits_head(x, num_classes, kernel_size=3, stride=head_stride), name="unet_xception"
    )


def _down_block(x, width: int, *, name: str):
    residual = layers.Conv2D(width, 1, strides=2, padding="same", name=f"{name}_residual")(x)
    for index in (1, 2):
        x = layers.ReLU(name=f"{name}_relu{index}")(x)
        x = layers.SeparableConv2D(width, 3, padding="same", name=f"{name}_conv{index}")(x)
        x = layers.BatchNormalization(name=f"{name}_bn{index}")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return layers.Add(name=name)([x, residual])


def _middle_block(x, *, name: str):
    residual, width = x, x.shape[-1]
    for index in (1, 2, 3):
        x = layers.ReLU(name=f"{name}_relu{index}")(x)
        x = layers.SeparableConv2D(width, 3, padding="same", name=f"{name}_conv{index}")(x)
        x = layers.BatchNormalization(name=f"{name}_bn{index}")(x)
    return layers.Add(name=name)([x, residual])


def _up_block(x, width: int, *, name: str):
    residual = layers.UpSampling2D(2, name=f"{name}_residual_up")(x)
    residual = layers.Conv2D(width, 1, padding="same", name=f"{name}_residual")(residual)
    for index in (1, 2):
        x = layers.ReLU(name=f"{name}_relu{index}")(x)
        x = layers.Conv2DTranspose(width, 3, padding="same", name=f"{name}_conv{index}")(x)
        x = layers.BatchNormalization(name=f"{name}_bn{index}")(x)
    x = layers.UpSampling2D(2, name=f"{name}_up")(x)
    return layers.Add(name=name)([x, residual])
