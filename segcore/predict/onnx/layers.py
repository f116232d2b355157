"""Layers of Keras as nodes of an ONNX graph.

Features are (B, H, W, C) in Keras and (1, C, H, W) here. ``WRITERS`` has every layer of this project's networks. A
graph works for every height and width that is divisible by all strides of the network.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np

from segcore.errors import InputError
from segcore.models.layers import Sharpen
from segcore.models.pooling import MaxPoolingWithPositions, MaxUnpooling
from segcore.predict.onnx.graph import Graph, Value

# Transposition of a kernel (rows, columns, inputs, outputs): outputs first.
_KERNEL_AXES = (3, 2, 0, 1)
# The same for the kernel (rows, columns, outputs, inputs) of a transposed convolution, and for a depthwise kernel.
_SWAPPED_AXES = (2, 3, 0, 1)


class LayerWriter:
    """Writes one layer into a graph.

    Args:
        graph: the graph.
        layer: a built layer of Keras.
    """

    def __init__(self, graph: Graph, layer: keras.layers.Layer):
        self.graph = graph
        self.layer = layer

    def write(self, inputs: Sequence[Value]) -> list[Value]:
        """Add the layer, applied to ``inputs``, and return its outputs.

        Raises:
            InputError: there is no writer for this kind of layer or for its settings.
        """
        for kind in type(self.layer).__mro__:
            if kind in WRITERS:
                return WRITERS[kind](self, *inputs)
        raise self.unknown("of the kind " + type(self.layer).__name__)

    def add(
        self, kind: str, value: Value, inputs: Sequence[str] = (), *, name: str = "", **attributes
    ) -> str:
        """Add a node with the inputs ``value`` and constants; its name is the layer's name followed by ``name``."""
        full = self.layer.name + (f"/{name}" if name else "")
        return self.graph.add(kind, [value.name, *inputs], name=full, **attributes)[0]

    def constant(self, name: str, value: object, dtype: type = np.float32) -> str:
        return self.graph.constant(f"{self.layer.name}/{name}", np.asarray(value, dtype))

    def weight(self, variable: keras.Variable, shape: Sequence[int] | None = None, **layout) -> str:
        """Add a variable of the layer, stored in the file of weights under its index in the layer."""
        place = [id(own) for own in self.layer.weights].index(id(variable))
        return self.graph.weight(self.layer.name, place, shape or variable.shape, **layout)

    def bias(self) -> list[str]:
        return [self.weight(self.layer.bias)] if self.layer.use_bias else []

    def activated(self, value: Value) -> Value:
        """Return ``value`` after the layer's activation."""
        activation = getattr(self.layer, "activation", keras.activations.linear)
        if activation is keras.activations.linear:
            return value
        if activation is keras.activations.relu:
            name = self.add("Relu", value, name="activation")
            return Value(name, value.stride, value.channels, value.repeats)
        raise self.unknown(f"with the activation {activation.__name__}")

    def window(self, size: Sequence[int], strides: Sequence[int], dilations: Sequence[int] = (1, 1)) -> dict:
        """Return the ONNX attributes of a sliding window with the padding of the layer."""
        before, after = [], []
        for extent, stride, dilation in zip(size, strides, dilations, strict=True):
            # Keras pads as much as the last step needs; sides are multiples of the stride.
            missing = max((extent - 1) * dilation + 1 - stride, 0) if self.layer.padding == "same" else 0
            before.append(missing // 2)
            after.append(missing - missing // 2)
        return {
            "kernel_shape": list(size),
            "strides": list(strides),
            "pads": before + after,
        } | ({"dilations": list(dilations)} if tuple(dilations) != (1, 1) else {})

    def unknown(self, what: str) -> InputError:
        return InputError(f"The layer {self.layer.name} cannot be written as ONNX: it is one {what}.")


def _cells_alone(writer: LayerWriter, kind: str, value: Value, *constants: str, **attributes) -> list[Value]:
    """Add an elementwise node; it comes before ``value.repeats``."""
    name = writer.add(kind, value, constants, **attributes)
    return [Value(name, value.stride, value.channels, value.repeats)]


def _rescaling(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    turned = writer.add("Transpose", value, name="channels_first", perm=[0, 3, 1, 2])
    scaled = writer.graph.add(
        "Mul", [turned, writer.constant("scale", layer.scale)], name=f"{layer.name}/scaled"
    )[0]
    (name,) = writer.graph.add("Add", [scaled, writer.constant("offset", layer.offset)], name=layer.name)
    return [Value(name, value.stride, value.channels)]


def _zero_padding(writer: LayerWriter, value: Value) -> list[Value]:
    value = writer.graph.settled(value)
    (top, bottom), (left, right) = writer.layer.padding
    pads = writer.constant("pads", [0, 0, top, left, 0, 0, bottom, right], np.int64)
    # The next layer removes the margin again, so the stride does not change.
    return [Value(writer.add("Pad", value, [pads]), value.stride, value.channels)]


def _convolution(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    is_pointwise = tuple(layer.kernel_size) == (1, 1) and tuple(layer.strides) == (1, 1)
    if not is_pointwise:
        value = writer.graph.settled(value)
    shape = [layer.kernel.shape[axis] for axis in _KERNEL_AXES]
    kernel = writer.weight(layer.kernel, shape, axes=_KERNEL_AXES)
    window = writer.window(layer.kernel_size, layer.strides, layer.dilation_rate)
    name = writer.add("Conv", value, [kernel, *writer.bias()], **window, group=layer.groups)
    stride = value.stride * layer.strides[0]
    return [writer.activated(Value(name, stride, layer.filters, value.repeats))]


def _depthwise(
    writer: LayerWriter, value: Value, kernel: keras.Variable, *constants: str, name: str
) -> Value:
    layer = writer.layer
    value = writer.graph.settled(value)
    rows, columns, inputs, multiplier = kernel.shape
    channels = inputs * multiplier
    weight = writer.weight(kernel, (channels, 1, rows, columns), axes=_SWAPPED_AXES)
    window = writer.window(layer.kernel_size, layer.strides, layer.dilation_rate)
    found = writer.add("Conv", value, [weight, *constants], name=name, **window, group=inputs)
    return Value(found, value.stride * layer.strides[0], channels)


def _depthwise_convolution(writer: LayerWriter, value: Value) -> list[Value]:
    return [
        writer.activated(_depthwise(writer, value, writer.layer.kernel, *writer.bias(), name="depthwise"))
    ]


def _separable_convolution(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    value = _depthwise(writer, value, layer.depthwise_kernel, name="depthwise")
    kernel = layer.pointwise_kernel
    weight = writer.weight(kernel, [kernel.shape[axis] for axis in _KERNEL_AXES], axes=_KERNEL_AXES)
    name = writer.add("Conv", value, [weight, *writer.bias()], kernel_shape=[1, 1])
    return [writer.activated(Value(name, value.stride, layer.filters))]


def _transposed_convolution(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    value = writer.graph.settled(value)
    kernel, size, strides = layer.kernel, tuple(layer.kernel_size), tuple(layer.strides)
    if strides == (1, 1) and layer.padding == "same" and all(extent % 2 for extent in size):
        # With a stride of 1 it is a convolution with a reversed kernel.
        weight = writer.weight(
            kernel, [kernel.shape[axis] for axis in _SWAPPED_AXES], axes=_SWAPPED_AXES, flipped=True
        )
        name = writer.add("Conv", value, [weight, *writer.bias()], **writer.window(size, strides))
    elif strides == size:
        weight = writer.weight(kernel, [kernel.shape[axis] for axis in _KERNEL_AXES], axes=_KERNEL_AXES)
        name = writer.add(
            "ConvTranspose",
            value,
            [weight, *writer.bias()],
            kernel_shape=list(size),
            strides=list(strides),
        )
    else:
        raise writer.unknown(f"with a kernel of {size} and strides of {strides}")
    return [writer.activated(Value(name, value.stride // strides[0], layer.filters))]


def _batch_normalization(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    channels = value.channels
    scale = writer.weight(layer.gamma) if layer.scale else writer.constant("scale", np.ones(channels))
    shift = writer.weight(layer.beta) if layer.center else writer.constant("shift", np.zeros(channels))
    statistics = [writer.weight(layer.moving_mean), writer.weight(layer.moving_variance)]
    return _cells_alone(
        writer, "BatchNormalization", value, scale, shift, *statistics, epsilon=float(layer.epsilon)
    )


def _relu(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    if layer.negative_slope or layer.threshold:
        raise writer.unknown("with a slope or a threshold")
    if layer.max_value is None:
        return _cells_alone(writer, "Relu", value)
    return _cells_alone(
        writer, "Clip", value, writer.constant("least", 0), writer.constant("most", layer.max_value)
    )


def _max_pooling(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    value = writer.graph.settled(value)
    name = writer.add("MaxPool", value, **writer.window(layer.pool_size, layer.strides))
    return [Value(name, value.stride * layer.strides[0], value.channels)]


def _max_pooling_with_positions(writer: LayerWriter, value: Value) -> list[Value]:
    value = writer.graph.settled(value)
    maxima, positions = writer.graph.add(
        "MaxPool", [value.name], name=writer.layer.name, outputs=2, kernel_shape=[2, 2], strides=[2, 2]
    )
    return [Value(each, 2 * value.stride, value.channels) for each in (maxima, positions)]


def _max_unpooling(writer: LayerWriter, values: Value, positions: Value) -> list[Value]:
    values = writer.graph.settled(values)
    name = writer.add("MaxUnpool", values, [positions.name], kernel_shape=[2, 2], strides=[2, 2])
    return [Value(name, values.stride // 2, values.channels)]


def _upsampling(writer: LayerWriter, value: Value) -> list[Value]:
    layer = writer.layer
    factor = layer.size[0]
    if tuple(layer.size) != (factor, factor) or layer.interpolation not in ("nearest", "bilinear"):
        raise writer.unknown(f"with the size {layer.size} and the interpolation {layer.interpolation}")
    if layer.interpolation == "nearest":
        return [Value(value.name, value.stride, value.channels, factor * value.repeats)]
    return [enlarged(writer.graph, writer.graph.settled(value), factor, name=layer.name)]


def _addition(writer: LayerWriter, *values: Value) -> list[Value]:
    if len({value.repeats for value in values}) > 1 or len({value.stride for value in values}) > 1:
        values = tuple(map(writer.graph.settled, values))
    first, second = values
    return _cells_alone(writer, "Add", first, second.name)


def _concatenation(writer: LayerWriter, *values: Value) -> list[Value]:
    first, *others = map(writer.graph.settled, values)
    channels = first.channels + sum(other.channels for other in others)
    name = writer.add("Concat", first, [other.name for other in others], axis=1)
    return [Value(name, first.stride, channels)]


def _mean_of_all(writer: LayerWriter, value: Value) -> list[Value]:
    if not writer.layer.keepdims:
        raise writer.unknown("without the axes of height and width")
    # Upsampling by repeating cells does not change the mean.
    return [Value(writer.add("GlobalAveragePool", value), value.stride, value.channels)]


def _sharpening(writer: LayerWriter, value: Value) -> list[Value]:
    value = writer.graph.settled(value)
    near = np.outer((1, 2, 1), (1, 2, 1)) / 16
    kernel = -writer.layer.amount * near
    kernel[1, 1] += 1 + writer.layer.amount
    channels = value.channels
    pads = writer.constant("pads", [0, 0, 1, 1, 0, 0, 1, 1], np.int64)
    padded = writer.add("Pad", value, [pads], name="padded", mode="edge")
    weight = writer.constant("kernel", np.tile(kernel, (channels, 1, 1, 1)))
    (name,) = writer.graph.add(
        "Conv", [padded, weight], name=writer.layer.name, kernel_shape=[3, 3], group=channels
    )
    return [Value(name, value.stride, channels)]


def _as_it_is(_writer: LayerWriter, value: Value) -> list[Value]:
    return [value]


def enlarged(graph: Graph, value: Value, factor: int, *, name: str) -> Value:
    """Add a bilinear upsampling of ``value`` by a whole factor."""
    scales = graph.constant(f"{name}/scales", np.array([1, 1, factor, factor], np.float32))
    graph.add(
        "Resize",
        [value.name, "", scales],
        name=name,
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    return Value(name, value.stride // factor, value.channels)


WRITERS: dict[type, Callable[..., list[Value]]] = {
    keras.layers.Rescaling: _rescaling,
    keras.layers.ZeroPadding2D: _zero_padding,
    keras.layers.Conv2D: _convolution,
    keras.layers.DepthwiseConv2D: _depthwise_convolution,
    keras.layers.SeparableConv2D: _separable_convolution,
    keras.layers.Conv2DTranspose: _transposed_convolution,
    keras.layers.BatchNormalization: _batch_normalization,
    keras.layers.ReLU: _relu,
    keras.layers.MaxPooling2D: _max_pooling,
    MaxPoolingWithPositions: _max_pooling_with_positions,
    MaxUnpooling: _max_unpooling,
    keras.layers.UpSampling2D: _upsampling,
    keras.layers.Add: _addition,
    keras.layers.Concatenate: _concatenation,
    keras.layers.GlobalAveragePooling2D: _mean_of_all,
    keras.layers.SpatialDropout2D: _as_it_is,
    Sharpen: _sharpening,
}
