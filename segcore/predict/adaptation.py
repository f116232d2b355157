"""Normalisation that follows a picture whose features are spread unlike those of the training.

Batch normalisation measures mean and variance of each feature in training and keeps them. Under fog or in
noise a network's features have others; taken from such pictures themselves, they bring back much of what is lost
(S. Schneider, E. Rusak et al., "Improving robustness against common corruptions by covariate shift adaptation",
NeurIPS 2020, who mix both). A single picture, though, differs from the mean of many by what is on it, which a network
must go on seeing, and some layers differ more than others. So it is measured first how far each layer's features
change from frame to frame of the training; a layer follows a picture only as far as this goes beyond it.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops

from segcore.errors import InputError
from segcore.frames.images import read_image
from segcore.frames.letterbox import letterbox
from segcore.predict.onnx.adaptation import WHOLE

# The share of the training's frames whose change is usual, in percent. Chosen for this project, as WHOLE is, and in no
# paper; benchmarks/inference_sizes.py compares with and without.
_USUAL = 99


class Adaptation:
    """How networks of one architecture, built for several sizes, follow the picture that they are shown.

    Args:
        usual: the usual change of each layer that follows, by its name, from ``usual_changes``; with none networks
            stay as they are.
    """

    def __init__(self, usual: Mapping[str, float]):
        self._usual = usual
        self._region = _Region()

    def apply_to(self, model: keras.Model) -> keras.Model:
        """Return ``model`` with its batch normalisation following the picture; weights are shared.

        Raises:
            InputError: a layer to follow is no batch normalisation of ``model``.
        """
        if not self._usual:
            return model
        names = {layer.name for layer in model.layers if _is_batch_norm(layer)}
        if unknown := sorted(self._usual.keys() - names):
            raise InputError(
                f"The adaptation names the layer {unknown[0]}, which is no batch normalisation of {model.name}; "
                "measure it anew by `python -m segcore adapt`."
            )
        return keras.models.clone_model(model, clone_function=self._adapted)

    def look_at(self, size: tuple[int, int], rows: slice, columns: slice) -> None:
        """Say which rows and columns of the input (height, width) the next picture takes; the rest is not measured."""
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
    """Measure how far the features of each batch normalisation change from picture to picture.

    Args:
        models: one network, built for each size in which it looks at pictures.
        pictures: files of pictures of the kind that it was trained on, at least one.
        progress: called with (pictures done, pictures in all) before the first and after each one.

    Returns:
        The change by the layer's name: the median over its features of the logarithm of the picture's variance over
        the kept one, without its sign, 0 and above; of pictures and sizes the 99th percentile.

    Raises:
        InputError: a picture cannot be read, or the network has no batch normalisation.
    """
    region = _Region()
    layers = [layer for layer in models[0].layers if _is_batch_norm(layer)]
    if not layers:
        raise InputError(f"{models[0].name} has no batch normalisation that could follow a picture.")
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
    """The part of the input that a picture takes, as shares of height and width; what lies beside it is margin."""

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
    """What sees the features that go into a batch normalisation, float32 (B, H, W, C)."""

    def __init__(self, norm: keras.layers.BatchNormalization, region: _Region, **arguments):
        super().__init__(dtype="float32", **arguments)
        self.norm = norm
        self.edges = region.edges

    def moments(self, x):
        """Return mean and variance (B, C) of each picture, and the logarithm of this variance over the kept one."""
        height, width = x.shape[1:3]
        top, bottom, left, right = ops.unstack(ops.convert_to_tensor(self.edges), 4)
        share = _covered(height, top, bottom)[:, None] * _covered(width, left, right)
        share = share / ops.sum(share)
        # As products of matrices: ops.einsum would turn the whole map around first, which takes twice the time.
        share, cells = ops.reshape(share, (1, 1, -1)), (-1, height * width, x.shape[3])
        mean = ops.matmul(share, ops.reshape(x, cells))[:, 0]
        off = ops.square(x - mean[:, None, None])
        variance = ops.matmul(share, ops.reshape(off, cells))[:, 0]
        epsilon = self.norm.epsilon
        return mean, ops.log((variance + epsilon) / (self.norm.moving_variance + epsilon))


class _Change(_Watching):
    """How far a picture's features are from the kept statistics, (B, 1)."""

    def call(self, x):
        return _change(self.moments(x)[1])


class _FollowingNormalization(_Watching):
    """A batch normalisation in inference, whose statistics follow a picture that changes them unusually."""

    def __init__(self, norm: keras.layers.BatchNormalization, region: _Region, usual: float, **arguments):
        super().__init__(norm, region, **arguments)
        self.usual = usual

    def call(self, x, mask=None):
        """Return (B, H, W, C) of the shape of ``x``; ``mask`` is an argument of the layer that this stands for."""
        norm = self.norm
        mean, difference = self.moments(x)
        follow = ops.clip((_change(difference) - self.usual) / WHOLE, 0.0, 1.0)
        mean = norm.moving_mean + follow * (mean - norm.moving_mean)
        # In between, the variance is the weighted geometric mean of both.
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
    # Features of rare things come and go with these; a median does not see that.
    return ops.abs(ops.median(difference, axis=-1, keepdims=True))


def _covered(cells: int, start, stop):
    """Return how much of each of ``cells`` lies between ``start`` and ``stop``, shares of them all."""
    first = ops.arange(cells, dtype="float32")
    return ops.clip(ops.minimum(first + 1, stop * cells) - ops.maximum(first, start * cells), 0.0, 1.0)
