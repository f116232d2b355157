"""U-Net: an encoder and a decoder of plain convolutions, joined at every resolution.

O. Ronneberger, P. Fischer and T. Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation",
MICCAI 2015. There are two differences from the paper: convolutions are padded, so that the encoder's feature maps
need no cropping and the logits cover the whole frame (the paper loses a border); and dropout is off by default.
"""

import keras
from keras import layers

from segcore.errors import InputError
from segcore.models.layers import image_input, logits_head


def unet(
    *,
    num_classes: int,
    image_size: tuple[int, int],
    filters: tuple[int, ...] = (64, 128, 256, 512, 1024),
    batch_norm: bool = False,
    dropout: float = 0.0,
) -> keras.Model:
    """Build the model.

    Args:
        num_classes: number of classes C.
        image_size: (height, width), both divisible by 32.
        filters: width of each stage, from full size downwards; the resolution halves between stages.
        batch_norm: add batch normalisation between each 3 x 3 convolution and its ReLU. The paper has none; training
            is faster and more stable with it.
        dropout: share of the features dropped at the end of the encoder, as in the paper, 0..1.

    Returns:
        Model of RGB 0..255 (B, H, W, 3) to float32 logits (B, H, W, C).

    Raises:
        InputError: the image size is wrong, or ``filters`` has fewer than two widths.
    """
    if len(filters) < 2:
        raise InputError(f"filters is {filters!r}; expected the widths of at least two stages.")

    # --- Encoder ---
    inputs, x = image_input(image_size, divisor=max(32, 2 ** (len(filters) - 1)))
    stages: list[keras.KerasTensor] = []
    for level, width in enumerate(filters, start=1):
        if stages:
            x = layers.MaxPooling2D(2, name=f"down{level}_pool")(x)
        x = _double_convolution(x, width, batch_norm=batch_norm, name=f"down{level}")
        stages.append(x)
    if dropout:
        x = layers.SpatialDropout2D(dropout, name="dropout")(x)

    # --- Decoder ---
    for level in range(len(filters) - 1, 0, -1):
        width = filters[level - 1]
        x = layers.Conv2DTranspose(width, 2, strides=2, name=f"up{level}_up")(x)
        x = layers.Concatenate(name=f"skip{level}")([stages[level - 1], x])
        x = _double_convolution(x, width, batch_norm=batch_norm, name=f"up{level}")

    # --- Head ---
    return keras.Model(inputs, logits_head(x, num_classes, kernel_size=1, stride=1), name="unet")


def _double_convolution(x, width: int, *, batch_norm: bool, name: str):
    for index in (1, 2):
        # The paper uses the initial weights of He et al.: sqrt(2 / N) keeps the scale of features through the ReLUs.
        x = layers.Conv2D(
            width, 3, padding="same", kernel_initializer="he_normal", name=f"{name}_conv{index}"
        )(x)
        if batch_norm:
            x = layers.BatchNormalization(name=f"{name}_bn{index}")(x)
        x = layers.ReLU(name=f"{name}_relu{index}")(x)
    return x
