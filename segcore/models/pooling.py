"""Max-pooling that remembers where each maximum stood, and the unpooling that puts it back there.

Both are from SegNet (Badrinarayanan, Kendall and Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder
Architecture for Image Segmentation", 2015). The position in a 2 x 2 window is a number from 0 to 3. Comparing it with
the four positions gives the one-hot mask for unpooling. This needs no scatter or gather, only ``keras.ops``; it is
exact and differentiable on every back end.
"""

import keras
import numpy as np
from keras import ops

from segcore.errors import InputError

# Positions in a window, row by row, along the axes of its height and width.
_PLACES = np.arange(4, dtype="uint8").reshape(1, 1, 2, 1, 2, 1)


@keras.saving.register_keras_serializable(package="segcore")
class MaxPoolingWithPositions(keras.layers.Layer):
    """2 x 2 max-pooling with stride 2.

    Input:
        Features (B, H, W, C), any float dtype, H and W even and known.

    Output:
        (maxima, positions): maxima (B, H/2, W/2, C) of the input's dtype, and uint8 positions of the same shape:
        0 upper left, 1 upper right, 2 lower left, 3 lower right. If two maxima are equal, the first one is taken,
        and only this one receives the gradient.

    Raises:
        InputError: the height or width is odd or unknown.
    """

    def build(self, input_shape):
        _, height, width, _ = input_shape
        if not height or not width or height % 2 or width % 2:
            raise InputError(
                f"The feature map to pool is {height} x {width} (height x width), but both sides must be "
                "even; choose an image size that can be halved once more."
            )
        super().build(input_shape)

    def call(self, inputs):
        _, height, width, channels = inputs.shape
        windows = ops.reshape(inputs, (-1, height // 2, 2, width // 2, 2, channels))
        # Compare within the rows of each window, then its two rows. This takes a quarter of the time of an argmax
        # over the four positions, and only the selected value receives the gradient; max() divides the gradient
        # among equal values on some back ends.
        left, right = ops.unstack(windows, axis=4)
        right_wins = ops.greater(right, left)
        maxima = ops.where(right_wins, right, left)
        # One byte per position: a quarter of the memory that training keeps for the backward pass.
        positions = ops.cast(right_wins, "uint8")
        upper, lower = ops.unstack(maxima, axis=2)
        upper_position, lower_position = ops.unstack(positions, axis=2)
        lower_wins = ops.greater(lower, upper)
        maxima = ops.where(lower_wins, lower, upper)
        return maxima, ops.where(lower_wins, lower_position + 2, upper_position)


@keras.saving.register_keras_serializable(package="segcore")
class MaxUnpooling(keras.layers.Layer):
    """2 x 2 unpooling: puts each value at its position in the window and zero at the three others.

    Input:
        [values, positions]: values (B, H, W, C), and positions of ``MaxPoolingWithPositions`` of the same shape.

    Output:
        Features (B, 2 H, 2 W, C) of the dtype of the values.

    Raises:
        InputError: values and positions have different shapes.
    """

    def build(self, input_shape):
        values, positions = (tuple(shape[1:]) for shape in input_shape)
        if values != positions:
            raise InputError(
                f"The values to unpool have the shape {values} and their positions {positions} (height, "
                "width, channels); expected equal shapes: give the decoder the encoder's width."
            )
        super().build(input_shape)

    def call(self, inputs):
        values, positions = inputs
        _, height, width, channels = values.shape
        values = ops.expand_dims(values, (2, 4))
        chosen = ops.equal(ops.expand_dims(positions, (2, 4)), ops.convert_to_tensor(_PLACES))
        windows = ops.where(chosen, values, ops.zeros_like(values))
        return ops.reshape(windows, (-1, 2 * height, 2 * width, channels))
