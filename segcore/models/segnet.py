"""SegNet: the decoder puts each feature back to its position before the encoder's max-pooling.

V. Badrinarayanan, A. Kendall and R. Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for
Image Segmentation", 2015. The encoder has the 13 convolutions of VGG16 (Simonyan and Zisserman 2014), the decoder is
its mirror image. The decoder gets the last feature map and, for each pooled value, its position in the window, but no
further features.
"""

import keras
from keras import layers

from segcore.errors import InputError
from segcore.models.layers import image_input, logits_head
from segcore.models.pooling import MaxPoolingWithPositions, MaxUnpooling

# Convolutions in each of VGG16's five blocks.
_CONVOLUTIONS = (2, 2, 3, 3, 3)


def segnet(
    *,
    num_classes: int,
    image_size: tuple[int, int],
    filters: tuple[int, int, int, int, int] = (64, 128, 256, 512, 512),
) -> keras.Model:
    """Build the model.

    Args:
        num_classes: number of classes C.
        image_size: (height, width), both divisible by 32.
        filters: width of each of the five blocks, from full size downwards; default: VGG16's.

    Returns:
        Model of RGB 0..255 (B, H, W, 3) to float32 logits (B, H, W, C). With the default ``filters`` it has
        29,443,008 + 577 C trainable parameters: 29,449,355 for the 11 classes of the paper.

    Raises:
        InputError: the image size or the number of ``filters`` is wrong.
    """
    if len(filters) != len(_CONVOLUTIONS):
        raise InputError(
            f"filters has {len(filters)} widths; expected {len(_CONVOLUTIONS)}, one for each block of VGG16."
        )

    # --- Encoder ---
    inputs, x = image_input(image_size)
    positions = []
    for block, (width, count) in enumerate(zip(filters, _CONVOLUTIONS, strict=True), start=1):
        for index in range(1, count + 1):
            x = _convolution(x, width, name=f"encoder{block}_{index}")
        x, places = MaxPoolingWithPositions(name=f"encoder{block}_pool")(x)
        positions.append(places)

    # --- Decoder ---
    for block in range(len(filters), 0, -1):
        x = MaxUnpooling(name=f"decoder{block}_unpool")([x, positions[block - 1]])
        for index in range(_CONVOLUTIONS[block - 1], 1, -1):
            x = _convolution(x, filters[block - 1], name=f"decoder{block}_{index}")
        if block > 1:
            # The width must fit the positions of the next block.
            x = _convolution(x, filters[block - 2], name=f"decoder{block}_1")

    # --- Head ---
    return keras.Model(inputs, logits_head(x, num_classes, kernel_size=3, stride=1), name="segnet")


def _convolution(x, width: int, *, name: str):
    # With a bias, like VGG16, although the batch normalisation after it removes the bias.
    x = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_normal", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
