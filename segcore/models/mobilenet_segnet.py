"""MobileNet encoder and SegNet-type decoder without skips: the second of the paper's two models.

The encoder is MobileNetV1 (Howard et al. 2017). SegNet (Badrinarayanan et al. 2015) passes the positions of its
max-pooling to the decoder. MobileNet halves its resolution by strided convolutions, so it has no such positions: this
decoder gets only the encoder's last feature map.
"""

import keras
from keras import layers

from segcore.errors import InputError, first_line
from segcore.models.layers import image_input, logits_head, separable_bn_relu, upsample

# (width at alpha 1, stride) of the 13 depthwise separable blocks.
_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip


def mobilenet_segnet(
    *,
    num_classes: int,
    image_size: tuple[int, int],
    alpha: float = 1.0,
    output_stride: int = 32,
    decoder_filters: tuple[int, ...] = (256, 128, 96),
    context: bool = False,
    dropout: float = 0.0,
) -> keras.Model:
    """Build the model; load ImageNet weights with ``load_encoder_weights``.

    Args:
        num_classes: number of classes C.
        image_size: (height, width), both divisible by 32.
        alpha: width multiplier of the encoder, above 0.
        output_stride: 8, 16 or 32: stride at which the encoder stops halving the resolution. Later strides become
            dilations, as in DeepLab (Chen et al. 2017); the weights fit both forms.
        decoder_filters: width of each decoder stage; every stage doubles the resolution. After the last stage the
            logits are upsampled bilinearly to full size.
        context: add the mean feature of the image to the encoder's feature map (ParseNet, Liu et al. 2015).
        dropout: share of features dropped before the head, 0..1.

    Returns:
        Model of RGB 0..255 (B, H, W, 3) to float32 logits (B, H, W, C).

    Raises:
        InputError: the image size, ``output_stride`` or the number of decoder stages is wrong.
    """
    if output_stride not in (8, 16, 32):
        raise InputError(f"output_stride is {output_stride}; expected 8, 16 or 32.")
    if 2 ** len(decoder_filters) > output_stride:
        raise InputError(
            f"There are {len(decoder_filters)} decoder stages for the output stride {output_stride}; "
            f"expected at most {output_stride.bit_length() - 1}, since each doubles the resolution."
        )

    # --- Encoder ---
    inputs, x = image_input(image_size)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="conv1_pad")(x)
    x = layers.Conv2D(int(32 * alpha), 3, strides=2, use_bias=False, name="conv1")(x)
    x = layers.BatchNormalization(name="conv1_bn")(x)
    x = layers.ReLU(6.0, name="conv1_relu")(x)
    reached, dilation = 2, 1
    for index, (width, stride) in enumerate(_BLOCKS, start=1):
        if stride == 2 and reached == output_stride:
            # This block keeps the resolution and the dilation; the blocks after it get twice the dilation.
            x = _encoder_block(x, int(width * alpha), stride=1, dilation=dilation, index=index)
            dilation *= 2
        else:
            x = _encoder_block(x, int(width * alpha), stride=stride, dilation=dilation, index=index)
            reached *= stride

    # --- Decoder ---
    if context:
        mean = layers.GlobalAveragePooling2D(keepdims=True, name="context_pool")(x)
        mean = layers.Conv2D(x.shape[-1], 1, activation="relu", name="context_conv")(mean)
        x = layers.Add(name="context")([x, mean])
    for index, width in enumerate(decoder_filters, start=1):
        x = separable_bn_relu(x, width, name=f"decoder{index}a")
        x = upsample(x, 2, name=f"decoder{index}_up")
        x = separable_bn_relu(x, width, name=f"decoder{index}b")
    stride = output_stride // 2 ** len(decoder_filters)

    # --- Head ---
    if dropout:
        x = layers.SpatialDropout2D(dropout, name="dropout")(x)
    return keras.Model(
        inputs, logits_head(x, num_classes, kernel_size=1, stride=stride), name="mobilenet_segnet"
    )


def load_encoder_weights(model: keras.Model, weights: str, *, alpha: float = 1.0) -> None:
    """Put ImageNet weights into the encoder of a ``mobilenet_segnet``.

    Args:
        model: a model of ``mobilenet_segnet``.
        weights: "imagenet" (Keras downloads them) or the path of a ``.weights.h5`` file of
            ``keras.applications.MobileNet(include_top=False)``.
        alpha: the encoder's width multiplier.

    Raises:
        InputError: the download fails, the file is missing, or it holds another network.
    """
    try:
        source = keras.applications.MobileNet(
            input_shape=(224, 224, 3), include_top=False, alpha=alpha, weights=weights
        )
    except Exception as error:  # a failed download raises no narrower type
        raise InputError(
            f"The encoder weights {weights!r} cannot be loaded ({first_line(error)}); expected 'imagenet' or a "
            f".weights.h5 file of keras.applications.MobileNet without its top, alpha {alpha}; without a network "
            "connection, take such a file or 'none'."
        ) from error
    for layer in source.layers:
        if layer.weights:
            model.get_layer(layer.name).set_weights(layer.get_weights())


def _encoder_block(x, width: int, *, stride: int, dilation: int, index: int):
    # Names and padding follow keras.applications.MobileNet, whose weights are loaded by name.
    if stride == 2:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{index}")(x)
    x = layers.DepthwiseConv2D(
        3,
        strides=stride,
        padding="valid" if stride == 2 else "same",
        dilation_rate=dilation,
        use_bias=False,
        name=f"conv_dw_{index}",
    )(x)
    x = layers.BatchNormalization(name=f"conv_dw_{index}_bn")(x)
    x = layers.ReLU(6.0, name=f"conv_dw_{index}_relu")(x)
    x = layers.Conv2D(width, 1, use_bias=False, name=f"conv_pw_{index}")(x)
    x = layers.BatchNormalization(name=f"conv_pw_{index}_bn")(x)
    return layers.ReLU(6.0, name=f"conv_pw_{index}_relu")(x)
