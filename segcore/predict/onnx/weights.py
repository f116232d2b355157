"""Weights of a graph, read from the file in which Keras keeps them, without Keras."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from onnx import ModelProto, TensorProto

from segcore.errors import InputError, first_line
from segcore.predict.onnx.metadata import WEIGHTS_KEY, read_metadata, weight_name


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Read a ``.weights.h5`` file of Keras 3, as ``segcore.training.weights_file.save_weights`` writes it.

    Returns:
        The variables of all layers, float32, by ``weight_name``.

    Raises:
        InputError: the file is missing, damaged or no such file, or holds values that are not finite.
    """
    try:
        with h5py.File(path) as file:
            return {
                weight_name(group["vars"].attrs["name"], int(place)): _finite(values)
                for group in file["layers"].values()
                for place, values in group["vars"].items()
            }
    # h5py raises OSError, KeyError, RuntimeError and more for a file that is damaged or another one.
    except Exception as error:
        raise InputError(
            f"{Path(path).name} is no file of weights that can be read ({first_line(error)}); copy the file again."
        ) from error


def with_weights(model: ModelProto, weights: Mapping[str, np.ndarray]) -> ModelProto:
    """Return a model that holds its weights itself; ``model`` stays as it is.

    Args:
        model: from ``segcore.predict.onnx.export``.
        weights: from ``read_weights``.

    Raises:
        InputError: a weight is missing, too many or of another shape.
    """
    layouts = read_metadata(model, WEIGHTS_KEY, {})
    filled = ModelProto()
    filled.CopyFrom(model)
    outside = [each for each in filled.graph.initializer if each.data_location == TensorProto.EXTERNAL]
    if surplus := sorted(weights.keys() - {tensor.name for tensor in outside}):
        raise _misfit(f"it has {surplus[0]}, which the graph has no place for")
    for tensor in outside:
        if tensor.name not in weights:
            raise _misfit(f"it has no {tensor.name}")
        axes, flipped = layouts.get(tensor.name, (None, False))
        values = _laid_out(weights[tensor.name], axes, flipped, tensor)
        tensor.raw_data = values.tobytes()
        tensor.ClearField("external_data")
        tensor.data_location = TensorProto.DEFAULT
    return filled


def _laid_out(values: np.ndarray, axes: list[int] | None, flipped: bool, tensor: TensorProto) -> np.ndarray:
    if axes is not None and len(axes) == values.ndim:
        values = values.transpose(axes)
    if flipped:
        values = values[..., ::-1, ::-1]
    shape = tuple(tensor.dims)
    # A depthwise kernel has its two axes of features as one in the graph; nothing else changes its shape.
    merged = (values.shape[0] * values.shape[1], 1, *values.shape[2:]) if values.ndim == 4 else None
    if shape not in (values.shape, merged):
        raise _misfit(f"{tensor.name} has the shape {values.shape}, the graph expects {shape}")
    return np.ascontiguousarray(values, "<f4").reshape(shape)


def _finite(values: h5py.Dataset) -> np.ndarray:
    values = values[()].astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError("it holds values that are not finite")
    return values


def _misfit(reason: str) -> InputError:
    return InputError(
        f"The weights do not fit the graph of the network ({reason}); export the run anew by "
        "`python -m segcore export`."
    )
