"""FCN-8s: an image classifier applied at every position; class scores of three strides are added.

J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015.
The encoder is VGG16 (Simonyan and Zisserman 2014) with convolutions instead of the fully connected layers.
Class scores are read at strides 32, 16 and 8; the coarse ones are upsampled and added to the finer ones.

Differences from the paper, which starts from ImageNet weights:

- Convolutions are padded by half their kernel. The paper pads the frame by 100 pixels and crops the scores.
- The classifier is 512 wide, not 4096, and has no dropout; convolutions are batch-normalised. With
  ``classifier_filters=4096, dropout=0.5, batch_norm=False`` all three are as in the paper.
- Scores are upsampled bilinearly at every step. In the paper the two steps of factor 2 are trained, from a bilinear
  start.
"""

import keras
from keras import layers

from segcore.errors import InputError
from segcore.models.layers import image_input, upsample

# Convolutions in each of VGG16's five blocks.
_CONVOLUTIONS = (2, 2, 3, 3, 3)


def fcn(
    *,
    num_classes: int,
    image_size: tuple[int, int],
    filters: tuple[int, int, int, int, int] = (64, 128, 256, 512, 512),
    classifier_filters: int = 512,
    dropout: float = 0.0,
    batch_norm: bool = True,
) -> keras.Model:
    """Build the model.

    Args:
        num_classes: number of classes C.
        image_size: (height, width), both divisible by 32.
        filters: width of each of the five blocks, from full size downwards; default: VGG16's.
        classifier_filters: width of the two layers after the encoder, 7 x 7 and 1 x 1.
        dropout: share of features dropped after each of these two layers, 0..1.
        batch_norm: add batch normalisation between each convolution and its ReLU.

    Returns:
        Model of RGB 0..255 (B, H, W, 3) to float32 logits (B, H, W, C).

    Raises:
        InputError: the image size or the number of ``filters`` is wrong.
    """
    if len(filters) != len(_CONVOLUTIONS):
        raise InputError(
            f"filters has {len(filters)} widths; expected {len(_CONVOLUTIONS)}, one for each block of VGG16."
        )

    # --- Encoder ---
    inputs, x = image_input(image_size)
    stages = {}
    for block, (width, count) in enumerate(zip(filters, _CONVOLUTIONS, strict=True), start=1):
        for index in range(1, count + 1):
            x = _convolution(x, width, kernel_size=3, batch_norm=batch_norm, name=f"block{block}_{index}")
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
        stages[2**block] = x
    for index, kernel_size in enumerate((7, 1), start=1):
        name = f"classifier{index}"
        x = _convolution(x, classifier_filters, kernel_size=kernel_size, batch_norm=batch_norm, name=name)
        if dropout:
            x = layers.SpatialDropout2D(dropout, name=f"{name}_dropout")(x)
    stages[32] = x

    # --- Decoder ---
    scores = _scores(stages[32], num_classes, stride=32)
    for stride in (16, 8):
        scores = upsample(scores, 2, name=f"scores{stride * 2}_up", dtype="float32")
        name = "logits" if stride == 8 else f"sum{stride}"
        finer = _scores(stages[stride], num_classes, stride=stride)
        scores = layers.Add(name=name, dtype="float32")([scores, finer])

    # --- Head ---
    return keras.Model(inputs, upsample(scores, 8, name="restore", dtype="float32"), name="fcn")


def _scores(x, num_classes: int, *, stride: int):
    return layers.Conv2D(num_classes, 1, dtype="float32", name=f"scores{stride}")(x)


def _convolution(x, width: int, *, kernel_size: int, batch_norm: bool, name: str):
    x = layers.Conv2D(
        width, kernel_size, padding="same", kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)
    if batch_norm:
        x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
