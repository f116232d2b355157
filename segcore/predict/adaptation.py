"""Adaptation of batch normalisation to pictures whose features have unusual statistics, for example in fog.

Batch normalisation uses the mean and variance of each feature from the training. In fog or noise the features have
other statistics. Statistics of the picture itself restore a large part of the lost accuracy (S. Schneider, E. Rusak
et al., "Improving robustness against common corruptions by covariate shift adaptation", NeurIPS 2020; they mix both).
But the statistics of one picture also depend on its content, which the network must still see, and on some layers more
than on others. Therefore `usual_changes` first measures how much the statistics of each layer change between training
frames. A layer follows a picture only as far as its change is larger than this.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops

from segcore.errors import InputError
from segcore.frames.images import read_image
from segcore.frames.letterbox import letterbox
from segcore.predict.onnx.adaptation.following import WHOLE

# Percentage of training frames whose change counts as usual. This value and WHOLE are our choice, not from a paper;
# benchmarks/inference_sizes.py compares scores with and without adaptation.
_USUAL = 99


class Adaptation:
    """Adaptation of networks of one architecture, built for several sizes, to each picture.

    Args:
        usual: usual change of each layer to adapt, by name, from ``usual_changes``; if empty, networks are not
            changed.
    """

    def __init__(self, usual: Mapping[str, float]):
        self._usual = usual
        self._region = _Region()

    def apply_to(self, model: keras.Model) -> keras.Model:
        """Return ``model`` with batch normalisation that follows the picture; weights are shared.

        Raises:
            InputError: a layer to adapt is not a batch normalisation of ``model``.
        """
        if not self._usual:
            return model
        names = {layer.name for layer in model.layers if _is_batch_norm(layer)}
        if unknown := sorted(self._usual.keys() - names):
            raise InputError(
                f"The adaptation names the layer {unknown[0]}, which is not a batch normalisation of {model.name}; "
                "measure it again with `python -m segcore adapt`."
            )
        return keras.models.clone_model(model, clone_function=self._adapted)

    def look_at(self, size: tuple[int, int], rows: slice, columns: slice) -> None:
        """Set the rows and columns of the input (height, width) that the next picture covers; margins are ignored."""
        self._region.set(size, rows, columns)

    def _adapted(self, layer: keras.layers.Layer) -> keras.layers.Layer:
        if layer.name not in self._usual:
            return layer
        return _FollowingNormalization(layer, self._region, self._usual[layer.name], name=layer.name)


def usual_changes(
    models: Sequence[keras.Model],
    pictures: Sequence[Path],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, float]:
    """Measure how much the variances of each batch normalisation's features change between pictures.

    Args:
        models: one network, built for each size of its views.
        pictures: picture files like those of the training, at least one.
        progress: called with (pictures done, all pictures) before the first picture and after each one.

    Returns:
        Change by name of layer, at least 0. The change in one picture is the absolute median over features of
        log(variance in the picture / stored variance); the result is the 99th percentile over pictures and sizes.

    Raises:
        InputError: a picture cannot be read, or the network has no batch normalisation.
    """
    region = _Region()
    layers = [layer for layer in models[0].layers if _is_batch_norm(layer)]
    if not layers:
        raise InputError(f"{models[0].name} has no batch normalisation to adapt.")
    watching = [
        keras.Model(
            model.input,
            [
                _Change(model.get_layer(layer.name), region)(model.get_layer(layer.name).input)
                for layer in layers
            ],
        )
        for model in models
    ]
    changes = []
    report = progress or (lambda done, total: None)
    report(0, len(pictures))
    for done, path in enumerate(pictures, start=1):
        image = read_image(path)
        for model in watching:
            size = model.input.shape[1:3]
            boxed, (rows, columns) = letterbox(image, size)
            region.set(size, rows, columns)
            changes.append(np.ravel(model.predict_on_batch(boxed[np.newaxis])))
        report(done, len(pictures))
    usual = np.percentile(changes, _USUAL, axis=0)
    return {layer.name: round(float(change), 3) for layer, change in zip(layers, usual, strict=True)}


class _Region:
    """The part of the input that a picture covers, as shares of height and width; the rest is margin."""

    def __init__(self):
        self.edges = keras.Variable((0.0, 1.0, 0.0, 1.0), trainable=False, dtype="float32", name="region")

    def set(self, size: tuple[int, int], rows: slice, columns: slice) -> None:
        height, width = size
        self.edges.assign(
            np.array(
                (rows.start / height, rows.stop / height, columns.start / width, columns.stop / width),
                np.float32,
            )
        )


class _Watching(keras.layers.Layer):
    """A layer that measures the input features of a batch normalisation, float32 (B, H, W, C)."""

    def __init__(self, norm: keras.layers.BatchNormalization, region: _Region, **arguments):
        super().__init__(dtype="float32", **arguments)
        self.norm = norm
        self.edges = region.edges

    def moments(self, x):
        """Return mean and variance (B, C) of each picture, and log(variance / stored variance)."""
        height, width = x.shape[1:3]
        top, bottom, left, right = ops.unstack(ops.convert_to_tensor(self.edges), 4)
        share = _covered(height, top, bottom)[:, None] * _covered(width, left, right)
        share = share / ops.sum(share)
        # Matrix products: ops.einsum would first transpose the whole feature map, which takes twice the time.
        share, cells = ops.reshape(share, (1, 1, -1)), (-1, height * width, x.shape[3])
        mean = ops.matmul(share, ops.reshape(x, cells))[:, 0]
        off = ops.square(x - mean[:, None, None])
        variance = ops.matmul(share, ops.reshape(off, cells))[:, 0]
        epsilon = self.norm.epsilon
        return mean, ops.log((variance + epsilon) / (self.norm.moving_variance + epsilon))


class _Change(_Watching):
    """Measures the change of a picture's features from the stored statistics, (B, 1)."""

    def call(self, x):
        return _change(self.moments(x)[1])


class _FollowingNormalization(_Watching):
    """A batch normalisation for inference that uses the statistics of the picture if their change is unusual."""

    def __init__(self, norm: keras.layers.BatchNormalization, region: _Region, usual: float, **arguments):
        super().__init__(norm, region, **arguments)
        self.usual = usual

    def call(self, x, mask=None):
        """Return normalised features (B, H, W, C) of the shape of ``x``; ``mask`` is there as in Keras' layer."""
        norm = self.norm
        mean, difference = self.moments(x)
        follow = ops.clip((_change(difference) - self.usual) / WHOLE, 0.0, 1.0)
        mean = norm.moving_mean + follow * (mean - norm.moving_mean)
        # The variance is the weighted geometric mean of the stored one and that of the picture.
        scale = ops.rsqrt((norm.moving_variance + norm.epsilon) * ops.exp(follow * difference))
        if norm.scale:
            scale = scale * norm.gamma
        shift = -mean * scale
        if norm.center:
            shift = shift + norm.beta
        return x * scale[:, None, None] + shift[:, None, None]


def _is_batch_norm(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization)


def _change(difference):
    # Features of rare objects change with the content of a picture; the median ignores them.
    return ops.abs(ops.median(difference, axis=-1, keepdims=True))


def _covered(cells: int, start, stop):
    """Return the share of each of ``cells`` cells that lies between ``start`` and ``stop`` (both 0..1)."""
    first = ops.arange(cells, dtype="float32")
    return ops.clip(ops.minimum(first + 1, stop * cells) - ops.maximum(first, start * cells), 0.0, 1.0)
