"""Small Keras networks and their ONNX graphs."""

from pathlib import Path

import keras
import numpy as np
from onnx import ModelProto
from small_models import build_small

from segcore.predict.onnx.export import as_graph
from segcore.predict.onnx.weights import read_weights, with_weights

SIZE = (64, 96)


def lively(architecture: str, *, seed: int = 0) -> keras.Model:
    """Return a small network with random batch normalisation and biases; initial ones would have no effect."""
    model = build_small(architecture, image_size=SIZE, seed=seed)
    random = np.random.default_rng(seed)
    for variable in model.weights:
        if len(variable.shape) == 1:
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
    return model


def exported(model: keras.Model, folder: Path, **arguments) -> ModelProto:
    """Return a network as a graph with its weights, which are written to a file and read again."""
    path = folder / "model.weights.h5"
    model.save_weights(path)
    return with_weights(as_graph(model, **arguments), read_weights(path))


def outputs(model: keras.Model, image: np.ndarray) -> np.ndarray:
    """Return what a network gives, without a graph, whose tracing takes longer than the few calls of a test."""
    return keras.ops.convert_to_numpy(model(image))


def noise(*shape: int, seed: int = 0, most: int = 256) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, most, shape, dtype=np.uint8)
