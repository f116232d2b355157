"""Max-pooling that remembers where each maximum stood, and the unpooling that puts it back there.

The two are SegNet's (Badrinarayanan, Kendall and Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder
Architecture for Image Segmentation", 2015). A 2 x 2 window has four places, so that a number from 0 to 3
tells the position, and comparing it with the four places gives the one-hot mask to unpool by. There is no
scatter and no gather: ``keras.ops`` alone, exact and differentiable on every back end.
"""

import keras
import numpy as np
from keras import ops

from segcore.errors import InputError

# Places in a window, row by row, along the axes of its height and width.
_PLACES = np.arange(4, dtype="uint8").reshape(1, 1, 2, 1, 2, 1)


@keras.saving.register_keras_serializable(package="segcore")
class MaxPoolingWithPositions(keras.layers.Layer):
    """2 x 2 max-pooling with stride 2.

    Input:
        Features (B, H, W, C), any float dtype, H and W even and known.

    Output:
        (maxima, positions): maxima (B, H/2, W/2, C) of the input's dtype, and uint8 positions of that shape,
        0 upper left, 1 upper right, 2 lower left, 3 lower right. Of equal maxima the first one counts; it
        alone receives the gradient.

    Raises:
        InputError: when built for an odd or unknown height or width.
    """

    def build(self, input_shape):
        _, height, width, _ = input_shape
        if not height or not width or height % 2 or width % 2:
            raise InputError(
                f"The feature map to pool is {height} x {width} (height x width), but both sides must be "
                "even; choose an image size that halves once more."
            )
        super().build(input_shape)

    def call(self, inputs):
        _, height, width, channels = inputs.shape
        windows = ops.reshape(inputs, (-1, height // 2, 2, width // 2, 2, channels))
        # A tournament, first along the rows of each window, then between its two rows. It takes a quarter of
        # the time of an argmax over the four places, and each selection lets the gradient through to the
        # winner only; that of max() is shared out among equals on some back ends.
        left, right = ops.unstack(windows, axis=4)
        right_wins = ops.greater(right, left)
        maxima = ops.where(right_wins, right, left)
        # One byte a position: a quarter of the memory that training keeps for the way back.
        positions = ops.cast(right_wins, "uint8")
        upper, lower = ops.unstack(maxima, axis=2)
        upper_position, lower_position = ops.unstack(positions, axis=2)
        lower_wins = ops.greater(lower, upper)
        maxima = ops.where(lower_wins, lower, upper)
        return maxima, ops.where(lower_wins, lower_position + 2, upper_position)


@keras.saving.register_keras_serializable(package="segcore")
class MaxUnpooling(keras.layers.Layer):
    """Puts each value at its position in a 2 x 2 window and zero at the three others.

    Input:
        [values, positions] as ``MaxPoolingWithPositions`` gives them, both (B, H, W, C).

    Output:
        Features (B, 2 H, 2 W, C) of the dtype of the values.

    Raises:
        InputError: when built for values and positions of different shapes.
    """

    def build(self, input_shape):
        values, positions = (tuple(shape[1:]) for shape in input_shape)
        if values != positions:
            raise InputError(
                f"The values to unpool have the shape {values} and their positions {positions} (height, "
                "width, channels); expected equal shapes, so give the decoder the encoder's width."
            )
        super().build(input_shape)

    def call(self, inputs):
        values, positions = inputs
        _, height, width, channels = values.shape
        values = ops.expand_dims(values, (2, 4))
        chosen = ops.equal(ops.expand_dims(positions, (2, 4)), ops.convert_to_tensor(_PLACES))
        windows = ops.where(chosen, values, ops.zeros_like(values))
        return ops.reshape(windows, (-1, 2 * height, 2 * width, channels))
